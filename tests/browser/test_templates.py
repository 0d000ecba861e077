"""Templates in the browser: found in the gallery, looked at, installed step by step, and flows made of files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.screens import Person, flow_called
from tests.journeys.shop import Shop


def test_a_template_is_found_installed_step_by_step_and_works(analyst: Person, shop: Shop) -> None:
    page = analyst.page
    page.get_by_test_id("open-templates").click()
    page.get_by_test_id("templates-search").fill("shipment")
    expect(page.locator("[data-testid^=template-]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=shipment"))
    page.get_by_role("link", name="Epicor shipment shown on the Stripe charge", exact=True).click()
    expect(page.get_by_role("heading", name="What happens")).to_be_visible()
    page.get_by_test_id("install-epicor_shipment_to_stripe").click()

    page.get_by_test_id("install-name").fill("Shipments to Stripe")
    page.get_by_test_id("step-next").click()
    expect(page.get_by_test_id("bind-epicor")).to_have_value(re.compile("Epicor"))
    page.get_by_role("button", name="Test", exact=True).first.click()
    expect(page.get_by_text("Connected").first).to_be_visible()
    page.get_by_test_id("step-next").click()
    expect(page.get_by_text("UPS Ground")).to_be_visible()
    page.get_by_test_id("step-next").click()
    expect(page.get_by_test_id("install-review")).to_contain_text("Shipments to Stripe")
    page.get_by_test_id("install-start").click()

    expect(page.get_by_test_id("installed")).to_contain_text("at work in Sandbox")
    [deployment] = flow_called(shop, "Shipments to Stripe")["deployments"]
    assert (deployment["version"], deployment["environment"]) == (1, "sandbox")
    page.get_by_test_id("open-canvas").click()
    expect(analyst.node("carrier")).to_be_visible()


def test_a_system_without_a_connection_installs_as_a_draft_alone(analyst: Person, shop: Shop) -> None:
    page = analyst.open("templates/epicor_customer_check/install")

    page.get_by_test_id("step-next").click()
    expect(page.get_by_text("None in Sandbox yet; an admin can connect one")).to_be_visible()
    page.get_by_test_id("step-next").click()
    expect(page.get_by_test_id("install-start")).to_be_disabled()
    page.get_by_test_id("install-draft").click()

    expect(page.get_by_test_id("installed")).to_contain_text("as a draft")
    made = flow_called(shop, "Customer check, answered at once")
    assert (made["latest_version"], made["deployments"]) == (None, [])


def test_a_flow_is_duplicated_and_found_by_its_filters(analyst: Person, shop: Shop) -> None:
    document = {"schema": 1, "connections": {}, "nodes": [], "edges": []}
    flow = shop.api("POST", "flows/", {"name": "Filtered one", "document": document}, expect=201)
    page = analyst.open("flows?q=filtered")

    page.get_by_test_id(f"flow-row-menu-{flow['id']}").click()
    page.get_by_test_id("duplicate-flow").click()
    expect(page.locator("[data-name='Filtered one copy']")).to_be_visible()
    page.get_by_test_id("flows-state").click()
    page.get_by_role("option", name="With problems").click()

    expect(page).to_have_url(re.compile("state=problems"))
    expect(page.locator("[data-testid^=flow-row-flow]")).to_have_count(2)
    assert flow_called(shop, "Filtered one copy")["document"] == document


def test_a_file_becomes_a_flow_and_one_that_is_none_is_refused_in_words(
    analyst: Person, shop: Shop, tmp_path: Path
) -> None:
    nodes = [{"id": "start", "kind": "trigger", "params": {"type": "manual"}}]
    good, bad = tmp_path / "night-orders.json", tmp_path / "other.json"
    good.write_text(json.dumps({"schema": 1, "connections": {}, "nodes": nodes, "edges": []}))
    bad.write_text('{"workflow": []}')
    page = analyst.open("flows?import=1")

    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_test_id("import-refused")).to_contain_text("the flow of another product")
    page.locator("input[type=file]").set_input_files(good)
    expect(page.get_by_test_id("import-name")).to_have_value("Night orders")
    page.get_by_test_id("import-confirm").click()

    expect(analyst.node("start")).to_be_visible()
    assert flow_called(shop, "Night orders")["document"]["nodes"] == nodes
