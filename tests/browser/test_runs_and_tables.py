"""Finding runs and mending them: search kept in the address, a failed run explained, its table mended, replayed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Person, buy_until
from tests.journeys.shop import Shop

TABLE = "stripe_product_to_part"
ROW = "Part number of prod_seal_kit"
KEY = "prod_seal_kit"


@pytest.fixture
def parts(shop: Shop) -> Iterator[dict[str, str]]:
    """The rows of the parts table, which are put back afterwards."""
    rows = {row["key"]: row["value"] for row in shop.api("GET", f"lookup-tables/{TABLE}/rows/")["items"]}
    yield rows
    shop.api("PATCH", f"lookup-tables/{TABLE}/rows/", {"set": rows})


def test_runs_are_found_by_business_key_and_the_address_keeps_the_search(analyst: Person, shop: Shop) -> None:
    wanted = buy_until(shop, "eumelus", "succeeded")
    other = buy_until(shop, "antinous", "succeeded")
    page = analyst.open("runs")
    expect(page.get_by_test_id(f"run-row-{other['id']}")).to_be_visible()

    page.get_by_test_id("runs-search").fill(wanted["business_key"])

    expect(page.get_by_test_id(f"run-row-{other['id']}")).to_have_count(0)
    expect(page.get_by_test_id(f"run-row-{wanted['id']}")).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={wanted['business_key']}"))
    page.reload()
    expect(page.get_by_test_id("runs-search")).to_have_value(wanted["business_key"])
    expect(page.locator("[data-testid^=run-row-]")).to_have_count(1)


def test_a_search_without_a_hit_says_so_and_its_filters_can_be_cleared(analyst: Person, shop: Shop) -> None:
    run = buy_until(shop, "halitherses", "succeeded")
    page = analyst.open("runs?q=ch_of_nobody")

    expect(page.get_by_test_id("empty-state")).to_contain_text("No run matches these filters")
    page.get_by_role("button", name="Clear the filters").click()

    expect(page.get_by_test_id(f"run-row-{run['id']}")).to_be_visible()
    expect(page).not_to_have_url(re.compile("q="))
    expect(page.get_by_test_id("runs-search")).to_have_value("")


def test_a_broken_row_fails_the_run_in_epicors_words_and_a_mended_one_lets_the_replay_succeed(
    analyst: Person, shop: Shop, parts: dict[str, str]
) -> None:
    page = analyst.open(f"tables/{TABLE}")
    _write_row(analyst, "NO-SUCH-PART")
    assert _row(shop) == "NO-SUCH-PART"

    failed = buy_until(shop, "eurymachus", "failed")
    analyst.open("runs")
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name="Failed").click()
    expect(page).to_have_url(re.compile("status=failed"))
    page.keyboard.press("Escape")
    page.get_by_test_id(f"run-row-{failed['id']}").get_by_role("link").click()

    analyst.run_is("failed")
    error = page.get_by_test_id("run-error")
    expect(error).to_contain_text("NO-SUCH-PART")
    expect(error).to_contain_text("OrderDtl.PartNum")
    expect(analyst.node("create_order")).to_have_attribute("data-status", "failed")

    analyst.go("tables")
    page.get_by_test_id(f"table-row-{TABLE}").get_by_role("link").click()
    _write_row(analyst, parts["prod_seal_kit"])
    analyst.open(f"runs/{failed['id']}")
    page.get_by_test_id("replay").click()

    expect(page).not_to_have_url(re.compile(failed["id"]))
    analyst.run_is("succeeded")
    expect(analyst.node("create_order")).to_have_attribute("data-status", "succeeded")
    expect(page.get_by_role("link", name="the first run")).to_have_attribute("href", re.compile(failed["id"]))
    charge = failed["business_key"]
    assert shop.orders_by_charge()[charge] == 1
    assert shop.receipts_by_charge()[charge] == 1


def _write_row(person: Person, value: str) -> None:
    page = person.page
    row = page.get_by_role("row").filter(has_text=KEY)
    row.get_by_role("gridcell").nth(1).dblclick()
    page.get_by_label(ROW, exact=True).fill(value)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 not saved")).to_be_visible()
    page.get_by_test_id("save-rows").click()
    expect(page.get_by_test_id("unsaved")).to_have_count(0)


def _row(shop: Shop) -> str:
    rows = shop.api("GET", f"lookup-tables/{TABLE}/rows/")["items"]
    [value] = [row["value"] for row in rows if row["key"] == "prod_seal_kit"]
    return str(value)
