"""Two ways of caring for connections that take more than one step: rotating after a test, and copying without secrets.

Called by the API. Both end in `connectors.connections`' use cases or leave everything as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from connectors import connections, status
from connectors.connections import By, ConnectionNameTaken, ConnectionRefused, NewConnection
from connectors.fields import FieldProblem
from connectors.models import Connection
from connectors.registry import registry
from ipaas.accounts import audit
from ipaas.accounts.models import Environment

_NO_CREDENTIAL = {
    "code": "credential_missing",
    "message": "It has no credential yet.",
    "hint": "Enter the keys of this environment by “Rotate credential”.",
}


class NewCredentialFailed(ValueError):
    """The new credential was tested and did not work; `answer` is the test's. The old one is still in place."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(str(answer.get("message", "")))
        self.answer = dict(answer)


def rotate_tested(connection: Connection, credential: Mapping[str, Any], by: By) -> Connection:
    """Replace the credential once the system has accepted the new one; until then flows go on with the old one.

    Sign-ins through a browser or for tokens are rotated untested: their tokens come with the new credential only.

    Raises:
        ConnectionRefused: It does not fit the connector.
        NewCredentialFailed: The system did not take it; nothing was changed.
    """
    if connection.auth_kind.startswith("oauth2_"):
        return connections.rotate(connection, credential, by)
    candidate = connections.with_credential(connection, credential)
    answer = connections.ask_system(candidate)
    if not answer.get("ok"):
        raise NewCredentialFailed(answer)
    rotated = connections.rotate(connection, credential, by)
    connections.record_test(rotated, answer)
    rotated.refresh_from_db()
    return rotated


def duplicate(connection: Connection, environment: Environment, name: str, by: By) -> Connection:
    """The same connection for another environment: its settings, never its secrets.

    A simulated one gets the fake keys of the simulated system; any other waits for its credential.
    """
    new = NewConnection(name, connection.connector, connection.auth_kind, config=connection.config)
    if connection.simulated and environment.name != "production":
        simulated = NewConnection(name, new.connector, new.auth_kind, config=new.config, simulated=True)
        return connections.create(environment, simulated, by)
    if connection.connector not in registry():
        raise ConnectionRefused([FieldProblem("/connector", "unknown", "Its connector is not installed.")])
    if problems := connections.name_problems(name):
        raise ConnectionRefused(problems)
    row = Connection(
        tenant=environment.tenant,
        environment=environment,
        connector=new.connector,
        name=name.strip(),
        auth_kind=new.auth_kind,
        config=dict(new.config),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise ConnectionNameTaken(f"{environment.name} has a connection called “{row.name}” already.") from None
    status.mark_broken(row.tenant_id, row.id, _NO_CREDENTIAL)
    told = {"name": row.name, "connector": row.connector, "environment": environment.name, "copied_from": connection.id}
    audit.record(environment.tenant, by.actor, "connection.created", "connection", row.id, told, by.request)
    row.refresh_from_db()
    return row
