"""The for-each node: runs its children once for every item of a list.

Opens with the items; the history begins items as far as the concurrency allows and gathers what they leave; closing
makes one output of them. Children name it as their parent, so loops nest freely and the graph stays free of cycles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows.engine.context import CompileContext, Param, Scope
from flows.engine.errors import AUTHOR_MUST_FIX, LimitReached, StepFailed, error
from flows.engine.nodes.spec import NodeSpec, one_port, params_of
from flows.engine.outcomes import Open, Outcome, Tables
from flows.engine.values import kind_name

DEFAULT_CONCURRENCY: Final = 4
MAX_ITEMS: Final = 1_000_000

SPEC = NodeSpec(
    kind="for_each",
    title="For each",
    description="Runs the steps inside it once for every item of a list.",
    icon="for_each",
    ports=one_port,
    params_schema=params_of(
        {
            "items": {"type": "string", "title": "Items", "format": "expression", "minLength": 1},
            "collect": {
                "type": "string",
                "title": "Keep of each item",
                "format": "expression",
                "description": "Without it, the output of the last step inside is kept.",
            },
            "concurrency": {
                "type": "integer",
                "title": "At the same time",
                "minimum": 1,
                "maximum": 50,
                "default": DEFAULT_CONCURRENCY,
            },
            "on_item_error": {"title": "When an item fails", "enum": ["fail", "continue"], "default": "fail"},
        },
        ["items"],
    ),
    shape="loop",
)


@dataclass(frozen=True, slots=True)
class LoopParams:
    """Compiled parameters of a for-each; `collect` reads the scope inside an item."""

    items: Param
    collect: Param | None
    concurrency: int
    stops_on_error: bool


def compile(params: Mapping[str, Any], ctx: CompileContext) -> LoopParams:
    """Compile the items; `collect` is compiled here too and checked as if it stood inside the loop."""
    collect = params.get("collect")
    return LoopParams(
        ctx.either(params.get("items"), "/params/items"),
        None if collect is None else ctx.either(collect, "/params/collect"),
        int(params.get("concurrency", DEFAULT_CONCURRENCY)),
        params.get("on_item_error", "fail") == "fail",
    )


def run(params: LoopParams, scope: Scope, tables: Tables) -> Outcome:
    """Open with the list; nothing counts as an empty list."""
    items = params.items.json(scope)
    if items is None:
        return Open([])
    if not isinstance(items, list):
        failure = error(
            AUTHOR_MUST_FIX,
            "items_not_a_list",
            f"A for-each needs a list, this is {kind_name(items)}.",
            hint="Point `items` at a list; an object becomes one with | items or | values.",
        )
        raise StepFailed({**failure, "pointer": params.items.pointer})
    if len(items) > MAX_ITEMS:
        raise LimitReached("loop_items", MAX_ITEMS, f"A for-each takes at most {MAX_ITEMS:,} items.")
    return Open(items)
