"""Faults on purpose: which there are, and adding, listing and removing them for one tenant's simulated systems.

Called by the console's API and by scenarios; the host shows the faults (`connectors.sandbox.host`).
"""

from __future__ import annotations

from typing import Any

from connectors.models import SandboxFault
from connectors.sandbox import situation
from connectors.sandbox.systems import simulator_of
from ipaas.accounts.models import Tenant

KINDS: dict[str, str] = {
    "unauthorized": "The system does not accept the key.",
    "rate_limited": "Too many requests: 429 with Retry-After (match.retry_after_seconds sets how long).",
    "server_error": "The system is down: it answers with its own 5xx and does nothing.",
    "timeout_before_commit": "Silence (match.seconds, 45), then a dropped connection; nothing was done.",
    "timeout_after_commit": "The work is done, then silence (match.seconds, 45) and a dropped connection.",
    "error_after_commit": "The work is done, but the answer is a 5xx.",
    "malformed": "The work is done, but the answer cannot be read.",
    "slow": "The answer comes late (match.seconds, 5).",
    "duplicate_webhook": "Each webhook is sent match.copies times (2).",
    "reordered_webhook": "Webhooks are held back (match.seconds, 2) and sent in the opposite order.",
}
_TEXTS = ("method", "path")
_NUMBERS = {"probability": 1.0, "seconds": 300.0, "retry_after_seconds": 3600.0, "copies": 20.0}
_MOST_FAULTS = 100


class FaultRefused(ValueError):
    """The description of a fault is wrong; `problems` are (JSON pointer, message)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for _, message in problems))
        self.problems = problems


def add(
    tenant: Tenant, system: str, kind: str, match: dict[str, Any] | None = None, times: int | None = 1
) -> SandboxFault:
    """Let a simulated system fail: `times` matching requests (None: until removed)."""
    problems = [*_kind_problems(system, kind, times), *_match_problems(match or {})]
    if SandboxFault.objects.filter(tenant=tenant).count() >= _MOST_FAULTS:
        problems.append(("", f"There are already {_MOST_FAULTS} faults; remove some."))
    if problems:
        raise FaultRefused(problems)
    row = SandboxFault.objects.create(tenant=tenant, system=system, fault=kind, match=match or {}, times=times)
    situation.forget(tenant.slug)
    return row


def remove(tenant: Tenant, fault_id: str) -> bool:
    """End one fault; False when it is not there."""
    count, _ = SandboxFault.objects.filter(tenant=tenant, id=fault_id).delete()
    situation.forget(tenant.slug)
    return count > 0


def clear(tenant: Tenant) -> int:
    """End every fault of a tenant's sandbox."""
    count, _ = SandboxFault.objects.filter(tenant=tenant).delete()
    situation.forget(tenant.slug)
    return count


def listed(tenant: Tenant) -> list[SandboxFault]:
    """Every fault, oldest first, also those that have no time left."""
    return list(SandboxFault.objects.filter(tenant=tenant).order_by("id"))


def _kind_problems(system: str, kind: str, times: Any) -> list[tuple[str, str]]:
    problems = []
    if simulator_of(system) is None:
        problems.append(("/system", f"There is no simulated system called {system!r}."))
    if kind not in KINDS:
        problems.append(("/fault", f"{kind!r} is no fault. There are: {', '.join(KINDS)}."))
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 1_000_000):
        problems.append(("/times", "Times is a whole number from 1, or null for: until removed."))
    return problems


def _match_problems(match: dict[str, Any]) -> list[tuple[str, str]]:
    problems = []
    for name, value in match.items():
        if name in _TEXTS:
            if not isinstance(value, str) or len(value) > 300:
                problems.append((f"/match/{name}", f"{name} is a text of at most 300 characters."))
        elif name in _NUMBERS:
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _NUMBERS[name]:
                problems.append((f"/match/{name}", f"{name} is a number from 0 to {_NUMBERS[name]:g}."))
        else:
            known = ", ".join((*_TEXTS, *_NUMBERS))
            problems.append((f"/match/{name}", f"{name!r} is not known here. There are: {known}."))
    return problems
