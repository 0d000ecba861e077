"""Caring for connections over HTTP: how one fares, rotating after a test, and copying it to another environment.

Routed by `connectors.api.urls`. Use cases are `connectors.connecting`'s and `connectors.connections`'.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from connectors import connecting, connections, health
from connectors.api import shapes
from connectors.api.connected import ConnectionView, connection_answer, moment, refusals_as_problems
from ipaas.accounts.api.problems import Problem
from ipaas.accounts.api.schema import documented


class Health(ConnectionView):
    """How a connection fares."""

    permission = {"GET": "view"}

    @documented(responses=shapes.HealthShape)
    def get(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Last success and failure, the calls of the last 24 hours by the hour, and the runs that wait for it.

        `failed` calls got no usable answer; `refused` ones were answered, but the system did not like their input.
        """
        row = self.connection(connection_id)
        hours = health.last_day(row, datetime.now(UTC))
        sums = {name: sum(hour[name] for hour in hours) for name in ("calls", "failed", "refused")}
        failure = {"at": moment(row.last_failed_at), **row.last_failure} if row.last_failed_at else None
        return Response(
            {
                "status": row.status,
                "status_detail": row.status_detail,
                "last_ok_at": moment(row.last_ok_at),
                "last_failure": failure,
                **sums,
                "error_rate": round(sums["failed"] / sums["calls"], 4) if sums["calls"] else 0.0,
                "hours": [{**hour, "at": moment(hour["at"])} for hour in hours],
                "waiting": connections.waiting_of(row),
            }
        )


class RotateConnection(ConnectionView):
    """Rotation."""

    permission = {"POST": "manage_connections"}

    @documented(request=shapes.RotateRequest, responses=shapes.ConnectionShape, problems=(409,))
    def post(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Replace the credential; runs that wait for the connection go on with the new one.

        With `test_first` the new one takes the place of the old only if the system accepts it; else 409
        `new_credential_failed` and nothing has changed.
        """
        given = self.checked(shapes.RotateRequest)
        use_case = connecting.rotate_tested if given["test_first"] else connections.rotate
        try:
            return self.changed(use_case, self.connection(connection_id), given["credential"])
        except connecting.NewCredentialFailed as failed:
            raise Problem(
                409,
                "new_credential_failed",
                detail=f"The system does not take the new credential: {failed}",
                hint="The old one is still in place, and flows go on with it.",
            ) from None


class Duplicate(ConnectionView):
    """Copying."""

    permission = {"POST": "manage_connections"}

    @documented(request=shapes.DuplicateRequest, responses={201: shapes.ConnectionShape}, problems=(409,))
    def post(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Make the same connection in another environment, with its settings and without its secrets."""
        row = self.connection(connection_id)
        given = self.checked(shapes.DuplicateRequest)
        environment = self.environment(given["environment"])
        with refusals_as_problems():
            made: Any = connecting.duplicate(row, environment, given["name"], self.by())
        return Response(connection_answer(made), status=201)
