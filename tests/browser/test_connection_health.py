"""How a connection fares, in an installation of its own: nothing but this test's calls is counted there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Person, buy_until, installation
from tests.journeys.shop import Shop
from tests.services.product import Product


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An installation in which nothing has happened yet."""
    with installation(tmp_path_factory.mktemp("health")) as made:
        yield made


@pytest.fixture(scope="module")
def shop(product: Product) -> Shop:
    return Shop(product)


def test_a_connection_tells_how_it_fares_where_it_is_used_and_what_a_test_asked(admin: Person, shop: Shop) -> None:
    buy_until(shop, "laertes", "succeeded")
    [connection] = [row for row in shop.api("GET", "connections/")["items"] if row["connector"] == "epicor_kinetic"]
    shop.wait("the calls are counted", lambda: shop.api("GET", f"connections/{connection['id']}/health/")["calls"] > 0)
    page = admin.open("connections")

    page.get_by_role("button", name=connection["name"], exact=True).click()

    detail = page.get_by_test_id("connection-detail")
    expect(page).to_have_url(re.compile(f"open={connection['id']}"))
    expect(detail.get_by_test_id("health-plot")).to_contain_text("calls in the last 24 hours, 0 failed")
    expect(detail.get_by_test_id("connection-used-by")).to_contain_text("version 1 in sandbox, as epicor")
    detail.get_by_test_id("detail-test").click()
    expect(detail.get_by_test_id("test-asked")).to_contain_text("answered well (200)")
    detail.get_by_test_id("detail-delete").click()
    expect(page.get_by_role("dialog").last).to_contain_text("it cannot be deleted yet")
