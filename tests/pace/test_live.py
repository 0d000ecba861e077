"""What happens on the server is seen without loading the page again: new runs, runs on their way, steps as they end."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.screens import Person, faulty
from tests.journeys.shop import Shop

HELD_SECONDS = 4


def test_a_new_run_appears_in_the_open_list_and_turns_succeeded(analyst: Person, shop: Shop) -> None:
    page = analyst.open("runs")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    page.evaluate("window.loadedOnce = true")
    known = {run["id"] for run in shop.runs()}
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)

    shop.api("POST", "sandbox/play/", {"scenario": "stripe_checkout"}, expect=202)
    shop.wait("the play has made a run", lambda: len({run["id"] for run in shop.runs()} - known) == 1)
    [new] = {run["id"] for run in shop.runs()} - known

    row = page.get_by_test_id(f"run-row-{new}")
    expect(row).to_be_visible()
    expect(row).to_have_attribute("data-status", "succeeded", timeout=60_000)
    summary = shop.api("GET", f"runs/{new}/")["summary"]
    assert summary
    expect(row).to_contain_text(summary)
    assert loads == []
    assert page.evaluate("window.loadedOnce") is True


def test_a_run_on_its_way_shows_the_step_that_runs_and_then_its_end(analyst: Person, shop: Shop) -> None:
    page = analyst.open("runs")
    with faulty(shop, "epicor_kinetic", "slow", {"seconds": HELD_SECONDS, "path": "*CustomerSvc*"}):
        charge = shop.buy(shop.stripe(), "laertes")
        shop.wait("the run is there", lambda: len(shop.runs(f"q={charge}")) == 1)
        [run] = shop.runs(f"q={charge}")
        page.get_by_test_id(f"run-row-{run['id']}").click()

        expect(page).to_have_url(re.compile(run["id"]))
        expect(analyst.node("erp_customer")).to_have_attribute("data-status", "running")
        expect(analyst.node("create_order")).not_to_have_attribute("data-status", "succeeded")
        analyst.run_is("running")

    analyst.run_is("succeeded")
    expect(analyst.node("erp_customer")).to_have_attribute("data-status", "succeeded")
    expect(analyst.node("create_order")).to_have_attribute("data-status", "succeeded")
