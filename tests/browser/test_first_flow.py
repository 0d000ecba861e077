"""A new analyst draws a first flow from empty to a run: a new Stripe customer becomes an Epicor customer.

Only the browser is used, in both colour schemes and at two widths; a picture of every step is kept in var/pictures.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Person, flow_called
from tests.journeys.shop import Shop
from tests.services.product import ROOT

CUSTOMER = "trigger.body.data.object"
TEN_MINUTES = 600
SIZES = [("light", 1280, 800), ("dark", 1920, 1080)]


class Album:
    """Pictures of one journey, numbered in order."""

    def __init__(self, folder: Path, page: Page) -> None:
        self.folder = folder
        self.page = page
        self.count = 0

    def keep(self, name: str) -> None:
        self.count += 1
        self.page.screenshot(path=self.folder / f"{self.count:02}-{name}.png")


@pytest.fixture(params=SIZES, ids=[f"{scheme}-{width}" for scheme, width, _ in SIZES])
def newcomer(request: pytest.FixtureRequest, people: Callable[..., Person]) -> tuple[Person, Album, str]:
    """Somebody who has never been here, with an album and a name for their flow."""
    scheme, width, height = request.param
    person = people(viewport={"width": width, "height": height}, color_scheme=scheme)
    folder = ROOT / "var" / "pictures" / f"first-flow-{scheme}-{width}"
    folder.mkdir(parents=True, exist_ok=True)
    return person, Album(folder, person.page), f"Customers of {scheme} {width}"


def test_a_first_flow_is_drawn_mapped_tested_published_and_at_work_within_ten_minutes(
    newcomer: tuple[Person, Album, str], shop: Shop
) -> None:
    person, album, name = newcomer
    began = time.monotonic()
    person.sign_in("analyst")
    album.keep("signed-in")

    _draw(person, album, name)
    _map(person, album)
    _test(person, album)
    _publish_and_deploy(person, album)

    email = f"{re.sub(r'[^a-z0-9]', '', name.lower())}@buyers.test"
    shop.stripe().v1.customers.create(_penelope(email))
    _the_run_has_made_the_customer(person, album, shop, email)
    assert time.monotonic() - began < TEN_MINUTES
    rules = _mapped(flow_called(shop, name))
    assert len(rules) >= 12


def _draw(person: Person, album: Album, name: str) -> None:
    page = person.page
    page.get_by_test_id("new-flow").click()
    page.get_by_test_id("new-flow-name").fill(name)
    album.keep("name-of-the-flow")
    page.get_by_test_id("create-flow").click()
    expect(page).to_have_url(re.compile(r"/flows/flow_\w+$"))
    expect(page.get_by_test_id("palette-search")).to_be_visible()
    album.keep("empty-canvas")
    for words, entry in (
        ("customer created", "event:stripe:customer.created"),
        ("map", "kind:map"),
        ("find or create a customer", "operation:epicor_kinetic:find_or_create_customer"),
    ):
        page.get_by_test_id("palette-search").fill(words)
        page.get_by_test_id(f"palette-{entry}").click()
    page.get_by_test_id("palette-search").fill("")
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    album.keep("three-steps")


def _map(person: Person, album: Album) -> None:
    page = person.page
    person.edit("map_fields")
    page.get_by_test_id("open-mapper").click()
    album.keep("mapper-empty")
    page.get_by_test_id("hand-over").click()
    expect(page.get_by_test_id("offers")).to_be_visible()
    album.keep("mapper-with-suggestions")
    page.get_by_test_id("offers").click()
    page.get_by_test_id("accept-offers").click()
    expect(page.get_by_test_id("required-missing")).to_have_attribute("data-count", "0")
    _drag(page, f"{CUSTOMER}.address.line1", "Address1")
    _drag(page, f"{CUSTOMER}.id", "ExternalID")
    page.get_by_label("Close the field").click()
    expect(page.get_by_test_id("mapper-result")).to_contain_text("ExternalID")
    album.keep("mapper-filled")
    page.get_by_label("Close the mapper").click()
    expect(page.get_by_test_id("problems")).to_have_text("no problems")
    album.keep("mapped")


def _test(person: Person, album: Album) -> None:
    page = person.page
    page.get_by_test_id("test-flow").click()
    expect(page.get_by_test_id("trial-status").first).to_contain_text("Succeeded", timeout=60_000)
    album.keep("tested")
    page.get_by_test_id("trial-clear").click()


def _publish_and_deploy(person: Person, album: Album) -> None:
    page = person.page
    page.get_by_test_id("publish").click()
    page.get_by_test_id("publish-message").fill("The first version")
    album.keep("publish")
    page.get_by_test_id("publish-confirm").click()
    page.get_by_test_id("deploy-published").click()
    expect(page.get_by_test_id("deploy-confirm")).to_be_enabled()
    album.keep("deploy")
    page.get_by_test_id("deploy-confirm").click()
    expect(page.get_by_test_id("deployed-done")).to_be_visible(timeout=60_000)
    album.keep("deployed")
    page.get_by_test_id("deploy-close").click()


def _the_run_has_made_the_customer(person: Person, album: Album, shop: Shop, email: str) -> None:
    shop.wait(f"{email} is a customer in Epicor", lambda: len(_customers(shop, email)) == 1)
    [customer] = _customers(shop, email)
    assert customer["Name"] == "Penelope Carter"
    assert customer["City"] == "Austin"
    page = person.page
    person.go("runs")
    page.locator("[data-testid^=run-row-]").first.click()
    person.run_is("succeeded")
    expect(person.node("find_or_create_a_customer")).to_have_attribute("data-status", "succeeded")
    album.keep("run")


def _customers(shop: Shop, email: str) -> list[dict[str, Any]]:
    return [row for row in shop.ledger("epicor_kinetic")["Customers"] if row.get("EMailAddress") == email]


def _mapped(flow: dict[str, Any]) -> list[dict[str, Any]]:
    [rules] = [node["params"]["rules"] for node in flow["document"]["nodes"] if node["kind"] == "map"]
    return [rule for rule in rules if rule["target"]]


def _penelope(email: str) -> Any:
    address = {
        "line1": "1 Main Street",
        "line2": "Floor 2",
        "city": "Austin",
        "state": "TX",
        "postal_code": "73301",
        "country": "US",
    }
    return {"email": email, "name": "Penelope Carter", "phone": "+15125550100", "address": address}


def _drag(page: Page, source: str, target: str) -> None:
    """A field from the left onto a field on the right, as a hand does it."""
    page.get_by_label("Search what earlier steps give").fill(source.rpartition(".")[2])
    page.get_by_test_id(f"source-{source}").drag_to(page.get_by_test_id(f"target-{target}"))
    page.get_by_label("Search what earlier steps give").fill("")
