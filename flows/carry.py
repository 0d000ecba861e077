"""Carries one held run: decide, act, append, until the run is finished or has to wait.

The runner starts one carry for each run it holds. Facts gather in memory and are appended before every outside write,
when the run waits or ends, and a few times a second in between for people who watch. Losing the fence ends the carry
at once without another word in the book.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.gateway import TRIAL_EFFECTS, CallOrder, EffectContext, Gateway
from connectors.sdk.errors import IpaasError, ReconnectNeeded
from flows import journal
from flows.deployed import Deployed, Tables
from flows.engine.act import act
from flows.engine.decide import Close, Finish, Skip, Sleep, Start, decide
from flows.engine.facts import call_made, run_finished, step_skipped, step_started, step_woken
from flows.engine.history import History
from flows.engine.outcomes import Call, Done, Fail, Outcome, Wait
from flows.engine.settle import settle
from flows.events import trigger_scope
from flows.live import Live
from flows.story import summary_of
from ipaas.book.writer import Writer

_log = logging.getLogger(__name__)
_HOLD_THROUGH_SECONDS = 1.0
_APPEND_EVERY_SECONDS = 0.25
_MOST_UNBROKEN = 200


@dataclass(slots=True)
class Hands:
    """What a carry works with: shared by all runs of a runner."""

    writer: Writer
    gateway: Gateway
    live: Live
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    lease_seconds: float
    holder: str


class Carry:
    """One run in one holder's hands."""

    def __init__(self, held: journal.Held, deployed: Deployed, tables: Tables, hands: Hands) -> None:
        self._held = held
        self._deployed = deployed
        self._tables = tables
        self._hands = hands
        self._history = History(
            deployed.plan, trigger_scope(held.event_body, held.event_meta, held.received_at), deployed.variables
        )
        self._seq = held.seq
        self._attempts = held.attempts
        self._started_at = held.started_at or hands.now()
        self._pending: list[dict[str, Any]] = []
        self._appends: list[asyncio.Future[Any]] = []
        self._calls: dict[asyncio.Task[None], str] = {}
        self._waiting_for = ""
        self._unbroken = 0
        self._flush_timer: asyncio.TimerHandle | None = None

    async def go(self) -> datetime | None:
        """Carry the run as far as it goes; returns when it wants to be taken up again, if it does."""
        for fact in self._held.facts:
            self._history.apply(fact)
        self._history.reopen()
        self._wake_what_waited()
        try:
            return await self._until_rest()
        finally:
            if self._flush_timer is not None:
                self._flush_timer.cancel()
            for task in self._calls:
                task.cancel()

    def _wake_what_waited(self) -> None:
        """A run that waited for a connection is held again only when it was mended (or by the person who asked)."""
        for path in list(self._history.tokens):
            self._note(step_woken(self._hands.now(), path))

    async def _until_rest(self) -> datetime | None:
        while True:
            decisions = decide(self._deployed.plan, self._history, self._hands.now())
            wake_at: datetime | None = None
            for decision in decisions:
                match decision:
                    case Start():
                        self._start(decision)
                    case Skip():
                        self._note(step_skipped(self._hands.now(), decision.step))
                    case Close():
                        self._settle(decision, self._act(decision))
                    case Sleep():
                        wake_at = decision.until
                    case Finish():
                        await self._finish(decision)
                        return None
            if any(not isinstance(decision, Sleep) for decision in decisions):
                await self._breathe(len(decisions))
                continue
            if self._calls:
                await self._next_call(wake_at)
            elif wake_at is not None and self._seconds_until(wake_at) <= _HOLD_THROUGH_SECONDS:
                await asyncio.sleep(max(0.0, self._seconds_until(wake_at)))
            else:
                await self._rest(wake_at)
                return wake_at

    async def _breathe(self, decisions: int) -> None:
        """Let other runs of this loop have their turn, however many pure steps this one has."""
        self._unbroken += decisions
        if self._unbroken > _MOST_UNBROKEN:
            self._unbroken = 0
            await asyncio.sleep(0)

    def _seconds_until(self, moment: datetime) -> float:
        return (moment - self._hands.now()).total_seconds()

    async def _next_call(self, wake_at: datetime | None) -> None:
        timeout = None if wake_at is None else max(0.0, self._seconds_until(wake_at))
        done, _ = await asyncio.wait(self._calls, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            del self._calls[task]
            task.result()

    # --- acting -------------------------------------------------------------------------------------------------

    def _start(self, start: Start) -> None:
        """Act on one step: a pure node settles here and now, a call goes out in its own task."""
        outcome = self._act(start)
        if isinstance(outcome, Call):
            self._note(step_started(self._hands.now(), start.step, start.attempt, input=outcome.inputs))
            self._attempts += 1
            self._calls[asyncio.get_running_loop().create_task(self._call(start, outcome))] = start.step
        else:
            self._settle(start, outcome)

    def _act(self, decision: Start | Close) -> Outcome:
        return act(self._deployed.plan, self._history, decision, self._tables, self._hands.now())

    def _settle(self, start: Start | Close, outcome: Outcome) -> None:
        facts = settle(self._deployed.plan, start, outcome, self._hands.now(), self._hands.jitter())
        self._note_all(facts)
        for fact in facts:
            if fact["type"] == "replied":
                self._hands.live.replied(self._held.run_id, fact)

    async def _call(self, start: Start, call: Call) -> None:
        order = self._order(start, call)
        if order.effect is not None:
            # Nothing leaves the house before the book, by its fence, has said that this process still holds the run.
            await self._append_all()
        record: dict[str, Any] | None = None
        outcome: Outcome
        try:
            result = await self._hands.gateway.call(order)
            record, outcome = result.record, Done(result.output)
            self._note_call(start, record, None)
        except IpaasError as error:
            record = getattr(error, "record", None)
            self._note_call(start, record, error.to_dict())
            if isinstance(error, ReconnectNeeded):
                self._wait_for_connection(start, order.connection_id)
                return
            outcome = Fail(error.to_dict())
        self._settle(start, outcome)

    def _order(self, start: Start, call: Call) -> CallOrder:
        connection_id = self._deployed.connections.get(call.connection, "")
        connector = self._deployed.plan.connections[call.connection]
        writes = self._hands.gateway.effect_class(connector, call.operation) != "read"
        return CallOrder(
            tenant_id=self._held.tenant_id,
            connection_id=connection_id,
            operation=call.operation,
            inputs=call.inputs,
            effect=self._effect(start) if writes else None,
        )

    def _effect(self, start: Start) -> EffectContext:
        """The identity of this write: the business event and the step, so that replays and redeploys share it."""
        held = self._held
        identity = "\n".join((held.flow_id, held.environment_id, held.dedupe_key, start.step))
        key = hashlib.sha256(identity.encode()).hexdigest()[:40]
        return EffectContext(
            key=f"{TRIAL_EFFECTS}{key}" if self._deployed.trial else key,
            business_key=held.business_key,
            run_id=held.run_id,
            step=start.step,
            attempt=start.attempt,
        )

    def _note_call(self, start: Start, record: dict[str, Any] | None, error: dict[str, Any] | None) -> None:
        self._note(call_made(self._hands.now(), start.step, start.attempt, record or {}, error))

    def _wait_for_connection(self, start: Start, connection_id: str) -> None:
        token = f"connection:{connection_id}"
        self._waiting_for = token
        self._settle(start, Wait(None, token))

    # --- the book -----------------------------------------------------------------------------------------------

    def _note(self, fact: dict[str, Any]) -> None:
        self._history.apply(fact)
        self._pending.append(fact)
        if self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(_APPEND_EVERY_SECONDS, self._flush)

    def _note_all(self, facts: list[dict[str, Any]]) -> None:
        for fact in facts:
            self._note(fact)

    def _flush(self) -> None:
        self._flush_timer = None
        if self._pending:
            self._submit("running", self._lease_end())

    def _lease_end(self) -> datetime:
        return self._hands.now() + timedelta(seconds=self._hands.lease_seconds)

    def _submit(self, status: str, due_at: datetime | None, **change: Any) -> None:
        """Queue the pending facts as the next entry; the fence answers when the append is awaited."""
        self._seq += 1
        facts, self._pending = self._pending, []
        holder = self._hands.holder if status == "running" else ""
        row = journal.RunChange(status, due_at, self._attempts, self._started_at, holder=holder, **change)
        item = journal.Append(self._held.run_id, self._seq, facts, row)
        future = self._hands.writer.submit(journal.append, item)
        future.add_done_callback(self._told)
        self._appends.append(future)

    def _told(self, future: asyncio.Future[Any]) -> None:
        if not future.cancelled() and future.exception() is None:
            self._hands.live.changed(self._held.tenant_id, self._held.run_id)

    async def _append_all(self) -> None:
        if self._pending:
            self._submit("running", self._lease_end())
        appends, self._appends = self._appends, []
        for append in appends:
            await append

    async def _rest(self, wake_at: datetime | None) -> None:
        """Put the run back in the book: it holds nothing while it waits."""
        summary = summary_of(self._deployed, self._history)
        self._submit("waiting", wake_at, summary=summary, waiting_for=self._waiting_for)
        await self._append_all()

    async def _finish(self, finish: Finish) -> None:
        self._note(run_finished(self._hands.now(), finish.status, finish.error))
        self._submit(
            finish.status,
            None,
            summary=summary_of(self._deployed, self._history),
            error=finish.error,
            finished_at=None if finish.status == "uncertain" else self._hands.now(),
        )
        await self._append_all()
        if self._deployed.replies:
            self._hands.live.ended(self._held.run_id)
