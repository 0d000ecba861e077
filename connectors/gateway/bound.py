"""Connections opened for use: connector, settings, credential, reach, pace and sign-in, kept in memory.

Asked by the gateway for every call, so the database is looked at no more than once a second per connection, for its
revision only. `forget` drops one at once. Credentials never appear in a repr.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from connectors.gateway.guard import Reach, reach_of
from connectors.gateway.pace import Pace
from connectors.gateway.records import Masker
from connectors.gateway.signin import SignIn
from connectors.models import Connection
from connectors.registry import Connector, UnknownConnector, registry
from connectors.sdk.errors import AuthorMustFix
from connectors.sdk.manifest import AuthSpec, Limits
from connectors.sdk.values import fill
from connectors.threads import in_thread
from connectors.vault import open_sealed

_FRESH_SECONDS = 1.0
_MOST_KEPT = 2000
_SIMULATED_PER_SECOND = 1000.0
_SIMULATED_AT_ONCE = 64
_SIMULATED_SECONDS = 6.0
_SIMULATED_OPERATION_SECONDS = 20.0
_PLAIN_FIELDS = frozenset({"username", "user", "email", "login"})


@dataclass(slots=True)
class Bound:
    """One connection, ready for calls."""

    row: Connection
    connector: Connector
    auth: AuthSpec
    config: Mapping[str, Any]
    base_url: str
    reach: Reach
    pace: Pace
    masker: Masker = field(repr=False)
    credential: Mapping[str, Any] = field(repr=False)
    sign_in: SignIn | None = field(default=None, repr=False)
    checked_at: float = 0.0

    @property
    def connection_id(self) -> str:
        """The connection's id."""
        return str(self.row.id)


class Bindings:
    """The opened connections of one gateway."""

    def __init__(self, make_sign_in: Callable[[Bound], SignIn]) -> None:
        self._make_sign_in = make_sign_in
        self._kept: OrderedDict[str, Bound] = OrderedDict()
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Bound]] = {}

    async def get(self, tenant_id: str, connection_id: str) -> Bound:
        """The connection of this tenant.

        Raises:
            AuthorMustFix: There is none, or its connector is not installed.
            ReconnectNeeded: Its credential cannot be opened.
        """
        bound = self._kept.get(connection_id)
        if bound is None or time.monotonic() - bound.checked_at >= _FRESH_SECONDS:
            task = self._loading.get(connection_id)
            if task is None:
                task = asyncio.get_running_loop().create_task(self._fresh(tenant_id, connection_id, bound))
                self._loading[connection_id] = task
                task.add_done_callback(lambda done: self._loading.pop(connection_id, None))
            bound = await asyncio.shield(task)
        if bound.row.tenant_id != tenant_id:
            raise _missing()
        return bound

    def forget(self, connection_id: str | None = None) -> None:
        """Read this connection (or all) again when it is next used."""
        if connection_id is None:
            self._kept.clear()
        else:
            self._kept.pop(connection_id, None)

    async def open(self, row: Connection) -> Bound:
        """A connection that is not taken from, nor put in, the cache (for tests of a connection)."""
        return self._bind(*await in_thread(_opened, row))

    async def _fresh(self, tenant_id: str, connection_id: str, known: Bound | None) -> Bound:
        now = time.monotonic()
        if known is not None and known.row.tenant_id == tenant_id:
            known.checked_at = now  # whoever calls meanwhile need not look as well
            state = await in_thread(_revision, tenant_id, connection_id)
            if state == (known.row.revision, known.row.status):
                self._keep(connection_id, known)
                return known
        found = await in_thread(_read, tenant_id, connection_id)
        if found is None:
            self._kept.pop(connection_id, None)
            raise _missing()
        bound = self._bind(*found)
        bound.checked_at = now
        if known is not None and _same_sign_in(known, bound):
            # A changed status is no reason to sign in again.
            bound.sign_in = known.sign_in
        self._keep(connection_id, bound)
        return bound

    def _keep(self, connection_id: str, bound: Bound) -> None:
        self._kept[connection_id] = bound
        self._kept.move_to_end(connection_id)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def _bind(self, row: Connection, credential: Mapping[str, Any]) -> Bound:
        connector = _connector(row.connector)
        manifest = connector.manifest
        auth = manifest.auth_kind(row.auth_kind)
        if auth is None:
            raise AuthorMustFix(
                f"The connection {row.name} signs in by {row.auth_kind}, which {manifest.title} no longer has.",
                code="auth_kind_unknown",
                hint="Choose another way to sign in for this connection.",
            )
        config = {**manifest.config_defaults, **row.config}
        if row.simulated:
            base_url = f"{settings.SANDBOX_BASE_URL}/sandbox/{row.tenant.slug}/{row.connector}"
            reach = Reach((), sandbox_prefix=base_url)
        else:
            base_url = fill(manifest.base_url, lambda name: config.get(name.removeprefix("config."))).rstrip("/")
            reach = reach_of(manifest.hosts, base_url, config)
        pace = self._pace(str(row.id), limits_of(row, connector, config))
        masker = Masker.of(_secret_values(auth, credential))
        bound = Bound(row, connector, auth, config, base_url, reach, pace, masker, credential)
        bound.sign_in = self._make_sign_in(bound)
        return bound

    def _pace(self, connection_id: str, limits: Limits) -> Pace:
        pace = self._paces.get(connection_id)
        if pace is None or pace.limits != limits:
            pace = self._paces[connection_id] = Pace(limits)
            while len(self._paces) > _MOST_KEPT:
                self._paces.popitem(last=False)
        return pace


