"""Schedules: starts flows at the times their cron expression names, in its own time zone.

The next time of each trigger is in the book. Whoever moves it forward by a conditional update admits the event, so any
number of schedulers may run, and a time that passed while none ran is started once, late, and not forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from cronsim import CronSim, CronSimError

from connectors.threads import in_thread
from flows import deployed as deployments
from flows.engine.errors import DocumentRefused, Problem
from flows.intake import Arrival, admit
from flows.models import Deployment, TriggerState

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_MOST_AT_ONCE = 100
_PUT_OFF_SECONDS = 60.0


def next_time(expression: str, time_zone: str, after: datetime) -> datetime:
    """The first moment after `after` that the cron expression names in its time zone."""
    local = after.astimezone(ZoneInfo(time_zone))
    return next(CronSim(expression, local)).astimezone(UTC)


def in_words(expression: str) -> str:
    """What the cron expression says, as a person would: `At 06:30 on Monday through Friday`.

    Raises:
        CronSimError: it is no cron expression.
    """
    return str(CronSim(expression, datetime.now(UTC)).explain())


def coming_times(expression: str, time_zone: str, after: datetime, count: int) -> list[datetime]:
    """The next moments that the cron expression names in its time zone; fewer when there are no more.

    Raises:
        CronSimError: it is no cron expression.
    """
    found: list[datetime] = []
    while len(found) < count:
        try:
            after = next_time(expression, time_zone, after)
        except StopIteration:
            break
        found.append(after)
    return found


def problems(document: dict[str, Any]) -> list[Problem]:
    """A cron expression that no clock will ever show; what else may be wrong with a trigger is the engine's to say."""
    nodes = document.get("nodes")
    for place, node in enumerate(nodes if isinstance(nodes, list) else []):
        params = node.get("params") if isinstance(node, dict) and node.get("kind") == "trigger" else None
        cron = params.get("cron") if isinstance(params, dict) and params.get("type") == "schedule" else None
        if isinstance(cron, str) and cron:
            try:
                next_time(cron, "UTC", datetime.now(UTC))
            except (CronSimError, StopIteration) as error:
                message = f"“{cron[:60]}” names no time: {error or 'it never comes'}."
                hint = "Five fields: minute, hour, day, month, weekday; for example 0 7 * * 1-5."
                return [Problem("bad_cron", f"/nodes/{place}/params/cron", message, hint)]
    return []


async def keep_forever(stop: asyncio.Event) -> None:
    """Start what is due, again and again."""
    while not stop.is_set():
        for start in await in_thread(_due_starts, datetime.now(UTC)):
            # The event comes before the step forward: a crash between the two starts the same event again, a duplicate.
            await admit(start.arrival)
            await in_thread(_step_forward, start)
        await asyncio.sleep(_LOOK_SECONDS)


@dataclass(slots=True)
class _Start:
    state: TriggerState
    arrival: Arrival
    upcoming: datetime


_put_off: dict[str, float] = {}


def _due_starts(now: datetime) -> list[_Start]:
    """What is due; one that cannot be started stays due, is looked at again later, and holds up no other."""
    moment = time.monotonic()
    for state_id in [state_id for state_id, until in _put_off.items() if until <= moment]:
        del _put_off[state_id]
    due = TriggerState.objects.across_tenants("schedules of every tenant").filter(next_at__lte=now)
    starts = []
    for state in due.exclude(id__in=list(_put_off)).order_by("next_at")[:_MOST_AT_ONCE]:
        try:
            start = _start_of(state, now)
        except (DocumentRefused, CronSimError, StopIteration, LookupError) as error:
            _log.error("the schedule of flow %s cannot be started: %s", state.flow_id, error)
            _put_off[state.id] = moment + _PUT_OFF_SECONDS
            continue
        if start is not None:
            starts.append(start)
    return starts


def _start_of(state: TriggerState, now: datetime) -> _Start | None:
    row = (
        Deployment.objects.of(state.tenant_id)
        .filter(flow_id=state.flow_id, environment_id=state.environment_id, active=True)
        .first()
    )
    if row is None:
        TriggerState.objects.of(state.tenant_id).filter(id=state.id, next_at=state.next_at).update(next_at=None)
        return None
    deployed = deployments.load(row.id)
    params = deployed.trigger
    assert state.next_at is not None
    upcoming = next_time(params["cron"], params.get("time_zone", "UTC"), now)
    return _Start(state, _arrival(deployed, row, state.next_at), upcoming)


def _step_forward(start: _Start) -> None:
    state = start.state
    mine = TriggerState.objects.of(state.tenant_id).filter(id=state.id, next_at=state.next_at)
    mine.update(next_at=start.upcoming, last_at=datetime.now(UTC))


def _arrival(deployed: deployments.Deployed, row: Deployment, due_at: datetime) -> Arrival:
    moment = due_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    body: dict[str, Any] = {"scheduled_for": moment}
    return Arrival(
        deployed=deployed,
        source="schedule",
        dedupe_key=f"schedule:{moment}",
        received_at=datetime.now(UTC),
        meta={"content_type": "application/json"},
        body=orjson.dumps(body),
        paused=row.paused_at is not None,
    )
