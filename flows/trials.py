"""Trials: a draft, or one step of it, is run in the sandbox before it is published.

The only writer of that table. A trial is a real run, carried like any other; it stands itself where a version and a
deployment stand for others, so nothing of it shows among those. What is pinned answers instead of its step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db.models import Count

from connectors import effects
from connectors.gateway import CallOrder, gateway
from flows import deployed, journal, samples
from flows.control import FINISHED
from flows.engine import standins
from flows.engine.excerpt import Shape, in_the_document, leading_up_to, whatever_runs
from flows.engine.outcomes import Call
from flows.engine.rehearse import Stage, rehearse
from flows.events import trigger_scope
from flows.intake import Arrival, admit_from_thread
from flows.models import Event, Flow, Run, Trial
from flows.publishing import Refused
from flows.trial_parts import Parts, bound_connections, compiled, stand_ins_for
from ipaas.accounts.models import Environment, EnvironmentVariable, User
from ipaas.book import loops
from ipaas.book.ids import new_id
from ipaas.book.writer import get_writer

KEPT_FOR = timedelta(days=1)
MOST_PER_FLOW = 50
_BATCH = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to try: `mode` is step, up_to, whole or look; `event` has body, headers and query."""

    flow: Flow
    document: dict[str, Any]
    mode: str
    step: str
    environment: Environment
    connections: dict[str, str]
    event: dict[str, Any] | None
    person: User


class StoppedBefore(Exception):
    """The step that was to be looked at is not reached; `error` says why."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(str(error.get("message", "")))
        self.error = dict(error)


def start(wanted: Wanted) -> Trial:
    """Begin a trial; its run is in `run_id`.

    Raises:
        Refused: Something in the part that is tried is wrong, or a step before it has no sample.
        ConnectionsNeeded: Aliases that have no connection there.
    """
    parts = _parts(wanted)
    bound = bound_connections(wanted.flow, wanted.environment, parts, wanted.connections)
    trial: Trial = Trial.objects.of(wanted.flow.tenant_id).create(
        flow=wanted.flow,
        environment=wanted.environment,
        mode=wanted.mode,
        step=wanted.step,
        document=parts.document,
        stand_ins=standins.to_json(parts.stand_ins),
        connections=bound,
        run_id=new_id("run"),
        created_by=wanted.person,
    )
    meta, body = _event(wanted)
    arrival = Arrival(deployed.load(trial.id), "trial", "", datetime.now(UTC), meta, body)
    admit_from_thread(arrival, trial.run_id)
    return trial


def look(wanted: Wanted) -> list[dict[str, Any]]:
    """What a step would send, its input made of samples; nothing is sent. Empty for a step that calls nobody.

    Raises:
        Refused, ConnectionsNeeded: As for a trial.
        StoppedBefore: The step is not reached, or its input cannot be made.
        IpaasError: The input does not fit the operation.
    """
    parts = _parts(wanted)
    node = parts.plan.nodes[wanted.step]
    if node.kind != "call":
        return []
    bound = bound_connections(wanted.flow, wanted.environment, parts, wanted.connections)
    call = _call_of(wanted, parts)
    order = CallOrder(wanted.flow.tenant_id, bound[call.connection], call.operation, call.inputs)
    return loops.ask(gateway().look(order))


def _call_of(wanted: Wanted, parts: Parts) -> Call:
    """The call that the step would make, by carrying what leads to it in memory."""
    calls: list[Call] = []
    meta, body = _event(wanted)
    variables = EnvironmentVariable.objects.filter(environment=wanted.environment).values_list("name", "value")
    stage = Stage(
        trigger=trigger_scope(body, meta, datetime.now(UTC)),
        answer=lambda start, call: calls.append(call),
        env=dict(variables),
        tables=deployed.load_tables(wanted.flow.tenant_id, parts.plan.tables),
    )
    facts = rehearse(parts.plan, stage)
    if calls:
        return calls[0]
    errors = [fact["error"] for fact in facts if fact["type"] in ("run_finished", "step_failed") and fact.get("error")]
    raise StoppedBefore(errors[-1] if errors else {"message": "Nothing leads to this step."})


def _parts(wanted: Wanted) -> Parts:
    known = {row.step: row for row in samples.kept(wanted.flow)}
    if wanted.mode == "whole":
        excerpt = whatever_runs(wanted.document)
    else:
        excerpt = leading_up_to(wanted.document, wanted.step)
    mode = "step" if wanted.mode == "look" else wanted.mode
    found = stand_ins_for(excerpt, mode, wanted.step, known)
    try:
        return compiled(excerpt, found)
    except Refused as error:
        raise Refused(in_the_document(error.problems, excerpt, wanted.document)) from None


def _event(wanted: Wanted) -> tuple[dict[str, Any], bytes]:
    """Headers and body: as given, else of the trigger's sample, else as the clock or a person would start it."""
    meta: dict[str, Any] = {"content_type": "application/json", "started_by": wanted.person.email}
    if wanted.event is not None:
        meta |= {name: wanted.event[name] for name in ("headers", "query")}
        return meta, orjson.dumps(wanted.event["body"])
    trigger = samples.trigger_of(wanted.document)
    row = next((row for row in samples.kept(wanted.flow) if row.step == trigger), None)
    if row is None:
        node = Shape(wanted.document).nodes.get(trigger or "", {})
        body = samples.example_of(wanted.document, node) if node else None
        return meta, orjson.dumps(body)
    kept = Event.objects.of(wanted.flow.tenant_id).filter(id=row.event_id).first() if row.event_id else None
    meta |= {name: (kept.meta or {}).get(name, {}) for name in ("headers", "query")} if kept is not None else {}
    return meta, orjson.dumps(row.value)


