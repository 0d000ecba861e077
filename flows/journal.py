"""The journal: the only writer of events, runs and facts. Admit, hold, append, and load again.

Called by intake (admit), the runner (hold, append, renew) and control (requests between appends); every function here
is a batch function of the book's writer, so all runs of a process share its commits. The sequence number is the fence:
an append whose number is taken answers `FenceLost` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows import values
from ipaas.book.kill_points import reached
from ipaas.book.packing import pack, unpack
from ipaas.book.transaction import Transaction

Fact = dict[str, Any]

_EVENT_COLUMNS = (
    "id", "tenant_id", "flow_id", "environment_id", "source", "dedupe_key", "run_id", "received_at", "meta", "body",
)  # fmt: skip
_RUN_COLUMNS = (
    "id", "tenant_id", "flow_id", "version_id", "environment_id", "deployment_id", "event_id", "status", "business_key",
    "lane", "summary", "attempts", "seq", "replay_of", "waiting_for", "created_at", "holder", "due_at", "trial",
)  # fmt: skip
_FACT_COLUMNS = ("run_id", "seq", "facts")
_HELD_COLUMNS = (
    "id", "tenant_id", "flow_id", "version_id", "environment_id", "deployment_id", "event_id", "business_key", "seq",
    "attempts", "created_at", "started_at", "waiting_for",
)  # fmt: skip


class FenceLost(Exception):
    """Another holder has written this run's next entry; the one that asked must let go of it."""


@dataclass(slots=True)
class NewEvent:
    """An arrival, not yet in the book. `body` is the sender's bytes; `meta` holds headers and query."""

    id: str
    tenant_id: str
    flow_id: str
    environment_id: str
    source: str
    dedupe_key: str
    received_at: datetime
    meta: dict[str, Any]
    body: bytes


@dataclass(slots=True)
class NewRun:
    """A run, not yet in the book. `due_at` None keeps it until its deployment is resumed."""

    id: str
    tenant_id: str
    flow_id: str
    version_id: str
    environment_id: str
    deployment_id: str
    event_id: str
    business_key: str
    lane: str
    created_at: datetime
    holder: str
    due_at: datetime | None
    facts: list[Fact]
    replay_of: str = ""
    trial: bool = False


@dataclass(slots=True)
class Admitted:
    """What became of an admission: this run, or the first one of the same event."""

    run_id: str
    duplicate: bool
    resumed: bool = False


@dataclass(slots=True)
class RunChange:
    """How an append leaves the run's row."""

    status: str
    due_at: datetime | None
    attempts: int
    started_at: datetime
    summary: str = ""
    error: dict[str, Any] | None = None
    finished_at: datetime | None = None
    waiting_for: str = ""
    holder: str = ""


@dataclass(slots=True)
class Append:
    """The facts since the last append of one run, with the number they claim."""

    run_id: str
    seq: int
    facts: list[Fact]
    change: RunChange | None


@dataclass(slots=True)
class Held:
    """A run that this process holds, with all that was recorded of it."""

    run_id: str
    tenant_id: str
    flow_id: str
    version_id: str
    environment_id: str
    deployment_id: str
    event_id: str
    business_key: str
    seq: int
    attempts: int
    created_at: datetime
    started_at: datetime | None
    waiting_for: str
    dedupe_key: str
    received_at: datetime
    event_meta: dict[str, Any]
    event_body: bytes
    facts: list[Fact] = field(default_factory=list)


def admit(tx: Transaction, items: list[tuple[NewEvent, NewRun]]) -> list[Admitted]:
    """Record arrivals and their runs; an arrival that is there already answers with the first one's run."""
    reached("before_admit")
    events = [
        (e.id, e.tenant_id, e.flow_id, e.environment_id, e.source, e.dedupe_key, run.id, tx.time(e.received_at),
         pack(e.meta), e.body)
        for e, run in items
    ]  # fmt: skip
    taken = tx.insert("flows_event", _EVENT_COLUMNS, events, suffix="ON CONFLICT DO NOTHING RETURNING id")
    fresh = {row[0] for row in taken}
    resumed = _resumed_since(tx, [run for event, run in items if event.id in fresh and run.due_at is None])
    _insert_runs(tx, [run for event, run in items if event.id in fresh])
    answers = []
    for event, run in items:
        if event.id in fresh:
            answers.append(Admitted(run.id, duplicate=False, resumed=run.id in resumed))
        else:
            answers.append(Admitted(_first_run(tx, event), duplicate=True))
    return answers


