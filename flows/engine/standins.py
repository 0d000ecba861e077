"""Stand-ins: what a node does instead of its own work while a draft is tried out.

Given to `compile_plan` by node id; used by trials, previews of what would be sent, and tests of flows. A node that is
given an answer is not compiled, so whatever is wrong with it does not keep the rest from running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.engine.context import Scope
from flows.engine.errors import StepFailed, author_error
from flows.engine.nodes.spec import NodeKind
from flows.engine.outcomes import Done, Open, Outcome, Tables


@dataclass(frozen=True, slots=True)
class Given:
    """The node succeeds with this value; a for-each that is given its answer runs nothing inside."""

    value: Any
    port: str = "out"


@dataclass(frozen=True, slots=True)
class Steered:
    """The node decides as it does, but leaves by one of these ports whatever it decided."""

    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstItem:
    """A for-each runs its first item only; an empty list is an error, since nothing inside could be tried."""


StandIn = Given | Steered | FirstItem
StandIns = Mapping[str, StandIn]


def standing_in(kind: NodeKind, stand_in: StandIn | None) -> NodeKind:
    """The kind as a plan is to run it."""
    if stand_in is None:
        return kind
    if isinstance(stand_in, Given):
        answer = Done(stand_in.value, stand_in.port)
        return replace(kind, run=lambda params, scope, tables: answer)
    if isinstance(stand_in, Steered):
        return replace(kind, run=_steered(kind, stand_in.ports))
    return replace(kind, run=_first_item(kind))


def _steered(kind: NodeKind, ports: tuple[str, ...]) -> Any:
    def run(params: Any, scope: Scope, tables: Tables) -> Outcome:
        try:
            outcome = kind.run(params, scope, tables)
        except StepFailed as failure:
            outcome = Done({"error": failure.error}, "error")
        if isinstance(outcome, Done) and outcome.port not in ports:
            return Done(outcome.output, ports[0])
        return outcome

    return run


def _first_item(kind: NodeKind) -> Any:
    def run(params: Any, scope: Scope, tables: Tables) -> Outcome:
        outcome = kind.run(params, scope, tables)
        if isinstance(outcome, Open):
            if not outcome.items:
                hint = "Take a sample whose list has items, or test the for-each itself."
                raise author_error("no_item", "The list is empty, so there is no item to test with.", hint)
            return Open(outcome.items[:1])
        return outcome

    return run


def to_json(stand_ins: StandIns) -> dict[str, Any]:
    """Stand-ins as JSON, to be kept with a trial."""
    return {node: _json(stand_in) for node, stand_in in stand_ins.items()}


def _json(stand_in: StandIn) -> dict[str, Any]:
    if isinstance(stand_in, Given):
        return {"value": stand_in.value, "port": stand_in.port}
    return {"ports": list(stand_in.ports)} if isinstance(stand_in, Steered) else {"first_item": True}


def from_json(kept: Mapping[str, Any]) -> dict[str, StandIn]:
    """Stand-ins out of what `to_json` made."""
    return {node: _stand_in(entry) for node, entry in kept.items()}


def _stand_in(entry: Mapping[str, Any]) -> StandIn:
    if "ports" in entry:
        return Steered(tuple(entry["ports"]))
    return Given(entry["value"], entry["port"]) if "port" in entry else FirstItem()
