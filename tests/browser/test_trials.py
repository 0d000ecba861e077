"""A draft is tried before it is published: a sample by listening, a step, a pinned output, the whole, saved tests."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.screens import Person, demo_flow
from tests.journeys.shop import Shop


def _flow_of_its_own(shop: Shop, name: str) -> dict[str, Any]:
    """The demo's document as a flow that nobody else tests and that is deployed nowhere."""
    body = {"name": name, "document": demo_flow(shop)["document"]}
    made: dict[str, Any] = shop.api("POST", "flows/", body, expect=201)
    return made


def _hear_a_sample(analyst: Person) -> None:
    page = analyst.page
    _test_tab(analyst, "paid")
    page.get_by_test_id("listen").click()
    expect(page.get_by_test_id("listening")).to_be_visible()
    page.get_by_test_id("listen-play").click()
    expect(page.get_by_test_id("sample-card")).to_have_attribute("data-source", "event", timeout=60_000)


def _test_tab(analyst: Person, node: str) -> None:
    analyst.edit(node)
    analyst.page.get_by_test_id("inspector").get_by_role("tab", name="Test").click()


def _choose(page: Page, node: str) -> None:
    page.get_by_test_id(f"trial-step-{node}").click()


def _save(shop: Shop, flow: str, document: dict[str, Any]) -> None:
    shop.api("PATCH", f"flows/{flow}/", {"document": document})


def _run_tests(page: Page) -> None:
    page.get_by_test_id("run-tests").click()


def _open_tests(page: Page) -> None:
    page.get_by_test_id("test-menu").click()
    page.get_by_test_id("open-tests").click()


def test_a_draft_is_tried_with_a_real_event_and_kept_as_a_test_that_notices_a_broken_mapping(
    analyst: Person, shop: Shop
) -> None:
    flow = _flow_of_its_own(shop, "Tried and kept")
    page = analyst.open(f"flows/{flow['id']}")

    _hear_a_sample(analyst)

    page.keyboard.press("Control+Enter")
    status = page.get_by_test_id("trial-status")
    expect(status).to_have_attribute("data-status", "succeeded", timeout=60_000)
    expect(analyst.node("create_order")).to_have_attribute("data-status", "succeeded")
    _choose(page, "order")
    expect(page.get_by_test_id("trial-drawer").get_by_test_id("trial-output")).to_contain_text("PONum")

    page.get_by_test_id("save-test").click()
    page.get_by_test_id("test-name").fill("A customer buys")
    page.get_by_test_id("test-save").click()
    expect(page.get_by_test_id("save-test-form")).to_have_count(0)
    _open_tests(page)
    _run_tests(page)
    expect(page.get_by_test_id("tests-summary")).to_have_text("1 of 1 as expected")
    expect(page.get_by_test_id("mark-order")).to_have_text("as expected")

    whole = shop.api("GET", f"flows/{flow['id']}/")
    renamed = json.dumps(whole["document"]).replace('"target": "DocOrderAmt"', '"target": "DocOrderAmount"')
    _save(shop, flow["id"], json.loads(renamed))
    page.reload()
    analyst.settled()
    _open_tests(page)
    _run_tests(page)
    expect(page.get_by_test_id("tests-summary")).to_have_text("1 of 1 not as expected")
    expect(page.get_by_test_id("mark-order")).to_contain_text("differ")
    expect(page.get_by_test_id("differences")).to_contain_text("DocOrderAmount")

    _save(shop, flow["id"], whole["document"])
    page.reload()
    analyst.settled()
    _open_tests(page)
    _run_tests(page)
    expect(page.get_by_test_id("tests-summary")).to_have_text("1 of 1 as expected")


def test_a_pinned_output_answers_instead_of_its_step(analyst: Person, shop: Shop) -> None:
    flow = _flow_of_its_own(shop, "Answered by what is pinned")
    page = analyst.open(f"flows/{flow['id']}")
    _hear_a_sample(analyst)

    _test_tab(analyst, "kind")
    page.get_by_test_id("test-up-to").click()
    expect(page.get_by_test_id("step-result")).to_have_attribute("data-status", "succeeded", timeout=60_000)

    _test_tab(analyst, "charge")
    page.get_by_test_id("test-step").click()
    expect(page.get_by_test_id("step-result")).to_have_attribute("data-status", "succeeded", timeout=60_000)
    page.get_by_test_id("pin").click()
    expect(page.get_by_test_id("pinned-charge")).to_be_visible()
    page.get_by_test_id("test-flow").click()
    expect(page.get_by_test_id("trial-status")).to_have_attribute("data-status", "succeeded", timeout=60_000)
    expect(page.get_by_test_id("trial-step-charge")).to_contain_text("answered with its kept output")

    page.get_by_test_id("inspector").get_by_test_id("unpin").click()
    expect(page.get_by_test_id("pinned-charge")).to_have_count(0)
