"""Brings a tenant's sandbox back to its starting data in one transaction, and moves its clock.

Called by the console's API, the demo command and seeding. Webhook registrations survive a reset, so deployed flows go
on hearing; whoever else wants to know registers in `after_reset`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.models import SandboxState
from connectors.sandbox import deliveries, situation, visits
from connectors.sandbox.systems import simulators
from connectors.sdk.simulator import Simulator
from ipaas.accounts.models import Tenant
from ipaas.book.transaction import Transaction
from ipaas.book.writer import get_writer, run_each

after_reset: list[Callable[[Tenant], None]] = []
MOST_ADVANCE_SECONDS = 10 * 366 * 86_400


@dataclass(frozen=True)
class _Reset:
    tenant_id: str
    simulators: dict[str, type[Simulator]]


@dataclass(frozen=True)
class _Advance:
    tenant_id: str
    simulators: dict[str, type[Simulator]]
    seconds: float


def reset_sandbox(tenant: Tenant) -> None:
    """Throw away what happened in every simulated system of a tenant and write the starting data again."""
    get_writer().submit_from_thread(_reset_batch, _Reset(tenant.id, simulators()))
    situation.forget(tenant.slug)
    for tell in after_reset:
        tell(tenant)


def ensure_seeded(tenant: Tenant) -> None:
    """Write the starting data of systems that have none yet."""
    found = situation.read(tenant.slug)
    new = {name: made for name, made in simulators().items() if found is None or name not in found.seeded}
    if new:
        get_writer().submit_from_thread(_seed_batch, _Reset(tenant.id, new))
        situation.forget(tenant.slug)


def clock(tenant: Tenant) -> datetime:
    """The virtual time in a tenant's sandbox."""
    state = SandboxState.objects.filter(tenant=tenant).first()
    return datetime.now(UTC) + timedelta(seconds=state.clock_offset_seconds if state else 0.0)


def advance(tenant: Tenant, seconds: float) -> datetime:
    """Move the clock ahead and let every simulated system live through it; answers the new time."""
    ensure_seeded(tenant)
    get_writer().submit_from_thread(_advance_batch, _Advance(tenant.id, simulators(), seconds))
    situation.forget(tenant.slug)
    deliveries.wake()
    return clock(tenant)


def _seed(tx: Transaction, item: _Reset) -> None:
    visits.lock_systems(tx, ((item.tenant_id, system) for system in item.simulators))
    offset = _offset(tx, item.tenant_id)
    for system, simulator in item.simulators.items():
        visits.seed_if_new(tx, simulator, (item.tenant_id, system), datetime.now(UTC) + timedelta(seconds=offset))


def _reset(tx: Transaction, item: _Reset) -> None:
    """1. Lock every system. 2. Drop records (other than kept ones), numbers, webhooks, faults, clock. 3. Seed again."""
    visits.lock_systems(tx, ((item.tenant_id, system) for system in item.simulators))
    kept = [(system, name) for system, made in item.simulators.items() for name in made.kept_over_reset]
    others = " ".join("AND NOT (system = %s AND collection = %s)" for _ in kept)
    params = [item.tenant_id, *(text for pair in kept for text in pair)]
    tx.execute(f"DELETE FROM connectors_sandboxindex WHERE tenant_id = %s {others}", params)
    tx.execute(f"DELETE FROM connectors_sandboxrecord WHERE tenant_id = %s {others}", params)
    for table in ("sandboxcounter", "sandboxdelivery", "sandboxfault", "sandboxstate"):
        tx.execute(f"DELETE FROM connectors_{table} WHERE tenant_id = %s", [item.tenant_id])
    for system, simulator in item.simulators.items():
        visits.seed_if_new(tx, simulator, (item.tenant_id, system), datetime.now(UTC))


def _advance(tx: Transaction, item: _Advance) -> None:
    visits.lock_systems(tx, ((item.tenant_id, system) for system in item.simulators))
    tx.insert(
        "connectors_sandboxstate",
        ("tenant_id", "clock_offset_seconds"),
        [(item.tenant_id, item.seconds)],
        suffix="ON CONFLICT (tenant_id) DO UPDATE SET clock_offset_seconds = "
        "connectors_sandboxstate.clock_offset_seconds + excluded.clock_offset_seconds",
    )
    now = datetime.now(UTC) + timedelta(seconds=_offset(tx, item.tenant_id))
    for system, simulator in item.simulators.items():
        visit_of = (item.tenant_id, system)
        store = visits.open_store(tx, visit_of, now)
        simulator(store).advance(item.seconds)
        visits.close_store(tx, visit_of, store)


def _offset(tx: Transaction, tenant_id: str) -> float:
    row = tx.execute(
        "SELECT clock_offset_seconds FROM connectors_sandboxstate WHERE tenant_id = %s", (tenant_id,)
    ).fetchone()
    return float(row[0]) if row else 0.0


_reset_batch = run_each(_reset)
_seed_batch = run_each(_seed)
_advance_batch = run_each(_advance)
