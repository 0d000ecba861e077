"""A simulated Stripe in memory and the scenes that tests and samples are made of.

Clock and ids are fixed, so every run gives the same objects. Run as a module, it writes the sample events anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from connectors.library.stripe.simulation.desk import Desk
from connectors.library.stripe.simulation.events import emit
from connectors.library.stripe.simulation.records import Records
from connectors.library.stripe.simulator import SIMULATOR
from connectors.sdk.manifest import load_manifest
from connectors.sdk.simulator import MemoryStore, SimRequest, SimResponse
from connectors.sdk.values import form_pairs

START = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
SAMPLES = Path(__file__).parent.parent / "samples"
HOOK = "https://ipaas.example/hooks/stripe"
DAY = 86400
BUYER = {
    "email": "rosa.keller@keller-maschinen.example",
    "name": "Rosa Keller",
    "phone": "+12165550142",
    "address": {
        "line1": "1200 Canal Street",
        "city": "Cleveland",
        "state": "OH",
        "postal_code": "44113",
        "country": "US",
    },
}
ITEMS = [{"price": "price_hydraulic_pump_usd", "quantity": 2}, {"price": "price_seal_kit_usd", "quantity": 5}]


class Shop:
    """Calls the simulated API the way a client does, without a network."""

    def __init__(self, seed: int = 7, now: Callable[[], datetime] = lambda: START) -> None:
        self.store = MemoryStore(now, seed)
        self.simulator = SIMULATOR(self.store)
        self.simulator.seed()
        self.headers = {"authorization": f"Bearer {self.simulator.credentials()['secret_key']}"}

    def send(
        self,
        method: str,
        path: str,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> SimResponse:
        pairs = tuple(form_pairs(fields or {}))
        reading = method == "GET"
        return self.simulator.handle(
            SimRequest(
                method,
                path,
                query=pairs if reading else (),
                headers=self.headers | dict(headers or {}),
                body=b"" if reading else urlencode(pairs).encode(),
            )
        )

    def get(self, path: str, **fields: Any) -> Any:
        return _good(self.send("GET", path, fields))

    def post(self, path: str, **fields: Any) -> Any:
        return _good(self.send("POST", path, fields))

    def delete(self, path: str) -> Any:
        return _good(self.send("DELETE", path))

    def refused(self, method: str, path: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        answer = self.send(method, path, fields)
        assert answer.status >= 400, answer.body
        return answer.status, json.loads(answer.body)["error"]

    def listen(self, *kinds: str) -> dict[str, Any]:
        return self.post("/v1/webhook_endpoints", url=HOOK, enabled_events=list(kinds or ("*",)))

    def wait(self, seconds: float) -> None:
        self.store.advance(seconds)
        self.simulator.advance(seconds)

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(delivery.body) for delivery in self.store.deliveries]

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.heard()]

    def forget(self) -> None:
        self.store.deliveries.clear()

    def session(self, **fields: Any) -> dict[str, Any]:
        given = {"mode": "payment", "success_url": "https://shop.example/thanks", "line_items": ITEMS}
        return self.post("/v1/checkout/sessions", **(given | fields))

    def complete(self, session_id: str, **fields: Any) -> dict[str, Any]:
        path = f"/v1/test_helpers/checkout/sessions/{session_id}/complete"
        return self.post(path, **({"customer_details": BUYER} | fields))

    def buy(self, **fields: Any) -> dict[str, Any]:
        return self.complete(self.session(**({"customer_creation": "always"} | fields))["id"])

    def pay(self, method: str = "pm_card_visa", **fields: Any) -> dict[str, Any]:
        given = {"amount": 5000, "currency": "usd", "payment_method": method, "confirm": True}
        return self.post("/v1/payment_intents", **(given | fields))

    def subscriber(self, method: str = "pm_card_visa") -> dict[str, Any]:
        customer = self.post("/v1/customers", name="Keller Maschinen", email=BUYER["email"], payment_method=method)
        methods = self.get(f"/v1/customers/{customer['id']}/payment_methods")["data"]
        settings = {"default_payment_method": methods[0]["id"]}
        return self.post(f"/v1/customers/{customer['id']}", invoice_settings=settings)


def _good(answer: SimResponse) -> Any:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def sample_events() -> dict[str, dict[str, Any]]:
    """One event of each kind, as it is delivered."""
    shop = Shop()
    shop.listen()
    for scene in (_catalog, _checkout, _payments, _refunds, _disputes, _billing, _payouts, _goodbye):
        scene(shop)
    first: dict[str, dict[str, Any]] = {}
    for event in shop.heard():
        first.setdefault(event["type"], event)
    return first


def _catalog(shop: Shop) -> None:
    product = shop.post("/v1/products", name="Pressure sensor PS-810", metadata={"erp_part_number": "SENSOR-810"})
    shop.post(f"/v1/products/{product['id']}", description="0-400 bar, 4-20 mA")
    price = shop.post("/v1/prices", product=product["id"], currency="usd", unit_amount=15900)
    shop.post(f"/v1/prices/{price['id']}", nickname="List price")
    shop.delete(f"/v1/products/{shop.post('/v1/products', name='Discontinued')['id']}")


def _checkout(shop: Shop) -> None:
    data = {"metadata": {"shop_order": "W-10042"}}
    bought = shop.buy(payment_intent_data=data, metadata={"shop_order": "W-10042"}, client_reference_id="W-10042")
    charge = shop.get(f"/v1/payment_intents/{bought['payment_intent']}")["latest_charge"]
    shop.post(f"/v1/charges/{charge}", metadata={"epicor_order": "100482"})
    shop.post(f"/v1/customers/{bought['customer']}", metadata={"epicor_cust_id": "KELLER"})
    shop.post(f"/v1/checkout/sessions/{shop.session()['id']}/expire")
    shop.complete(shop.session()["id"], payment_method="pm_usBankAccount_success")
    shop.complete(shop.session()["id"], payment_method="pm_usBankAccount_insufficientFunds")


def _payments(shop: Shop) -> None:
    held = shop.pay(capture_method="manual")
    shop.post(f"/v1/payment_intents/{held['id']}/capture", amount_to_capture=4500)
    shop.refused("POST", "/v1/payment_intents", amount=5000, currency="usd", confirm=True, payment_method=BROKE)
    waiting = shop.post("/v1/payment_intents", amount=7500, currency="eur")
    shop.post(f"/v1/payment_intents/{waiting['id']}/cancel", cancellation_reason="abandoned")


BROKE = "pm_card_chargeDeclinedInsufficientFunds"


def _refunds(shop: Shop) -> None:
    paid = shop.pay(amount=12000)
    refund = shop.post("/v1/refunds", payment_intent=paid["id"], amount=2000, reason="requested_by_customer")
    shop.post(f"/v1/refunds/{refund['id']}", metadata={"rma": "RMA-77"})
    shop.post("/v1/refunds", payment_intent=shop.pay("pm_card_refundFail")["id"])


def _disputes(shop: Shop) -> None:
    shop.pay("pm_card_createDispute", amount=8800)
    dispute = shop.get("/v1/disputes")["data"][0]
    evidence = {"product_description": "Hydraulic hose", "uncategorized_text": "winning_evidence"}
    shop.post(f"/v1/disputes/{dispute['id']}", evidence=evidence)


def _billing(shop: Shop) -> None:
    customer = shop.subscriber()
    plan = [{"price": "price_service_plan_usd_monthly", "quantity": 1}]
    shop.post("/v1/subscriptions", customer=customer["id"], items=plan)
    invoice = shop.post("/v1/invoices", customer=customer["id"], collection_method="send_invoice", days_until_due=30)
    shop.post("/v1/invoiceitems", customer=customer["id"], invoice=invoice["id"], amount=45000, currency="usd")
    shop.post(f"/v1/invoices/{invoice['id']}/finalize")
    note = shop.post("/v1/credit_notes", invoice=invoice["id"], amount=5000, reason="order_change")
    shop.post(f"/v1/credit_notes/{note['id']}/void")
    shop.post(f"/v1/invoices/{invoice['id']}/void")
    cheap = shop.post("/v1/invoices", customer=customer["id"])
    shop.post("/v1/invoiceitems", customer=customer["id"], invoice=cheap["id"], amount=9000, currency="usd")
    shop.post(f"/v1/invoices/{cheap['id']}/finalize")
    paid = shop.pay(amount=10000, customer=customer["id"])
    shop.post(f"/v1/invoices/{cheap['id']}/attach_payment", payment_intent=paid["id"])
    late = shop.subscriber("pm_card_chargeCustomerFail")
    shop.post("/v1/subscriptions", customer=late["id"], items=plan)


def _payouts(shop: Shop) -> None:
    shop.wait(4 * DAY)
    shop.pay("pm_card_bypassPending", amount=90000)
    shop.post("/v1/payouts", amount=1000, currency="usd", destination="ba_1SimulatedClosed")
    shop.wait(2 * DAY)


def _goodbye(shop: Shop) -> None:
    subscription = shop.get("/v1/subscriptions", status="active")["data"][0]
    shop.delete(f"/v1/subscriptions/{subscription['id']}")
    shop.delete(f"/v1/customers/{subscription['customer']}")
    # Prices are deleted in the dashboard only; there is no call to do it with.
    records = Records(shop.store)
    desk = Desk(records, int(shop.store.now().timestamp()))
    emit(desk, "price.deleted", desk.need("prices", "price", "price_seal_kit_jpy"))
    records.flush()


def sample_text(event: Mapping[str, Any]) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False) + "\n"


def _write() -> None:
    told = load_manifest(SAMPLES.parent).triggers["webhook"].events
    for kind, event in sample_events().items():
        if kind in told:
            (SAMPLES / f"{kind}.json").write_text(sample_text(event), "utf-8")


if __name__ == "__main__":
    _write()
