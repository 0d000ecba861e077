"""The sweeper: looks through the book now and then for due runs that no bell has brought to a runner, and tidies up.

Every process with a runner sweeps, so a broker that is down or a worker that died costs seconds and never a run.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError

from connectors.threads import in_thread
from flows.runner import runner_here

_log = logging.getLogger(__name__)
_TEND_SECONDS = 60.0

tending: list[Callable[[], int]] = []
"""Called in a thread about once a minute; each does a small batch of tidying up and says how much it did."""


async def sweep_forever(stop: asyncio.Event) -> None:
    """Sweep at once, then every IPAAS_SWEEP_SECONDS (a little scattered, so that a fleet does not sweep in step)."""
    tended_at = time.monotonic()
    while not stop.is_set():
        runner = runner_here()
        if runner is not None:
            runner.sweep()
        if time.monotonic() - tended_at >= _TEND_SECONDS:
            tended_at = time.monotonic()
            await tend()
        await asyncio.sleep(settings.SWEEP_SECONDS * random.uniform(0.8, 1.2))


async def tend() -> None:
    """Tidy up a little; what fails is tried again next time."""
    for work in tending:
        try:
            await in_thread(work)
        except DatabaseError:
            _log.exception("tidying up failed; the next sweep tries again")
