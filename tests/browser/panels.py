"""The drawers, dialogs and panels of the app, each brought on screen by a way a person would go.

Used by test_every_screen. It knows the app by test ids, labels and addresses alone, and judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.screens import Person, demo_flow
from tests.journeys.shop import Shop

Arrange = Callable[[Person, Shop, dict[str, Any]], None]
CSV = b"Part;Product\nPUMP-900;prod_pump_900\n;nothing\n"


def editor(person: Person, shop: Shop, _run: dict[str, Any]) -> None:
    person.sign_in("admin").open(f"flows/{demo_flow(shop)['id']}")
    expect(person.node("create_order")).to_be_attached()


def _pressed(keys: str, shown: str, text: str = "") -> Arrange:
    """The editor after these keys and this text."""

    def arrange(person: Person, shop: Shop, run: dict[str, Any]) -> None:
        editor(person, shop, run)
        person.page.keyboard.press(keys)
        expect(person.page.get_by_test_id(shown)).to_be_visible()
        person.page.keyboard.type(text)

    return arrange


def _clicked(test_id: str, shown: str) -> Arrange:
    """The editor after a click on this button of its bar."""

    def arrange(person: Person, shop: Shop, run: dict[str, Any]) -> None:
        editor(person, shop, run)
        person.page.get_by_test_id(test_id).click()
        expect(person.page.locator(shown).first).to_be_visible()

    return arrange


def _menu(item: str, shown: str) -> Arrange:
    """The editor after this item of the menu beside its test button."""

    def arrange(person: Person, shop: Shop, run: dict[str, Any]) -> None:
        editor(person, shop, run)
        person.page.get_by_test_id("test-menu").click()
        person.page.get_by_role("menuitem", name=item).click()
        expect(person.page.get_by_test_id(shown)).to_be_visible()
        expect(person.page.get_by_role("menuitem", name=item)).to_have_count(0)

    return arrange


def _step_test(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    editor(person, shop, run)
    person.edit("charge")
    person.page.get_by_test_id("inspector").get_by_role("tab", name="Test").click()
    expect(person.page.get_by_test_id("step-test")).to_be_visible()


def _tried(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    flow = demo_flow(shop)
    events = shop.api("GET", f"flows/{flow['id']}/events/")["items"]
    shop.api("POST", f"flows/{flow['id']}/samples/take/", {"event": events[0]["id"]})
    editor(person, shop, run)
    person.page.get_by_test_id("test-flow").click()
    status = person.page.get_by_test_id("trial-status")
    expect(status).to_have_attribute("data-status", "succeeded", timeout=60_000)
    person.page.get_by_test_id("trial-step-order").click()
    expect(person.page.get_by_test_id("trial-drawer").get_by_test_id("trial-output")).to_be_visible()


def _imported(person: Person, _shop: Shop, _run: dict[str, Any]) -> None:
    page = person.sign_in("admin").open("tables/stripe_product_to_part")
    page.get_by_test_id("import-csv").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("choose-file").click()
    chooser.value.set_files([{"name": "parts.csv", "mimeType": "text/csv", "buffer": CSV}])
    expect(page.get_by_test_id("import-preview")).to_be_visible()


def _of_connection(verb: str, shown: str) -> Arrange:
    """A dialog of the connection to Stripe."""

    def arrange(person: Person, shop: Shop, _run: dict[str, Any]) -> None:
        [row] = [row for row in shop.api("GET", "connections/")["items"] if row["connector"] == "stripe"]
        page = person.sign_in("admin").open(f"connections?open={row['id']}")
        page.get_by_test_id(f"detail-{verb}").click()
        expect(page.get_by_test_id(shown)).to_be_visible()

    return arrange


def _lost(person: Person, _shop: Shop, _run: dict[str, Any]) -> None:
    page: Page = person.sign_in("admin").open("flows")
    page.route("**/api/**", lambda route: route.abort())
    page.route("**/healthz", lambda route: route.abort())
    person.go("tables")
    expect(page.get_by_test_id("lost-server")).to_contain_text("No connection to the server")


PANELS: dict[str, Arrange] = {
    "outline": _pressed("o", "outline"),
    "finding": _pressed("Control+f", "find-bar", "order"),
    "document_json": _clicked("json-view", ".cm-content"),
    "flow_settings": _clicked("flow-settings", "[aria-label=Inspector]"),
    "step_test": _step_test,
    "sample": _menu("Choose the sample", "sample-drawer"),
    "tests": _menu("Tests of this flow", "tests-drawer"),
    "tried": _tried,
    "publishing": _clicked("publish", "[data-testid=publish-message]"),
    "deploying_here": _clicked("deploy", "[data-testid=deploy-words]"),
    "running_now": _clicked("run-now", "[data-testid=run-confirm]"),
    "table_import": _imported,
    "rotating": _of_connection("rotate", "rotate-save"),
    "duplicating": _of_connection("duplicate", "duplicate-confirm"),
    "server_lost": _lost,
}
