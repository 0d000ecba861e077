"""The figures that /metrics shows, read from the process and the book when asked.

Nothing here runs per event: counters that matter are derived from the book or kept by the runner anyway.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, Gauge, PlatformCollector, ProcessCollector

from flows.models import Run
from flows.runner import runner_here
from ipaas.book.writer import get_writer

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_held = Gauge("ipaas_runs_held", "Runs in the hands of this process", registry=REGISTRY)
_writes = Gauge("ipaas_book_waiting_writes", "Items waiting for the next commit of this process", registry=REGISTRY)
_active = Gauge("ipaas_runs_active", "Runs in the book that have not ended", ["status"], registry=REGISTRY)
_oldest = Gauge("ipaas_runs_oldest_due_seconds", "Age of the oldest due run that nobody holds", registry=REGISTRY)
_ACTIVE = ("queued", "running", "waiting", "uncertain")


def runner_is_there() -> bool:
    """Whether runs can be carried: by this process, or by a fleet behind Redis."""
    return runner_here() is not None or bool(settings.REDIS_URL)


def refresh() -> None:
    """Bring the figures up to date."""
    runner = runner_here()
    _held.set(runner.held_count if runner is not None else 0)
    _writes.set(get_writer().waiting)
    runs = Run.objects.across_tenants("figures of the installation")
    counts = dict(runs.filter(status__in=_ACTIVE).values_list("status").annotate(Count("id")))
    for status in _ACTIVE:
        _active.labels(status).set(counts.get(status, 0))
    now = datetime.now(UTC)
    oldest = runs.filter(due_at__lte=now, holder="").aggregate(oldest=Min("due_at"))["oldest"]
    _oldest.set((now - oldest).total_seconds() if oldest else 0)
