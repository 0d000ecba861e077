"""The door of the simulated Stripe: what the sandbox and the tests hold in their hands.

It joins the front desk, the agenda, the starting data and the signature to the house's simulator contract.
All state lies in the store it is given.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from connectors.library.stripe.simulation import (
    account,
    agenda,
    balance,
    catalog,
    charges,
    checkout,
    credit_notes,
    customers,
    disputes,
    events,
    front,
    invoice_calls,
    invoice_items,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    seeding,
    subscription_calls,
)
from connectors.sdk.simulator import Delivery, SimRequest, SimResponse, Simulator

# Every family registers its paths when it is imported.
FAMILIES = (
    account,
    balance,
    catalog,
    charges,
    checkout,
    credit_notes,
    customers,
    disputes,
    invoice_calls,
    invoice_items,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    subscription_calls,
)
COLLECTIONS = (
    "customers",
    "products",
    "prices",
    "payment_methods",
    "payment_intents",
    "charges",
    "refunds",
    "disputes",
    "checkout_sessions",
    "subscriptions",
    "invoices",
    "invoiceitems",
    "invoice_payments",
    "credit_notes",
    "balance_transactions",
    "payouts",
    "webhook_endpoints",
    "events",
)


class StripeSimulator(Simulator):
    """Stripe's API of 2026-06-24.dahlia, as far as shops and ERPs use it."""

    system: ClassVar[str] = "stripe"

    def handle(self, request: SimRequest) -> SimResponse:
        return front.answer(self.store, request)

    def fault(self, kind: str, request: SimRequest) -> SimResponse:
        request_id = f"req_{self.store.token(14)}"
        headers = {"Content-Type": "application/json", "Request-Id": request_id}
        if kind == "malformed":
            return SimResponse(status=200, body=b'{"object": "charge", "id": "ch_', headers=headers)
        status, error, more = FAULTS.get(kind, FAULTS["server_error"])
        body = json.dumps({"error": error}, indent=2).encode()
        return SimResponse(status=status, body=body, headers=headers | more)

    def seed(self) -> None:
        seeding.seed(self.store)

    def credentials(self) -> dict[str, str]:
        return {"secret_key": front.SECRET_KEY}

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        return {name: [_public(row) for row in self.store.list(name) if _present(row)] for name in COLLECTIONS}

    def sign(self, delivery: Delivery, now: float) -> dict[str, str]:
        return {"Stripe-Signature": events.signature(delivery.signing["secret"], delivery.body, now)}

    def advance(self, seconds: float) -> None:
        agenda.run(self.store)


def _present(row: dict[str, Any]) -> bool:
    return not row.get("_deleted")


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_")}


FAULTS: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = {
    "unauthorized": (
        401,
        {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_test_************"},
        {},
    ),
    "rate_limited": (
        429,
        {
            "type": "invalid_request_error",
            "code": "rate_limit",
            "message": "Request rate limit exceeded. Slow down and try again.",
        },
        {"Retry-After": "2", "Stripe-Rate-Limited-Reason": "endpoint-rate", "Stripe-Should-Retry": "false"},
    ),
    "server_error": (
        500,
        {"type": "api_error", "message": "Something went wrong on the side of Stripe. Try again."},
        {},
    ),
    "key_in_use": (
        409,
        {
            "type": "idempotency_error",
            "code": "idempotency_key_in_use",
            "message": "Another request with this idempotency key is still in progress.",
        },
        {"Stripe-Should-Retry": "true"},
    ),
    "lock_timeout": (
        429,
        {
            "type": "invalid_request_error",
            "code": "lock_timeout",
            "message": "The object is being changed by another request. Try again.",
        },
        {"Stripe-Should-Retry": "true"},
    ),
}
SIMULATOR = StripeSimulator
