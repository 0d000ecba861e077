"""The validate node: checks a value against a JSON Schema.

Valid values go on through `out`; others through `invalid` when an edge waits there, else the step fails naming the
field. References to other documents are refused: a flow never fetches a schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import CompileContext, Param, Scope
from flows.engine.errors import REJECTED, StepFailed, error
from flows.engine.nodes.spec import NodeSpec, params_of
from flows.engine.outcomes import Done, Outcome, Tables
from flows.engine.schemas import Checker, Finding, SchemaRefused, compile_schema


def ports(params: Mapping[str, Any]) -> tuple[str, ...]:
    """`out` for valid values, `invalid` for others."""
    return ("out", "invalid")


SPEC = NodeSpec(
    kind="validate",
    title="Validate",
    description="Checks that a value has the form it should have.",
    icon="validate",
    ports=ports,
    params_schema=params_of(
        {
            "value": {"type": "string", "title": "Value", "format": "template", "default": "{{ trigger.body }}"},
            "schema": {"type": ["object", "boolean"], "title": "JSON Schema", "format": "json-schema"},
        },
        ["schema"],
    ),
    shape="branch",
)


@dataclass(frozen=True, slots=True)
class _Params:
    value: Param
    checker: Checker | None
    has_invalid: bool
    pointer: str


def compile(params: Mapping[str, Any], ctx: CompileContext) -> _Params:
    """Compile the schema once."""
    checker: Checker | None = None
    try:
        checker = compile_schema(params.get("schema", True))
    except SchemaRefused as refused:
        ctx.problem("bad_schema", "/params/schema" + refused.pointer, refused.message, "Write JSON Schema 2020-12.")
    value = ctx.either(params.get("value", "{{ trigger.body }}"), "/params/value")
    return _Params(value, checker, "invalid" in ctx.ports, f"{ctx.pointer}/params/schema")


def run(params: _Params, scope: Scope, tables: Tables) -> Outcome:
    """The value itself when it is valid."""
    value = params.value.json(scope)
    if params.checker is None or params.checker.is_valid(value):
        return Done(value)
    findings = params.checker.findings(value)
    if params.has_invalid:
        return Done({"value": value, "errors": [finding.to_dict() for finding in findings]}, "invalid")
    raise _invalid(findings, params.pointer)


def _invalid(findings: list[Finding], pointer: str) -> StepFailed:
    first = findings[0]
    more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
    failure = error(
        REJECTED,
        "value_invalid",
        f"{first.message}{more}",
        hint="Mend the value where it comes from, or let invalid values leave through the port 'invalid'.",
        field=first.pointer,
        detail={"errors": [finding.to_dict() for finding in findings]},
    )
    return StepFailed({**failure, "pointer": pointer})
