"""The respond node: answers whoever called the trigger, and goes on.

The first answer of a run is the one the caller gets; the runner delivers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import CompileContext, Scope, Template
from flows.engine.errors import AUTHOR_MUST_FIX, StepFailed, error
from flows.engine.nodes.spec import NodeSpec, one_port, params_of
from flows.engine.outcomes import Outcome, Reply, Tables
from flows.engine.values import text_of

SPEC = NodeSpec(
    kind="respond",
    title="Respond",
    description="Answers the caller of the trigger; the run goes on.",
    icon="respond",
    ports=one_port,
    params_schema=params_of(
        {
            "status": {
                "type": ["integer", "string"],
                "title": "Status",
                "minimum": 200,
                "maximum": 599,
                "default": 200,
            },
            "body": {"title": "Body", "format": "template"},
            "headers": {
                "type": "object",
                "title": "Headers",
                "additionalProperties": {"type": "string"},
                "maxProperties": 50,
            },
        }
    ),
)


@dataclass(frozen=True, slots=True)
class _Params:
    status: Template
    body: Template
    headers: Template
    pointer: str


def compile(params: Mapping[str, Any], ctx: CompileContext) -> _Params:
    """Compile status, body and headers."""
    return _Params(
        ctx.template(params.get("status", 200), "/params/status"),
        ctx.template(params.get("body"), "/params/body"),
        ctx.template(params.get("headers", {}), "/params/headers"),
        ctx.pointer,
    )


def run(params: _Params, scope: Scope, tables: Tables) -> Outcome:
    """The answer.

    Raises:
        StepFailed: the status is not a number from 200 to 599, or a header holds a line break.
    """
    status = params.status(scope)
    number = int(status) if isinstance(status, (int, str)) and str(status).isascii() and str(status).isdigit() else 0
    if not 200 <= number <= 599:
        raise _refused("bad_status", f"{text_of(status)[:40]!r} is not a status from 200 to 599.", params, "status")
    headers = {name: text_of(value) for name, value in params.headers(scope).items()}
    for name, value in headers.items():
        if any(mark in name + value for mark in "\r\n\x00"):
            raise _refused("bad_header", f"The header {name.strip()[:60]!r} holds a line break.", params, "headers")
    return Reply(number, params.body(scope), headers)


def _refused(code: str, message: str, params: _Params, name: str) -> StepFailed:
    return StepFailed({**error(AUTHOR_MUST_FIX, code, message), "pointer": f"{params.pointer}/params/{name}"})
