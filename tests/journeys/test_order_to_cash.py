"""The main job, end to end: a customer pays through Stripe, the ERP gets a customer, an order and a receipt. Once."""

from __future__ import annotations

import hashlib
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import orjson
import requests

from tests.journeys.shop import Shop, money

SECRET = "whsec_of_an_endpoint_made_by_hand"


def test_a_payment_becomes_one_customer_one_order_and_one_receipt(shop: Shop) -> None:
    charge = shop.buy(shop.stripe(), "penelope")

    shop.wait("the receipt is in the ERP", lambda: shop.receipts_by_charge()[charge] == 1)
    shop.wait("the run has ended", lambda: _run_of(shop, charge)["status"] == "succeeded")

    erp = shop.ledger("epicor_kinetic")
    [order] = [row for row in erp["SalesOrders"] if row["PONum"] == charge]
    [customer] = [row for row in erp["Customers"] if row["EMailAddress"] == "penelope@buyers.test"]
    [receipt] = [row for row in erp["CashRecs"] if row["CheckRef"] == charge]
    lines = [row for row in erp["OrderDtls"] if row["OrderNum"] == order["OrderNum"]]
    assert customer["Name"] == "Penelope Buyer"
    assert order["CustNum"] == customer["CustNum"]
    assert [(row["PartNum"], money(row["SellingQuantity"]), money(row["DocUnitPrice"])) for row in lines] == [
        ("PUMP-100", Decimal(1), Decimal("1299")),
        ("SEAL-415", Decimal(2), Decimal("18.95")),
    ]
    assert money(order["DocOrderAmt"]) == Decimal("1336.90")
    assert money(receipt["DocTranAmt"]) == Decimal("1336.90")
    assert receipt["OrderNum"] == order["OrderNum"]
    [paid] = [row for row in shop.ledger("stripe")["charges"] if row["id"] == charge]
    assert paid["metadata"]["epicor_order"] == str(order["OrderNum"])
    assert _run_of(shop, charge)["summary"] == f"order {order['OrderNum']}, deposit 1336.90 USD"
    assert {row["status"] for row in shop.api("GET", "connections/")["items"]} == {"ok"}


def test_the_identical_event_sent_again_and_again_makes_nothing_twice(shop: Shop) -> None:
    client = shop.stripe()
    charge = shop.buy(client, "odysseus")
    shop.wait("the run has ended", lambda: _run_of(shop, charge)["status"] == "succeeded")
    first = _run_of(shop, charge)["id"]
    raw, url, secret = _delivered(shop, charge)

    answers = [_send(raw, url, secret) for _ in range(5)]
    with ThreadPoolExecutor(10) as pool:
        answers += list(pool.map(lambda _: _send(raw, url, secret), range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["run"] for answer in answers} == {first}
    time.sleep(0.5)
    assert shop.orders_by_charge()[charge] == 1
    assert shop.receipts_by_charge()[charge] == 1
    assert len(shop.runs(f"q={charge}")) == 1


def test_a_forged_unsigned_broken_or_huge_event_is_refused_and_starts_nothing(shop: Shop) -> None:
    charge = shop.buy(shop.stripe(), "calypso")
    shop.wait("the run has ended", lambda: _run_of(shop, charge)["status"] == "succeeded")
    raw, url, secret = _delivered(shop, charge)
    before = len(shop.runs())

    unsigned = requests.post(url, data=raw, timeout=10)
    forged = _send(raw.replace(b"calypso", b"circe00"), url, "whsec_of_somebody_else")
    broken = _send(b'{"id": ', url, secret)
    huge = requests.post(url, data=b"x" * (6 * 1024 * 1024), timeout=30)
    unknown = requests.post(f"{shop.product.url}/hooks/nothing-here", data=raw, timeout=10)

    assert [answer.status_code for answer in (unsigned, forged, broken, huge, unknown)] == [401, 401, 400, 413, 404]
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in (unsigned, broken, huge))
    assert len(shop.runs()) == before


def test_a_part_that_the_erp_refuses_fails_the_run_and_a_replay_after_mending_repeats_nothing(shop: Shop) -> None:
    rows = {row["key"]: row["value"] for row in shop.api("GET", "lookup-tables/stripe_product_to_part/rows/")["items"]}
    shop.api("PATCH", "lookup-tables/stripe_product_to_part/rows/", {"set": {"prod_seal_kit": "NO-SUCH-PART"}})
    charge = shop.buy(shop.stripe(), "telemachus")
    shop.wait("the run has failed", lambda: _run_of(shop, charge)["status"] == "failed")

    failed = _run_of(shop, charge)
    error = failed["error"]
    assert error["class"] == "rejected"
    assert "NO-SUCH-PART" in error["message"]
    assert error["field"] == "OrderDtl.PartNum"
    assert shop.receipts_by_charge()[charge] == 0

    shop.api("PATCH", "lookup-tables/stripe_product_to_part/rows/", {"set": {"prod_seal_kit": rows["prod_seal_kit"]}})
    again = shop.api("POST", f"runs/{failed['id']}/replay/", expect=202)["run"]
    shop.wait("the replay has ended", lambda: shop.api("GET", f"runs/{again}/")["status"] == "succeeded")
    erp = shop.ledger("epicor_kinetic")
    assert shop.orders_by_charge()[charge] == 1
    assert shop.receipts_by_charge()[charge] == 1
    assert len([row for row in erp["Customers"] if row["EMailAddress"] == "telemachus@buyers.test"]) == 1
    [order] = [row for row in erp["SalesOrders"] if row["PONum"] == charge]
    parts = [row["PartNum"] for row in erp["OrderDtls"] if row["OrderNum"] == order["OrderNum"]]
    assert sorted(parts) == ["PUMP-100", "SEAL-415"]