def _resumed_since(tx: Transaction, runs: Sequence[NewRun]) -> set[str]:
    """Runs that were taken for paused although their deployment was resumed meanwhile: they are due after all."""
    resumed = set()
    lock = "FOR SHARE" if tx.vendor == "postgresql" else ""
    for deployment_id in {run.deployment_id for run in runs}:
        sql = f"SELECT active, paused_at FROM flows_deployment WHERE id = %s {lock}"
        row = tx.execute(sql, (deployment_id,)).fetchone()
        if row is None or row[1] is not None:
            continue
        for run in runs:
            if run.deployment_id == deployment_id:
                run.due_at = run.created_at
                resumed.add(run.id)
    return resumed


def add_runs(tx: Transaction, items: list[NewRun]) -> list[None]:
    """Record further runs of events that are in the book already (replays)."""
    _insert_runs(tx, items)
    return [None] * len(items)


def _first_run(tx: Transaction, event: NewEvent) -> str:
    row = tx.execute(
        "SELECT run_id FROM flows_event WHERE flow_id = %s AND environment_id = %s AND dedupe_key = %s",
        (event.flow_id, event.environment_id, event.dedupe_key),
    ).fetchone()
    return str(row[0])


def _insert_runs(tx: Transaction, runs: Sequence[NewRun]) -> None:
    rows = [
        (r.id, r.tenant_id, r.flow_id, r.version_id, r.environment_id, r.deployment_id, r.event_id, "queued",
         r.business_key, r.lane, "", 0, 1, r.replay_of, "", tx.time(r.created_at), r.holder, tx.time(r.due_at), r.trial)
        for r in runs
    ]  # fmt: skip
    tx.insert("flows_run", _RUN_COLUMNS, rows)
    tx.insert("flows_fact", _FACT_COLUMNS, [(r.id, 1, pack(r.facts)) for r in runs])


def append(tx: Transaction, items: list[Append]) -> list[FenceLost | None]:
    """Add facts to runs and move their rows on; an entry whose number is taken is refused as a whole."""
    reached("before_append")
    following = _in_sequence(tx, items)
    rows = [(item.run_id, item.seq, pack(values.set_aside(tx, item.run_id, item.facts))) for item in following]
    suffix = "ON CONFLICT DO NOTHING RETURNING run_id, seq"
    accepted = {(row[0], row[1]) for row in tx.insert("flows_fact", _FACT_COLUMNS, rows, suffix=suffix)}
    changes = []
    answers: list[FenceLost | None] = []
    for item in items:
        if (item.run_id, item.seq) not in accepted:
            answers.append(FenceLost(item.run_id))
            continue
        answers.append(None)
        if item.change is not None:
            changes.append(_change_row(tx, item, item.change))
    tx.executemany(_CHANGE_SQL, changes)
    return answers


_CHANGE_SQL = """
    UPDATE flows_run SET status = %s, due_at = %s, attempts = %s, started_at = %s, summary = %s, error = %s,
        finished_at = %s, waiting_for = %s, holder = %s, seq = %s
    WHERE id = %s"""


def _in_sequence(tx: Transaction, items: list[Append]) -> list[Append]:
    """The appends that follow on what is in the book: after a lost entry none of a holder's later ones counts."""
    run_ids = sorted({item.run_id for item in items})
    marks = ", ".join(["%s"] * len(run_ids))
    lock = "ORDER BY id FOR UPDATE" if tx.vendor == "postgresql" else ""
    last = dict(tx.execute(f"SELECT id, seq FROM flows_run WHERE id IN ({marks}) {lock}", run_ids).fetchall())
    following = []
    for item in items:
        if last.get(item.run_id) == item.seq - 1:
            last[item.run_id] = item.seq
            following.append(item)
    return following


def _change_row(tx: Transaction, item: Append, change: RunChange) -> tuple[Any, ...]:
    return (
        change.status, tx.time(change.due_at), change.attempts, tx.time(change.started_at), change.summary[:500],
        pack(change.error), tx.time(change.finished_at), change.waiting_for, change.holder, item.seq, item.run_id,
    )  # fmt: skip


@dataclass(slots=True, frozen=True)
class Hold:
    """A request for due runs: any, or only these."""

    holder: str
    now: datetime
    until: datetime
    limit: int
    run_ids: tuple[str, ...] = ()


def hold(tx: Transaction, items: list[Hold]) -> list[list[Held]]:
    """Take due runs that nobody holds, oldest first, each by a conditional update that only one holder can win."""
    return [_hold(tx, item) for item in items]


