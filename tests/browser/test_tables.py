"""Lookup tables as people keep them: typed and pasted like a spreadsheet, imported, restored, saved by two at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Person
from tests.browser.watching import Watch
from tests.journeys.shop import Shop

NAME = "weights"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def weights(shop: Shop) -> Iterator[str]:
    """A table of three rows, which is gone afterwards; its page."""
    body = {"name": NAME, "title": "Weights", "key_title": "Part", "value_title": "Kilograms"}
    shop.api("POST", "lookup-tables/", body, expect=201)
    shop.api("PATCH", f"lookup-tables/{NAME}/rows/", {"set": {"hose": "1.5", "pump": "12", "seal": "0.2"}})
    yield f"tables/{NAME}"
    shop.api("DELETE", f"lookup-tables/{NAME}/", expect=204)


@pytest.fixture
def keeper(people: Callable[..., Person]) -> Person:
    """Ana, whose browser may use the clipboard."""
    return people(permissions=CLIPBOARD).sign_in("analyst")


def _rows(shop: Shop) -> dict[str, str]:
    return dict(shop.api("GET", f"lookup-tables/{NAME}/sheet/")["rows"])


def _saved(page: Page) -> None:
    page.get_by_test_id("save-rows").click()
    expect(page.get_by_test_id("unsaved")).to_have_count(0)


def test_rows_are_typed_moved_through_undone_and_saved_by_keyboard(keeper: Person, shop: Shop, weights: str) -> None:
    page = keeper.open(weights)
    page.get_by_test_id("table-grid").focus()
    keys = page.keyboard

    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("13")
    keys.press("Enter")
    keys.type("0.3")
    keys.press("Enter")
    keys.press("Control+z")
    keys.press("Control+End")
    keys.press("ArrowLeft")
    keys.type("motor")
    keys.press("Tab")
    keys.type("40")
    keys.press("Enter")
    expect(page.get_by_test_id("unsaved")).to_have_text("2 not saved")
    keys.press("Control+s")

    expect(page.get_by_test_id("unsaved")).to_have_count(0)
    assert _rows(shop) == {"hose": "1.5", "pump": "13", "seal": "0.2", "motor": "40"}


def test_thousands_of_rows_are_pasted_and_only_those_in_sight_are_drawn(
    keeper: Person, shop: Shop, weights: str
) -> None:
    page = keeper.open(weights)
    page.evaluate(
        "navigator.clipboard.writeText(Array.from({length: 10000}, (_, at) => `part ${at}\\t${at}`).join('\\n'))"
    )
    page.get_by_test_id("table-grid").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")

    page.keyboard.press("Control+v")

    expect(page.get_by_test_id("unsaved")).to_have_text("10,000 not saved")
    assert page.get_by_role("row").count() < 60
    page.keyboard.press("Control+End")
    expect(page.get_by_text("part 9999", exact=True)).to_be_visible()
    _saved(page)
    rows = _rows(shop)
    assert (len(rows), rows["part 9999"], rows["pump"]) == (10_003, "9999", "12")


def test_a_repeated_key_is_marked_at_its_cells_and_cannot_be_saved(keeper: Person, weights: str) -> None:
    page = keeper.open(weights)
    page.get_by_test_id("table-grid").focus()

    page.keyboard.type("pump")
    page.keyboard.press("Enter")

    expect(page.locator("[role=gridcell][aria-invalid=true]")).to_have_count(2)
    expect(page.get_by_test_id("table-troubles")).to_have_text("2 rows need mending")
    expect(page.get_by_test_id("save-rows")).to_be_disabled()
    page.keyboard.press("Control+z")
    expect(page.locator("[role=gridcell][aria-invalid=true]")).to_have_count(0)


def test_cells_are_copied_filled_and_whole_rows_deleted(keeper: Person, shop: Shop, weights: str) -> None:
    page = keeper.open(weights)
    page.get_by_test_id("table-grid").focus()

    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    page.get_by_role("rowheader", name="3", exact=True).click()
    page.keyboard.press("Delete")
    _saved(page)

    assert copied == "hose\t1.5\npump\t12\nseal\t0.2"
    assert _rows(shop) == {"hose": "1.5", "pump": "1.5"}


def test_an_import_shows_what_it_would_do_before_it_does(keeper: Person, shop: Shop, weights: str) -> None:
    page = keeper.open(weights)
    text = "Kilograms;Part\n14;pump\n0,2;\n2;größer\n3;größer\n".encode("windows-1252")
    page.get_by_test_id("import-csv").click()

    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("choose-file").click()
    chooser.value.set_files([{"name": "weights.csv", "mimeType": "text/csv", "buffer": text}])

    expect(page.get_by_test_id("import-added")).to_have_text("New 1")
    expect(page.get_by_test_id("import-changed")).to_have_text("Changed 1")
    expect(page.get_by_test_id("import-removed")).to_have_text("Removed 0")
    page.get_by_test_id("import-refused").click()
    expect(page.get_by_test_id("import-preview")).to_contain_text("Line 3 has no key.")
    expect(page.get_by_test_id("import-preview")).to_contain_text("Line 5 repeats the key “größer” of line 4.")
    assert _rows(shop)["pump"] == "12"
    page.get_by_test_id("import-confirm").click()
    _saved(page)
    assert _rows(shop) == {"hose": "1.5", "pump": "14", "seal": "0.2", "größer": "2"}
    assert shop.api("GET", f"lookup-tables/{NAME}/history/")["items"][0]["how"] == "imported"


def test_the_history_shows_a_change_and_brings_the_rows_before_it_back(
    keeper: Person, shop: Shop, weights: str
) -> None:
    shop.api("PATCH", f"lookup-tables/{NAME}/rows/", {"set": {"pump": "99"}, "remove": ["seal"]})
    page = keeper.open(weights)

    page.get_by_test_id("table-history").click()
    page.get_by_test_id("table-changes").get_by_role("button").first.click()
    expect(page.get_by_role("row", name=re.compile("pump 12 99"))).to_be_visible()
    page.get_by_test_id("restore").click()
    page.get_by_test_id("confirm").click()

    expect(page.get_by_role("gridcell", name="0.2", exact=True)).to_be_visible()
    assert _rows(shop) == {"hose": "1.5", "pump": "12", "seal": "0.2"}


def test_when_somebody_else_saved_first_neither_loses_anything(
    keeper: Person, shop: Shop, weights: str, watch: Watch
) -> None:
    page = keeper.open(weights)
    page.get_by_test_id("table-grid").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("1.7")
    page.keyboard.press("Enter")
    shop.api("PATCH", f"lookup-tables/{NAME}/rows/", {"set": {"pump": "99", "hose": "1.6"}})
    watch.allow(409, f"lookup-tables/{NAME}/rows/")

    page.get_by_test_id("save-rows").click()
    expect(page.get_by_test_id("table-moved")).to_be_visible()
    page.get_by_test_id("take-theirs").click()

    expect(page.get_by_text("Changed by both of you: hose")).to_be_visible()
    expect(page.get_by_role("gridcell", name="99", exact=True)).to_be_visible()
    _saved(page)
    assert _rows(shop) == {"hose": "1.7", "pump": "99", "seal": "0.2"}


def test_a_table_says_which_step_of_which_flow_reads_it_and_what_a_key_finds(keeper: Person) -> None:
    page = keeper.open("tables/stripe_product_to_part")

    used_by = page.get_by_test_id("table-used-by")
    expect(used_by).to_contain_text("draft · version 1 in Sandbox")
    expect(used_by.get_by_role("link", name="Map the order")).to_be_visible()
    page.get_by_test_id("try-key").fill("prod_seal_kit")
    expect(page.get_by_test_id("tried")).to_contain_text("SEAL-415")
    page.get_by_test_id("try-key").fill("Prod_Seal_Kit")
    expect(page.get_by_test_id("tried")).to_contain_text("There is “prod_seal_kit”: capitals and spaces count.")
    page.get_by_test_id("table-menu").click()
    page.get_by_test_id("delete-table").click()
    expect(page.get_by_role("dialog")).to_contain_text("will fail, saying that the table is missing")
