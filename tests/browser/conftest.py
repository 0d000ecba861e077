"""One installation with its demo and one Chromium for the whole folder; a fresh person with a fresh browser per test.

A test fails when its pages logged errors or met answers that it did not announce; then every page is kept as a picture.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect

from tests.browser.screens import WIDE, Person, installation
from tests.browser.watching import Watch
from tests.journeys.shop import Shop
from tests.services.browser import open_browser
from tests.services.product import ROOT, Product

_PATIENCE_MS = 20_000
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[misc, assignment]
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A running installation with the demo tenant, which serves the built browser app."""
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.fail("The browser app is not built. Run `npm run build` in frontend/ (`make test` does).", pytrace=False)
    with installation(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture(scope="session")
def shop(product: Product) -> Shop:
    """The same installation seen from outside: its API by token, its simulated systems, a shop that sells."""
    return Shop(product)


@pytest.fixture(autouse=True)
def _only_the_demo_stays(shop: Shop) -> Iterator[None]:
    """What a test puts to work or connects ends with it, so that none of it answers the events of the next."""
    flows, connections = _ids(shop, "flows/"), _ids(shop, "connections/")
    yield
    for flow in _listed(shop, "flows/"):
        if flow["id"] not in flows:
            for deployment in flow["deployments"]:
                shop.api("POST", f"flows/{flow['id']}/deployments/{deployment['environment']}/end/", {}, expect=204)
    for connection in sorted(_ids(shop, "connections/") - connections):
        shop.api("DELETE", f"connections/{connection}/", expect=204)


def _listed(shop: Shop, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.api("GET", f"{path}?limit=200")["items"]
    return found


def _ids(shop: Shop, path: str) -> set[str]:
    return {row["id"] for row in _listed(shop, path)}


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium; its pages wait patiently, because the machine may be slow."""
    expect.set_options(timeout=_PATIENCE_MS)
    with open_browser(chromium) as opened:
        yield opened


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test complain of, and what they may."""
    return Watch()


@pytest.fixture
def people(
    request: pytest.FixtureRequest, browser: Browser, product: Product, watch: Watch, tmp_path: Path
) -> Iterator[Callable[..., Person]]:
    """Make persons, each with a browser context of their own (options as for Playwright's `new_context`)."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Person:
        context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        context.on("page", watch.follow)
        return Person(context.new_page(), product.url)

    yield make
    pages = [page for context in contexts for page in context.pages]
    verdict = watch.verdict()
    if verdict or request.node.stash.get(_FAILED, True):
        for number, page in enumerate(pages):
            with contextlib.suppress(Error):  # a picture that cannot be taken must not hide why the test failed
                page.screenshot(path=tmp_path / f"page-{number}.png")
        print(f"Pictures of the pages are in {tmp_path}")
    for context in contexts:
        context.close()
    assert not verdict, verdict


@pytest.fixture
def person(people: Callable[..., Person]) -> Person:
    """Somebody who is not signed in."""
    return people()


@pytest.fixture
def analyst(person: Person) -> Person:
    """Ana, who draws flows."""
    return person.sign_in("analyst")


@pytest.fixture
def admin(person: Person) -> Person:
    """Ada, who may do everything."""
    return person.sign_in("admin")
