"""The sweeper: looks through the book now and then for due runs that no bell has brought to a runner.

Every process with a runner sweeps, so a broker that is down or a worker that died costs seconds and never a run.
"""

from __future__ import annotations

import asyncio
import random

from django.conf import settings

from flows.runner import runner_here


async def sweep_forever(stop: asyncio.Event) -> None:
    """Sweep at once, then every IPAAS_SWEEP_SECONDS (a little scattered, so that a fleet does not sweep in step)."""
    while not stop.is_set():
        runner = runner_here()
        if runner is not None:
            runner.sweep()
        await asyncio.sleep(settings.SWEEP_SECONDS * random.uniform(0.8, 1.2))
