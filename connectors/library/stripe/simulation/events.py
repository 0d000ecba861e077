"""Events: what happened, kept for thirty days and delivered signed to every endpoint that asked for it.

Called by the families after each change. The object in an event is a snapshot in the shape of the version of the
endpoint (deliveries) or of the account (the events API). It never sends anything itself; the host does.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from typing import Any

from connectors.library.stripe.simulation.changes import previous
from connectors.library.stripe.simulation.desk import DEFAULT_VERSION, Desk
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.versions import render
from connectors.sdk.simulator import Delivery

KEPT_SECONDS = 30 * 86400


def emit(desk: Desk, kind: str, subject: Record, before: Record | None = None) -> Record:
    endpoints = [row for row in desk.records.where("webhook_endpoints", "status", "enabled") if _wants(row, kind)]
    event: Record = {
        "id": desk.new_id("evt"),
        "object": "event",
        "api_version": DEFAULT_VERSION,
        "created": desk.now,
        "data": {"object": copy.deepcopy(subject)},
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": desk.request_id, "idempotency_key": desk.idempotency_key},
        "type": kind,
    }
    if before is not None:
        event["data"]["previous_attributes"] = previous(before, subject)
    for endpoint in endpoints:
        desk.records.deliver(_delivery(desk, endpoint, event))
    return desk.save("events", event)


def updated(desk: Desk, kind: str, before: Record, subject: Record) -> None:
    """An event only when something that callers can see is different."""
    if previous(before, subject):
        emit(desk, kind, subject, before)


def shown(desk: Desk, event: Record, version: str) -> dict[str, Any]:
    """The event with its object in the shape of the version."""
    picture = copy.deepcopy(event)
    picture["api_version"] = version
    picture["data"]["object"] = render(picture["data"]["object"], version, desk.records)
    return picture


def _wants(endpoint: Record, kind: str) -> bool:
    return kind in endpoint["enabled_events"] or "*" in endpoint["enabled_events"]


def _delivery(desk: Desk, endpoint: Record, event: Record) -> Delivery:
    picture = shown(desk, event, endpoint["api_version"] or DEFAULT_VERSION)
    body = json.dumps(picture, indent=2, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (simulated)"}
    return Delivery(
        url=endpoint["url"],
        body=body,
        headers=headers,
        event_id=event["id"],
        signing={"secret": endpoint["_secret"], "endpoint": endpoint["id"]},
    )


def signature(secret: str, body: bytes, at: float) -> str:
    """The `Stripe-Signature` value for a body sent at a moment."""
    moment = int(at)
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
