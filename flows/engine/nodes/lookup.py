"""The lookup node: one value out of a lookup table of the tenant.

The table is loaded by the runner before the step; a missing key fails by name unless told otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import CompileContext, Param, Scope, Template
from flows.engine.errors import REJECTED, StepFailed, error
from flows.engine.nodes.spec import NodeSpec, one_port, params_of
from flows.engine.outcomes import MISSING, Done, Outcome, Tables
from flows.engine.values import text_of

_SOURCE = re.compile(r"(trigger|steps|item|env)[.\[]")

SPEC = NodeSpec(
    kind="lookup",
    title="Look up",
    description="Finds a value in a lookup table, such as the part number for a product.",
    icon="lookup",
    ports=one_port,
    params_schema=params_of(
        {
            "table": {"type": "string", "title": "Table", "format": "lookup-table", "minLength": 1, "maxLength": 100},
            "key": {"type": "string", "title": "Key", "format": "template", "minLength": 1},
            "on_missing": {"title": "When the key is missing", "enum": ["fail", "null", "default"], "default": "fail"},
            "default": {"title": "Default value", "description": "Used when a missing key takes the default."},
        },
        ["table", "key"],
    ),
)


@dataclass(frozen=True, slots=True)
class _Params:
    table: str
    key: Param
    on_missing: str
    default: Template
    pointer: str


def compile(params: Mapping[str, Any], ctx: CompileContext) -> _Params:
    """Compile key and default; note the table."""
    table = str(params.get("table") or "")
    on_missing = str(params.get("on_missing", "default" if "default" in params else "fail"))
    if on_missing == "default" and "default" not in params:
        ctx.problem("required", "/params/default", "Say which value a missing key takes.")
    key = ctx.expression(params.get("key"), "/params/key", template=True)
    if key.constant and _SOURCE.match(str(key.expression.value)):
        text = key.expression.value
        ctx.problem(
            "fixed_text", "/params/key", f"The key is the fixed text '{text}'.", f"Write {{{{ {text} }}}}.", "warning"
        )
    ctx.tables.add(table)
    return _Params(
        table,
        key,
        on_missing,
        ctx.template(params.get("default"), "/params/default"),
        f"{ctx.pointer}/params/key",
    )


def run(params: _Params, scope: Scope, tables: Tables) -> Outcome:
    """The value of the key."""
    key = text_of(params.key(scope))
    found = tables.get(params.table, key) if key else MISSING
    if found is not MISSING:
        return Done(found)
    if params.on_missing == "null":
        return Done(None)
    if params.on_missing == "default":
        return Done(params.default(scope))
    raise missing_key(params.table, key, params.pointer)


def missing_key(table: str, key: str, pointer: str) -> StepFailed:
    """The failure for a key that is not in its table."""
    what = f"'{key[:200]}' is not in the table {table}" if key else f"there is no key to look up in the table {table}"
    failure = error(
        REJECTED,
        "lookup_missing",
        f"{what[0].upper()}{what[1:]}." if not key else f"{what}.",
        hint=f"Add the key to {table} and replay the run, or say what a missing key takes.",
        field="key",
        detail={"table": table, "key": key[:200]},
    )
    return StepFailed({**failure, "pointer": pointer})
