"""The first ten minutes: sign in, play the main story, watch it come true, follow the run, find it in the books."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.screens import Person, demo_flow
from tests.journeys.shop import Shop, money

REFUND_BRANCH = {"refunded", "has_order", "hold_order"}
ON_ACCOUNT_BRANCH = {"account_batch", "account_group", "receipt", "create_receipt", "write_receipt_back"}


def test_a_new_analyst_plays_a_sale_and_finds_it_once_in_the_erp(analyst: Person, shop: Shop) -> None:
    before = shop.ledger("epicor_kinetic")
    page = analyst.page

    analyst.go("sandbox")
    page.get_by_test_id("play-stripe_checkout").click()

    checks = page.get_by_test_id("play-checks")
    expect(checks).to_have_attribute("data-status", "finished", timeout=60_000)
    expect(page.get_by_test_id("play-verdict")).to_have_text("Every check holds, read from the systems’ own books.")
    expect(checks.locator("[data-ok]")).to_have_count(7)
    expect(checks.locator("[data-ok='true']")).to_have_count(7)

    page.get_by_test_id("play-run").first.click()

    analyst.run_is("succeeded")
    skipped = REFUND_BRANCH | ON_ACCOUNT_BRANCH
    nodes = {node["id"] for node in demo_flow(shop)["document"]["nodes"]}
    assert skipped < nodes
    for node in sorted(nodes):
        tone = ("skipped", "idle") if node in skipped else ("succeeded", "good")
        expect(analyst.node(node)).to_have_attribute("data-status", tone[0])
        expect(analyst.node(node)).to_have_attribute("data-tone", tone[1])

    after = shop.ledger("epicor_kinetic")
    [customer] = _added(before, after, "Customers")
    [order] = _added(before, after, "SalesOrders")
    [receipt] = _added(before, after, "CashRecs")
    lines = [row for row in after["OrderDtls"] if row["OrderNum"] == order["OrderNum"]]
    assert customer["Name"] == "Penelope Carter"
    assert order["CustNum"] == customer["CustNum"]
    assert sorted((row["PartNum"], money(row["SellingQuantity"]), money(row["DocUnitPrice"])) for row in lines) == [
        ("PUMP-100", money(1), money("1299")),
        ("SEAL-415", money(2), money("18.95")),
    ]
    assert money(order["DocOrderAmt"]) == money("1336.90")
    assert money(receipt["DocTranAmt"]) == money("1336.90")
    assert receipt["OrderNum"] == order["OrderNum"]


def _added(before: dict[str, list], after: dict[str, list], collection: str) -> list[dict]:
    return [row for row in after[collection] if row not in before[collection]]
