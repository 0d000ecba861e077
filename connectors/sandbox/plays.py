"""Plays scenarios: acts, then looks at the books until every check holds or patience ends, and keeps what was found.

Started by the console's API in a thread of its own, or run to its end by the demo command.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from connectors.models import SandboxPlay
from connectors.sandbox import faults
from connectors.sandbox.scenarios import scenarios
from connectors.sandbox.scenarios.stage import Check, Context, Scenario, StoryBroken
from ipaas.accounts.models import Tenant

_LOOK_SECONDS = 0.5
_LONGEST = timedelta(minutes=5)


class AlreadyPlaying(ValueError):
    """One scenario at a time: faults of one would spoil another."""


def start(tenant: Tenant, name: str) -> SandboxPlay:
    """Begin to play a scenario and return at once; the row says how it goes."""
    end_stale(tenant)
    running = SandboxPlay.objects.filter(tenant=tenant, status="running").first()
    if running is not None:
        raise AlreadyPlaying(f"“{running.scenario}” is being played in this sandbox.")
    row: SandboxPlay = SandboxPlay.objects.create(tenant=tenant, scenario=name)
    threading.Thread(target=_play_in_thread, args=(tenant, row.id, scenarios()[name]), daemon=True).start()
    return row


def end_stale(tenant: Tenant) -> None:
    """Plays whose process died are over."""
    told = [Check("The story was told to its end", False, "The server stopped in the middle.").to_dict()]
    SandboxPlay.objects.filter(tenant=tenant, status="running", started_at__lt=datetime.now(UTC) - _LONGEST).update(
        status="finished", checks=told, finished_at=datetime.now(UTC)
    )


async def perform(
    tenant: Tenant, scenario: Scenario, server: str, tell: Callable[[list[Check]], None] | None = None
) -> list[Check]:
    """Play a scenario against a running server; `tell` hears the checks whenever they change."""
    try:
        async with Context(tenant, server.rstrip("/")) as context:
            await scenario.play(context)
            return await _judge(scenario, context, tell)
    except (StoryBroken, faults.FaultRefused) as error:
        return [Check("The story can be told", False, str(error))]


async def _judge(scenario: Scenario, context: Context, tell: Callable[[list[Check]], None] | None) -> list[Check]:
    """Look until all is true and has stayed true for a while, or patience ends."""
    give_up_at = time.monotonic() + scenario.patience_seconds
    true_since: float | None = None
    known: list[Check] | None = None
    while True:
        found = await scenario.checks(context)
        if found != known and tell is not None:
            await asyncio.to_thread(tell, found)
        known = found
        now = time.monotonic()
        true_since = (true_since or now) if all(check.ok for check in found) else None
        if (true_since is not None and now - true_since >= scenario.rest_seconds) or now > give_up_at:
            return found
        await asyncio.sleep(_LOOK_SECONDS)


def _play_in_thread(tenant: Tenant, play_id: str, scenario: Scenario) -> None:
    checks = [Check("The story was told to its end", False, "Something went wrong on our side; see the log.")]
    try:
        checks = asyncio.run(perform(tenant, scenario, settings.SANDBOX_BASE_URL, lambda found: _keep(play_id, found)))
    finally:
        _keep(play_id, checks, finished=True)
        connection.close()


def _keep(play_id: str, checks: list[Check], *, finished: bool = False) -> None:
    changes = {"status": "finished", "finished_at": datetime.now(UTC)} if finished else {}
    SandboxPlay.objects.filter(id=play_id).update(checks=[check.to_dict() for check in checks], **changes)
    if not finished:
        connection.close()
