"""The first hour: a guide that knows by itself what was done, help, and clear states when something is not there."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.screens import Person, demo_flow
from tests.browser.watching import Watch
from tests.journeys.shop import Shop


def test_the_guide_sees_what_was_done_points_at_the_next_control_and_is_resumed(analyst: Person, shop: Shop) -> None:
    flow = shop.api("POST", "flows/", {"name": "Guided", "document": demo_flow(shop)["document"]}, expect=201)
    page = analyst.open("flows")
    page.get_by_test_id("guide-start").click()
    show = page.get_by_test_id("guide-show")
    expect(show).to_have_attribute("data-step", "sandbox")

    show.click()
    expect(page.locator("[data-pointed]")).to_be_focused()
    expect(show).to_have_attribute("data-step", "trigger")

    analyst.open(f"flows/{flow['id']}")
    analyst.edit("buyer")
    page.get_by_label("Title of the step").fill("Who paid")
    expect(show).to_have_attribute("data-step", "test")
    page.get_by_test_id("guide-away").click()
    expect(page.get_by_test_id("guide")).to_have_count(0)
    page.reload()
    page.get_by_test_id("help-menu").click()
    page.get_by_test_id("help-guide").click()
    expect(show).to_have_attribute("data-step", "test")
    expect(page.get_by_test_id("guide-steps")).to_contain_text("4 of 8")


def test_a_lost_server_is_told_calmly_and_the_page_goes_on_by_itself(analyst: Person) -> None:
    page = analyst.open("flows")
    lost = page.get_by_test_id("lost-server")

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/api/**", refuse)
    page.route("**/healthz", refuse)
    analyst.go("tables")
    expect(lost).to_contain_text("No connection to the server, trying again")
    page.unroute("**/api/**")
    page.unroute("**/healthz")

    expect(lost).not_to_contain_text("No connection")
    expect(page.locator("[data-testid^=table-row-]").first).to_be_visible()


def test_what_is_not_there_says_so_and_shows_the_way_back(analyst: Person, watch: Watch) -> None:
    watch.allow(404, "lookup-tables/gone/")
    page = analyst.open("tables/gone")
    expect(page.get_by_test_id("error-state")).to_have_attribute("data-status", "404")
    page.get_by_test_id("way-back").click()
    expect(page.locator("[data-testid^=table-row-]").first).to_be_visible()

    analyst.open("no/such/page")

    expect(page.get_by_test_id("empty-state")).to_contain_text("There is no such page")
    expect(page.get_by_test_id("way-back")).to_be_visible()


def test_the_palette_finds_connections_and_tables_and_shows_the_keys(admin: Person) -> None:
    page = admin.open("flows")
    page.keyboard.press("Control+k")

    page.get_by_test_id("palette-input").fill("epicor part")
    page.get_by_role("button", name="Stripe product to Epicor part").click()

    expect(page.get_by_test_id("table-grid")).to_be_visible()
