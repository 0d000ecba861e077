"""The pace of one connection: so many requests a second, so many operations at a time, pauses that a system asks for.

Held by the gateway per connection and process; waiting is in order of arrival and bounded by the caller's patience.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.sdk.errors import TryAgain
from connectors.sdk.manifest import Limits


class Pace:
    """A token bucket with a pause, and a bound on concurrency."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._interval = 1.0 / limits.requests_per_second
        self._burst = max(0.0, (max(1.0, limits.requests_per_second) - 1.0) * self._interval)
        self._full_at = 0.0
        self._paused_until = 0.0
        self._slots = asyncio.Semaphore(limits.concurrency)

    def pause(self, seconds: float) -> None:
        """Let nothing out for so long; a longer pause that is already on stays."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    @asynccontextmanager
    async def slot(self, patience_seconds: float) -> AsyncIterator[None]:
        """One of the connection's places for an operation.

        Raises:
            TryAgain: None became free in time; nothing was sent.
        """
        if self._slots.locked():
            try:
                async with asyncio.timeout(patience_seconds):
                    await self._slots.acquire()
            except TimeoutError:
                raise TryAgain(
                    "This connection is busy with other calls.",
                    patience_seconds,
                    code="connection_busy",
                    hint="The connector's limit of concurrent calls is reached; work is waiting its turn.",
                ) from None
        else:
            await self._slots.acquire()
        try:
            yield
        finally:
            self._slots.release()

    async def turn(self, patience_seconds: float) -> None:
        """Wait until the next request may go.

        Raises:
            TryAgain: That is later than the patience reaches; nothing was sent and no turn was taken.
        """
        now = time.monotonic()
        wait = max(self._full_at - self._burst, self._paused_until) - now
        if wait > patience_seconds:
            raise TryAgain(
                f"The system asks for fewer requests; the next may go in {wait:.0f} s.", round(wait, 3), code="paced"
            )
        self._full_at = max(self._full_at, now) + self._interval
        while wait > 0:
            await asyncio.sleep(wait)
            wait = self._paused_until - time.monotonic()
