"""Mapping as an analyst does it: an Epicor order with its lines from a Stripe basket, by dragging and by keyboard.

The values on screen are the server's; one test holds them against what a real run made of the same event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.screens import Person, buy_until, demo_flow, flow_called
from tests.journeys.shop import Shop

LINES = "steps.session.line_items.data"
PRICE = f"{LINES}[].price.unit_amount"


@pytest.fixture
def unmapped(analyst: Person, shop: Shop, request: pytest.FixtureRequest) -> Page:
    """The mapper of the demo's order step in a flow of its own, with no rule yet."""
    document = demo_flow(shop)["document"]
    [order] = [node for node in document["nodes"] if node["id"] == "order"]
    order["params"]["rules"] = []
    flow = shop.api("POST", "flows/", {"name": request.node.name, "document": document}, expect=201)
    return _opened(analyst, flow["id"])


def test_an_order_with_its_lines_is_mapped_by_dragging(
    unmapped: Page, shop: Shop, request: pytest.FixtureRequest
) -> None:
    page = unmapped
    missing = page.get_by_test_id("required-missing")
    expect(missing).to_have_attribute("data-count", "4")

    _drag(page, LINES, "OrderDtls")
    expect(page.get_by_test_id("drop-choice")).to_contain_text("Quantity")
    page.get_by_test_id("map-pairs").click()
    expect(_row(page, "OrderDtls[].SellingQuantity")).to_contain_text("2, 5")
    expect(missing).to_have_attribute("data-count", "3")

    _drag(page, PRICE, "OrderDtls[].DocUnitPrice")
    expect(page.get_by_test_id("field-value")).to_contain_text("129900, 1895")
    page.get_by_test_id("fix-OrderDtls[].DocUnitPrice").click()
    expect(page.get_by_test_id("field-value")).to_contain_text("1299, 18.95")

    _drag(page, "steps.charge.id", "PONum")
    _drag(page, "steps.erp_customer.CustNum", "CustNum")
    _drag(page, f"{LINES}[].price.product.id", "OrderDtls[].PartNum")
    expect(missing).to_have_attribute("data-count", "0")
    _look_up(page, "Stripe product to Epicor part")
    expect(page.get_by_test_id("field-value")).to_contain_text("PUMP-100, SEAL-415")

    page.get_by_label("Close the mapper").click()
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")
    rules = _rules(flow_called(shop, request.node.name))
    assert rules["OrderDtls[].DocUnitPrice"] == {
        "target": "OrderDtls[].DocUnitPrice",
        "source": PRICE,
        "transforms": [{"fn": "minor_to_decimal", "currency": f"{LINES}[].price.currency"}],
    }
    assert rules["OrderDtls[].PartNum"]["transforms"] == [{"fn": "lookup", "table": "stripe_product_to_part"}]
    assert rules["PONum"] == {"target": "PONum", "source": "steps.charge.id"}


def test_a_field_is_mapped_undone_and_emptied_by_keyboard_alone(unmapped: Page) -> None:
    page = unmapped
    said = page.get_by_test_id("mapper-said")
    row = page.get_by_test_id("target-PONum")

    page.get_by_label("Search what earlier steps give").focus()
    page.keyboard.type("charge id")
    _walk_to(page, "source", "steps.charge.id")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("is taken")
    _walk_to(page, "target", "PONum")
    page.keyboard.press("Enter")
    expect(said).to_have_text("PO number is filled from Fetch the charge › Charge ID.")
    expect(row).to_contain_text("from Fetch the charge › Charge ID")
    expect(row).to_contain_text("ch_")

    page.keyboard.press("Control+z")
    expect(said).to_contain_text("Undone")
    expect(row).to_contain_text("not filled")
    page.keyboard.press("Control+Shift+z")
    expect(row).to_contain_text("from Fetch the charge › Charge ID")

    page.keyboard.press("Delete")
    expect(said).to_have_text("PO number is no longer filled.")
    page.keyboard.press("n")
    expect(said).to_contain_text("is required and not filled")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("mapper")).to_have_count(0)


