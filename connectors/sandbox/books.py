"""What people may see of a tenant's simulated systems: their books, their fake keys, their addresses.

Asked by the console's API, by scenarios for their checks and by connections for a simulated credential; never writes
records (other than the starting data of a system that has none yet).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from connectors.sandbox import resets, visits
from connectors.sandbox.systems import simulator_of, simulators
from ipaas.accounts.models import Tenant


class UnknownSystem(KeyError):
    """There is no simulated system of this name."""


def ledger(tenant: Tenant, system: str) -> dict[str, list[dict[str, Any]]]:
    """What a simulated system holds, in collections named as the system names them."""
    simulator = simulator_of(system)
    if simulator is None:
        raise UnknownSystem(system)
    resets.ensure_seeded(tenant)
    return visits.books_of(simulator, tenant.id, system, resets.clock(tenant))


def keys(tenant: Tenant, system: str) -> dict[str, str]:
    """The fake keys and settings that a simulated system accepts."""
    simulator = simulator_of(system)
    if simulator is None:
        raise UnknownSystem(system)
    resets.ensure_seeded(tenant)
    return visits.keys_of(simulator, tenant.id, system, resets.clock(tenant))


def base_url(tenant: Tenant, system: str) -> str:
    """Where a simulated system answers."""
    return f"{settings.SANDBOX_BASE_URL}/sandbox/{tenant.slug}/{system}"


def systems(tenant: Tenant) -> list[dict[str, Any]]:
    """Every simulated system with its address and keys, ready for any client."""
    return [
        {"system": name, "base_url": base_url(tenant, name), "credentials": keys(tenant, name)} for name in simulators()
    ]
