"""Tells the layers below flows whom to ask: who uses a connection, what follows when one works again.

Called once when Django starts; lower layers keep plain lists of callables and never import flows.
"""

from __future__ import annotations

from connectors import connections
from connectors.models import Connection
from flows import control, samples, sweeper, trials
from flows.models import Deployment
from flows.triggers import routes


def connect() -> None:
    """Register with the layers below."""
    connections.used_by.append(flows_that_use)
    connections.when_mended.append(_mended)
    samples.before_reading.append(trials.gather)
    sweeper.tending.append(trials.tend)


def flows_that_use(connection: Connection) -> list[str]:
    """Names of the flows whose active deployments are bound to a connection."""
    deployments = Deployment.objects.of(connection.tenant_id).filter(
        active=True, environment_id=connection.environment_id
    )
    return sorted(
        row.flow.name for row in deployments.select_related("flow") if connection.id in row.connections.values()
    )


def _mended(connection: Connection) -> None:
    routes.forget()
    control.go_on_after(connection.id)
