"""One request to one simulated system as one job of the group-commit writer: durable before it is answered.

The host submits visits, the console submits seeds, resets and steps of the clock. Requests that change nothing are
answered from a reading transaction and never wait for the writer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection

from connectors.sandbox.situation import SEEDED, Fault
from connectors.sandbox.store import TransactionStore
from connectors.sdk.simulator import Delivery, SimRequest, SimResponse, Simulator
from ipaas.book.ids import new_id
from ipaas.book.transaction import Transaction

DELIVERY_FAULTS = ("duplicate_webhook", "reordered_webhook")
BEFORE_COMMIT = ("unauthorized", "rate_limited", "server_error", "timeout_before_commit")
_LOCKS = 7301 << 32  # advisory locks of the sandbox, apart from anybody else's
_DELIVERY_COLUMNS = (
    "id", "tenant_id", "system", "event_id", "url", "body", "headers", "signing", "attempts", "next_at", "last_error",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A request on its way into a simulated system; `faults` are those it may meet."""

    tenant_id: str
    system: str
    simulator: type[Simulator]
    request: SimRequest
    now: datetime
    faults: Sequence[Fault] = ()
    must_seed: bool = False


@dataclass
class Visited:
    """What came of a visit: the answer if it got that far, the fault it met, and whether webhooks wait to be sent."""

    response: SimResponse | None
    fault: Fault | None = None
    has_deliveries: bool = field(default=False)


def visit_all(tx: Transaction, visits: list[Visit]) -> list[Visited]:
    """Batch function of the writer: each request against its own system, in order."""
    lock_systems(tx, ((visit.tenant_id, visit.system) for visit in visits))
    return [_visit(tx, visit) for visit in visits]


def peek(visit: Visit) -> SimResponse | None:
    """Answer a request from a reading transaction, or None when it wants to write (call it from a thread)."""
    with _reading() as tx:
        store = TransactionStore(tx, visit.tenant_id, visit.system, visit.now)
        response = visit.simulator(store).handle(visit.request)
        return None if store.is_dirty else response


def books_of(simulator: type[Simulator], tenant_id: str, system: str, now: datetime) -> dict[str, list[dict]]:
    """What a simulated system holds, read in one consistent look."""
    with _reading() as tx:
        return simulator(TransactionStore(tx, tenant_id, system, now)).ledger()


def keys_of(simulator: type[Simulator], tenant_id: str, system: str, now: datetime) -> dict[str, str]:
    """The fake keys that a simulated system accepts."""
    with _reading() as tx:
        return simulator(TransactionStore(tx, tenant_id, system, now)).credentials()


def open_store(tx: Transaction, visit_of: tuple[str, str], now: datetime) -> TransactionStore:
    """A store for the console's own jobs (reset, clock); the caller flushes with `close_store`."""
    return TransactionStore(tx, *visit_of, now)


def close_store(tx: Transaction, visit_of: tuple[str, str], store: TransactionStore) -> bool:
    """Write what a console job left in its store; True when webhooks wait to be sent."""
    store.flush()
    _put_out(tx, visit_of, store.deliveries, ())
    return bool(store.deliveries)


def seed_if_new(tx: Transaction, simulator: type[Simulator], visit_of: tuple[str, str], now: datetime) -> bool:
    """Write a system's starting data once; the mark is a counter of its own, so it cannot happen twice."""
    store = TransactionStore(tx, *visit_of, now)
    if store.next_number(SEEDED) > 1:
        return False
    simulator(store).seed()
    close_store(tx, visit_of, store)
    return True


def lock_systems(tx: Transaction, systems: Iterable[tuple[str, str]]) -> None:
    """On PostgreSQL several processes may serve one simulated system: one at a time, always locked in one order."""
    if tx.vendor != "postgresql":
        return
    names = {zlib.crc32(f"{tenant_id}|{system}".encode()) for tenant_id, system in systems}
    for name in sorted(names):
        tx.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCKS + name,))


def _visit(tx: Transaction, visit: Visit) -> Visited:
    visit_of = (visit.tenant_id, visit.system)
    if visit.must_seed:
        seed_if_new(tx, visit.simulator, visit_of, visit.now)
    fault = _take(tx, [each for each in visit.faults if each.kind not in DELIVERY_FAULTS])
    if fault is not None and fault.kind in BEFORE_COMMIT:
        return Visited(None, fault)
    store = TransactionStore(tx, visit.tenant_id, visit.system, visit.now)
    response = visit.simulator(store).handle(visit.request)
    if store.is_dirty:
        store.flush()
    if store.deliveries:
        mischief = _take(tx, [each for each in visit.faults if each.kind in DELIVERY_FAULTS])
        _put_out(tx, visit_of, store.deliveries, () if mischief is None else (mischief,))
    return Visited(response, fault, bool(store.deliveries))


def _take(tx: Transaction, faults: Iterable[Fault]) -> Fault | None:
    """The first fault that still has a time left; taking it counts it down."""
    for fault in faults:
        taken = tx.execute(
            "UPDATE connectors_sandboxfault SET times = times - 1 WHERE id = %s AND (times IS NULL OR times > 0)",
            (fault.id,),
        )
        if taken.rowcount == 1:
            return fault
    return None


def _put_out(
    tx: Transaction, visit_of: tuple[str, str], deliveries: Sequence[Delivery], faults: Sequence[Fault]
) -> None:
    """Put webhooks into the outbox, twice or in the wrong order when a fault says so."""
    now = datetime.now(UTC)
    due = [(delivery, now) for delivery in deliveries]
    for fault in faults:
        if fault.kind == "duplicate_webhook":
            due = [pair for pair in due for _ in range(max(2, int(fault.number("copies", 2))))]
        else:
            delay = fault.number("seconds", 2.0)
            count = len(due)
            due = [
                (delivery, now + timedelta(seconds=delay + 0.2 * (count - 1 - number)))
                for number, (delivery, _) in enumerate(due)
            ]
    rows = [
        (
            new_id("dlv"),
            *visit_of,
            delivery.event_id[:255],
            delivery.url,
            delivery.body,
            tx.json(delivery.headers),
            tx.json(delivery.signing),
            0,
            tx.time(next_at),
            "",
        )
        for delivery, next_at in due
    ]
    tx.insert("connectors_sandboxdelivery", _DELIVERY_COLUMNS, rows)


class _reading:
    """A transaction on this thread's connection that sees one state of the database and never writes."""

    def __enter__(self) -> Transaction:
        connection.ensure_connection()
        self._tx = Transaction(connection)
        self._is_inside = connection.in_atomic_block
        if not self._is_inside:
            postgres = self._tx.vendor == "postgresql"
            self._tx.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if postgres else "BEGIN")
        return self._tx

    def __exit__(self, *_: object) -> None:
        if not self._is_inside:
            self._tx.rollback()