def _hold(tx: Transaction, item: Hold) -> list[Held]:
    among = ""
    params: list[Any] = [item.holder, tx.time(item.until), tx.time(item.now)]
    if item.run_ids:
        among = f"AND id IN ({', '.join(['%s'] * len(item.run_ids))})"
        params.extend(item.run_ids)
    params.append(item.limit)
    lock = "FOR UPDATE SKIP LOCKED" if tx.vendor == "postgresql" else ""
    rows = tx.execute(
        f"""UPDATE flows_run SET holder = %s, due_at = %s
            WHERE id IN (SELECT id FROM flows_run WHERE due_at <= %s {among} ORDER BY due_at LIMIT %s {lock})
            RETURNING {", ".join(_HELD_COLUMNS)}""",
        params,
    ).fetchall()
    # RETURNING has no order; the oldest goes first.
    return _with_records(tx, sorted(rows, key=lambda row: str(row[0])))


def _with_records(tx: Transaction, rows: list[tuple[Any, ...]]) -> list[Held]:
    """The held rows joined with their events and facts, two statements for all of them."""
    if not rows:
        return []
    marks = ", ".join(["%s"] * len(rows))
    events = {
        row[0]: row
        for row in tx.execute(
            f"SELECT id, dedupe_key, received_at, meta, body FROM flows_event WHERE id IN ({marks})",
            [row[6] for row in rows],
        ).fetchall()
    }
    facts: dict[str, list[Fact]] = {}
    for run_id, packed in tx.execute(
        f"SELECT run_id, facts FROM flows_fact WHERE run_id IN ({marks}) ORDER BY run_id, seq",
        [row[0] for row in rows],
    ).fetchall():
        facts.setdefault(run_id, []).extend(unpack(packed))
    held = []
    for row in rows:
        event = events[row[6]]
        held.append(
            Held(
                run_id=row[0],
                tenant_id=row[1],
                flow_id=row[2],
                version_id=row[3],
                environment_id=row[4],
                deployment_id=row[5],
                event_id=row[6],
                business_key=row[7],
                seq=row[8],
                attempts=row[9],
                created_at=_moment(tx, row[10]),
                started_at=tx.read_time(row[11]),
                waiting_for=row[12],
                dedupe_key=event[1],
                received_at=_moment(tx, event[2]),
                event_meta=unpack(event[3]) or {},
                event_body=bytes(event[4]),
                facts=values.bring_back(tx, row[0], facts.get(row[0], [])),
            )
        )
    return held


def _moment(tx: Transaction, value: Any) -> datetime:
    moment = tx.read_time(value)
    assert moment is not None
    return moment


@dataclass(slots=True, frozen=True)
class Renewal:
    """Keep holding these runs until a later time."""

    holder: str
    run_ids: tuple[str, ...]
    until: datetime


def renew(tx: Transaction, items: list[Renewal]) -> list[None]:
    """Move the end of the lease of runs still held by the holder that asks."""
    for item in items:
        for start in range(0, len(item.run_ids), 500):
            chunk = item.run_ids[start : start + 500]
            tx.execute(
                "UPDATE flows_run SET due_at = %s WHERE holder = %s AND due_at IS NOT NULL "
                f"AND id IN ({', '.join(['%s'] * len(chunk))})",
                [tx.time(item.until), item.holder, *chunk],
            )
    return [None] * len(items)


@dataclass(slots=True, frozen=True)
class LetGo:
    """Give back what is held: by this holder, or (holder None) by every holder of a process that has died."""

    holder: str | None
    now: datetime


def let_go(tx: Transaction, items: list[LetGo]) -> list[int]:
    """Make held runs due at once, so that the next holder need not wait for a lease to end; how many there were."""
    counts = []
    for item in items:
        who = "holder <> ''" if item.holder is None else "holder = %s"
        params = [tx.time(item.now)] + ([] if item.holder is None else [item.holder])
        cursor = tx.execute(
            f"UPDATE flows_run SET holder = '', due_at = %s WHERE {who} AND due_at IS NOT NULL",
            params,
        )
        counts.append(cursor.rowcount)
    return counts


def forget_trials(tx: Transaction, items: list[tuple[str, ...]]) -> list[int]:
    """Remove runs of trials with their events, facts and values; how many. A run that is no trial stays as it is."""
    return [_forget(tx, run_ids) for run_ids in items]


def _forget(tx: Transaction, run_ids: tuple[str, ...]) -> int:
    marks = ", ".join(["%s"] * len(run_ids))
    rows = tx.execute(f"SELECT id, event_id FROM flows_run WHERE id IN ({marks}) AND trial", run_ids).fetchall()
    if not rows:
        return 0
    marks = ", ".join(["%s"] * len(rows))
    runs = [row[0] for row in rows]
    tx.execute(f"DELETE FROM flows_value WHERE run_id IN ({marks})", runs)
    tx.execute(f"DELETE FROM flows_fact WHERE run_id IN ({marks})", runs)
    tx.execute(f"DELETE FROM flows_event WHERE id IN ({marks})", [row[1] for row in rows])
    tx.execute(f"DELETE FROM flows_run WHERE id IN ({marks})", runs)
    return len(rows)
