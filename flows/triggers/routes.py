"""Which deployment a webhook address leads to, and with which secrets its senders sign.

Asked for every webhook, so routes are cached for a moment and dropped when a deployment changes in this process.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.triggers import TriggerSpec
from connectors.threads import in_thread
from connectors.vault import open_sealed
from flows import deployed as deployments
from flows.deployed import Deployed
from flows.models import Deployment, TriggerState

_FRESH_SECONDS = 1.0
_MOST_ROUTES = 2000


@dataclass(slots=True)
class Route:
    """An address at work. `secrets` empty means that signed events cannot be verified and are refused."""

    deployed: Deployed
    paused: bool
    spec: TriggerSpec
    config: dict[str, Any]
    secrets: tuple[str, ...]
    events: frozenset[str]
    read_at: float


_routes: OrderedDict[str, Route] = OrderedDict()
_readings: dict[str, asyncio.Future[Route | None]] = {}


async def route_of(token: str) -> Route | None:
    """The route of an address, or None where nothing is deployed there."""
    route = _routes.get(token)
    if route is not None and time.monotonic() - route.read_at < _FRESH_SECONDS:
        return route
    reading = _readings.get(token)
    if reading is None:
        reading = _readings[token] = asyncio.ensure_future(_read_again(token))
        reading.add_done_callback(lambda _: _readings.pop(token, None))
    return await asyncio.shield(reading)


async def _read_again(token: str) -> Route | None:
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


def _read(token: str) -> Route | None:
    state = TriggerState.objects.across_tenants("the address is its own proof").filter(token=token).first()
    if state is None:
        return None
    row = (
        Deployment.objects.of(state.tenant_id)
        .filter(flow_id=state.flow_id, environment_id=state.environment_id, active=True)
        .first()
    )
    if row is None:
        return None
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
    wanted = params.get("event") or []
    return Route(
        deployed=deployed,
        paused=row.paused_at is not None,
        spec=spec,
        config=dict(connection.config),
        secrets=_secrets(state, connection, spec),
        events=frozenset([wanted] if isinstance(wanted, str) else wanted),
        read_at=time.monotonic(),
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
