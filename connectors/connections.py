"""What people do with connections: make, change, rotate, test, pause, remove. Secrets go in and never come out.

Called by the API, the seeding commands and oauth's callback; each use case checks what was entered against the
connector's manifest, seals the credential, and leaves an entry in the audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from connectors import status, vault
from connectors.fields import FieldProblem, defaults_of, problems_of
from connectors.gateway import forget_connection, gateway
from connectors.models import Connection
from connectors.registry import Connector, UnknownConnector, registry
from connectors.sandbox import books
from connectors.sdk.errors import IpaasError
from connectors.sdk.manifest import AuthSpec
from ipaas.accounts import audit
from ipaas.accounts.models import Environment, Tenant
from ipaas.book import loops

used_by: list[Callable[[Connection], list[str]]] = []
bound_by: list[Callable[[Connection], list[dict[str, Any]]]] = []
waiting_for: list[Callable[[Connection], dict[str, Any]]] = []
when_mended: list[Callable[[Connection], None]] = []

_MOST_NAME = 120
OAUTH_FIELDS = ("access_token", "refresh_token", "expires_at", "obtained_at")


class ConnectionRefused(ValueError):
    """What was entered does not fit; `problems` say where and why."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = list(problems)


class ConnectionNameTaken(ValueError):
    """The environment has a connection of this name."""


class ConnectionInUse(ValueError):
    """Active deployments are bound to the connection; `flows` are their names."""

    def __init__(self, flows: list[str]) -> None:
        super().__init__(f"These flows use the connection: {', '.join(flows)}.")
        self.flows = flows


@dataclass(frozen=True)
class NewConnection:
    """What a person entered. Its repr does not show the credential."""

    name: str
    connector: str
    auth_kind: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    credential: Mapping[str, Any] = field(default_factory=dict, repr=False)
    simulated: bool = False


@dataclass(frozen=True)
class By:
    """Who asks for a change, and with which request."""

    actor: Any
    request: Any = None


def create(environment: Environment, new: NewConnection, by: By) -> Connection:
    """Make a connection; it is untested until it has been tested or used.

    Raises ConnectionRefused or ConnectionNameTaken; then nothing was written.
    """
    connector, auth = _connector_and_auth(new)
    config = {**defaults_of(connector.manifest.config), **new.config}
    credential = dict(new.credential)
    if new.simulated:
        _refuse_simulated(environment, connector)
        config, credential = _with_fake_keys(environment.tenant, connector, auth, (config, credential))
    problems = [*name_problems(new.name), *problems_of(config, connector.manifest.config, "/config")]
    if not (auth.kind == "oauth2_authorization_code" and not credential):
        problems += problems_of(credential, auth.fields, "/credential")
    if problems:
        raise ConnectionRefused(problems)
    row = Connection(
        tenant=environment.tenant,
        environment=environment,
        connector=new.connector,
        name=new.name.strip(),
        auth_kind=auth.kind,
        config=config,
        simulated=new.simulated,
    )
    _seal_into(row, credential)
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise ConnectionNameTaken(f"{environment.name} has a connection called “{row.name}” already.") from None
        _note(row, by, "connection.created", {"connector": row.connector, "environment": environment.name})
    return row


def create_simulated(
    tenant: Tenant, environment: Environment, connector: Connector, name: str, *, actor: Any = None
) -> Connection:
    """A connection to the tenant's own simulated system, with the fake keys that it accepts."""
    if environment.tenant_id != tenant.id:
        raise ValueError("the environment belongs to another tenant")
    new = NewConnection(name=name, connector=connector.name, simulated=True)
    return create(environment, new, By(actor))


def change(connection: Connection, changes: Mapping[str, Any], by: By) -> Connection:
    """Change name or settings; what is left out stays. New settings make what is known about the status old."""
    manifest = _connector(connection.connector).manifest
    name = str(changes.get("name", connection.name))
    config = dict(changes.get("config", connection.config))
    problems = [*name_problems(name), *problems_of(config, manifest.config, "/config")]
    if problems:
        raise ConnectionRefused(problems)
    with transaction.atomic():
        try:
            with transaction.atomic():
                Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
                    name=name.strip(), config=config, revision=F("revision") + 1
                )
        except IntegrityError:
            raise ConnectionNameTaken(f"There is a connection called “{name}” already.") from None
        if config != connection.config:
            status.mark_untested(connection.tenant_id, connection.id)
        changed = sorted({"name", "config"} & set(changes))
        _note(connection, by, "connection.changed", {"changed": changed})
    return _fresh(connection)


