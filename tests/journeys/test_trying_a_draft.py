"""A draft is tried before it is published: against the simulated systems, step by step, and with recorded tests."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.journeys.shop import Shop, money

ORDER_TO_CASH = "Stripe order to cash in Epicor Kinetic"


def _flow(shop: Shop) -> dict[str, Any]:
    [found] = [row for row in shop.api("GET", "flows/")["items"] if row["name"] == ORDER_TO_CASH]
    flow: dict[str, Any] = shop.api("GET", f"flows/{found['id']}/")
    return flow


def _paid(shop: Shop, buyer: str) -> tuple[dict[str, Any], str]:
    """The flow with the event of a payment as its trigger's sample, and the charge."""
    flow = _flow(shop)
    charge = shop.buy(shop.stripe(), buyer)
    shop.wait("the run has ended", lambda: _summary(shop, flow, charge) != "")
    [event] = [row for row in shop.api("GET", f"flows/{flow['id']}/events/")["items"] if row["business_key"] == charge]
    shop.api("POST", f"flows/{flow['id']}/samples/take/", {"event": event["id"]})
    return flow, charge


def _summary(shop: Shop, flow: dict[str, Any], charge: str) -> str:
    found = shop.api("GET", f"runs/?flow={flow['id']}&q={charge}&status=succeeded")["items"]
    return found[0]["summary"] if found else ""


def _try(shop: Shop, flow: dict[str, Any], mode: str, step: str = "", expect: int = 202) -> Any:
    wanted = {"mode": mode, "step": step, "environment": "sandbox"}
    return shop.api("POST", f"flows/{flow['id']}/test-step/", wanted, expect=expect)


def _ended(shop: Shop, run: str) -> dict[str, Any]:
    shop.wait("the trial has ended", lambda: shop.api("GET", f"runs/{run}/")["status"] not in ("queued", "running"))
    found: dict[str, Any] = shop.api("GET", f"runs/{run}/")
    return found


def _samples(shop: Shop, flow: dict[str, Any]) -> dict[str, Any]:
    return {row["step"]: row for row in shop.api("GET", f"flows/{flow['id']}/samples/")["items"]}


def _kept(shop: Shop, flow: dict[str, Any], buyer: str) -> str:
    """A payment whose event is kept while the flow at work is paused, as the trigger's sample; the charge."""
    shop.api("POST", f"flows/{flow['id']}/deployments/sandbox/pause/")
    charge = shop.buy(shop.stripe(), buyer)
    shop.wait("the event is kept", lambda: shop.api("GET", f"runs/?q={charge}")["items"] != [])
    [kept] = shop.api("GET", f"runs/?q={charge}")["items"]
    event = shop.api("GET", f"runs/{kept['id']}/")["event"]["id"]
    shop.api("POST", f"flows/{flow['id']}/samples/take/", {"event": event})
    return charge


def test_a_whole_trial_makes_in_the_books_what_the_flow_would_make_and_shows_nowhere(shop: Shop) -> None:
    flow = _flow(shop)
    charge = _kept(shop, flow, "eumaeus")
    before = len(shop.runs())

    run = _ended(shop, _try(shop, flow, "whole")["run"])

    erp = shop.ledger("epicor_kinetic")
    [order] = [row for row in erp["SalesOrders"] if row["PONum"] == charge]
    [receipt] = [row for row in erp["CashRecs"] if row["CheckRef"] == charge]
    lines = [row for row in erp["OrderDtls"] if row["OrderNum"] == order["OrderNum"]]
    assert (run["status"], run["trial"], run["business_key"]) == ("succeeded", True, charge)
    assert run["summary"] == f"order {order['OrderNum']}, deposit 1336.90 USD"
    assert [(row["PartNum"], money(row["SellingQuantity"])) for row in lines] == [("PUMP-100", 1), ("SEAL-415", 2)]
    assert money(order["DocOrderAmt"]) == money(receipt["DocTranAmt"]) == Decimal("1336.90")
    assert _samples(shop, flow)["create_order"]["value"]["OrderNum"] == order["OrderNum"]
    assert len(shop.runs()) == before
    assert run["id"] in [row["id"] for row in shop.runs("trial=true")]
    assert _flow(shop)["latest_version"] == flow["latest_version"]
    shop.api("POST", f"flows/{flow['id']}/deployments/sandbox/resume/")
    shop.wait("the kept run has ended", lambda: _summary(shop, flow, charge) != "")


