"""The effect ledger: every outside write is recorded before it is made, and its answer after.

Asked by the gateway (`intend`, `answer`, …) and by a person's decision (`resolve`); the only writer of its table.
All goes through the book's writer as one batch function, so what a caller submits earlier is decided earlier.
It never sends anything: its verdict says whether the gateway may.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from connectors.effect_rows import COLUMNS, TABLE, Known, known_of, new_row, settle_sql, text_of_json
from connectors.models import Effect
from ipaas.book.ids import new_id
from ipaas.book.kill_points import reached
from ipaas.book.transaction import Transaction
from ipaas.book.writer import get_writer

Action = Literal["send", "resume", "done", "busy", "uncertain"]
_log = logging.getLogger(__name__)
_BUSY_SECONDS = 1.0
TRIAL_EFFECTS = "trial:"
"""How the keys of effects begin that were made while a draft was tried out."""


@dataclass(frozen=True, slots=True)
class EffectIntent:
    """A write that is about to be made. `request` is masked; `lease_seconds` is how long an answer may take."""

    tenant_id: str
    connection_id: str
    connector: str
    operation: str
    effect_class: str
    key: str
    request_hash: str
    at: datetime
    business_key: str = ""
    run_id: str = ""
    step: str = ""
    request: Any = None
    lease_seconds: float = 35.0
    key_lifetime_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ledger says to an intent.

    Attributes:
        effect_id: The effect's row.
        action: `send` (new), `resume` (an earlier try may have been made: resolve by class), `done` (it was made; here
            is the recorded answer), `busy` (somebody is at it), `uncertain` (nobody can know; a person decides).
        idempotency_key: What goes to the system, the same on every try of a generation.
        answer: The recorded answer when done.
        found: Whether that answer was found by looking.
        differs: The earlier try had another request.
        wait_seconds: When busy, how long the other may still take.
    """

    effect_id: str
    action: Action
    idempotency_key: str
    generation: int = 1
    answer: Any = None
    found: bool = False
    differs: bool = False
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an effect came out. Statuses: done, rejected, released, sent (answer lost), uncertain."""

    effect_id: str
    status: str
    at: datetime
    answer: Any = None
    error: dict[str, Any] | None = None
    found: bool = False


@dataclass(slots=True)
class _Round:
    intents: list[tuple[int, EffectIntent]] = field(default_factory=list)
    settlements: list[tuple[int, Settlement]] = field(default_factory=list)


# --- what callers use -----------------------------------------------------------------------------------------------


async def intend(intent: EffectIntent) -> Verdict:
    """Record a write before it is made; returns after the commit. The verdict says what may be done now."""
    verdict: Verdict = await get_writer().submit(write, intent)
    return verdict


def answer(effect_id: str, output: Any, at: datetime, *, found: bool = False) -> asyncio.Future[Any]:
    """Record that the write was made. In order with what the caller submits later, so it need not be awaited."""
    future = _submit(Settlement(effect_id, "done", at, answer=output, found=found))
    future.add_done_callback(lambda done: reached("answer_recorded"))
    return future


def reject(effect_id: str, error: dict[str, Any], at: datetime) -> asyncio.Future[Any]:
    """Record that the system refused; the next try is a new generation with a new idempotency key."""
    return _submit(Settlement(effect_id, "rejected", at, error=error))


def release(effect_id: str, error: dict[str, Any], at: datetime) -> asyncio.Future[Any]:
    """Record that nothing happened there; the next try is a new generation with the same idempotency key."""
    return _submit(Settlement(effect_id, "released", at, error=error))


def lost(effect_id: str, error: dict[str, Any] | None, at: datetime) -> asyncio.Future[Any]:
    """Record that the request went out and its answer is missing; the next try resolves it by its class."""
    return _submit(Settlement(effect_id, "sent", at, error=error))


def mark_uncertain(effect_id: str, error: dict[str, Any], at: datetime) -> asyncio.Future[Any]:
    """Record that only a person can find out whether the write was made."""
    return _submit(Settlement(effect_id, "uncertain", at, error=error))


def resolve(effect_id: str, made: bool, output: Any, actor: str) -> bool:
    """A person has looked: the write was made (with this output) or it was not. Call it from synchronous code.

    Returns:
        False when the effect was not uncertain (any more); nothing was changed then.
    """
    note = {
        "class": "uncertain",
        "code": "resolved_by_person",
        "message": f"Resolved by {actor}.",
        "detail": {"by": actor},
    }
    status = "done" if made else "released"
    settlement = Settlement(effect_id, status, datetime.now(UTC), answer=output if made else None, error=note)
    return bool(get_writer().submit_from_thread(_resolve, settlement))


def forget_trials(run_ids: Sequence[str]) -> int:
    """Remove what tests of drafts left in the ledger, by their runs; how many entries. Nothing else is ever removed."""
    rows = Effect.objects.across_tenants("named by their runs").filter(run_id__in=run_ids)
    deleted, _ = rows.filter(key__startswith=TRIAL_EFFECTS).delete()
    return deleted


def _submit(settlement: Settlement) -> asyncio.Future[Any]:
    future = get_writer().submit(write, settlement)
    future.add_done_callback(_told)
    return future


def _told(future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        # The effect stays in flight in the book, and the next try resolves it by its class: nothing is made twice.
        _log.error("an effect's outcome could not be recorded", exc_info=error)


# --- the batch function ---------------------------------------------------------------------------------------------


def write(tx: Transaction, items: Sequence[EffectIntent | Settlement]) -> list[Any]:
    """One batch of intents and settlements, in rounds: items of one effect are never in the same round."""
    results: list[Any] = [None] * len(items)
    for round_ in _rounds(tx, items):
        _settle(tx, [settlement for _, settlement in round_.settlements])
        for index, verdict in _intend(tx, round_.intents):
            results[index] = verdict
    return results


def _rounds(tx: Transaction, items: Sequence[EffectIntent | Settlement]) -> list[_Round]:
    """Sort items into rounds that keep the order of arrival for each effect key, and few statements for the many."""
    settled = [item.effect_id for item in items if isinstance(item, Settlement)]
    mixed = settled and len(settled) < len(items)
    keys = _keys_of(tx, settled) if mixed else {}
    rounds: list[_Round] = []
    next_round: dict[Any, int] = {}
    for index, item in enumerate(items):
        if isinstance(item, EffectIntent):
            key: Any = (item.tenant_id, item.key)
        else:
            key = keys.get(item.effect_id, item.effect_id)
        number = next_round.get(key, 0)
        next_round[key] = number + 1
        while len(rounds) <= number:
            rounds.append(_Round())
        if isinstance(item, EffectIntent):
            rounds[number].intents.append((index, item))
        else:
            rounds[number].settlements.append((index, item))
    return rounds


def _keys_of(tx: Transaction, effect_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(effect_ids), 500):
        chunk = effect_ids[start : start + 500]
        marks = ", ".join(["%s"] * len(chunk))
        rows = tx.execute(f"SELECT id, tenant_id, key FROM {TABLE} WHERE id IN ({marks})", chunk).fetchall()
        found.update({row[0]: (row[1], row[2]) for row in rows})
    return found


def _settle(tx: Transaction, settlements: Sequence[Settlement]) -> None:
    if not settlements:
        return
    rows = [
        (
            item.status,
            text_of_json(tx, item.answer) if item.status == "done" else None,
            None if item.error is None else text_of_json(tx, item.error),
            item.found,
            None if item.status == "sent" else tx.time(item.at),
            item.effect_id,
        )
        for item in settlements
    ]
    tx.executemany(settle_sql("intended", "sent"), rows)


def _resolve(tx: Transaction, settlements: Sequence[Settlement]) -> list[bool]:
    changed = []
    for item in settlements:
        made = text_of_json(tx, item.answer) if item.status == "done" else None
        row = (item.status, made, text_of_json(tx, item.error), False, tx.time(item.at), item.effect_id)
        changed.append(tx.execute(settle_sql("uncertain"), row).rowcount == 1)
    return changed


def _intend(tx: Transaction, intents: Sequence[tuple[int, EffectIntent]]) -> list[tuple[int, Verdict]]:
    """Insert first generations in one go; what was known already is judged one by one."""
    if not intents:
        return []
    fresh = [(index, intent, new_id("eff"), _key(intent, 1)) for index, intent in sorted(intents, key=_by_key)]
    rows = [new_row(tx, intent, effect_id, 1, key) for _, intent, effect_id, key in fresh]
    suffix = "ON CONFLICT DO NOTHING RETURNING id"
    inserted = {row[0] for row in tx.insert(TABLE, COLUMNS, rows, suffix=suffix)}
    verdicts = []
    for index, intent, effect_id, key in fresh:
        if effect_id in inserted:
            verdicts.append((index, Verdict(effect_id, "send", key)))
        else:
            verdicts.append((index, _judge(tx, intent)))
    return verdicts


def _by_key(numbered: tuple[int, EffectIntent]) -> tuple[str, str]:
    # One order for everybody, so that two processes never wait for each other crosswise.
    return numbered[1].tenant_id, numbered[1].key


def _key(intent: EffectIntent, generation: int) -> str:
    digest = hashlib.sha256(f"{intent.tenant_id}\n{intent.key}".encode()).hexdigest()[:40]
    return f"{digest}-{generation}"


def _judge(tx: Transaction, intent: EffectIntent) -> Verdict:
    """The verdict on an effect that is known.

    1. It was made: the recorded answer counts, whatever is asked now.
    2. It was refused or released: a new generation.
    3. It is uncertain: a person decides.
    4. It is in flight: wait while somebody may be at it, then resolve by class.
    """
    known = known_of(tx, intent.tenant_id, intent.key)
    differs = known.request_hash != intent.request_hash
    if known.status == "done":
        return Verdict(known.id, "done", known.idempotency_key, known.generation, known.answer(), known.found, differs)
    if known.status in ("rejected", "released"):
        return _next_generation(tx, intent, known)
    verdict = _in_flight(intent, known, differs) if known.status != "uncertain" else "uncertain"
    if verdict == "busy":
        wait = (known.lease_until - intent.at).total_seconds() if known.lease_until else _BUSY_SECONDS
        return Verdict(known.id, "busy", known.idempotency_key, known.generation, wait_seconds=max(wait, 0.05))
    if verdict == "uncertain":
        if known.status != "uncertain":
            row = ("uncertain", None, None, False, tx.time(intent.at), known.id)
            tx.execute(settle_sql("intended", "sent"), row)
        return Verdict(known.id, "uncertain", known.idempotency_key, known.generation, differs=differs)
    tx.execute(
        f"UPDATE {TABLE} SET lease_until = %s, run_id = %s, step = %s, request_hash = %s WHERE id = %s",
        (tx.time(_lease_end(intent)), intent.run_id, intent.step, intent.request_hash, known.id),
    )
    return Verdict(known.id, "resume", known.idempotency_key, known.generation, differs=differs)


def _in_flight(intent: EffectIntent, known: Known, differs: bool) -> Action:
    leased = known.lease_until is not None and known.lease_until > intent.at
    repeatable = intent.effect_class in ("idempotent", "keyed") and known.effect_class == intent.effect_class
    if leased and not (repeatable and known.run_id == intent.run_id and not differs):
        # An answer may still come. Repeating under the same key is harmless; looking now could look too early.
        return "busy"
    if intent.effect_class in ("read", "idempotent", "findable"):
        return "resume"
    if intent.effect_class != "keyed" or differs:
        return "uncertain"
    age = intent.at - known.created_at
    lifetime = timedelta(hours=intent.key_lifetime_hours or 0.0)
    return "resume" if age < lifetime else "uncertain"


def _next_generation(tx: Transaction, intent: EffectIntent, known: Known) -> Verdict:
    generation = known.generation + 1
    key = known.idempotency_key if known.status == "released" else _key(intent, generation)
    effect_id = new_id("eff")
    row = new_row(tx, intent, effect_id, generation, key)
    if tx.insert(TABLE, COLUMNS, [row], suffix="ON CONFLICT DO NOTHING RETURNING id"):
        return Verdict(effect_id, "send", key, generation)
    # Another process was quicker by a moment.
    return Verdict(known.id, "busy", key, generation, wait_seconds=_BUSY_SECONDS)


def _lease_end(intent: EffectIntent) -> datetime:
    return intent.at + timedelta(seconds=intent.lease_seconds)
