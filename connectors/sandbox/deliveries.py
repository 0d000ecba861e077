"""Sends the webhooks of simulated systems: promptly, signed when sent, again with back-off until they are taken.

Started by the process that hosts the sandbox. Sends only to this installation's own /hooks/ and to loopback addresses.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings

from connectors.models import SandboxDelivery
from connectors.sandbox.systems import simulator_of
from connectors.sdk.simulator import Delivery, MemoryStore
from ipaas.book.transaction import Transaction
from ipaas.book.writer import get_writer, run_each

BACK_OFF_SECONDS = (1, 2, 5, 15, 60, 300, 900, 3600, 3600, 3600)
_TIMEOUT_SECONDS = 30.0
_LEASE_SECONDS = 45.0  # longer than one sending can take
_LOOK_SECONDS = 1.0
_MOST_AT_ONCE = 40
_KEEP = timedelta(hours=24)
_TIDY_SECONDS = 600.0

_alarm: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None


@dataclass(frozen=True)
class Due:
    """A delivery that this process has claimed."""

    id: str
    system: str
    delivery: Delivery
    attempts: int


@dataclass(frozen=True)
class Sent:
    """What came of one sending."""

    id: str
    attempts: int
    status: int | None
    error: str
    at: datetime


def wake() -> None:
    """Look at once; call it after the commit that put webhooks out (from any thread)."""
    if _alarm is None:
        return
    loop, event = _alarm
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)


async def deliver_forever(stop: asyncio.Event) -> None:
    """Send what is due until `stop` is set; a sending in hand is finished or left for the next process."""
    global _alarm
    event = asyncio.Event()
    _alarm = (asyncio.get_running_loop(), event)
    sending: set[asyncio.Task[None]] = set()
    tidy_at = time.monotonic() + _TIDY_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)) as session:
        try:
            while not stop.is_set():
                event.clear()
                claimed = await _claim(_MOST_AT_ONCE - len(sending))
                for due in claimed:
                    task = asyncio.create_task(_send(session, due))
                    sending.add(task)
                    task.add_done_callback(sending.discard)
                    task.add_done_callback(lambda done: event.set())
                if time.monotonic() > tidy_at:
                    await asyncio.to_thread(_tidy)
                    tidy_at = time.monotonic() + _TIDY_SECONDS
                if not claimed:
                    await _wait(event)
        finally:
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)


def destination(url: str) -> str | None:
    """Where a webhook address is reached from here, or None where the sandbox must not send.

    Our own public address is reached through the address that the sandbox itself uses, which works behind any proxy.
    """
    for base in (settings.PUBLIC_URL, settings.SANDBOX_BASE_URL):
        if url.startswith(f"{base}/hooks/"):
            return settings.SANDBOX_BASE_URL + url[len(base) :]
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    return url if loopback and parts.scheme in ("http", "https") else None


async def _wait(event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            await event.wait()
    except TimeoutError:
        return


async def _claim(count: int) -> list[Due]:
    if count <= 0 or not await asyncio.to_thread(_is_something_due):
        return []
    claimed: list[Due] = await get_writer().submit(claim_due, (datetime.now(UTC), count))
    return claimed


def _is_something_due() -> bool:
    return SandboxDelivery.objects.filter(next_at__lte=datetime.now(UTC)).exists()


def _claim_due(tx: Transaction, wanted: tuple[datetime, int]) -> list[Due]:
    now, count = wanted
    rows = tx.execute(
        "SELECT id, system, event_id, url, body, headers, signing, attempts FROM connectors_sandboxdelivery "
        "WHERE next_at <= %s ORDER BY next_at, id LIMIT %s",
        (tx.time(now), count),
    ).fetchall()
    lease = tx.time(now + timedelta(seconds=_LEASE_SECONDS))
    claimed = []
    for row_id, system, event_id, url, body, headers, signing, attempts in rows:
        mine = tx.execute(
            "UPDATE connectors_sandboxdelivery SET next_at = %s, attempts = attempts + 1 "
            "WHERE id = %s AND next_at <= %s",
            (lease, row_id, tx.time(now)),
        )
        if mine.rowcount == 1:
            delivery = Delivery(url, bytes(body), _json(headers), event_id, _json(signing))
            claimed.append(Due(row_id, system, delivery, attempts + 1))
    return claimed


def _settle(tx: Transaction, sent: Sent) -> None:
    delivered = sent.status is not None and 200 <= sent.status < 300
    again = None
    if not delivered and sent.attempts <= len(BACK_OFF_SECONDS):
        again = sent.at + timedelta(seconds=BACK_OFF_SECONDS[sent.attempts - 1])
    tx.execute(
        "UPDATE connectors_sandboxdelivery SET delivered_at = %s, next_at = %s, last_status = %s, last_error = %s "
        "WHERE id = %s",
        (tx.time(sent.at if delivered else None), tx.time(again), sent.status, sent.error, sent.id),
    )


claim_due = run_each(_claim_due)
settle_sent = run_each(_settle)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value


async def _send(session: aiohttp.ClientSession, due: Due) -> None:
    status, error = await _post(session, due)
    await get_writer().submit(settle_sent, Sent(due.id, due.attempts, status, error, datetime.now(UTC)))


async def _post(session: aiohttp.ClientSession, due: Due) -> tuple[int | None, str]:
    url = destination(due.delivery.url)
    simulator = simulator_of(due.system)
    if url is None or simulator is None:
        return None, "The sandbox sends only to this installation and to loopback addresses."
    signed = simulator(MemoryStore()).sign(due.delivery, time.time())
    try:
        async with session.post(
            url, data=due.delivery.body, headers={**due.delivery.headers, **signed}, allow_redirects=False
        ) as answer:
            await answer.read()
            return answer.status, "" if answer.status < 300 else f"answered {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"[:500]


def _tidy() -> None:
    """Deliveries that ended long ago leave."""
    SandboxDelivery.objects.filter(delivered_at__lt=datetime.now(UTC) - _KEEP).delete()
