"""Intake: records an arrival and its run, once, and wakes a runner. Every trigger ends here.

It answers only after the commit. What it was told before (same dedupe key) it answers with the first run. It never
looks into what a flow does; that is the runner's part.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flows import bell, journal
from flows.deployed import Deployed
from flows.engine.facts import run_admitted
from flows.events import trigger_scope
from flows.runner import Runner, runner_here
from ipaas.book.cards import mask_body
from ipaas.book.ids import new_id
from ipaas.book.writer import get_writer

_MOST_KEY = 255


@dataclass(slots=True)
class Arrival:
    """Something that came to a trigger. `dedupe_key` empty: every arrival is its own event (manual starts)."""

    deployed: Deployed
    source: str
    dedupe_key: str
    received_at: datetime
    meta: dict[str, Any]
    body: bytes
    paused: bool = False


async def admit(arrival: Arrival, run_id: str = "") -> journal.Admitted:
    """Record an arrival; when this process has a runner with room, it holds the new run from the start."""
    runner = runner_here()
    if runner is not None and (arrival.paused or not runner.has_room()):
        runner_for_run: Runner | None = None
    else:
        runner_for_run = runner
    event, run = _rows(arrival, runner_for_run, run_id)
    admitted: journal.Admitted = await get_writer().submit(journal.admit, (event, run))
    if admitted.resumed or (not admitted.duplicate and not arrival.paused):
        if runner_for_run is not None:
            runner_for_run.accept(_held(event, run))
        elif runner is None or admitted.resumed:
            bell.ring((run.id,))
    return admitted


def admit_from_thread(arrival: Arrival, run_id: str = "") -> journal.Admitted:
    """The same for callers without an event loop (API views, commands)."""
    event, run = _rows(arrival, None, run_id)
    admitted: journal.Admitted = get_writer().submit_from_thread(journal.admit, (event, run))
    if admitted.resumed or (not admitted.duplicate and not arrival.paused):
        bell.ring((run.id,))
    return admitted


def _rows(arrival: Arrival, runner: Runner | None, run_id: str) -> tuple[journal.NewEvent, journal.NewRun]:
    deployed = arrival.deployed
    arrival = _without_cards(arrival)
    event_id = new_id("evt")
    run_id = run_id or new_id("run")
    scope = trigger_scope(arrival.body, arrival.meta, arrival.received_at)
    event = journal.NewEvent(
        event_id,
        deployed.tenant_id,
        deployed.flow_id,
        deployed.environment_id,
        arrival.source,
        event_id if deployed.trial else short_key(_declared_key(deployed, scope) or arrival.dedupe_key or event_id),
        arrival.received_at,
        arrival.meta,
        arrival.body,
    )
    due_at: datetime | None = arrival.received_at
    if runner is not None:
        due_at = runner.lease_end()
    elif arrival.paused:
        due_at = None
    run = journal.NewRun(
        run_id,
        deployed.tenant_id,
        deployed.flow_id,
        deployed.version_id,
        deployed.environment_id,
        deployed.deployment_id,
        event_id,
        _cut(deployed.plan.business_key(scope)),
        "" if deployed.trial else _cut(deployed.plan.lane(scope) or ""),
        arrival.received_at,
        runner.holder if runner is not None else "",
        due_at,
        [run_admitted(event.received_at, deployed.plan.trigger, event.id)],
        trial=deployed.trial,
    )
    return event, run


def _declared_key(deployed: Deployed, scope: dict[str, Any]) -> str:
    """The flow's own dedupe expression; one that cannot be read loses no event, the trigger's key is used then."""
    return deployed.plan.dedupe_key(scope) or ""


def _without_cards(arrival: Arrival) -> Arrival:
    """Card numbers are never stored, so they go no further than this door; the event says how it was changed."""
    body = mask_body(arrival.body)
    if body is arrival.body:
        return arrival
    return replace(arrival, body=body, meta={**arrival.meta, "cards_masked": True})


def _cut(text: str) -> str:
    return text.replace("\x00", "")[:_MOST_KEY]


def short_key(key: str) -> str:
    """A key that fits its column: long ones by their digest."""
    clean = key.replace("\x00", "")
    if len(clean) <= _MOST_KEY:
        return clean
    return "sha256:" + hashlib.sha256(clean.encode()).hexdigest()


def _held(event: journal.NewEvent, run: journal.NewRun) -> journal.Held:
    return journal.Held(
        run_id=run.id,
        tenant_id=run.tenant_id,
        flow_id=run.flow_id,
        version_id=run.version_id,
        environment_id=run.environment_id,
        deployment_id=run.deployment_id,
        event_id=event.id,
        business_key=run.business_key,
        seq=1,
        attempts=0,
        created_at=run.created_at,
        started_at=None,
        waiting_for="",
        dedupe_key=event.dedupe_key,
        received_at=event.received_at,
        event_meta=event.meta,
        event_body=event.body,
        facts=run.facts,
    )
