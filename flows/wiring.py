"""Tells the layers below flows whom to ask: who uses a connection, what follows when one works again.

Called once when Django starts; lower layers keep plain lists of callables and never import flows.
"""

from __future__ import annotations

from typing import Any

from connectors import connections
from connectors.models import Connection
from flows import control, listening, samples, sweeper, trials
from flows.models import Deployment, Run
from flows.reading import moment
from flows.triggers import routes, webhook


def connect() -> None:
    """Register with the layers below."""
    connections.used_by.append(flows_that_use)
    connections.bound_by.append(deployments_with)
    connections.waiting_for.append(runs_that_wait)
    connections.when_mended.append(_mended)
    samples.before_reading.append(trials.gather)
    sweeper.tending += [trials.tend, listening.tend]
    webhook.when_heard.append(listening.hear)


_MOST_WAITING_SHOWN = 10


def flows_that_use(connection: Connection) -> list[str]:
    """Names of the flows whose active deployments are bound to a connection."""
    return sorted(row.flow.name for row in _bound(connection))


def deployments_with(connection: Connection) -> list[dict[str, Any]]:
    """The active deployments that are bound to a connection, by the flow's name, each with the names it has there."""
    return [
        {
            "flow": {"id": row.flow_id, "name": row.flow.name},
            "environment": row.environment.name,
            "version": row.version.number,
            "paused": row.paused_at is not None,
            "aliases": sorted(alias for alias, bound in row.connections.items() if bound == connection.id),
        }
        for row in sorted(_bound(connection), key=lambda row: (row.flow.name, row.id))
    ]


def runs_that_wait(connection: Connection) -> dict[str, Any]:
    """How many runs wait for a connection, and the oldest of them."""
    runs = Run.objects.of(connection.tenant_id).filter(waiting_for=f"connection:{connection.id}")
    shown = runs.order_by("id").select_related("flow")[:_MOST_WAITING_SHOWN]
    return {
        "count": runs.count(),
        "runs": [
            {
                "id": run.id,
                "business_key": run.business_key,
                "flow": run.flow.name,
                "created_at": moment(run.created_at),
            }
            for run in shown
        ],
    }


def _bound(connection: Connection) -> list[Deployment]:
    """The active deployments that are bound to a connection."""
    deployments = Deployment.objects.of(connection.tenant_id).filter(
        active=True, environment_id=connection.environment_id
    )
    rows = deployments.select_related("flow", "version", "environment")
    return [row for row in rows if connection.id in row.connections.values()]


def _mended(connection: Connection) -> None:
    routes.forget()
    control.go_on_after(connection.id)
