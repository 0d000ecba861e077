"""Answers to probes: alive, ready, and figures for Prometheus.

Asked by load balancers and monitoring systems without sign-in; says nothing about any tenant.
"""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ipaas.monitoring import figures

_migrated = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, its migrations are applied, and a runner is there to do the work."""
    checks: dict[str, Any] = {"database": False, "migrations": False, "runner": figures.runner_is_there()}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        checks["migrations"] = _is_migrated()
    except DatabaseError as error:
        checks["detail"] = type(error).__name__
    ready = all(checks[name] for name in ("database", "migrations", "runner"))
    return JsonResponse({"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text."""
    figures.refresh()
    return HttpResponse(generate_latest(figures.REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _is_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
