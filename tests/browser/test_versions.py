"""Versions in the browser: published twice, compared, restored, deployed with bindings, paused, rolled back, ended."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Person, flow_called
from tests.browser.watching import Watch
from tests.journeys.shop import Shop


def _drawn(total: str, **more: Any) -> dict[str, Any]:
    rules = [{"target": "who", "source": "trigger.body.who"}, {"target": "total", "source": total, **more}]
    return {
        "schema": 1,
        "connections": {"stripe": {"connector": "stripe"}},
        "nodes": [
            {"id": "start", "kind": "trigger", "title": "Begin", "params": {"type": "manual"}},
            {"id": "sums", "kind": "map", "title": "Sum it up", "params": {"rules": rules}},
            {
                "id": "buyer",
                "kind": "call",
                "title": "Fetch the buyer",
                "params": {
                    "connection": "stripe",
                    "operation": "retrieve_customer",
                    "input": {"id": "{{ steps.sums.who }}"},
                },
            },
        ],
        "edges": [{"from": "start", "to": "sums"}, {"from": "sums", "to": "buyer"}],
        "layout": {"start": {"x": 0, "y": 0}, "sums": {"x": 300, "y": 0}, "buyer": {"x": 600, "y": 0}},
    }


FIRST = _drawn("trigger.body.amount")
SECOND = _drawn("trigger.body.amount_captured", transforms=[{"fn": "minor_to_decimal", "currency": "USD"}])


def _flow(shop: Shop, name: str, *documents: dict[str, Any]) -> str:
    """A flow with one version for each document; the last is its draft as well."""
    made = shop.api("POST", "flows/", {"name": name, "document": documents[0]}, expect=201)
    for number, document in enumerate(documents, 1):
        shop.api("PATCH", f"flows/{made['id']}/", {"document": document})
        shop.api("POST", f"flows/{made['id']}/versions/", {"message": f"Number {number}"}, expect=201)
    return str(made["id"])


def _deploy(shop: Shop, flow: str, version: int) -> None:
    [stripe] = [row["id"] for row in shop.api("GET", "connections/")["items"] if row["connector"] == "stripe"]
    body = {"environment": "sandbox", "version": version, "connections": {"stripe": stripe}}
    shop.api("POST", f"flows/{flow}/deployments/", body, expect=201)


def test_a_second_version_shows_what_changed_before_and_after_it_is_published(analyst: Person, shop: Shop) -> None:
    flow = _flow(shop, "Compared", FIRST)
    shop.api("PATCH", f"flows/{flow}/", {"document": SECOND})
    page = analyst.open(f"flows/{flow}")

    page.get_by_test_id("publish").click()
    expect(page.get_by_test_id("publish-changes")).to_contain_text("1 step changed, 2 fields")
    expect(page.get_by_test_id("publish-message")).to_have_value("Changed Sum it up")
    page.get_by_test_id("publish-confirm").click()
    page.get_by_role("link", name="See what changed").click()

    expect(page).to_have_url(re.compile(rf"/flows/{flow}/versions\?to=2$"))
    expect(page.get_by_test_id("diff-summary")).to_have_text("1 step changed, 2 fields")
    page.keyboard.press("n")
    expect(page.get_by_test_id("change-sums")).to_have_attribute("aria-expanded", "true")
    changes = page.get_by_test_id("changes")
    expect(changes).to_contain_text("source event.amount → event.amount_captured")
    expect(changes).to_contain_text("cents to amount (USD) added", ignore_case=True)
    expect(page.locator(".react-flow [data-mark=changed]:has([data-testid^=node-])")).to_have_count(1)
    page.get_by_text("List", exact=True).click()
    expect(page.get_by_test_id("change-report")).to_contain_text("before: event.amount")


def test_a_version_is_restored_into_the_draft_and_that_is_undone(analyst: Person, shop: Shop) -> None:
    flow = _flow(shop, "Restored", FIRST, SECOND)
    page = analyst.open(f"flows/{flow}/versions?to=1")

    page.get_by_test_id("restore").click()
    page.get_by_test_id("confirm-restore").click()
    expect(page.get_by_text("Version 1 is in the draft")).to_be_visible()
    restored = flow_called(shop, "Restored")["document"]
    page.get_by_test_id("undo-restore").click()
    expect(page.get_by_text("The draft is as it was before.")).to_be_visible()

    assert restored["nodes"] == FIRST["nodes"]
    assert flow_called(shop, "Restored")["document"]["nodes"] == SECOND["nodes"]


def test_a_restore_never_overwrites_what_somebody_saved_meanwhile(analyst: Person, shop: Shop, watch: Watch) -> None:
    flow = _flow(shop, "Restored late", FIRST, SECOND)
    page = analyst.open(f"flows/{flow}/versions?to=1")
    theirs = _drawn("trigger.body.theirs")
    shop.api("PATCH", f"flows/{flow}/", {"document": theirs})
    watch.allow(409, f"flows/{flow}/")

    page.get_by_test_id("restore").click()
    page.get_by_test_id("confirm-restore").click()

    expect(page.get_by_role("alert").first).to_contain_text("The newer draft is compared below")
    assert flow_called(shop, "Restored late")["document"]["nodes"] == theirs["nodes"]


def test_a_version_is_deployed_paused_rolled_back_and_taken_out_of_work(admin: Person, shop: Shop) -> None:
    flow = _flow(shop, "At work", FIRST, SECOND)
    _deploy(shop, flow, 1)
    page = admin.open(f"flows/{flow}/versions?view=work")
    card = page.get_by_test_id("at-work-sandbox")
    expect(card).to_contain_text("Live")

    page.get_by_test_id("deploy-in-sandbox").click()
    expect(page.get_by_test_id("deploy-words")).to_contain_text("Version 1 takes no new events any more")
    expect(page.get_by_test_id("deploy-words")).to_contain_text("Compared with version 1: 1 step changed, 2 fields.")
    expect(page.get_by_test_id("bind-stripe")).to_have_value(re.compile("Stripe"))
    page.get_by_test_id("deploy-confirm").click()
    page.get_by_test_id("deploy-close").click()

    page.get_by_test_id("pause-sandbox").click()
    expect(card).to_contain_text("Paused")
    shop.api("POST", f"flows/{flow}/run/", {"environment": "sandbox", "body": {}}, expect=202)
    expect(card).to_contain_text("1 event has arrived and waits")
    page.get_by_test_id("roll-back-sandbox").click()
    expect(page.get_by_test_id("roll-back-preview")).to_contain_text("Going from version 2 back to it: 1 step changed")
    page.get_by_test_id("roll-back-confirm").click()
    expect(page.get_by_text("Version 1 is at work in Sandbox again.")).to_be_visible()
    assert _versions_at_work(shop, flow) == [1]

    page.get_by_test_id("end-sandbox").click()
    page.get_by_test_id("confirm").click()
    expect(card).to_contain_text("not at work")
    assert _versions_at_work(shop, flow) == []


def _versions_at_work(shop: Shop, flow: str) -> list[int]:
    return [row["version"] for row in shop.api("GET", f"flows/{flow}/")["deployments"]]


def test_production_asks_for_more_than_a_click(admin: Person, shop: Shop) -> None:
    flow = _flow(shop, "For production", _without_calls())
    page = admin.open(f"flows/{flow}/versions?view=work")

    page.get_by_test_id("deploy-in-production").click()
    expect(page.get_by_test_id("deploy-confirm")).to_be_disabled()
    page.get_by_test_id("production-check").fill("production")
    page.get_by_test_id("deploy-confirm").click()

    expect(page.get_by_test_id("deployed-done")).to_contain_text("Version 1 is at work in Production")
    assert _versions_at_work(shop, flow) == [1]


def _without_calls() -> dict[str, Any]:
    return {**FIRST, "connections": {}, "nodes": FIRST["nodes"][:2], "edges": FIRST["edges"][:1]}


@pytest.mark.parametrize("testid", ["versions", "where-it-works"])
def test_the_menu_of_a_flow_leads_to_its_versions(analyst: Person, shop: Shop, testid: str) -> None:
    flow = _flow(shop, f"Led to {testid}", FIRST)
    page: Page = analyst.open(f"flows/{flow}")

    page.get_by_test_id("flow-menu").click()
    page.get_by_test_id(testid).click()

    expect(page).to_have_url(re.compile(rf"/flows/{flow}/versions"))
    expect(page.get_by_test_id("versions-view")).to_be_visible()
