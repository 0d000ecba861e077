"""Webhook subscriptions: asks the outside system to send events to a deployed flow, and keeps the secret it answers.

A deployment leaves a pending subscription in the book; the API tries it at once, and every process that keeps
subscriptions tries again until the system has taken it, so a system that was down at deployment is no lost trigger.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from connectors.gateway import CallOrder, EffectContext, gateway
from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.errors import IpaasError, Rejected
from connectors.sdk.triggers import SubscriptionSpec
from connectors.threads import in_thread
from connectors.vault import seal
from flows import deployed as deployments
from flows.models import Deployment, Flow, TriggerState
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
        return ended(state)
    connection_id = deployed.connections.get(params["connection"])
    return pending_by(state, Connection.objects.of(state.tenant_id).filter(id=connection_id).first(), params)


def pending_by(state: TriggerState, connection: Connection | None, params: dict[str, Any]) -> dict[str, Any]:
    """What a trigger with these parameters is to be subscribed to through a connection; empty where it cannot be."""
    if connection is None:
        return ended(state)
    spec = _spec_of(connection)
    if spec is None or connection.config.get("manage_webhooks", connection.simulated) is not True:
        return ended(state)
    event = params.get("event") or []
    events = sorted([event] if isinstance(event, str) else event)
    wanted = {"connection": connection.id, "url": address_of(state), "events": events}
    if state.subscription.get("status") == "active" and _same(state.subscription, wanted):
        return dict(state.subscription)
    return {**ended(state), **wanted, "status": "pending", "attempt": new_id("sub")}


def ended(state: TriggerState) -> dict[str, Any]:
    """What remains of a trigger's subscription when it is no longer wanted: endpoints to be removed over there."""
    leftover = list(state.subscription.get("leftover", []))
    if state.subscription.get("status") == "active" and state.subscription.get("id"):
        leftover.append({name: state.subscription[name] for name in ("connection", "id")})
    return {"leftover": leftover} if leftover else {}


def end_for(flow: Flow) -> None:
    """A flow is being removed: its endpoints over there are to be removed as well."""
    for state in TriggerState.objects.of(flow.tenant_id).filter(flow=flow):
        state.subscription = ended(state)
        state.save(update_fields=["subscription"])


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
        for state in await in_thread(_states_to_tend):
            if state.subscription.get("status") == "pending":
                await _subscribe(state)
            elif state.subscription.get("leftover"):
                await _unsubscribe(state)
        await asyncio.sleep(_LOOK_SECONDS)


def _states_to_tend() -> list[TriggerState]:
    wanted = Q(subscription__status="pending") | Q(subscription__has_key="leftover")
    states = TriggerState.objects.across_tenants("subscriptions of every tenant").filter(wanted)
    now = datetime.now(UTC).isoformat()
    return [state for state in states[:200] if state.subscription.get("not_before", "") <= now]


async def _subscribe(state: TriggerState) -> None:
    wanted = state.subscription
    connection = await in_thread(_connection, state, wanted["connection"])
    if connection is None:
        return
    spec = _spec_of(connection)
    assert spec is not None
    # The answer holds the signing secret, which belongs into the vault and not into the ledger.
    order = CallOrder(
        tenant_id=state.tenant_id,
        connection_id=connection.id,
        operation=spec.subscribe,
        inputs={"url": wanted["url"], "events": wanted["events"] or ["*"]},
    )
    try:
        result = await gateway().call(order)
    except IpaasError as error:
        _log.warning("subscribing trigger %s failed: %s", state.id, error.message)
        await in_thread(_not_yet, state, error.message)
        return
    await in_thread(_subscribed, state, spec, result.output)


async def _unsubscribe(state: TriggerState) -> None:
    """Remove the oldest endpoint that is no longer wanted; one that is gone already counts as removed."""
    first, *rest = state.subscription["leftover"]
    connection = await in_thread(_connection, state, first["connection"])
    spec = _spec_of(connection) if connection is not None else None
    if connection is not None and spec is not None and spec.unsubscribe:
        effect = EffectContext(f"unsubscribe:{first['id']}", state.flow_id, state.id, "unsubscribe", 1)
        order = CallOrder(state.tenant_id, connection.id, spec.unsubscribe, {"id": first["id"]}, effect)
        try:
            await gateway().call(order)
        except Rejected as error:
            _log.info("endpoint %s was not removed: %s", first["id"], error.message)
        except IpaasError as error:
            await in_thread(_not_yet, state, error.message)
            return
    await in_thread(_left, state, rest)


def _left(state: TriggerState, leftover: list[dict[str, str]]) -> None:
    others = {name: value for name, value in state.subscription.items() if name not in ("leftover", "not_before")}
    state.subscription = {**others, "leftover": leftover} if leftover else others
    state.save(update_fields=["subscription"])


def _spec_of(connection: Connection) -> SubscriptionSpec | None:
    return registry().get(connection.connector).manifest.triggers["webhook"].subscription


def _connection(state: TriggerState, connection_id: str) -> Connection | None:
    return Connection.objects.of(state.tenant_id).filter(id=connection_id).first()


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
    kept = {
        name: state.subscription[name]
        for name in ("connection", "url", "events", "leftover")
        if name in state.subscription
    }
    state.subscription = {**kept, "status": "active", "id": str(value_at(output, spec.id) or "")}
    state.save(update_fields=["subscription", "sealed"])
    from flows.triggers import routes

    routes.forget(state.token)
