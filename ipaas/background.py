"""What a process does beside answering requests: run flows, sweep, keep schedules, deliver simulated webhooks.

`ipaas serve` does all of it when there is no Redis; with Redis the web process only hosts the sandbox's deliveries,
workers run flows and the scheduler keeps the clock. Started and stopped by asgi, the worker and the scheduler commands.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import IO, Any

from django.conf import settings

from connectors.gateway import gateway
from connectors.sandbox.deliveries import deliver_forever
from flows import bell, journal, listening, runner, subscriptions, sweeper
from flows.triggers import schedule
from ipaas.book import loops
from ipaas.book.writer import close_writer, get_writer

_log = logging.getLogger(__name__)

RUN_FLOWS = "run_flows"
KEEP_SCHEDULES = "keep_schedules"
HOST_SANDBOX = "host_sandbox"
KEEP_SUBSCRIPTIONS = "keep_subscriptions"


def role_of_web() -> frozenset[str]:
    """What a web process does: everything on a single machine, only its own part in a fleet."""
    if settings.REDIS_URL:
        return frozenset({HOST_SANDBOX, KEEP_SUBSCRIPTIONS})
    return frozenset({RUN_FLOWS, KEEP_SCHEDULES, HOST_SANDBOX, KEEP_SUBSCRIPTIONS})


class AnotherProcessRuns(RuntimeError):
    """Another process already carries flows on this data folder."""


class Background:
    """The background work of one process, for as long as it lives."""

    def __init__(self, duties: frozenset[str]) -> None:
        self._duties = duties
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: runner.Runner | None = None
        self._lock: IO[str] | None = None

    async def start(self) -> None:
        """Begin every duty of this process."""
        loops.remember(asyncio.get_running_loop())
        if RUN_FLOWS in self._duties:
            await self._start_runner()
        if KEEP_SCHEDULES in self._duties:
            self._keep(schedule.keep_forever)
        if HOST_SANDBOX in self._duties:
            self._keep(deliver_forever)
        if KEEP_SUBSCRIPTIONS in self._duties:
            self._keep(subscriptions.keep_forever)
            self._keep(listening.keep_forever)

    async def stop(self) -> None:
        """End every duty; runs in hand come to rest or are given back."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            bell.answer_with(None)
            runner.install(None)
            await self._runner.stop()
        await gateway().close()
        await asyncio.to_thread(close_writer)
        if self._lock is not None:
            self._lock.close()

    def _keep(self, duty: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(_forever(duty, self._stop)))

    async def _start_runner(self) -> None:
        alone = not settings.REDIS_URL
        if alone:
            self._lock = _lock_data_folder()
            # This process is the only one that carries flows here, so whatever was held died with its holder.
            await get_writer().submit(journal.let_go, journal.LetGo(None, datetime.now(UTC)))
        made = runner.Runner(
            get_writer(), gateway(), capacity=settings.RUNNER_CAPACITY, lease_seconds=settings.RUN_LEASE_SECONDS
        )
        made.start()
        runner.install(made)
        bell.answer_with(made.wake)
        self._runner = made
        self._keep(sweeper.sweep_forever)


async def _forever(duty: Callable[[asyncio.Event], Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Keep a duty alive: one that fails is started again after a moment, loudly."""
    while not stop.is_set():
        try:
            await duty(stop)
            return
        except asyncio.CancelledError:
            raise
        except Exception:
            _log.exception("background duty %s failed; it starts again", duty.__module__)
            await asyncio.sleep(1.0)


def _lock_data_folder() -> IO[str]:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    file = open(settings.DATA_DIR / "runner.lock", "w")  # noqa: SIM115  held for the life of the process
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AnotherProcessRuns(
            f"Another ipaas process already runs flows on {settings.DATA_DIR}. Stop it first, give this one its own "
            "IPAAS_DATA, or set IPAAS_DATABASE_URL and IPAAS_REDIS_URL to run several."
        ) from None
    return file