def test_events_that_come_while_a_deployment_is_paused_are_kept_and_run_when_it_is_resumed(shop: Shop) -> None:
    [flow] = shop.api("GET", "flows/")["items"]
    shop.api("POST", f"flows/{flow['id']}/deployments/sandbox/pause/")
    time.sleep(1.2)
    charge = shop.buy(shop.stripe(), "eumaeus")
    shop.wait("the event is kept", lambda: len(shop.runs(f"q={charge}")) == 1)
    time.sleep(0.5)
    assert _run_of(shop, charge)["status"] == "queued"
    assert shop.orders_by_charge()[charge] == 0

    shop.api("POST", f"flows/{flow['id']}/deployments/sandbox/resume/")

    shop.wait("the kept run has ended", lambda: _run_of(shop, charge)["status"] == "succeeded")
    assert shop.orders_by_charge()[charge] == 1


def test_the_facts_of_a_run_show_every_step_call_and_effect_without_a_secret(shop: Shop) -> None:
    charge = shop.buy(shop.stripe(), "nausicaa")
    shop.wait("the run has ended", lambda: _run_of(shop, charge)["status"] == "succeeded")
    run = _run_of(shop, charge)

    entries = shop.api("GET", f"runs/{run['id']}/facts/")
    effects = shop.api("GET", f"effects/?run={run['id']}")["items"]

    facts = [fact for entry in entries["items"] for fact in entry["facts"]]
    assert entries["finished"] is True
    assert [entry["seq"] for entry in entries["items"]] == list(range(1, len(entries["items"]) + 1))
    assert facts[0]["type"] == "run_admitted"
    assert facts[-1]["type"] == "run_finished"
    assert {effect["status"] for effect in effects} == {"done"}
    text = orjson.dumps([entries, effects]).decode()
    secrets = [row["credentials"] for row in shop.api("GET", "sandbox/")["systems"]]
    for value in (secrets[0].get("secret_key"), secrets[0].get("password"), secrets[1].get("secret_key")):
        assert not value or value not in text


def _run_of(shop: Shop, charge: str) -> dict[str, Any]:
    runs = shop.runs(f"q={charge}")
    return runs[0] if runs else {"status": "none", "id": ""}


def _delivered(shop: Shop, charge: str) -> tuple[bytes, str, str]:
    """The event of a charge from Stripe's books, the flow's address, and a secret that its connection accepts."""
    [event] = [
        row
        for row in shop.ledger("stripe")["events"]
        if row["type"] == "charge.succeeded" and row["data"]["object"]["id"] == charge
    ]
    [flow] = shop.api("GET", "flows/")["items"]
    [connection] = [row for row in shop.api("GET", "connections/")["items"] if row["connector"] == "stripe"]
    credential = {"secret_key": shop.simulated("stripe")["credentials"]["secret_key"], "webhook_secret": SECRET}
    shop.api("POST", f"connections/{connection['id']}/rotate/", {"credential": credential})
    time.sleep(1.1)  # other processes notice a changed connection within a second
    return orjson.dumps(event), flow["deployments"][0]["webhook_url"], SECRET


def _send(raw: bytes, url: str, secret: str) -> requests.Response:
    moment = int(time.time())
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={signature}", "Content-Type": "application/json"}
    return requests.post(url, data=raw, headers=headers, timeout=10)


def test_a_removed_flow_takes_its_webhook_endpoint_with_it(shop: Shop) -> None:
    bound = {row["connector"]: row["id"] for row in shop.api("GET", "connections/")["items"]}
    body = {
        "name": "Short-lived",
        "environment": "sandbox",
        "connections": {"stripe": bound["stripe"], "epicor": bound["epicor_kinetic"]},
    }
    flow = shop.api("POST", "templates/stripe_order_to_cash/install/", body, expect=201)
    deployed = shop.api("GET", f"flows/{flow['id']}/")["deployments"][0]
    assert deployed["subscription"]["status"] == "active"
    assert deployed["webhook_url"] in _endpoints(shop)

    shop.api("POST", f"flows/{flow['id']}/deployments/sandbox/pause/")
    shop.api("DELETE", f"flows/{flow['id']}/", expect=204)

    shop.wait("the endpoint is gone", lambda: deployed["webhook_url"] not in _endpoints(shop))


def _endpoints(shop: Shop) -> set[str]:
    return {row["url"] for row in shop.ledger("stripe").get("webhook_endpoints", [])}
