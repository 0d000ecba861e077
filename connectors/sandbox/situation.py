"""What a request to a simulated system meets: the tenant, its clock, its faults, and which systems are seeded.

Read for every request, so it is kept in memory for half a second and dropped at once when this process changes it.
"""

from __future__ import annotations

import fnmatch
import random
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.models import SandboxCounter, SandboxFault, SandboxState
from ipaas.accounts.models import Tenant

FRESH_SECONDS = 0.5
SEEDED = "__seeded"
_MOST_KEPT = 500


@dataclass(frozen=True)
class Fault:
    """One fault as the host sees it; `times` None lasts until somebody removes it."""

    id: str
    system: str
    kind: str
    match: dict[str, Any]
    times: int | None

    def hits(self, method: str, path: str) -> bool:
        """Whether a request meets this fault; a `probability` is thrown anew each time."""
        wanted = str(self.match.get("method") or "*").upper()
        if wanted not in ("*", method):
            return False
        if not fnmatch.fnmatchcase(path, str(self.match.get("path") or "*")):
            return False
        return random.random() < float(self.match.get("probability", 1.0))  # chance, not a secret

    def number(self, name: str, otherwise: float) -> float:
        """A number from the match, such as `seconds`."""
        return float(self.match.get(name, otherwise))


@dataclass(frozen=True)
class Situation:
    """One tenant's sandbox at one moment."""

    tenant_id: str
    slug: str
    clock_offset: timedelta
    faults: tuple[Fault, ...]
    seeded: frozenset[str]
    read_at: float = field(compare=False)

    def now(self, real_now: datetime) -> datetime:
        """The virtual clock."""
        return real_now + self.clock_offset

    def faults_for(self, system: str, method: str, path: str) -> list[Fault]:
        """The faults that a request meets, oldest first."""
        return [fault for fault in self.faults if fault.system == system and fault.hits(method, path)]


_kept: OrderedDict[str, Situation] = OrderedDict()


def known(slug: str) -> Situation | None:
    """The situation if it is at hand and fresh; never touches the database."""
    found = _kept.get(slug)
    if found is not None and time.monotonic() - found.read_at < FRESH_SECONDS:
        return found
    return None


def read(slug: str) -> Situation | None:
    """The situation as the database has it, or None where there is no such tenant."""
    read_at = time.monotonic()
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        return None
    state = SandboxState.objects.filter(tenant=tenant).first()
    rows = SandboxFault.objects.filter(tenant=tenant).exclude(times=0).order_by("id")
    seeded = SandboxCounter.objects.filter(tenant=tenant, name=SEEDED).values_list("system", flat=True)
    found = Situation(
        tenant_id=tenant.id,
        slug=slug,
        clock_offset=timedelta(seconds=state.clock_offset_seconds if state else 0.0),
        faults=tuple(Fault(row.id, row.system, row.fault, row.match, row.times) for row in rows),
        seeded=frozenset(seeded),
        read_at=read_at,
    )
    _kept[slug] = found
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return found


def forget(slug: str | None = None) -> None:
    """Read again when next asked: one tenant's sandbox, or all."""
    if slug is None:
        _kept.clear()
    else:
        _kept.pop(slug, None)
