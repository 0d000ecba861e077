"""The asyncio shell around the engine: holds many runs at once on one loop, within a bounded capacity.

`ipaas serve` runs it beside the web server, `ipaas worker` in a thread of a Celery worker. Runs reach it from intake
(already held), from the bell (ids) and from sweeping the book (what is due); what it holds it gives back at the end.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from connectors.gateway import Gateway
from connectors.threads import in_thread
from flows import deployed as deployments
from flows import journal
from flows.carry import Carry, Hands
from flows.live import get_live
from ipaas.book.ids import new_id
from ipaas.book.writer import Writer

_log = logging.getLogger(__name__)
_MOST_PER_HOLD = 100
_DEFECT_RETRY_SECONDS = 30.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Runner:
    """Carries every run that this process holds."""

    def __init__(
        self,
        writer: Writer,
        gateway: Gateway,
        *,
        capacity: int,
        lease_seconds: float,
        now: Callable[[], datetime] = _utc_now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.holder = new_id("hld")
        self._capacity = capacity
        self._hands = Hands(writer, gateway, get_live(), now, jitter, lease_seconds, self.holder)
        self._carries: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, journal.Held] = {}
        self._rung: set[str] = set()
        self._kick = asyncio.Event()
        self._backlog = False
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._loop = asyncio.get_running_loop()

    @property
    def held_count(self) -> int:
        """How many runs are in hand."""
        return len(self._carries)

    def has_room(self) -> bool:
        """Whether a run that is being admitted can be held here at once; a full runner takes it from the book later."""
        if self._stopping or len(self._carries) >= self._capacity:
            self._backlog = True
            return False
        return True

    def lease_end(self) -> datetime:
        """Until when a run taken now is held."""
        return self._hands.now() + timedelta(seconds=self._hands.lease_seconds)

    def start(self) -> None:
        """Begin to hold runs."""
        self._tasks = [
            self._loop.create_task(self._hold_when_kicked()),
            self._loop.create_task(self._renew_forever()),
        ]

    async def stop(self, drain_seconds: float = 5.0) -> None:
        """Take nothing more, let what is in hand come to rest for a moment, and give the remainder back."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        if self._carries:
            await asyncio.wait(list(self._carries.values()), timeout=drain_seconds)
        for task in self._carries.values():
            task.cancel()
        await asyncio.gather(*self._carries.values(), *self._tasks, return_exceptions=True)
        await self._hands.writer.submit(journal.let_go, journal.LetGo(self.holder, self._hands.now()))

    # --- ways in ------------------------------------------------------------------------------------------------

    def accept(self, held: journal.Held) -> None:
        """Carry a run that was admitted in this process and is already held by it."""
        if self._stopping:
            return
        task = self._loop.create_task(self._carry(held))
        self._carries[held.run_id] = task
        task.add_done_callback(functools.partial(self._done, held.run_id))

    def wake(self, run_ids: Sequence[str]) -> None:
        """Take these runs if they are due; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._wake_here, tuple(run_ids))

    def sweep(self) -> None:
        """Take whatever is due."""
        self._backlog = True
        self._kick.set()

    def _wake_here(self, run_ids: tuple[str, ...]) -> None:
        self._rung.update(run_ids)
        self._kick.set()

    # --- holding ------------------------------------------------------------------------------------------------

    async def _hold_when_kicked(self) -> None:
        while not self._stopping:
            await self._kick.wait()
            self._kick.clear()
            try:
                await self._hold_what_is_due()
            except asyncio.CancelledError:
                raise
            except Exception:
                _log.exception("taking due runs failed; the next sweep tries again")

    async def _hold_what_is_due(self) -> None:
        while self._rung and self._room():
            ids = tuple(sorted(self._rung)[:_MOST_PER_HOLD])
            self._rung.difference_update(ids)
            await self._hold(ids)
        while self._backlog and self._room():
            self._backlog = False
            # A hold that came back full may have left more behind.
            self._backlog = await self._hold(()) or self._backlog

    def _room(self) -> int:
        return self._capacity - len(self._carries)

    async def _hold(self, run_ids: tuple[str, ...]) -> bool:
        """Take due runs; True when as many came as were asked for."""
        now = self._hands.now()
        limit = min(_MOST_PER_HOLD, max(1, self._room()))
        request = journal.Hold(self.holder, now, self.lease_end(), limit, run_ids)
        held = await self._hands.writer.submit(journal.hold, request)
        for run in held:
            if run.run_id in self._carries:
                # A person's word came between: the carry at work has lost the fence and lets go; what it had sent stays
                # open in the ledger.
                self._next[run.run_id] = run
                self._carries[run.run_id].cancel()
            else:
                self.accept(run)
        return len(held) == limit

    async def _renew_forever(self) -> None:
        while not self._stopping:
            await asyncio.sleep(self._hands.lease_seconds / 3)
            if self._carries:
                renewal = journal.Renewal(self.holder, tuple(self._carries), self.lease_end())
                try:
                    await self._hands.writer.submit(journal.renew, renewal)
                except Exception:
                    _log.exception("leases could not be renewed; the fence keeps the book right")

    # --- carrying -----------------------------------------------------------------------------------------------

    async def _carry(self, held: journal.Held) -> None:
        try:
            deployed = deployments.known(held.deployment_id)
            if deployed is None:
                deployed = await in_thread(deployments.load, held.deployment_id)
            tables = deployments.NO_TABLES
            if deployed.plan.tables:
                tables = await in_thread(deployments.load_tables, held.tenant_id, deployed.plan.tables)
            wake_at = await Carry(held, deployed, tables, self._hands).go()
            if wake_at is not None:
                self._call_back_at(wake_at, held.run_id)
        except journal.FenceLost:
            _log.info("run %s has another holder; letting go", held.run_id)
            self._wake_here((held.run_id,))

    def _call_back_at(self, moment: datetime, run_id: str) -> None:
        """Wake the run on time from memory; the sweeper does it from the book should this process be gone."""
        seconds = max(0.0, (moment - self._hands.now()).total_seconds())
        self._loop.call_later(seconds + 0.001, self._wake_here, (run_id,))

    def _done(self, run_id: str, task: asyncio.Task[None]) -> None:
        self._carries.pop(run_id, None)
        if (following := self._next.pop(run_id, None)) is not None:
            self.accept(following)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Our own defect: loud in the log, and the run stays in the book until its lease ends and it is tried again.
            _log.error("carrying run %s failed and will be tried again", run_id, exc_info=error)
        if self._rung or self._backlog:
            self._kick.set()


_here: Runner | None = None


def runner_here() -> Runner | None:
    """The runner of this process, if it has one."""
    return _here


def install(runner: Runner | None) -> None:
    """Make a runner the one of this process."""
    global _here
    _here = runner
