"""Schedules: starts flows at the times their cron expression names, in its own time zone.

The next time of each trigger is in the book. Whoever moves it forward by a conditional update admits the event, so any
number of schedulers may run, and a time that passed while none ran is started once, late, and not forgotten.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from asgiref.sync import sync_to_async
from cronsim import CronSim

from flows import deployed as deployments
from flows.intake import Arrival, admit
from flows.models import Deployment, TriggerState

_LOOK_SECONDS = 1.0
_MOST_AT_ONCE = 100


def next_time(expression: str, time_zone: str, after: datetime) -> datetime:
    """The first moment after `after` that the cron expression names in its time zone."""
    local = after.astimezone(ZoneInfo(time_zone))
    return next(CronSim(expression, local)).astimezone(UTC)


async def keep_forever(stop: asyncio.Event) -> None:
    """Start what is due, again and again."""
    while not stop.is_set():
        for start in await sync_to_async(_due_starts, thread_sensitive=False)(datetime.now(UTC)):
            # The event comes before the step forward: a crash between the two starts the same event again, a duplicate.
            await admit(start.arrival)
            await sync_to_async(_step_forward, thread_sensitive=False)(start)
        await asyncio.sleep(_LOOK_SECONDS)


@dataclass(slots=True)
class _Start:
    state: TriggerState
    arrival: Arrival
    upcoming: datetime


def _due_starts(now: datetime) -> list[_Start]:
    due = TriggerState.objects.across_tenants("schedules of every tenant").filter(next_at__lte=now)
    starts = (_start_of(state, now) for state in due.order_by("next_at")[:_MOST_AT_ONCE])
    return [start for start in starts if start is not None]


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
