"""Webhook subscriptions: asks the outside system to send events to a deployed flow, and keeps the secret it answers.

A deployment leaves a pending subscription in the book; the API tries it at once, and every process that keeps
subscriptions tries again until the system has taken it, so a system that was down at deployment is no lost trigger.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from connectors.gateway import CallOrder, EffectContext, gateway
from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.errors import IpaasError
from connectors.vault import seal
from flows import deployed as deployments
from flows.models import Deployment, TriggerState
from flows.triggers.paths import value_at
from ipaas.book import loops
from ipaas.book.ids import new_id

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_MOST_WAIT_SECONDS = 300.0


def address_of(state: TriggerState) -> str:
    """The webhook address of a trigger."""
    return f"{settings.PUBLIC_URL}/hooks/{state.token}"


def pending(deployment: Deployment, state: TriggerState) -> dict[str, Any]:
    """What a new deployment's trigger is to be subscribed to; empty where the connector manages no subscriptions."""
    deployed = deployments.load(deployment.id)
    params = deployed.trigger
    if params.get("type") != "webhook":
        return {}
    connection = (
        Connection.objects.of(state.tenant_id).filter(id=deployed.connections.get(params["connection"])).first()
    )
    if connection is None:
        return {}
    spec = registry().get(connection.connector).manifest.triggers["webhook"].subscription
    if spec is None or connection.config.get("manage_webhooks", connection.simulated) is not True:
        return {}
    event = params.get("event") or []
    events = sorted([event] if isinstance(event, str) else event)
    wanted = {"connection": connection.id, "url": address_of(state), "events": events}
    if state.subscription.get("status") == "active" and _same(state.subscription, wanted):
        return dict(state.subscription)
    return {**wanted, "status": "pending", "attempt": new_id("sub")}


def _same(subscription: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(subscription.get(name) == value for name, value in wanted.items())


def subscribe_now(state: TriggerState) -> None:
    """Try a pending subscription from synchronous code; a failure stays pending and is tried again."""
    if state.subscription.get("status") == "pending":
        loops.ask(_subscribe(state))
        state.refresh_from_db()


async def keep_forever(stop: asyncio.Event) -> None:
    """Try what is pending, again and again."""
    while not stop.is_set():
        for state in await sync_to_async(_pending_states, thread_sensitive=False)():
            await _subscribe(state)
        await asyncio.sleep(_LOOK_SECONDS)


def _pending_states() -> list[TriggerState]:
    states = TriggerState.objects.across_tenants("subscriptions of every tenant").filter(subscription__status="pending")
    now = datetime.now(UTC).isoformat()
    return [state for state in states[:200] if state.subscription.get("not_before", "") <= now]


async def _subscribe(state: TriggerState) -> None:
    wanted = state.subscription
    connection = await sync_to_async(_connection, thread_sensitive=False)(state)
    if connection is None:
        return
    spec = registry().get(connection.connector).manifest.triggers["webhook"].subscription
    assert spec is not None
    order = CallOrder(
        tenant_id=state.tenant_id,
        connection_id=connection.id,
        operation=spec.subscribe,
        inputs={"url": wanted["url"], "events": wanted["events"] or ["*"]},
        effect=EffectContext(
            key=f"subscribe:{wanted['attempt']}",
            business_key=state.flow_id,
            run_id=state.id,
            step="subscribe",
            attempt=1,
        ),
    )
    try:
        result = await gateway().call(order)
    except IpaasError as error:
        _log.warning("subscribing trigger %s failed: %s", state.id, error.message)
        await sync_to_async(_not_yet, thread_sensitive=False)(state, error.message)
        return
    await sync_to_async(_subscribed, thread_sensitive=False)(state, spec, result.output)


def _connection(state: TriggerState) -> Connection | None:
    return Connection.objects.of(state.tenant_id).filter(id=state.subscription.get("connection")).first()


def _not_yet(state: TriggerState, message: str) -> None:
    tries = int(state.subscription.get("tries", 0)) + 1
    wait = min(_MOST_WAIT_SECONDS, 2.0**tries)
    later = (datetime.now(UTC) + timedelta(seconds=wait)).isoformat()
    state.subscription = {**state.subscription, "tries": tries, "error": message, "not_before": later}
    state.save(update_fields=["subscription"])


def _subscribed(state: TriggerState, spec: Any, output: Any) -> None:
    secret = value_at(output, spec.secret) if spec.secret else None
    if secret:
        state.sealed, _ = seal(state.tenant_id, state.id, {"secret": str(secret)})
    kept = {name: state.subscription[name] for name in ("connection", "url", "events")}
    state.subscription = {**kept, "status": "active", "id": str(value_at(output, spec.id) or "")}
    state.save(update_fields=["subscription", "sealed"])
    from flows.triggers import routes

    routes.forget(state.token)
