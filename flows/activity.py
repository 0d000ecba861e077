"""What the runs of flows have been doing, trials aside: newest runs, failures of the last day, events that wait.

Read by the lists and panels of the API, in a fixed number of statements whatever the number of flows; never writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from flows.models import Flow, Run
from flows.reading import moment
from ipaas.accounts.models import Environment
from ipaas.book.ids import first_id

_TROUBLED = ("failed", "uncertain")


def last_runs(tenant_id: str, flow_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest run of each flow, by flow id."""
    newest = Run.objects.of(tenant_id).filter(flow_id=OuterRef("id"), trial=False).order_by("-id").values("id")[:1]
    flows = Flow.objects.of(tenant_id).filter(id__in=flow_ids).annotate(newest=Subquery(newest))
    run_ids = [run_id for run_id in flows.values_list("newest", flat=True) if run_id]
    return {run.flow_id: _short(run) for run in _named(tenant_id, run_ids)}


def last_runs_by_environment(flow: Flow, environments: Iterable[Environment]) -> dict[str, dict[str, Any]]:
    """The newest run of a flow in each environment, by the environment's id."""
    runs = Run.objects.of(flow.tenant_id).filter(flow_id=flow.id, trial=False)
    newest = [
        runs.filter(environment_id=environment.id).order_by("-id").values_list("id", flat=True).first()
        for environment in environments
    ]
    return {run.environment_id: _short(run) for run in _named(flow.tenant_id, [run_id for run_id in newest if run_id])}


def failures(tenant_id: str, flow_ids: Sequence[str]) -> dict[str, int]:
    """How many runs of the last day need somebody's eyes, by flow id."""
    rows = _of_the_day(tenant_id).filter(flow_id__in=flow_ids, status__in=_TROUBLED)
    return dict(rows.values_list("flow_id").annotate(Count("id")).order_by())


def figures(flow: Flow) -> dict[str, dict[str, int]]:
    """Per environment's id: runs of the last day, how many of them are in trouble, and events kept by a pause."""
    day = _of_the_day(flow.tenant_id).filter(flow_id=flow.id).values("environment_id").order_by()
    counted = day.annotate(runs=Count("id"), failed=Count("id", filter=Q(status__in=_TROUBLED)))
    found = {row["environment_id"]: {"runs": row["runs"], "failed": row["failed"], "kept": 0} for row in counted}
    waiting = Run.objects.of(flow.tenant_id).filter(flow_id=flow.id, status="queued", due_at=None, trial=False)
    for environment_id, kept in waiting.values_list("environment_id").annotate(Count("id")).order_by():
        found.setdefault(environment_id, {"runs": 0, "failed": 0, "kept": 0})["kept"] = kept
    return found


def _of_the_day(tenant_id: str) -> QuerySet[Run]:
    since = datetime.now(UTC) - timedelta(hours=24)
    return Run.objects.of(tenant_id).filter(id__gte=first_id("run", since), trial=False)


def _named(tenant_id: str, run_ids: Sequence[str]) -> QuerySet[Run]:
    return Run.objects.of(tenant_id).filter(id__in=run_ids).select_related("environment")


def _short(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "status": run.status,
        "environment": run.environment.name,
        "business_key": run.business_key,
        "created_at": moment(run.created_at),
    }
