"""What a trial is made of: which steps answer instead of running, the compiled plan, the connections it needs.

Called by `flows.trials` alone; reads samples and connections, writes nothing and sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.models import Connection
from connectors.registry import registry
from flows.catalog import RegistryCatalog
from flows.engine.errors import ErrorDict, Problem
from flows.engine.excerpt import Shape, ports_towards
from flows.engine.plan import Plan, examine
from flows.engine.standins import FirstItem, Given, StandIn, Steered
from flows.models import Deployment, Flow, Sample
from flows.publishing import Refused
from flows.samples import example_of
from ipaas.accounts.models import Environment

# Their answer decides the way a run goes, so they always decide anew.
_DECIDING = ("condition", "validate", "fail", "trigger")
_EXAMPLE_FAILURE: ErrorDict = {
    "class": "rejected",
    "code": "example",
    "message": "An example of a failure.",
    "hint": None,
    "field": None,
    "detail": {},
}


class ConnectionsNeeded(Exception):
    """Aliases that have no fitting connection in the environment; `problems` names each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Parts:
    """The part of a draft that is tried, ready to run."""

    document: dict[str, Any]
    stand_ins: dict[str, StandIn]
    plan: Plan


def stand_ins_for(
    excerpt: Mapping[str, Any], mode: str, step: str, known: Mapping[str, Sample]
) -> dict[str, StandIn | None]:
    """What nodes do instead of their own work; None for one that should answer and has no sample.

    In `up_to` and `whole` what is pinned answers, but never the step that is tested itself. In `step` everything else
    answers from its sample or the connector's example, and what is pure is computed anew unless it is pinned.
    """
    shape = Shape(excerpt)
    found: dict[str, StandIn | None] = {id_: Given(None) for id_ in shape.triggers}
    if mode != "step":
        pinned = [id_ for id_ in shape.nodes if id_ in known and known[id_].pinned and id_ != step]
        found |= {id_: Given(known[id_].value) for id_ in pinned if shape.nodes[id_]["kind"] not in _DECIDING}
        return found
    around = shape.around(step)
    ports = ports_towards(excerpt, step)
    for id_ in shape.leading_to(step) - set(shape.triggers):
        stand_in = _before(excerpt, shape.nodes[id_], ports.get(id_, ("out",)), known.get(id_))
        if id_ in around:
            found[id_] = FirstItem()
        elif stand_in is not _AS_IT_IS:
            found[id_] = stand_in
    return found


_AS_IT_IS = Given(None, "as it is")


def _before(
    excerpt: Mapping[str, Any], node: Mapping[str, Any], ports: tuple[str, ...], sample: Sample | None
) -> StandIn | None:
    """What a node before the step does, so that the run comes to the step whatever the samples say."""
    kind = node["kind"]
    if kind in _DECIDING:
        return Steered(ports)
    if ports[0] == "error":
        kept = sample.value if sample is not None else None
        failed = kept if isinstance(kept, dict) and "error" in kept else {"error": _EXAMPLE_FAILURE}
        return Given(failed, "error")
    if sample is not None and (sample.pinned or kind in ("call", "for_each")):
        return Given(sample.value)
    if kind not in ("call", "for_each"):
        return _AS_IT_IS
    example = example_of(excerpt, node) if kind == "call" else None
    return None if example is None else Given(example)


def compiled(excerpt: dict[str, Any], stand_ins: Mapping[str, StandIn | None]) -> Parts:
    """The excerpt as a plan.

    Raises:
        Refused: It has problems, or a step is read that has no sample to answer with. Pointers are the excerpt's.
    """
    filled = {id_: Given(None) if stand_in is None else stand_in for id_, stand_in in stand_ins.items()}
    plan, problems = examine(excerpt, RegistryCatalog(registry()), filled)
    if plan is None:
        raise Refused([problem for problem in problems if problem.severity == "error"])
    read = frozenset().union(*plan.reads.values())
    missing = [id_ for id_, stand_in in stand_ins.items() if stand_in is None and id_ in read]
    if missing:
        raise Refused([_sample_needed(plan, id_) for id_ in missing])
    return Parts(excerpt, filled, plan)


def _sample_needed(plan: Plan, id_: str) -> Problem:
    node = plan.nodes[id_]
    message = f"“{node.title}” has no sample yet that the step could read."
    return Problem("sample_needed", node.pointer, message, "Test up to here, or pin what it answers.")


def bound_connections(flow: Flow, environment: Environment, parts: Parts, given: Mapping[str, str]) -> dict[str, str]:
    """A connection for every alias that the part calls: as given, as deployed there, or the only one there is.

    Raises:
        ConnectionsNeeded: Some have none.
    """
    answered = {id_ for id_, stand_in in parts.stand_ins.items() if isinstance(stand_in, Given)}
    shape = Shape(parts.document)
    idle = answered | shape.inside(answered)
    nodes = [node for id_, node in parts.plan.nodes.items() if node.kind == "call" and id_ not in idle]
    aliases = {node.params.connection: parts.plan.connections[node.params.connection] for node in nodes}
    return bound(flow, environment, aliases, given)


def bound(flow: Flow, environment: Environment, aliases: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Connections for aliases (alias -> connector) in an environment; see `bound_connections`."""
    rows = Connection.objects.of(flow.tenant_id).filter(environment=environment, connector__in=set(aliases.values()))
    there = dict(rows.order_by("id").values_list("id", "connector"))
    at_work = Deployment.objects.of(flow.tenant_id).filter(flow=flow, environment=environment, active=True).first()
    found: dict[str, str] = {}
    problems = []
    for alias, connector in aliases.items():
        fitting = [id_ for id_, of in there.items() if of == connector]
        wanted = given.get(alias) or (at_work.connections.get(alias) if at_work is not None else None)
        if wanted is None and len(fitting) == 1:
            wanted = fitting[0]
        if wanted in fitting:
            found[alias] = str(wanted)
        else:
            problems.append(_connection_needed(alias, connector, environment, len(fitting)))
    if problems:
        raise ConnectionsNeeded(problems)
    return found


def _connection_needed(alias: str, connector: str, environment: Environment, there: int) -> Problem:
    title = registry().get(connector).manifest.title
    if there:
        message = f"Choose which {title} connection of {environment.name} “{alias}” is to use."
        return Problem(
            "connection_needed", f"/connections/{alias}", message, f"There are {there} in {environment.name}."
        )
    message = f"“{alias}” needs a {title} connection in {environment.name}, and there is none."
    return Problem("connection_needed", f"/connections/{alias}", message, "Add one under Connections.")
