"""The call node: one operation of a connector.

Only prepares the call; the runner performs it through the gateway and settles the step with the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import CompileContext, Scope, Template
from flows.engine.errors import AUTHOR_MUST_FIX, StepFailed, error
from flows.engine.nodes.spec import NodeSpec, one_port, params_of
from flows.engine.nodes.trigger import connector_of
from flows.engine.outcomes import Call, Outcome, Tables
from flows.engine.values import check_writable, kind_name

SPEC = NodeSpec(
    kind="call",
    title="Call",
    description="Does something in another system through one of its operations.",
    icon="call",
    ports=one_port,
    params_schema=params_of(
        {
            "connection": {"type": "string", "title": "Connection", "format": "connection", "maxLength": 63},
            "operation": {"type": "string", "title": "Operation", "format": "operation", "maxLength": 200},
            "input": {
                "title": "Input",
                "description": "An object whose texts may hold {{ ... }}, or one {{ ... }} that gives the object.",
                "type": ["object", "string"],
                "format": "operation-input",
            },
        },
        ["connection", "operation"],
    ),
)


@dataclass(frozen=True, slots=True)
class _Params:
    connection: str
    operation: str
    input: Template
    pointer: str


def compile(params: Mapping[str, Any], ctx: CompileContext) -> _Params:
    """Check the connection and the operation; compile the input."""
    alias, operation = str(params.get("connection")), str(params.get("operation"))
    connector = connector_of(alias, ctx)
    if connector is not None:
        found = ctx.catalog.operation(connector, operation)
        if found is None:
            ctx.problem(
                "unknown_operation",
                "/params/operation",
                f"{connector} has no operation '{operation}'.",
                "Choose one of its operations.",
            )
        else:
            _check_input(params.get("input", {}), found.get("input"), ctx)
    template = ctx.template(params.get("input", {}), "/params/input")
    return _Params(alias, operation, template, f"{ctx.pointer}/params/input")


def _check_input(given: Any, schema: Any, ctx: CompileContext) -> None:
    """Warn of keys the operation needs or does not know; the gateway checks the values when they exist."""
    if not isinstance(given, dict) or not isinstance(schema, Mapping):
        return
    for name in schema.get("required") or ():
        if name not in given:
            ctx.problem("input_missing", "/params/input", f"The operation needs '{name}'.", severity="warning")
    if schema.get("additionalProperties") is False:
        for name in given:
            if name not in (schema.get("properties") or {}):
                ctx.problem("input_unknown", "/params/input", f"The operation knows no '{name}'.", severity="warning")


def run(params: _Params, scope: Scope, tables: Tables) -> Outcome:
    """The call to perform."""
    inputs = params.input(scope)
    if not isinstance(inputs, dict):
        failure = error(
            AUTHOR_MUST_FIX,
            "input_not_an_object",
            f"The input of a call is an object, this is {kind_name(inputs)}.",
            hint="Let the input be an object, or a {{ ... }} that gives one.",
        )
        raise StepFailed({**failure, "pointer": params.pointer})
    check_writable(inputs)
    return Call(params.connection, params.operation, inputs)
