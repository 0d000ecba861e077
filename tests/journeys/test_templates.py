"""Every template beside the first, installed as a person installs it and carried once against the simulated systems."""

from __future__ import annotations

from typing import Any

import requests

from tests.journeys.shop import Shop


def _install(shop: Shop, name: str, **more: str) -> dict[str, Any]:
    """The template, put to work in the sandbox with the demo's connections."""
    rows = {row["connector"]: row["id"] for row in shop.api("GET", "connections/")["items"] if row["simulated"]}
    [found] = [row for row in shop.api("GET", "templates/")["items"] if row["name"] == name]
    bound = {need["alias"]: rows[need["connector"]] for need in found["needs"] if need["connector"] in rows}
    body = {"environment": "sandbox", "connections": {**bound, **more}}
    made: dict[str, Any] = shop.api("POST", f"templates/{name}/install/", body, expect=201)
    return made


def _start(shop: Shop, flow: dict[str, Any], body: Any) -> None:
    """The event, sent by hand; until its run has succeeded."""
    run = shop.api("POST", f"flows/{flow['id']}/run/", {"environment": "sandbox", "body": body}, expect=202)["run"]
    shop.wait(f"{flow['name']} has succeeded", lambda: shop.api("GET", f"runs/{run}/")["status"] == "succeeded")


def _erp_customer(shop: Shop, external_id: str) -> dict[str, Any]:
    found = [row for row in shop.ledger("epicor_kinetic")["Customers"] if row.get("ExternalID") == external_id]
    return found[0] if found else {}


def _metadata(shop: Shop, charge: str) -> dict[str, str]:
    """What Stripe's books say about a charge in its metadata."""
    return _noted(shop, "charges", charge)


def _noted(shop: Shop, book: str, row_id: str) -> dict[str, str]:
    [row] = [row for row in shop.ledger("stripe")[book] if row["id"] == row_id]
    return dict(row["metadata"])


def _ordered(shop: Shop, buyer: str) -> dict[str, Any]:
    """The order of somebody who paid in the shop, made by the demo's own flow, and the charge that paid it."""
    charge = shop.buy(shop.stripe(), buyer)
    shop.wait("the order stands", lambda: bool(shop.orders_by_charge()[charge]))
    shop.wait("Stripe knows the order", lambda: "epicor_order" in _metadata(shop, charge))
    [order] = [row for row in shop.ledger("epicor_kinetic")["SalesOrders"] if row["PONum"] == charge]
    return {"charge": charge, **order}


def test_a_customer_of_stripe_becomes_one_customer_of_epicor_and_both_know_it(shop: Shop) -> None:
    _install(shop, "stripe_customer_to_epicor")

    address = {"line1": "7 Harbour Street", "city": "Bremen", "postal_code": "28195", "country": "DE"}
    made = shop.stripe().v1.customers.create({"name": "Nausicaa Ltd", "email": "N@sea.test", "address": address})  # type: ignore[typeddict-item]

    shop.wait("Epicor has the customer", lambda: bool(_erp_customer(shop, made.id)))
    customer = _erp_customer(shop, made.id)
    assert (customer["Name"], customer["EMailAddress"], customer["City"]) == ("Nausicaa Ltd", "n@sea.test", "Bremen")
    shop.wait(
        "Stripe knows the number",
        lambda: _noted(shop, "customers", made.id).get("epicor_cust_id") == customer["CustID"],
    )


def test_a_refund_is_noted_on_its_order(shop: Shop) -> None:
    _install(shop, "stripe_refund_to_order")
    order = _ordered(shop, "alcinous")

    shop.stripe().v1.refunds.create({"charge": order["charge"], "amount": 1250})

    noted = f"noted on order {order['OrderNum']}"
    shop.wait("Stripe knows it", lambda: _metadata(shop, order["charge"]).get("epicor_refund") == noted)
    [after] = [row for row in shop.ledger("epicor_kinetic")["SalesOrders"] if row["OrderNum"] == order["OrderNum"]]
    assert "Refunded in Stripe: 12.50 USD" in after["OrderComment"]


def test_a_failed_payment_sets_the_credit_hold_and_a_payment_releases_it(shop: Shop) -> None:
    flow = _install(shop, "stripe_failed_payment_hold")
    order = _ordered(shop, "arete")
    customer = shop.stripe().v1.charges.retrieve(order["charge"]).customer
    invoice = {"id": "in_1", "number": "N-0001", "customer": customer, "customer_email": "arete@buyers.test"}

    _start(shop, flow, {"type": "invoice.payment_failed", "data": {"object": invoice}})
    held = _erp_customer(shop, str(customer))["CreditHold"]
    flagged = _noted(shop, "customers", str(customer))["epicor_credit"]
    _start(shop, flow, {"type": "invoice.paid", "data": {"object": invoice}})

    assert (held, flagged) == (True, "on hold since invoice N-0001")
    assert _erp_customer(shop, str(customer))["CreditHold"] is False
    _start(
        shop, flow, {"type": "invoice.paid", "data": {"object": {**invoice, "customer": "cus_0", "customer_email": ""}}}
    )


def test_whoever_asks_for_a_customer_is_answered_at_once(shop: Shop) -> None:
    caller = {
        "connector": "http",
        "name": "Whoever asks",
        "environment": "sandbox",
        "auth_kind": "none",
        "config": {"base_url": "https://shop.test", "signature": "unsigned", "accept_unsigned": True},
        "credential": {},
    }
    asker = shop.api("POST", "connections/", caller, expect=201)["id"]
    flow = _install(shop, "epicor_customer_check", caller=asker)
    address = flow["deployments"][0]["webhook_url"]
    known = next(row for row in shop.ledger("epicor_kinetic")["Customers"] if row.get("EMailAddress"))

    answers = [
        requests.post(address, json=body, timeout=30)
        for body in ({"email": known["EMailAddress"]}, {"email": "nobody@nowhere.test"}, {"mail": "wrong"})
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 422]
    found = answers[0].json()
    assert (found["known"], found["customer_id"], found["name"]) == (True, known["CustID"], known["Name"])
    assert isinstance(found["open_invoices"], int)


def test_a_shipment_is_shown_on_the_charge(shop: Shop) -> None:
    flow = _install(shop, "epicor_shipment_to_stripe")
    order = _ordered(shop, "echeneus")
    record = {"PackNum": 77, "OrderNum": order["OrderNum"], "ShipViaCode": "UPS", "ShipDate": "2026-08-21T00:00:00"}

    _start(shop, flow, {"event": "shipment.shipped", "record": record})

    told = _metadata(shop, order["charge"])
    assert (told["epicor_pack"], told["shipped_on"], told["carrier"]) == ("77", "2026-08-21", "UPS Ground")
