"""The condition node: chooses one way out.

Branches are tried in order; the first whose test holds gives the port, `otherwise` when none does. A missing value
is not true, so a test on it never fails the run by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.context import CompileContext, Param, Scope
from flows.engine.nodes.spec import NodeSpec, params_of
from flows.engine.outcomes import Done, Outcome, Tables

_PORT = {"type": "string", "pattern": "^[a-zA-Z][a-zA-Z0-9_]{0,62}$"}


def ports(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The ports of the branches in order, then `otherwise`; tolerates unfinished drafts."""
    branches = params.get("branches")
    found = [b["port"] for b in branches if isinstance(b, dict) and "port" in b] if isinstance(branches, list) else []
    names = [name for name in (*found, params.get("otherwise", "otherwise")) if isinstance(name, str)]
    return tuple(dict.fromkeys(names))


SPEC = NodeSpec(
    kind="condition",
    title="Condition",
    description="Chooses the way a run goes on.",
    icon="condition",
    ports=ports,
    params_schema=params_of(
        {
            "branches": {
                "type": "array",
                "title": "Branches",
                "minItems": 1,
                "maxItems": 50,
                "items": params_of(
                    {
                        "port": {**_PORT, "title": "Way out"},
                        "when": {"type": "string", "title": "When", "format": "expression", "minLength": 1},
                    },
                    ["port", "when"],
                ),
            },
            "otherwise": {**_PORT, "title": "Otherwise", "default": "otherwise"},
        },
        ["branches"],
    ),
    shape="branch",
)


def compile(params: Mapping[str, Any], ctx: CompileContext) -> tuple[tuple[tuple[str, Param], ...], str]:
    """Compile the tests; port names must differ and not be `error`."""
    branches: list[tuple[str, Param]] = []
    otherwise = str(params.get("otherwise", "otherwise"))
    for index, branch in enumerate(params.get("branches") or ()):
        path = f"/params/branches/{index}"
        port = str(branch.get("port"))
        if port in {known for known, _ in branches} | {"error", otherwise}:
            ctx.problem("duplicate_port", f"{path}/port", f"The way out '{port}' is already taken.", "Name it anew.")
        branches.append((port, ctx.either(branch.get("when"), f"{path}/when")))
    if otherwise == "error":
        ctx.problem("duplicate_port", "/params/otherwise", "The way out 'error' is already taken.", "Name it anew.")
    return tuple(branches), otherwise


def run(params: tuple[tuple[tuple[str, Param], ...], str], scope: Scope, tables: Tables) -> Outcome:
    """Done with the port that was chosen, which is also in the output."""
    branches, otherwise = params
    for port, when in branches:
        if when(scope):
            return Done({"port": port}, port)
    return Done({"port": otherwise}, otherwise)
