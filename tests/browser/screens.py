"""The app as a person uses it: signing in, going to a page, reading a canvas, typing into its code fields.

Used by the tests of this folder. It knows the app by its test ids, labels and addresses alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.shop import TENANT, Shop
from tests.services.product import Product

PASSWORD = "a password of the demo"
WIDE = {"width": 1440, "height": 900}


@contextmanager
def installation(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Product]:
    """A running installation with the demo tenant, which serves the built browser app; it ends with the block."""
    made = Product(folder / "data", env={"IPAAS_DEMO_PASSWORD": PASSWORD, **(env or {})})
    try:
        made.install()
        made.serve()
        yield made
    finally:
        made.stop()


class Person:
    """Somebody in front of one browser page of one installation."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def sign_in(self, role: str, *, password: str = PASSWORD) -> Person:
        """Through the form, from wherever the app first shows it."""
        self.page.goto(self.url)
        self.fill_sign_in(f"{role}@demo.test", password)
        expect(self.page.get_by_test_id("user-menu")).to_be_visible()
        return self

    def fill_sign_in(self, email: str, password: str) -> None:
        self.page.get_by_test_id("sign-in-email").fill(email)
        self.page.get_by_test_id("sign-in-password").fill(password)
        self.page.get_by_test_id("sign-in-submit").click()

    def open(self, path: str) -> Page:
        """Load a page of the demo tenant by its address."""
        self.page.goto(f"{self.url}/t/{TENANT}/{path}")
        self.settled()
        return self.page

    def settled(self) -> None:
        """Until no skeleton stands where data should be."""
        expect(self.page.locator("main")).to_be_visible()
        expect(self.page.get_by_test_id("loading")).to_have_count(0)

    def go(self, page: str) -> None:
        """To a page by the navigation."""
        self.page.get_by_test_id(f"nav-{page}").click()
        expect(self.page).to_have_url(re.compile(rf"/t/{TENANT}/{page}"))

    def node(self, node_id: str) -> Locator:
        return self.page.get_by_test_id(f"node-{node_id}")

    def edit(self, node_id: str) -> None:
        """Select a step of the editor, again if the canvas was still moving into place under the pointer."""
        inspector = self.page.get_by_test_id("inspector")
        for _ in range(4):
            self.node(node_id).click()
            try:
                expect(inspector).to_be_visible(timeout=3000)
            except AssertionError:
                continue
            return
        expect(inspector).to_be_visible()

    def type_code(self, label: str, text: str, *, inside: Locator | None = None) -> None:
        """Replace what the code field holds whose label begins so; it is there once its editor is loaded."""
        box = (inside or self.page).locator(f".cm-content[aria-label^='{label}']")
        box.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        expect(box).to_contain_text(text[:20])

    def run_is(self, status: str) -> None:
        """The run on screen has come to this state."""
        badge = self.page.get_by_test_id("run-status").locator("[data-status]")
        expect(badge).to_have_attribute("data-status", status, timeout=60_000)


def flow_called(shop: Shop, name: str) -> dict[str, Any]:
    """The flow with this name, whole, from the API."""
    [found] = [flow for flow in shop.api("GET", "flows/?limit=200")["items"] if flow["name"] == name]
    whole: dict[str, Any] = shop.api("GET", f"flows/{found['id']}/")
    return whole


def demo_flow(shop: Shop) -> dict[str, Any]:
    """The flow that the demo brings: the first that was made."""
    first = min(shop.api("GET", "flows/?limit=200")["items"], key=lambda flow: flow["created_at"])
    whole: dict[str, Any] = shop.api("GET", f"flows/{first['id']}/")
    return whole


def buy_until(shop: Shop, name: str, status: str) -> dict[str, Any]:
    """Somebody pays in the shop; their run, once it has come to this state."""
    charge = shop.buy(shop.stripe(), name)
    shop.wait(f"the run of {name} is {status}", lambda: [run["status"] for run in runs_of(shop, charge)] == [status])
    return runs_of(shop, charge)[0]


def runs_of(shop: Shop, charge: str) -> list[dict[str, Any]]:
    return shop.runs(f"q={charge}")


@contextmanager
def faulty(shop: Shop, system: str, fault: str, match: dict[str, Any]) -> Iterator[None]:
    """A simulated system that fails once in this way."""
    body = {"system": system, "fault": fault, "match": match, "times": 1}
    made = shop.api("POST", "sandbox/faults/", body, expect=201)
    try:
        yield
    finally:
        shop.api("DELETE", f"sandbox/faults/{made['id']}/", expect=204)
