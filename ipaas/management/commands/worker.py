"""`ipaas worker`: one process of the fleet that runs flows.

A Celery worker hears the bell; beside it, in the same process, a runner on its own event loop carries the runs.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ipaas.background import RUN_FLOWS, Background
from ipaas.celery import app

_log = logging.getLogger(__name__)
_START_SECONDS = 60.0


class Command(BaseCommand):
    help = "Run flows, woken by Celery over Redis (needs IPAAS_REDIS_URL and IPAAS_DATABASE_URL)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL or not settings.DATABASE_URL:
            raise CommandError(
                "A worker belongs to a fleet: set IPAAS_REDIS_URL and IPAAS_DATABASE_URL. "
                "On a single machine `ipaas serve` runs the flows itself."
            )
        engine_room = EngineRoom()
        engine_room.start()
        try:
            app.worker_main(
                [
                    "worker", "--pool=threads", "--concurrency=1", "--loglevel=warning",
                    "--without-gossip", "--without-mingle", "--without-heartbeat",
                ]
            )  # fmt: skip
        finally:
            engine_room.stop()


class EngineRoom:
    """An event loop in a thread of its own, with this process's runner on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="runner", daemon=True)
        self._background: Background | None = None

    def start(self) -> None:
        """Start the loop and wait until the runner on it is ready."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(_START_SECONDS)

    async def _start(self) -> None:
        self._background = Background(frozenset({RUN_FLOWS}))
        await self._background.start()

    def stop(self) -> None:
        """Bring the runs in hand to rest or give them back, then end the loop."""
        if self._background is not None:
            asyncio.run_coroutine_threadsafe(self._background.stop(), self._loop).result(_START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
