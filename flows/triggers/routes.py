"""Which deployment a webhook address leads to, and with which secrets its senders sign.

Asked for every webhook, so routes are cached for a moment and dropped when a deployment changes in this process.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.triggers import TriggerSpec
from connectors.threads import in_thread
from connectors.vault import open_sealed
from flows import deployed as deployments
from flows.deployed import Deployed
from flows.models import Deployment, Listening, TriggerState

_FRESH_SECONDS = 1.0
_MOST_ROUTES = 2000


@dataclass(slots=True)
class Address:
    """Who sends to an address. `secrets` empty means that signed events cannot be verified and are refused."""

    spec: TriggerSpec
    config: dict[str, Any]
    secrets: tuple[str, ...]
    events: frozenset[str]
    read_at: float


@dataclass(slots=True)
class Route(Address):
    """An address at work."""

    deployed: Deployed
    paused: bool


@dataclass(slots=True)
class Listened(Address):
    """An address where nothing is deployed and somebody listens for the next event, which makes no run."""

    tenant_id: str
    listening_id: str


_routes: OrderedDict[str, Route | Listened] = OrderedDict()
_readings: dict[str, asyncio.Future[Route | Listened | None]] = {}


async def route_of(token: str) -> Route | Listened | None:
    """The route of an address, or None where nothing is deployed there and nobody listens."""
    route = _routes.get(token)
    if route is not None and time.monotonic() - route.read_at < _FRESH_SECONDS:
        return route
    reading = _readings.get(token)
    if reading is None:
        reading = _readings[token] = asyncio.ensure_future(_read_again(token))
        reading.add_done_callback(lambda _: _readings.pop(token, None))
    return await asyncio.shield(reading)


async def _read_again(token: str) -> Route | Listened | None:
    """Read a route once for all who ask for it at the same time."""
    found = await in_thread(_read, token)
    if found is None:
        _routes.pop(token, None)
        return None
    _routes[token] = found
    while len(_routes) > _MOST_ROUTES:
        _routes.popitem(last=False)
    return found


def forget(token: str | None = None) -> None:
    """Read this route (or all) again when next asked."""
    if token is None:
        _routes.clear()
    else:
        _routes.pop(token, None)


def _read(token: str) -> Route | Listened | None:
    state = TriggerState.objects.across_tenants("the address is its own proof").filter(token=token).first()
    if state is None:
        return None
    row = (
        Deployment.objects.of(state.tenant_id)
        .filter(flow_id=state.flow_id, environment_id=state.environment_id, active=True)
        .first()
    )
    if row is None:
        return _listened(state)
    deployed = deployments.load(row.id)
    params = deployed.trigger
    if params.get("type", "webhook") != "webhook":
        return None
    return _route(state, row, deployed, params)


def _route(state: TriggerState, row: Deployment, deployed: Deployed, params: dict[str, Any]) -> Route | None:
    alias = params.get("connection", "")
    connection = Connection.objects.of(state.tenant_id).filter(id=deployed.connections.get(alias, "")).first()
    if connection is None:
        return None
    spec = registry().get(connection.connector).manifest.triggers["webhook"].bound_to(connection.config)
    return Route(
        deployed=deployed,
        paused=row.paused_at is not None,
        spec=spec,
        config=dict(connection.config),
        secrets=_secrets(state, connection, spec),
        events=_events(params),
        read_at=time.monotonic(),
    )


def _events(params: dict[str, Any]) -> frozenset[str]:
    wanted = params.get("event") or []
    return frozenset([wanted] if isinstance(wanted, str) else wanted)


def _listened(state: TriggerState) -> Listened | None:
    """Where nothing is deployed, the draft's trigger may be listened to for a while."""
    rows = Listening.objects.of(state.tenant_id).filter(flow_id=state.flow_id, environment_id=state.environment_id)
    row = rows.filter(state="listening", until__gt=datetime.now(UTC)).select_related("flow").order_by("-id").first()
    connection = (
        Connection.objects.of(state.tenant_id).filter(id=row.connection_id).first() if row is not None else None
    )
    if row is None or connection is None:
        return None
    spec = registry().get(connection.connector).manifest.triggers["webhook"].bound_to(connection.config)
    return Listened(
        spec=spec,
        config=dict(connection.config),
        secrets=_secrets(state, connection, spec),
        events=_events(deployments.trigger_params(row.flow.draft)),
        read_at=time.monotonic(),
        tenant_id=state.tenant_id,
        listening_id=row.id,
    )


def _secrets(state: TriggerState, connection: Connection, spec: TriggerSpec) -> tuple[str, ...]:
    """The secret that the subscription brought, and the one that a person entered with the connection."""
    found: list[str] = []
    if state.sealed:
        found.append(open_sealed(state.tenant_id, state.id, bytes(state.sealed)).get("secret", ""))
    if connection.sealed and spec.signature is not None and spec.signature.secret:
        credential = open_sealed(state.tenant_id, connection.id, bytes(connection.sealed))
        found.append(str(credential.get(spec.signature.secret) or ""))
    return tuple(secret for secret in found if secret)