def rotate(connection: Connection, credential: Mapping[str, Any], by: By) -> Connection:
    """Replace the credential's given fields; fields left out stay, null removes one. OAuth tokens are dropped."""
    merged = _merged(connection, credential)
    with transaction.atomic():
        locked = Connection.objects.of(connection.tenant_id).select_for_update().get(id=connection.id)
        _seal_into(locked, merged)
        locked.refresh_holder, locked.refresh_until = "", None
        locked.save(
            update_fields=["sealed", "key_version", "fields_set", "refresh_holder", "refresh_until", "updated_at"]
        )
        status.mark_untested(connection.tenant_id, connection.id)
        _note(connection, by, "connection.rotated", {"fields": sorted(credential)})
    _tell_mended(connection)
    return _fresh(connection)


def with_credential(connection: Connection, credential: Mapping[str, Any]) -> Connection:
    """The connection as it would be with these credential fields; nothing is written."""
    row = _fresh(connection)
    _seal_into(row, _merged(row, credential))
    return row


def _merged(connection: Connection, credential: Mapping[str, Any]) -> dict[str, Any]:
    """The credential with these fields replaced; raises ConnectionRefused where it does not fit the connector."""
    _, auth = _connector_and_auth(
        NewConnection(connection.name, connection.connector, connection.auth_kind, simulated=connection.simulated)
    )
    if not isinstance(credential, Mapping) or not credential:
        raise ConnectionRefused([FieldProblem("/credential", "required", "Give the fields of the new credential.")])
    merged = {name: value for name, value in {**_known(connection), **credential}.items() if value is not None}
    if problems := problems_of(merged, auth.fields, "/credential"):
        raise ConnectionRefused(problems)
    return merged


def run_test(connection: Connection, by: By | None = None) -> dict[str, Any]:
    """Ask the system whether it accepts the connection; answers {"ok", "message", …} and keeps the status.

    The gateway lives on the process's event loop, so this blocks the calling thread, never the loop.
    """
    connection = _fresh(connection)
    answer = ask_system(connection)
    record_test(connection, answer)
    if by is not None:
        _note(connection, by, "connection.tested", {"ok": bool(answer.get("ok"))})
    return answer


def ask_system(connection: Connection) -> dict[str, Any]:
    """What the system says to a connection, without keeping it; blocks the calling thread."""
    answer: dict[str, Any] = loops.ask(_asking(connection))
    return answer


async def _asking(connection: Connection) -> dict[str, Any]:
    return await gateway().test(connection)


def record_test(connection: Connection, answer: Mapping[str, Any]) -> None:
    """Keep what a test found; whoever waits for the connection hears when it works."""
    if answer.get("ok"):
        if status.mark_ok(connection.tenant_id, connection.id, str(answer.get("message", ""))):
            _tell_mended(connection)
        return
    error = answer.get("error") or {"message": answer.get("message", "")}
    # An outage says nothing about the credential; only a refusal breaks the connection.
    if error.get("class", "reconnect_needed") not in ("try_again", "limit_reached"):
        status.mark_broken(connection.tenant_id, connection.id, error)


def set_paused(connection: Connection, paused: bool, by: By) -> Connection:
    """Stop all use of a connection, or let it go on; runs wait meanwhile."""
    if status.set_paused(connection.tenant_id, connection.id, paused, getattr(by.actor, "email", "")):
        _note(connection, by, "connection.paused" if paused else "connection.resumed", {})
        if not paused:
            _tell_mended(connection)
    return _fresh(connection)


def delete(connection: Connection, by: By) -> None:
    """Remove a connection and its credential. Raises ConnectionInUse while active deployments are bound to it."""
    flows = users_of(connection)
    if flows:
        raise ConnectionInUse(flows)
    with transaction.atomic():
        _note(connection, by, "connection.deleted", {"connector": connection.connector})
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).delete()
    forget_connection(connection.id)


def users_of(connection: Connection) -> list[str]:
    """Names of the flows whose active deployments are bound to a connection."""
    return sorted({name for ask in used_by for name in ask(connection)})


def deployments_of(connection: Connection) -> list[dict[str, Any]]:
    """The active deployments that are bound to a connection, as whoever keeps deployments tells them."""
    return [each for ask in bound_by for each in ask(connection)]


def waiting_of(connection: Connection) -> dict[str, Any]:
    """How many runs wait for a connection, and the oldest of them: `{"count", "runs"}`."""
    told = [ask(connection) for ask in waiting_for]
    return {"count": sum(each["count"] for each in told), "runs": [run for each in told for run in each["runs"]]}