def test_two_fields_are_joined_into_one_and_a_transform_is_chosen_from_the_catalogue(unmapped: Page) -> None:
    page = unmapped
    _drag(page, "steps.charge.currency", "OrderComment")
    _drag(page, "steps.charge.status", "OrderComment")
    page.get_by_test_id("drop-join").click()
    value = page.get_by_test_id("field-value")
    expect(value).to_contain_text("usd succeeded")

    page.get_by_test_id("add-transform").click()
    page.get_by_label("Search transforms").fill("capitals")
    page.get_by_test_id("catalogue-upper").click()

    expect(value).to_contain_text("USD SUCCEEDED")
    expect(page.get_by_test_id("transform-concat")).to_contain_text("→ usd succeeded")
    expect(page.get_by_test_id("transform-upper")).to_contain_text("→ USD SUCCEEDED")


def test_suggestions_are_accepted_above_a_score_and_taken_back_at_once(unmapped: Page) -> None:
    page = unmapped
    page.get_by_test_id("offers").click()
    page.get_by_test_id("accept-offers").click()
    expect(page.get_by_test_id("mapper-said")).to_contain_text("accepted")
    expect(page.get_by_test_id("mapper")).not_to_contain_text("0 fields mapped")

    page.get_by_role("dialog").get_by_label("Undo", exact=True).click()

    expect(page.get_by_test_id("mapper")).to_contain_text("0 fields mapped")
    expect(page.get_by_test_id("offers")).to_be_visible()


def test_the_preview_is_what_a_real_run_made_of_the_same_event(analyst: Person, shop: Shop) -> None:
    run = buy_until(shop, "telemachus", "succeeded")
    facts = [fact for entry in shop.api("GET", f"runs/{run['id']}/facts/")["items"] for fact in entry["facts"]]
    [made] = [fact["output"] for fact in facts if fact["type"] == "step_succeeded" and fact["step"] == "order"]
    flow = demo_flow(shop)
    shop.api("POST", f"flows/{flow['id']}/samples/take/", {"run": run["id"]})

    with analyst.page.expect_response(_previews("order")) as asked:
        page = _opened(analyst, flow["id"])

    assert asked.value.json()["output"] == made
    expect(page.get_by_test_id("mapper-result")).to_contain_text(made["PONum"])
    expect(_row(page, "DocOrderAmt")).to_contain_text(str(made["DocOrderAmt"]))


def _opened(person: Person, flow: str) -> Page:
    page = person.open(f"flows/{flow}")
    person.edit("order")
    page.get_by_test_id("open-mapper").click()
    expect(page.locator("[data-tree=target] [role=row]").first).to_be_visible()
    expect(page.get_by_test_id("mapper")).not_to_have_attribute("data-asking", "true")
    return page


def _previews(step: str) -> Callable[[Response], bool]:
    """Answers about this step as a whole."""

    def answers(response: Response) -> bool:
        asked: Any = response.request.post_data_json if response.url.endswith("/preview/") else None
        return bool(asked) and asked["node"] == step and bool(response.json().get("rows"))

    return answers


def _row(page: Page, target: str) -> Locator:
    """The row of a target, found by searching for it."""
    page.get_by_label("Search fields to fill").fill(target.split(".")[-1])
    return page.get_by_test_id(f"target-{target}")


def _drag(page: Page, source: str, target: str) -> None:
    """With the pointer, from one tree to the other."""
    page.get_by_label("Search what earlier steps give").fill(source.split(".")[-1])
    start = page.get_by_test_id(f"source-{source}")
    end = _row(page, target)
    start.scroll_into_view_if_needed()
    a, b = start.bounding_box(), end.bounding_box()
    assert a
    assert b
    page.mouse.move(a["x"] + 90, a["y"] + 16)
    page.mouse.down()
    page.mouse.move(a["x"] + 160, a["y"] + 20, steps=3)
    page.mouse.move(b["x"] + 80, b["y"] + 16, steps=4)
    page.mouse.up()


def _look_up(page: Page, table: str) -> None:
    page.get_by_test_id("way").click()
    page.get_by_role("option", name="A lookup table").click()
    page.get_by_role("combobox", name="Looked up in").click()
    page.get_by_role("option", name=table).click()


def _walk_to(page: Page, side: str, path: str) -> None:
    """With the arrow keys, until the tree names this row as its active one."""
    tree = page.locator(f"[data-tree={side}]")
    tree.focus()
    page.keyboard.press("Home")
    for _ in range(60):
        if page.locator(f"[data-tree={side}] [data-active]").get_attribute("data-testid") == f"{side}-{path}":
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"The arrow keys never came to {path}.")


def _rules(flow: dict[str, Any]) -> dict[str, Any]:
    [order] = [node for node in flow["document"]["nodes"] if node["id"] == "order"]
    return {rule["target"]: rule for rule in order["params"]["rules"]}
