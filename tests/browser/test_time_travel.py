"""A real run looked at afterwards: any moment of it, where its values came from, what its replay did differently."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import Person, buy_until, faulty
from tests.journeys.shop import Shop


@pytest.fixture(scope="module")
def sold(shop: Shop) -> dict[str, Any]:
    """A run that became an order and a deposit."""
    return buy_until(shop, "melantho", "succeeded")


def _moment(page: Page) -> Locator:
    return page.get_by_test_id("moment")


def _facts(shop: Shop, run: dict[str, Any]) -> list[dict[str, Any]]:
    return [fact for row in shop.api("GET", f"runs/{run['id']}/facts/")["items"] for fact in row["facts"]]


def _number(facts: list[dict[str, Any]], kind: str, step: str) -> int:
    return next(at for at, fact in enumerate(facts, 1) if (fact["type"], fact.get("step")) == (kind, step))


def test_every_part_of_the_page_shows_the_moment_and_the_address_keeps_it(
    analyst: Person, shop: Shop, sold: dict[str, Any]
) -> None:
    began = _number(_facts(shop, sold), "step_started", "create_order")
    page = analyst.open(f"runs/{sold['id']}?at={began}&step=create_order")

    expect(analyst.node("create_order")).to_have_attribute("data-status", "running")
    expect(analyst.node("create_deposit")).to_have_attribute("data-status", "pending")
    expect(_moment(page)).to_contain_text(re.compile(r"^\d\d:\d\d:\d\d\.\d{3}, .* in: Create the sales order began$"))
    expect(page.get_by_test_id("step-input")).to_be_visible()
    expect(page.get_by_test_id("step-output")).to_have_count(0)
    expect(page.get_by_test_id("run-status")).to_contain_text("then: running")

    page.get_by_test_id("scrubber").press("End")

    expect(analyst.node("create_deposit")).to_have_attribute("data-status", "succeeded")
    expect(page.get_by_test_id("step-output")).to_be_visible()
    expect(page).not_to_have_url(re.compile(r"[?&]at="))


def test_a_run_is_walked_through_and_played_by_keyboard(analyst: Person, shop: Shop, sold: dict[str, Any]) -> None:
    facts = _facts(shop, sold)
    page = analyst.open(f"runs/{sold['id']}")
    scrubber = page.get_by_test_id("scrubber")
    expect(scrubber).to_have_value(str(len(facts)))

    scrubber.press("Home")
    expect(_moment(page)).to_contain_text("the event was accepted")
    scrubber.press("ArrowRight")
    expect(scrubber).to_have_value("2")
    expect(page).to_have_url(re.compile(r"[?&]at=2\b"))
    scrubber.press("Shift+ArrowRight")
    expect(_moment(page)).to_contain_text("Fetch the charge began")
    page.get_by_role("radiogroup", name="Speed").get_by_text("4×").click()
    scrubber.press("Space")

    expect(scrubber).to_have_value(str(len(facts)), timeout=60_000)
    expect(page.get_by_role("button", name="Play it again")).to_be_visible()


def test_a_second_try_is_told_as_one(analyst: Person, shop: Shop) -> None:
    with faulty(shop, "epicor_kinetic", "timeout_after_commit", {"seconds": 1, "path": "*MasterUpdate*"}):
        run = buy_until(shop, "iphthime", "succeeded")
    facts = _facts(shop, run)
    again = next(at for at, fact in enumerate(facts, 1) if fact["type"] == "step_started" and fact["attempt"] == 2)

    page = analyst.open(f"runs/{run['id']}?at={again}&step={facts[again - 1]['step']}")

    expect(_moment(page)).to_contain_text("was tried a second time")
    expect(page.get_by_test_id("step-calls")).to_contain_text("Attempt 1")


def test_a_field_of_the_request_to_epicor_leads_back_to_the_event_of_stripe(
    analyst: Person, sold: dict[str, Any]
) -> None:
    page = analyst.open(f"runs/{sold['id']}?step=create_order")
    request = page.locator("[data-testid^=exchange-]").filter(has_text="POST").filter(has_text="MasterUpdate").first
    request.get_by_role("button").first.click()
    field = request.locator("[data-path='ds.OrderHed[0].PONum']")
    field.focus()
    field.press("Enter")

    links = page.get_by_test_id("chain-link")
    expect(links).to_have_count(6)
    expect(links.first).to_contain_text("Request to Epicor Kinetic")
    expect(links.nth(2)).to_contain_text("Map the order")
    expect(links.last).to_contain_text("The event")
    expect(links.last).to_contain_text("data.object.id")
    expect(links.last).to_contain_text(sold["business_key"])
    expect(page.get_by_test_id("reasons")).to_contain_text("Payment or refund?")
    expect(page.get_by_role("link", name=re.compile("mapping line in the editor"))).to_have_attribute(
        "href", re.compile(r"node=order&field=params%2Frules%2F1$")
    )
    page.reload()
    expect(page.get_by_test_id("chain-link")).to_have_count(6)


def test_a_mapping_line_shows_its_value_after_each_change(analyst: Person, sold: dict[str, Any]) -> None:
    page = analyst.open(f"runs/{sold['id']}?field=input:create_order:OrderDtls/%231/PartNum")

    stages = page.get_by_test_id("stages").first.get_by_role("listitem")
    expect(stages).to_have_text([re.compile("read.*prod_seal_kit"), re.compile("stripe_product_to_part.*SEAL-415")])


def test_a_field_of_the_event_tells_every_request_it_reached(analyst: Person, sold: dict[str, Any]) -> None:
    page = analyst.open(f"runs/{sold['id']}?step=paid")
    page.locator("[data-path='data.object.id']").click()

    reach = page.get_by_test_id("reach")
    for words in ("Create the sales order", "PONum", "Record the deposit", "CheckRef"):
        expect(reach).to_contain_text(words)
    page.get_by_label("Back to the step").click()
    expect(page.get_by_test_id("step-panel")).to_be_visible()


def test_a_link_to_a_mapping_line_opens_its_step_in_the_editor(analyst: Person, sold: dict[str, Any]) -> None:
    page = analyst.open(f"runs/{sold['id']}?field=output:order:PONum")
    page.get_by_role("link", name=re.compile("mapping line in the editor")).first.click()

    expect(page.get_by_label("Form of Map the order")).to_be_visible()


def test_a_run_is_compared_with_its_replay(analyst: Person, shop: Shop, sold: dict[str, Any]) -> None:
    replay = shop.api("POST", f"runs/{sold['id']}/replay/", expect=202)["run"]
    shop.wait("the replay has ended", lambda: shop.api("GET", f"runs/{replay}/")["status"] == "succeeded")
    page = analyst.open(f"runs/{sold['id']}")
    page.get_by_test_id("compare").click()
    expect(page.get_by_role("heading", name="Replays of the same event")).to_be_visible()
    page.get_by_test_id(f"compare-with-{replay}").click()

    expect(page).to_have_url(re.compile(rf"/runs/{sold['id']}/compare/{replay}"))
    expect(page.get_by_test_id("verdict")).to_contain_text("went differently. Both ran version")
    order = page.get_by_test_id("difference-create_order")
    expect(order).to_contain_text("used the first answer again in the second run, nothing was sent")
    order.click()
    expect(page.get_by_test_id("compare-fields")).to_contain_text("Create the sales order")
    expect(analyst.node("create_order")).to_contain_text("used the first answer again")
