"""Signing in at an outside system in a window of its own: the whole road, and every way it can end badly."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.screens import Person, installation
from tests.browser.watching import Watch
from tests.connectors.authority import CLIENT, Authority
from tests.connectors.serving import Served
from tests.journeys.shop import TENANT, Shop
from tests.services.product import Product

ENTRY = "[ipaas.connectors]\ndesk = tests.connectors.desk\n"
METADATA = "Metadata-Version: 2.1\nName: desk-connector\nVersion: 1.0\n"


@pytest.fixture(scope="module")
def desk_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An installation with the help desk's connector, as an installed package adds it, that may reach this machine."""
    package = tmp_path_factory.mktemp("packages")
    told = package / "desk_connector-1.0.dist-info"
    told.mkdir()
    (told / "entry_points.txt").write_text(ENTRY)
    (told / "METADATA").write_text(METADATA)
    paths = [str(package), str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    env = {"IPAAS_OUTBOUND_ALLOW": "127.0.0.1/32", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    with installation(tmp_path_factory.mktemp("elsewhere"), env) as made:
        yield made


@pytest.fixture(scope="module")
def authority() -> Iterator[Served]:
    with Served(Authority()) as served:
        yield served


@pytest.fixture
def keeper(people: Callable[..., Person], desk_product: Product) -> Person:
    """Ada, in front of that installation."""
    person = people()
    person.url = desk_product.url
    return person.sign_in("admin")


def _fill(keeper: Person, authority: Served, name: str) -> Page:
    """The form of the help desk, filled in up to its last button."""
    page = keeper.page
    page.goto(f"{keeper.url}/t/{TENANT}/connections?new=desk")
    page.get_by_test_id("connection-name").fill(name)
    page.get_by_test_id("connection-simulated").uncheck(force=True)
    page.get_by_text("Sign in with Help desk", exact=True).click()
    page.get_by_test_id("config-host").fill(authority.url.removeprefix("http://"))
    page.get_by_test_id("credential-client_id").fill(CLIENT[0])
    page.get_by_test_id("credential-client_secret").fill(CLIENT[1])
    return page


def _answer_with(page: Page, **told: str) -> None:
    """Let the system send the person back with this instead of a code."""

    def back(route: Route) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
        query = urlencode({"state": asked["state"], **told})
        route.fulfill(status=302, headers={"Location": f"{asked['redirect_uri']}?{query}"})

    page.context.route("**/oauth/authorize?*", back)


def _stage(page: Page, stage: str) -> None:
    expect(page.get_by_test_id("sign-in-state")).to_have_attribute("data-stage", stage)


def _status(product: Product, name: str) -> str:
    [found] = [row for row in Shop(product).api("GET", "connections/")["items"] if row["name"] == name]
    return str(found["status"])


def test_signing_in_opens_a_window_comes_back_and_the_connection_works(
    keeper: Person, authority: Served, desk_product: Product
) -> None:
    page = _fill(keeper, authority, "Desk signed in")

    with page.expect_popup() as opened:
        page.get_by_test_id("connection-save").click()

    _stage(page, "done")
    assert opened.value.is_closed() or opened.value.wait_for_event("close") is not None
    assert _status(desk_product, "Desk signed in") == "ok"
    page.get_by_test_id("sign-in-close").click()
    row = page.locator("[data-testid^=connection-row-][data-name='Desk signed in']")
    expect(row.locator("[data-status=ok]")).to_be_visible()


def test_a_blocked_window_is_opened_by_a_button_instead(
    keeper: Person, authority: Served, desk_product: Product
) -> None:
    page = _fill(keeper, authority, "Desk blocked")
    page.evaluate("window.open = () => null")

    page.get_by_test_id("connection-save").click()
    _stage(page, "blocked")
    page.get_by_test_id("sign-in-link").click()

    _stage(page, "done")
    assert _status(desk_product, "Desk blocked") == "ok"


def test_a_window_closed_too_early_says_so_and_can_be_opened_again(keeper: Person, authority: Served) -> None:
    page = _fill(keeper, authority, "Desk closed")
    page.context.route("**/oauth/authorize?*", lambda route: route.fulfill(body="Sign in here"))

    with page.expect_popup() as opened:
        page.get_by_test_id("connection-save").click()
    _stage(page, "waiting")
    opened.value.get_by_text("Sign in here").wait_for()
    opened.value.close()

    _stage(page, "closed")
    page.context.unroute("**/oauth/authorize?*")
    page.get_by_test_id("sign-in-again").click()
    _stage(page, "done")


def test_a_refusal_is_told_in_words_and_nothing_is_stored(
    keeper: Person, authority: Served, desk_product: Product
) -> None:
    page = _fill(keeper, authority, "Desk refused")
    _answer_with(page, error="access_denied")

    page.get_by_test_id("connection-save").click()

    _stage(page, "refused")
    expect(page.get_by_test_id("sign-in-state")).to_contain_text("Help desk did not let you in")
    assert _status(desk_product, "Desk refused") == "untested"


def test_a_way_back_with_a_wrong_state_is_not_taken(keeper: Person, authority: Served, desk_product: Product) -> None:
    page = _fill(keeper, authority, "Desk forged")
    _answer_with(page, state="not-the-one-that-was-sent", code="stolen")

    page.get_by_test_id("connection-save").click()

    _stage(page, "refused")
    expect(page.get_by_test_id("sign-in-state")).to_contain_text("That sign-in did not begin here")
    assert _status(desk_product, "Desk forged") == "untested"


def test_the_landing_page_alone_says_what_happened(keeper: Person, watch: Watch) -> None:
    page = keeper.page

    page.goto(f"{keeper.url}/signed-in?outcome=sign_in_refused&detail=Not+allowed.")

    expect(page.get_by_test_id("signed-in")).to_contain_text("You are not signed in")
    expect(page.get_by_test_id("signed-in")).to_contain_text("Not allowed.")
