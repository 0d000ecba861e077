"""Who is signed in: a wrong password says so, signing out ends it, a session that ended loses nothing on the page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.screens import PASSWORD, Person, demo_flow
from tests.browser.watching import Watch
from tests.journeys.shop import TENANT, Shop

SESSION = "/api/v1/session/"


def test_a_wrong_password_says_what_is_wrong_and_signs_nobody_in(person: Person, watch: Watch) -> None:
    watch.allow(401, SESSION)
    page = person.page
    page.goto(person.url)

    person.fill_sign_in("analyst@demo.test", "not the password")

    expect(page.get_by_test_id("sign-in-error")).to_contain_text(re.compile("e-mail.*password", re.IGNORECASE))
    expect(page.get_by_test_id("sign-in-email")).to_have_value("analyst@demo.test")
    assert _user(page, person) is None
    page.reload()
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()


def test_the_right_password_opens_the_flows_of_ones_tenant(person: Person) -> None:
    person.sign_in("analyst")

    expect(person.page).to_have_url(f"{person.url}/t/{TENANT}/flows")
    expect(person.page.get_by_test_id("tenant-switch")).to_have_text("Demo Industrial Supply")
    assert _user(person.page, person) == "analyst@demo.test"


def test_signing_out_ends_the_session_and_going_back_shows_nothing(analyst: Person) -> None:
    page = analyst.page

    page.get_by_test_id("user-menu").click()
    page.get_by_test_id("sign-out").click()

    expect(page.get_by_test_id("sign-in-form")).to_be_visible()
    assert _user(page, analyst) is None
    page.goto(f"{analyst.url}/t/{TENANT}/runs")
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()


def test_a_page_asked_for_before_signing_in_is_shown_after_it(person: Person) -> None:
    page = person.page
    page.goto(f"{person.url}/t/{TENANT}/tables")

    person.fill_sign_in("analyst@demo.test", PASSWORD)

    expect(page.get_by_test_id("table-row-stripe_product_to_part")).to_be_visible()


def test_a_session_that_ended_asks_again_and_keeps_an_edited_draft(analyst: Person, shop: Shop, watch: Watch) -> None:
    flow = shop.api("POST", "flows/", {"name": "Kept draft", "document": demo_flow(shop)["document"]}, expect=201)
    page = analyst.open(f"flows/{flow['id']}")
    analyst.edit("buyer")
    title = page.get_by_label("Title of the step")
    expect(title).to_have_value("Who bought")
    watch.allow(401, f"flows/{flow['id']}/")
    page.context.clear_cookies(name="ipaas_session")

    title.fill("Who bought, while signed out")

    expect(page.get_by_text("Your session has ended")).to_be_visible()
    overlay = page.get_by_role("dialog")
    overlay.get_by_test_id("sign-in-password").fill(PASSWORD)
    overlay.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_text("Your session has ended")).to_be_hidden()
    expect(title).to_have_value("Who bought, while signed out")
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")
    kept = shop.api("GET", f"flows/{flow['id']}/")["document"]
    [node] = [node for node in kept["nodes"] if node["id"] == "buyer"]
    assert node["title"] == "Who bought, while signed out"


def _user(page: Page, person: Person) -> str | None:
    """Who the server says is signed in, asked with the page's own cookies."""
    user = page.request.get(f"{person.url}{SESSION}").json()["user"]
    return user and user["email"]
