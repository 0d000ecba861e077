"""What people do to runs: cancel, replay, resolve, and let waiting ones go on.

Called by the API; each writes facts through the journal like a runner does, so the fence keeps the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from connectors import effects
from connectors.models import Effect
from flows import bell, deployed, journal
from flows.engine import facts
from flows.models import Deployment, Fact, Run
from ipaas.book.ids import new_id
from ipaas.book.transaction import Transaction
from ipaas.book.writer import get_writer, run_each

ACTIVE = ("queued", "running", "waiting", "uncertain")
FINISHED = ("succeeded", "failed", "cancelled")


class NotPossible(Exception):
    """The run is not in a state that allows this; the message says why."""


def cancel(run: Run, by: str, reason: str) -> None:
    """Stop a run that has not ended; what it has already done outside stays done and stays in its journal."""
    fact = facts.run_cancelled(datetime.now(UTC), by, reason)
    get_writer().submit_from_thread(_interject, _Interjection(run.id, fact, ACTIVE))
    bell.ring((run.id,))


def replay(run: Run, by: str) -> str:
    """Carry the same event again as a new run of the version now deployed; what was done outside is not done again."""
    if run.trial:
        raise NotPossible("A test of the draft is not replayed. Test the draft again.")
    if run.status not in (*FINISHED, "uncertain"):
        raise NotPossible("The run has not ended yet. Wait for it, or cancel it first.")
    current = deployed.active_deployment(run)
    if current is None:
        raise NotPossible("The flow is not deployed in this environment any more. Deploy it, then replay.")
    now = datetime.now(UTC)
    run_id = new_id("run")
    admitted = facts.run_admitted(now, current.plan.trigger, run.event_id)
    replayed = {**facts.run_replayed(now, run.id), "by": by}
    row = journal.NewRun(
        id=run_id,
        tenant_id=run.tenant_id,
        flow_id=run.flow_id,
        version_id=current.version_id,
        environment_id=run.environment_id,
        deployment_id=current.deployment_id,
        event_id=run.event_id,
        business_key=run.business_key,
        lane=run.lane,
        created_at=now,
        holder="",
        due_at=now,
        facts=[admitted, replayed],
        replay_of=run.id,
    )
    get_writer().submit_from_thread(journal.add_runs, row)
    bell.ring((run_id,))
    return run_id


def resolve(run: Run, effect: Effect, *, made: bool, output: Any, by: str) -> None:
    """A person has looked: the write of an uncertain step was made, with this output, or was not; the run goes on."""
    if effect.run_id != run.id:
        raise NotPossible("The write belongs to another run.")
    with transaction.atomic():
        if run.status != "uncertain" or not effects.resolve(effect.id, made=made, output=output, actor=by):
            raise NotPossible("Only an uncertain write of an uncertain run can be resolved.")
        fact = facts.run_resolved(datetime.now(UTC), effect.step, by, made, output)
        get_writer().submit_from_thread(_interject, _Interjection(run.id, fact, ("uncertain",)))
    bell.ring((run.id,))


def go_on_after(connection_id: str) -> None:
    """The connection works again: every run that waited for it becomes due, oldest first."""
    token = f"connection:{connection_id}"
    waiting = Run.objects.across_tenants("a connection belongs to one tenant").filter(waiting_for=token)
    run_ids = list(waiting.order_by("id").values_list("id", flat=True))
    waiting.update(due_at=datetime.now(UTC), waiting_for="")
    for start in range(0, len(run_ids), 200):
        bell.ring(run_ids[start : start + 200])


def let_paused_go(deployment: Deployment) -> None:
    """The deployment was resumed: what was kept meanwhile becomes due, also what an earlier version had kept."""
    kept = Run.objects.of(deployment.tenant_id).filter(
        flow_id=deployment.flow_id, environment_id=deployment.environment_id, status="queued", due_at=None
    )
    run_ids = list(kept.order_by("id").values_list("id", flat=True))
    kept.update(due_at=datetime.now(UTC))
    for start in range(0, len(run_ids), 200):
        bell.ring(run_ids[start : start + 200])


@dataclass(slots=True, frozen=True)
class _Interjection:
    """A fact that a person adds to a run, as long as the run is in one of these statuses."""

    run_id: str
    fact: dict[str, Any]
    statuses: tuple[str, ...]


def _write_interjection(tx: Transaction, item: _Interjection) -> NotPossible | None:
    """Claim the next number with a fact of our own; a holder that is at work loses the fence and lets go."""
    taken: Any = True
    while taken is not None:  # a holder in another process may take the number that was free a moment ago
        last = tx.execute("SELECT COALESCE(MAX(seq), 0) FROM flows_fact WHERE run_id = %s", (item.run_id,)).fetchone()
        found = tx.execute("SELECT status FROM flows_run WHERE id = %s", (item.run_id,)).fetchone()
        if found[0] not in item.statuses:
            return NotPossible(f"The run has {_ended(found[0])}, so this is not possible any more.")
        seq = last[0] + 1
        [taken] = journal.append(tx, [journal.Append(item.run_id, seq, [item.fact], None)])
    tx.execute(
        "UPDATE flows_run SET seq = %s, holder = '', due_at = %s, status = 'running', waiting_for = '' WHERE id = %s",
        (seq, tx.time(datetime.now(UTC)), item.run_id),
    )
    return None


_interject = run_each(_write_interjection)


def last_seq(run_id: str) -> int:
    """The number of the run's newest entry."""
    return int(Fact.objects.filter(run_id=run_id).aggregate(last=Max("seq"))["last"] or 0)


def _ended(status: str) -> str:
    return {"succeeded": "succeeded", "failed": "failed", "cancelled": "been cancelled"}.get(status, "gone on")
