"""What time will bring about: renewals, payouts, bank debits that settle, sessions that expire.

Families put entries in and say by decorator what happens when one is due; the simulator runs what is due after the
virtual clock moved. Entries run one by one in order of time, each at its own moment.
"""

from __future__ import annotations

from collections.abc import Callable

from connectors.library.stripe.simulation.desk import Desk
from connectors.library.stripe.simulation.problems import StripeProblem
from connectors.library.stripe.simulation.records import Record, Records
from connectors.sdk.simulator import Store

MOST_STEPS = 3000
DAY = 86400
DUE: dict[str, Callable[[Desk, str], None]] = {}


def due(kind: str) -> Callable[[Callable[[Desk, str], None]], Callable[[Desk, str], None]]:
    """Let the decorated function run when an entry of this kind is due; it gets the id of the entry's subject."""

    def register(handler: Callable[[Desk, str], None]) -> Callable[[Desk, str], None]:
        DUE[kind] = handler
        return handler

    return register


def add(desk: Desk, moment: int, kind: str, subject: str) -> None:
    entry = {"id": f"{kind}:{subject}", "due": moment, "kind": kind, "subject": subject, "done": "no"}
    desk.save("agenda", entry)


def drop(desk: Desk, kind: str, subject: str) -> None:
    if desk.records.get("agenda", f"{kind}:{subject}") is not None:
        desk.records.remove("agenda", f"{kind}:{subject}")


def midnight(moment: int) -> int:
    return moment - moment % DAY


def run(store: Store) -> None:
    """Everything due by now."""
    now = int(store.now().timestamp())
    for _ in range(MOST_STEPS):
        records = Records(store)
        entry = _earliest(records)
        if entry is None or entry["due"] > now:
            return
        desk = Desk(records, entry["due"])
        records.remove("agenda", entry["id"])
        try:
            DUE[entry["kind"]](desk, entry["subject"])
        except StripeProblem:
            # Nobody asked, so nobody is told; what the entry began is undone and the entry is off the agenda.
            records.discard()
            records.remove("agenda", entry["id"])
        records.flush()


def _earliest(records: Records) -> Record | None:
    return min(records.all("agenda"), key=lambda entry: (entry["due"], entry["id"]), default=None)