def destroy_all_credentials(tenant: Tenant, by: By) -> int:
    """Make every credential of a tenant unreadable for ever (crypto-shredding), and say so on its connections."""
    with transaction.atomic():
        count = vault.destroy_data_key(tenant.id)
        error = {"code": "credentials_destroyed", "message": "The credential was destroyed; enter it again."}
        for row in Connection.objects.of(tenant).exclude(sealed=None):
            status.mark_broken(tenant.id, row.id, error)
            forget_connection(row.id)
        audit.record(tenant, by.actor, "credentials.destroyed", "tenant", tenant.id, {"keys": count}, by.request)
    return count


def store_tokens(connection: Connection, tokens: Mapping[str, Any], by: By) -> Connection:
    """Keep what a person's sign-in at the outside system brought; the connection works from now on."""
    with transaction.atomic():
        locked = Connection.objects.of(connection.tenant_id).select_for_update().get(id=connection.id)
        _seal_into(locked, {**_known(locked), **tokens})
        locked.save(update_fields=["sealed", "key_version", "fields_set", "updated_at"])
        status.mark_untested(connection.tenant_id, connection.id)
        _note(connection, by, "connection.authorised", {})
    status.mark_ok(connection.tenant_id, connection.id, "Signed in.")
    _tell_mended(connection)
    return _fresh(connection)


def _tell_mended(connection: Connection) -> None:
    forget_connection(connection.id)
    row = _fresh(connection)
    for tell in when_mended:
        tell(row)


def _fresh(connection: Connection) -> Connection:
    row: Connection = (
        Connection.objects.of(connection.tenant_id).select_related("environment", "tenant").get(id=connection.id)
    )
    return row


def _known(connection: Connection) -> dict[str, Any]:
    """The credential as it is, without tokens; empty when it cannot be opened any more."""
    if connection.sealed is None:
        return {}
    try:
        opened = vault.open_sealed(connection.tenant_id, connection.id, connection.sealed)
    except IpaasError:
        return {}
    return {name: value for name, value in opened.items() if name not in OAUTH_FIELDS}


def _seal_into(row: Connection, credential: Mapping[str, Any]) -> None:
    row.sealed, row.key_version = vault.seal(row.tenant_id, row.id, dict(credential))
    row.fields_set = sorted(name for name in credential if name not in OAUTH_FIELDS)


def _connector(name: str) -> Connector:
    try:
        return registry().get(name)
    except UnknownConnector:
        known = ", ".join(registry().names())
        message = f"There is no connector called {name!r}. There are: {known}."
        raise ConnectionRefused([FieldProblem("/connector", "unknown", message)]) from None


def _connector_and_auth(new: NewConnection) -> tuple[Connector, AuthSpec]:
    """The connector and the way to sign in; the manifest's first where none was chosen."""
    connector = _connector(new.connector)
    kinds = [auth.kind for auth in connector.manifest.auth]
    kind = new.auth_kind or kinds[0]
    auth = connector.manifest.auth_kind(kind)  # type: ignore[arg-type]
    if auth is None:
        message = f"{connector.manifest.title} has no way to sign in called {kind!r}. There are: {', '.join(kinds)}."
        raise ConnectionRefused([FieldProblem("/auth_kind", "unknown", message)])
    return connector, auth


def _refuse_simulated(environment: Environment, connector: Connector) -> None:
    if not connector.has_simulator:
        message = f"{connector.manifest.title} has no simulated system."
        raise ConnectionRefused([FieldProblem("/simulated", "no_simulator", message)])
    if environment.name == "production":
        message = "Production does not work with simulated systems."
        raise ConnectionRefused([FieldProblem("/simulated", "not_in_production", message)])


def _with_fake_keys(
    tenant: Tenant, connector: Connector, auth: AuthSpec, given: tuple[dict[str, Any], dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fill what was not entered with the fake keys and settings of the simulated system."""
    fake = books.keys(tenant, connector.name)
    config, credential = given
    for name in connector.manifest.config.get("properties", {}):
        if name in fake:
            config.setdefault(name, fake[name])
    for name in auth.fields.get("properties", {}):
        if name in fake:
            credential.setdefault(name, fake[name])
    return config, credential


def name_problems(name: str) -> list[FieldProblem]:
    """What is wrong with the name of a connection."""
    if not name.strip():
        return [FieldProblem("/name", "required", "Give the connection a name.")]
    if len(name.strip()) > _MOST_NAME:
        return [FieldProblem("/name", "maxLength", f"The name must have at most {_MOST_NAME} characters.")]
    return []


def _note(connection: Connection, by: By, action: str, detail: dict[str, Any]) -> None:
    tenant = connection.tenant
    told = {"name": connection.name, **detail}
    audit.record(tenant, by.actor, action, "connection", connection.id, told, by.request)