def limits_of(row: Connection, connector: Connector, config: Mapping[str, Any]) -> Limits:
    """What a connection may ask of its system: the connector's limits, or those of its settings where it has them.

    A simulated system is our own: it needs no sparing, and it answers at once or not at all.
    """
    limits = connector.manifest.limits
    if row.simulated:
        return replace(
            limits,
            requests_per_second=_SIMULATED_PER_SECOND,
            concurrency=_SIMULATED_AT_ONCE,
            timeout_seconds=min(limits.timeout_seconds, _SIMULATED_SECONDS),
            operation_seconds=_SIMULATED_OPERATION_SECONDS,
        )
    return replace(
        limits,
        requests_per_second=config.get("requests_per_second") or limits.requests_per_second,
        concurrency=config.get("concurrency") or limits.concurrency,
    )


def _connector(name: str) -> Connector:
    try:
        return registry().get(name)
    except UnknownConnector:
        raise AuthorMustFix(
            f"The connector {name} is not installed or is broken.",
            code="connector_unknown",
            hint="manage.py check_connectors tells what is wrong with it.",
        ) from None


def _missing() -> AuthorMustFix:
    return AuthorMustFix(
        "The connection of this step does not exist (any more).",
        code="connection_missing",
        hint="Bind another connection in the deployment.",
    )


def _revision(tenant_id: str, connection_id: str) -> tuple[int, str] | None:
    found: tuple[int, str] | None = (
        Connection.objects.of(tenant_id).filter(id=connection_id).values_list("revision", "status").first()
    )
    return found


def _read(tenant_id: str, connection_id: str) -> tuple[Connection, dict[str, Any]] | None:
    row = Connection.objects.of(tenant_id).select_related("tenant").filter(id=connection_id).first()
    return None if row is None else (row, _credential(row))


def _credential(row: Connection) -> dict[str, Any]:
    return open_sealed(row.tenant_id, row.id, bytes(row.sealed)) if row.sealed else {}


def _opened(row: Connection) -> tuple[Connection, dict[str, Any]]:
    # The tenant's name is part of a simulated system's address, and must not be fetched on the event loop later.
    assert row.tenant is not None
    return row, _credential(row)


def _same_sign_in(known: Bound, bound: Bound) -> bool:
    return (known.auth, known.credential, known.config) == (bound.auth, bound.credential, bound.config)


def _secret_values(auth: AuthSpec, credential: Mapping[str, Any]) -> list[Any]:
    """The values to mask: what the manifest marks as a password, and all else but names of users."""
    marked = auth.fields.get("properties", {})
    values: list[Any] = []
    for name, value in credential.items():
        if name not in _PLAIN_FIELDS or marked.get(name, {}).get("format") == "password":
            values.extend(value if isinstance(value, list) else [value])
    if "username" in credential:
        values.append(f"{credential['username']}:{credential.get('password', '')}")
    return values
