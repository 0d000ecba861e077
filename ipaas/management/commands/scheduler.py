"""`ipaas scheduler`: keeps schedules and subscriptions of a fleet. Any number may run; the book decides who starts
what."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ipaas.background import KEEP_SCHEDULES, KEEP_SUBSCRIPTIONS, Background


class Command(BaseCommand):
    help = "Start scheduled flows and keep webhook subscriptions (in a fleet; `ipaas serve` alone does it itself)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError("Without IPAAS_REDIS_URL `ipaas serve` keeps the schedules itself.")
        asyncio.run(_run())


async def _run() -> None:
    background = Background(frozenset({KEEP_SCHEDULES, KEEP_SUBSCRIPTIONS}))
    await background.start()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    await background.stop()