def test_up_to_a_step_what_is_pinned_answers_instead_of_the_erp(shop: Shop) -> None:
    flow, charge = _paid(shop, "philoetius")
    pin = f"flows/{flow['id']}/samples/create_order/"
    shop.api("PUT", pin, {"value": {"OrderNum": 424242}, "pinned": True})

    started = _try(shop, flow, "up_to", "deposit")
    run = _ended(shop, started["run"])
    shop.api("DELETE", pin, expect=204)

    assert run["status"] == "succeeded"
    assert started["answered"] == ["create_order", "paid"]
    assert _samples(shop, flow)["deposit"]["value"]["OrderNum"] == 424242
    assert shop.orders_by_charge()[charge] == 1


def test_a_look_shows_the_request_to_the_erp_and_sends_nothing(shop: Shop) -> None:
    flow, charge = _paid(shop, "laertes")
    _ended(shop, _try(shop, flow, "up_to", "order")["run"])
    secrets = [str(value) for value in shop.simulated("epicor_kinetic")["credentials"].values()]

    exchanges = _try(shop, flow, "look", "create_order", expect=200)["exchanges"]

    assert exchanges != []
    assert shop.simulated("epicor_kinetic")["base_url"] in exchanges[0]["url"]
    assert not any(secret in orjson.dumps(exchanges).decode() for secret in secrets if len(secret) > 8)
    assert shop.orders_by_charge()[charge] == 1


def test_a_recorded_trial_finds_what_a_changed_mapping_breaks(shop: Shop, tmp_path: Path) -> None:
    flow, charge = _paid(shop, "mentor")
    run = _ended(shop, _try(shop, flow, "whole")["run"])["id"]
    made = shop.api("POST", f"flows/{flow['id']}/tests/", {"name": "A sale", "run": run}, expect=201)
    play = f"flows/{flow['id']}/tests/run/"
    orders = shop.orders_by_charge()[charge]

    [unchanged] = shop.api("POST", play, {"tests": [made["id"]]})["results"]
    changed = _with_other_order_date(flow["document"])
    shop.api("PATCH", f"flows/{flow['id']}/", {"document": changed})
    [broken] = shop.api("POST", play, {"tests": [made["id"]]})["results"]
    file = tmp_path / "order_to_cash.json"
    shop.product.manage("export_flow", flow["id"], "--file", str(file))
    with pytest.raises(RuntimeError) as ended:
        shop.product.manage("test_flow", str(file))
    shop.api("PATCH", f"flows/{flow['id']}/", {"document": flow["document"]})
    shop.product.manage("export_flow", flow["id"], "--file", str(file))
    told = shop.product.manage("test_flow", str(file))
    shop.api("DELETE", f"flows/{flow['id']}/tests/{made['id']}/", expect=204)

    assert unchanged["ok"] is True, unchanged
    assert broken["ok"] is False
    assert "/steps/create_order/input/OrderDate" in [row["pointer"] for row in broken["differences"]]
    assert "FAIL A sale" in str(ended.value)
    assert "/steps/create_order/input/OrderDate" in str(ended.value)
    assert told == "ok   A sale\n1 of 1 tests passed\n"
    assert shop.orders_by_charge()[charge] == orders


def _with_other_order_date(document: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = orjson.loads(orjson.dumps(document))
    [order] = [node for node in changed["nodes"] if node["id"] == "order"]
    [rule] = [rule for rule in order["params"]["rules"] if rule["target"] == "OrderDate"]
    rule.clear()
    rule.update(target="OrderDate", value="2020-02-02")
    return changed


def test_a_draft_listens_at_an_address_of_its_own_that_stripe_is_asked_to_send_to(shop: Shop) -> None:
    document = _flow(shop)["document"]
    draft = shop.api("POST", "flows/", {"name": "A copy", "document": document}, expect=201)
    before = _endpoints(shop)

    begun = shop.api("POST", f"flows/{draft['id']}/listening/", {"environment": "sandbox"}, expect=201)
    asked = _endpoints(shop)
    charge = shop.buy(shop.stripe(), "theoclymenus")
    path = f"flows/{draft['id']}/listening/{begun['id']}/"
    shop.wait("the event is heard", lambda: shop.api("GET", path)["state"] == "heard")
    heard = shop.api("GET", path)["event"]

    assert begun["hint"] == "Stripe sends its next event here. Make something happen there."
    assert [url for url in asked if url not in before] == [begun["address"]]
    assert (heard["run"], heard["body"]["data"]["object"]["id"]) == (None, charge)
    assert _samples(shop, draft)["paid"]["value"] == heard["body"]
    shop.wait("Stripe no longer sends there", lambda: _endpoints(shop) == before)
    assert shop.runs(f"flow={draft['id']}") == []
    shop.api("DELETE", f"flows/{draft['id']}/", expect=204)


def _endpoints(shop: Shop) -> list[str]:
    return [row["url"] for row in shop.ledger("stripe")["webhook_endpoints"]]
