"""The map node: builds one object by rules.

Each rule fills one target from a source, several sources, a fixed value or an expression (see flows/mapping).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.context import CompileContext, Scope
from flows.engine.errors import DocumentRefused
from flows.engine.nodes.spec import NodeSpec, one_port, params_of
from flows.engine.outcomes import Done, Outcome, Tables
from flows.mapping.rules import Mapping as Rules
from flows.mapping.rules import compile_rules
from flows.mapping.schema import RULE_SCHEMA

SPEC = NodeSpec(
    kind="map",
    title="Map fields",
    description="Builds an object from the values of earlier steps, field by field.",
    icon="map",
    ports=one_port,
    params_schema=params_of(
        {"rules": {"type": "array", "title": "Rules", "format": "mapping", "maxItems": 2000, "items": RULE_SCHEMA}},
        ["rules"],
    ),
)


def compile(params: Mapping[str, Any], ctx: CompileContext) -> Rules | None:
    """Compile the rules once; refused rules become problems with their pointers."""
    pointer = f"{ctx.pointer}/params/rules"
    try:
        rules = compile_rules(params.get("rules") or [], pointer=pointer)
    except DocumentRefused as refused:
        ctx.problems.extend(refused.problems)
        return None
    ctx.problems.extend(rules.warnings)
    ctx.steps.extend(rules.steps)
    ctx.tables |= rules.tables
    return rules


def run(params: Rules, scope: Scope, tables: Tables) -> Outcome:
    """The mapped object."""
    return Done(params.apply(scope, tables))