# --- what remains of trials -----------------------------------------------------------------------------------------


def gather(flow: Flow) -> None:
    """Make what the steps of trials that have ended came to their samples."""
    trials = list(Trial.objects.of(flow.tenant_id).filter(flow=flow, gathered=False).order_by("id"))
    if not trials:
        return
    rows = Run.objects.of(flow.tenant_id).filter(id__in=[trial.run_id for trial in trials])
    ended = {row.id: row for row in rows.filter(status__in=(*FINISHED, "uncertain")).select_related("event")}
    for trial in trials:
        if trial.run_id in ended:
            samples.take_trial(flow, trial, ended[trial.run_id].event)
            Trial.objects.of(flow.tenant_id).filter(id=trial.id).update(gathered=True)


def tend() -> int:
    """Remove a few trials that are a day old, or more than a flow keeps, with all that was recorded of their runs."""
    rows = Trial.objects.across_tenants("trials of every tenant are kept for a while only")
    old = list(rows.filter(created_at__lt=datetime.now(UTC) - KEPT_FOR).order_by("id")[:_BATCH])
    if len(old) < _BATCH:
        old += _more_than_a_flow_keeps(_BATCH - len(old))
    if old:
        run_ids = tuple(trial.run_id for trial in old)
        get_writer().submit_from_thread(journal.forget_trials, run_ids)
        effects.forget_trials(run_ids)
        rows.filter(id__in=[trial.id for trial in old]).delete()
    return len(old)


def _more_than_a_flow_keeps(most: int) -> list[Trial]:
    rows = Trial.objects.across_tenants("trials of every tenant are kept for a while only")
    crowded = rows.values("flow_id").annotate(count=Count("id")).filter(count__gt=MOST_PER_FLOW).order_by()
    found: list[Trial] = []
    for flow_id in crowded.values_list("flow_id", flat=True)[:most]:
        of_flow = rows.filter(flow_id=flow_id)
        newest = of_flow.order_by("-id").values_list("id", flat=True)[:MOST_PER_FLOW]
        beyond = of_flow.filter(id__lt=min(newest)).order_by("id")[:most]
        open_runs = _open_runs([trial.run_id for trial in beyond])
        found += [trial for trial in beyond if trial.run_id not in open_runs]
    return found[:most]


def _open_runs(run_ids: list[str]) -> set[str]:
    rows = Run.objects.across_tenants("named by their trials").filter(id__in=run_ids)
    return set(rows.exclude(status__in=(*FINISHED, "uncertain")).values_list("id", flat=True))
