"""Connections: tested from the list, made by a form that explains itself, and their credentials never seen again."""

from __future__ import annotations

import re

from playwright.sync_api import Response, expect

from tests.browser.screens import Person
from tests.browser.watching import Watch
from tests.journeys.shop import Shop

SECRET = "token-that-nobody-may-read-again"


def test_a_test_of_the_simulated_stripe_tells_what_stripe_answered(admin: Person, shop: Shop) -> None:
    page = admin.open("connections")
    [connection] = [row for row in shop.api("GET", "connections/")["items"] if row["connector"] == "stripe"]
    row = page.get_by_test_id(f"connection-row-{connection['id']}")
    expect(row).to_contain_text("simulated")

    with page.expect_response(re.compile(r"/connections/[^/]+/test/$")) as answered:
        page.get_by_test_id(f"test-{connection['name']}").click()

    told = answered.value.json()
    assert told["ok"] is True
    expect(row.locator("[data-status=ok]")).to_have_text("Connected")
    expect(row).to_contain_text(told["message"])


def test_a_new_key_is_tried_before_it_takes_the_place_of_the_old(admin: Person, shop: Shop, watch: Watch) -> None:
    body = {"name": "Stripe spare", "connector": "stripe", "environment": "sandbox", "simulated": True}
    made = shop.api("POST", "connections/", body, expect=201)
    page = admin.open(f"connections?open={made['id']}")
    page.get_by_test_id("detail-rotate").click()
    watch.allow(409, "/rotate/")

    page.get_by_test_id("rotate-secret_key").fill("sk_test_wrong")
    page.get_by_test_id("rotate-save").click()

    expect(page.get_by_test_id("rotate-refused")).to_contain_text("The old one is still in place")
    assert shop.api("POST", f"connections/{made['id']}/test/")["ok"] is True
    shop.api("DELETE", f"connections/{made['id']}/", expect=204)


def test_a_copy_for_another_environment_and_filters_that_stay_in_the_address(admin: Person, shop: Shop) -> None:
    body = {"name": "Stripe copied", "connector": "stripe", "environment": "sandbox", "simulated": True}
    made = shop.api("POST", "connections/", body, expect=201)
    page = admin.open(f"connections?open={made['id']}")

    page.get_by_test_id("detail-duplicate").click()
    page.get_by_test_id("duplicate-name").fill("Stripe copy")
    page.get_by_test_id("duplicate-confirm").click()
    expect(page.get_by_test_id("duplicate-confirm")).to_have_count(0)
    admin.open("connections")
    page.get_by_test_id("connections-search").fill("stripe cop")
    page.get_by_test_id("connections-everywhere").click()

    expect(page.locator("[data-name='Stripe copy']")).to_contain_text("Development")
    page.reload()
    expect(page.locator("[data-testid^=connection-row-]")).to_have_count(2)
    for row in shop.api("GET", "connections/")["items"]:
        if row["name"] in ("Stripe copied", "Stripe copy"):
            shop.api("DELETE", f"connections/{row['id']}/", expect=204)


def test_a_connection_is_made_after_its_mistakes_are_shown_and_its_token_is_never_seen_again(
    admin: Person, shop: Shop, watch: Watch
) -> None:
    page = admin.open("connections")
    bodies: list[str] = []
    page.on("response", lambda response: bodies.append(_text(response)))
    page.get_by_test_id("new-connection").click()
    page.get_by_test_id("connector-http").click()
    page.get_by_test_id("connection-name").fill("Warehouse")
    page.get_by_test_id("connection-simulated").uncheck(force=True)
    page.get_by_test_id("config-base_url").fill("not an address")
    page.get_by_test_id("credential-token").fill(SECRET)
    watch.allow(422, "/connections/")

    page.get_by_test_id("connection-save").click()

    address = page.get_by_test_id("config-base_url")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".mantine-InputWrapper-error:visible")).to_have_count(1)
    assert [row for row in shop.api("GET", "connections/")["items"] if row["name"] == "Warehouse"] == []

    page.get_by_test_id("config-base_url").fill(f"{admin.url}/healthz")
    page.get_by_test_id("connection-save").click()

    expect(page.get_by_test_id("connection-tested")).to_contain_text("Warehouse")
    page.get_by_role("button", name="Done").click()
    [made] = [row for row in shop.api("GET", "connections/")["items"] if row["name"] == "Warehouse"]
    expect(page.get_by_test_id(f"connection-row-{made['id']}")).to_be_visible()
    page.reload()
    row = page.get_by_test_id(f"connection-row-{made['id']}")
    row.get_by_label("More about Warehouse").click()
    page.get_by_role("menuitem", name="Rotate credential").click()
    expect(page.get_by_test_id("rotate-token")).to_have_value("")
    assert SECRET not in page.content()
    assert len([body for body in bodies if "Warehouse" in body]) >= 2
    assert [body for body in bodies if SECRET in body] == []


def _text(response: Response) -> str:
    """The body of an answer of the API; others are not read."""
    return response.text() if "/api/" in response.url else ""
