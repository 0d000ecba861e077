"""A shop in front of the product: buys through the simulated Stripe with the official client, reads the ERP's books.

Used by the journey and crash tests. It speaks to a running installation over HTTP alone, with an API token.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import requests
import stripe

from tests.services.product import Product

TENANT = "demo"
PUMP = ("price_hydraulic_pump_usd", 1)
SEALS = ("price_seal_kit_usd", 2)


class Shop:
    """One tenant of one installation, seen from outside."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.token = product.manage("create_token", "--tenant", TENANT, "--email", "admin@demo.test").strip()
        self.web = requests.Session()
        self.web.headers["Authorization"] = f"Bearer {self.token}"

    def api(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """One call of the tenant's API; any other status fails with the answer."""
        url = f"{self.product.url}/api/v1/tenants/{TENANT}/{path}"
        headers = {"Content-Type": "application/json"} if body is not None else {}
        answer = self.web.request(
            method, url, data=None if body is None else orjson.dumps(body), headers=headers, timeout=30
        )
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def stripe(self) -> stripe.StripeClient:
        """The official client, pointed at the simulated Stripe with its fake key."""
        simulated = self.simulated("stripe")
        return stripe.StripeClient(
            simulated["credentials"]["secret_key"],
            base_addresses={"api": simulated["base_url"]},
            max_network_retries=8,
        )

    def simulated(self, system: str) -> dict[str, Any]:
        """Address and fake keys of a simulated system."""
        systems = {row["system"]: row for row in self.api("GET", "sandbox/")["systems"]}
        found: dict[str, Any] = systems[system]
        return found

    def buy(self, client: stripe.StripeClient, name: str, *, items: tuple[tuple[str, int], ...] = (PUMP, SEALS)) -> str:
        """A customer pays a checkout session with these items; the id of the charge. Safe to repeat by name."""
        session = client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [{"price": price, "quantity": quantity} for price, quantity in items],
                "success_url": "https://shop.test/thanks",
                "customer_creation": "always",
            },
            {"idempotency_key": f"session-{name}"},
        )
        details = {"name": f"{name.title()} Buyer", "email": f"{name}@buyers.test"}
        paid = client.raw_request(
            "post",
            f"/v1/test_helpers/checkout/sessions/{session.id}/complete",
            payment_method="pm_card_visa",
            customer_details={**details, "address": _ADDRESS},
            idempotency_key=f"complete-{name}",
        )
        intent = client.v1.payment_intents.retrieve(orjson.loads(paid.body)["payment_intent"])
        assert isinstance(intent.latest_charge, str)
        return intent.latest_charge

    def ledger(self, system: str) -> dict[str, list[dict[str, Any]]]:
        """Everything a simulated system holds, read from its own books."""
        found: dict[str, list[dict[str, Any]]] = self.api("GET", f"sandbox/ledger/{system}/")["collections"]
        return found

    def orders_by_charge(self) -> Counter[str]:
        """How many orders the ERP holds for each charge."""
        return Counter(row["PONum"] for row in self.ledger("epicor_kinetic")["SalesOrders"])

    def receipts_by_charge(self) -> Counter[str]:
        """How many receipts the ERP holds for each charge."""
        return Counter(row["CheckRef"] for row in self.ledger("epicor_kinetic")["CashRecs"])

    def runs(self, query: str = "") -> list[dict[str, Any]]:
        """Every run that the query names, all pages."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.api("GET", f"runs/?limit=200&cursor={cursor}&{query}" if cursor else f"runs/?limit=200&{query}")
            found += page["items"]
            cursor = page["next"]
        return found

    def wait(self, what: str, holds: Callable[[], bool], *, seconds: float = 60) -> None:
        """Ask until it holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"still not true after {seconds:g} s: {what}\n{self.story()}")
            time.sleep(0.25)

    def story(self) -> str:
        """What the runs say of themselves, for a failure's message."""
        lines = [f"{run['id']} {run['status']} {run['business_key']} {run['summary']}" for run in self.runs()[:20]]
        return "\n".join(lines)


def money(value: Any) -> Decimal:
    """An amount out of a book as a Decimal."""
    return Decimal(str(value))


_ADDRESS = {
    "line1": "1 Mill Road",
    "city": "Duluth",
    "state": "MN",
    "postal_code": "55802",
    "country": "US",
}
