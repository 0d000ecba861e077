"""Drawing a flow from nothing to its first run: palette, ports, forms, autosave, undo, problems, publishing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import Person, flow_called
from tests.browser.watching import Watch
from tests.journeys.shop import Shop

EMPTY = {"schema": 1, "connections": {}, "nodes": [], "edges": []}
MANUAL, MAP = "trigger:manual", "kind:map"
CALL = "operation:stripe:retrieve_customer"


def test_a_flow_is_drawn_published_deployed_and_run_by_hand(analyst: Person, shop: Shop) -> None:
    page = analyst.page
    customer = shop.stripe().v1.customers.create({"email": "mentor@buyers.test", "name": "Mentor"})

    page.get_by_test_id("new-flow").click()
    page.get_by_test_id("new-flow-name").fill("Drawn by hand")
    page.get_by_test_id("create-flow").click()
    expect(page).to_have_url(re.compile(r"/flows/flow_\w+$"))

    _add(analyst, MANUAL)
    _add(analyst, MAP)
    _add(analyst, CALL)
    trigger, mapper, call = _ids(analyst)
    _connect(analyst, f"port-{trigger}-out", analyst.node(mapper))
    _connect(analyst, f"port-{mapper}-out", analyst.node(call))
    expect(page.locator(".react-flow__edge")).to_have_count(2)

    _a_missing_field_leads_to_its_step(analyst, call)
    _publish_is_refused(analyst, "{{ steps.nowhere.customer }}")

    analyst.node(mapper).click()
    page.get_by_test_id("open-mapper").click()
    page.get_by_test_id("add-rule").click()
    page.get_by_test_id("add-rule-name").fill("customer")
    page.keyboard.press("Enter")
    page.get_by_test_id("way").click()
    page.get_by_role("option", name="A formula").click()
    analyst.type_code("Formula for", "trigger.body.who")
    page.get_by_label("Close the mapper").click()
    analyst.node(call).click()
    page.locator("[data-field='input/id']").get_by_role("button", name="Expression").click()
    analyst.type_code("Customer ID", "{{ steps." + mapper + ".customer }}")
    expect(page.get_by_test_id("problems")).to_have_text("no problems")

    _saved(analyst)
    kept = flow_called(shop, "Drawn by hand")["document"]
    assert [(edge["from"], edge["to"]) for edge in kept["edges"]] == [(trigger, mapper), (mapper, call)]
    assert _params(kept, call)["input"] == {"id": "{{ steps." + mapper + ".customer }}"}
    page.reload()
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    assert flow_called(shop, "Drawn by hand")["document"] == kept

    _publish_and_deploy(analyst)
    page.get_by_test_id("run-now").click()
    analyst.type_code("Body of the event", f'{{"who": "{customer.id}"}}')
    page.get_by_test_id("run-confirm").click()

    expect(page).to_have_url(re.compile(r"/runs/run_\w+$"))
    analyst.run_is("succeeded")
    analyst.node(call).click()
    expect(page.get_by_test_id("step-input")).to_contain_text(customer.id)
    expect(page.get_by_test_id("step-output")).to_contain_text("mentor@buyers.test")


def test_undo_and_redo_walk_through_the_edits_and_are_saved(analyst: Person, shop: Shop) -> None:
    page = _open_new(analyst, shop, "Undone and redone")
    _add(analyst, MANUAL)
    _add(analyst, MAP)
    first, second = _ids(analyst)
    page.get_by_label("Title of the step").fill("A better title")
    expect(analyst.node(second)).to_contain_text("A better title")

    page.get_by_test_id("undo").click()
    expect(analyst.node(second)).not_to_contain_text("A better title")
    page.get_by_test_id("undo").click()
    expect(analyst.node(second)).to_have_count(0)
    _saved(analyst)
    assert [node["id"] for node in flow_called(shop, "Undone and redone")["document"]["nodes"]] == [first]

    page.get_by_test_id("redo").click()
    page.get_by_test_id("redo").click()
    expect(analyst.node(second)).to_contain_text("A better title")
    expect(page.get_by_test_id("redo")).to_be_disabled()
    _saved(analyst)
    nodes = flow_called(shop, "Undone and redone")["document"]["nodes"]
    assert [node.get("title") for node in nodes][1:] == ["A better title"]


def test_undo_works_by_keyboard_and_a_removed_step_comes_back_with_its_edges(analyst: Person, shop: Shop) -> None:
    page = _open_new(analyst, shop, "Removed and restored")
    _add(analyst, MANUAL)
    _add(analyst, MAP)
    first, second = _ids(analyst)
    _connect(analyst, f"port-{first}-out", analyst.node(second))
    expect(page.locator(".react-flow__edge")).to_have_count(1)

    analyst.node(second).click()
    page.keyboard.press("Delete")
    expect(analyst.node(second)).to_have_count(0)
    expect(page.locator(".react-flow__edge")).to_have_count(0)
    page.keyboard.press("Control+z")

    expect(analyst.node(second)).to_be_visible()
    expect(page.locator(".react-flow__edge")).to_have_count(1)


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_overwritten_unasked(
    analyst: Person, shop: Shop, watch: Watch
) -> None:
    page = _open_new(analyst, shop, "Saved by two")
    _add(analyst, MANUAL)
    _saved(analyst)
    flow = flow_called(shop, "Saved by two")
    theirs = {**flow["document"], "nodes": [{**flow["document"]["nodes"][0], "title": "Theirs"}]}
    shop.api("PATCH", f"flows/{flow['id']}/", {"document": theirs, "draft_etag": flow["draft_etag"]})
    watch.allow(409, f"flows/{flow['id']}/")

    page.get_by_label("Title of the step").fill("Mine")

    expect(page.get_by_text("Somebody else saved this flow meanwhile.")).to_be_visible()
    assert flow_called(shop, "Saved by two")["document"]["nodes"][0]["title"] == "Theirs"
    page.get_by_role("button", name="Keep mine").click()
    _saved(analyst)
    assert flow_called(shop, "Saved by two")["document"]["nodes"][0]["title"] == "Mine"


def test_edits_of_different_steps_by_two_people_are_kept_together(analyst: Person, shop: Shop, watch: Watch) -> None:
    page = _open_new(analyst, shop, "Kept together")
    _add(analyst, MANUAL)
    _add(analyst, MAP)
    _saved(analyst)
    flow = flow_called(shop, "Kept together")
    first, second = flow["document"]["nodes"]
    theirs = {**flow["document"], "nodes": [{**first, "title": "Theirs"}, second]}
    shop.api("PATCH", f"flows/{flow['id']}/", {"document": theirs, "draft_etag": flow["draft_etag"]})
    watch.allow(409, f"flows/{flow['id']}/")

    page.get_by_label("Title of the step").fill("Mine")
    notice = page.get_by_test_id("draft-notice")
    expect(notice).to_contain_text("changed “Theirs”")
    expect(notice).to_contain_text("changed “Mine”")
    notice.get_by_role("button", name="Keep both").click()

    _saved(analyst)
    nodes = flow_called(shop, "Kept together")["document"]["nodes"]
    assert [node["title"] for node in nodes] == ["Theirs", "Mine"]


def test_a_draft_of_a_flow_that_was_deleted_is_saved_as_a_new_one(analyst: Person, shop: Shop, watch: Watch) -> None:
    page = _open_new(analyst, shop, "Deleted meanwhile")
    _add(analyst, MANUAL)
    _saved(analyst)
    flow = flow_called(shop, "Deleted meanwhile")
    shop.api("DELETE", f"flows/{flow['id']}/", expect=204)
    watch.allow(404, f"flows/{flow['id']}/")

    page.get_by_label("Title of the step").fill("Still here")
    expect(page.get_by_test_id("draft-notice")).to_contain_text("This flow has been deleted meanwhile.")
    page.get_by_role("button", name="Save as a new flow").click()

    _saved(analyst)
    [node] = flow_called(shop, "Deleted meanwhile (saved again)")["document"]["nodes"]
    assert node["title"] == "Still here"


def test_edits_made_without_the_server_are_kept_in_the_browser_and_offered_back(analyst: Person, shop: Shop) -> None:
    page = _open_new(analyst, shop, "Drawn offline")
    _add(analyst, MANUAL)
    _saved(analyst)
    flow = flow_called(shop, "Drawn offline")
    saving = re.compile(rf"/flows/{flow['id']}/(check/)?$")
    page.route(saving, lambda route: route.abort() if route.request.method != "GET" else route.fallback())

    page.get_by_label("Title of the step").fill("Offline")
    expect(page.get_by_test_id("draft-notice")).to_contain_text("The server cannot be reached just now.")
    page.wait_for_function(
        "key => localStorage.getItem(key)?.includes('Offline')", arg=f"ipaas.draft.demo.{flow['id']}"
    )
    again = page.context.new_page()
    again.goto(page.url)
    again.get_by_role("button", name="Put them back").click()

    expect(again.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")
    [node] = flow_called(shop, "Drawn offline")["document"]["nodes"]
    assert node["title"] == "Offline"


@pytest.mark.parametrize("width", [1280, 1920])
def test_the_form_of_a_step_never_hides_the_step(analyst: Person, shop: Shop, width: int) -> None:
    page = analyst.page
    page.set_viewport_size({"width": width, "height": 800})
    _open_new(analyst, shop, f"Beside its form {width}")
    for entry in (MANUAL, MAP, MAP, MAP, MAP, CALL):
        _add(analyst, entry)
    last = _ids(analyst)[-1]

    expect(page.get_by_test_id("inspector")).to_be_visible()
    expect(analyst.node(last)).to_be_in_viewport(ratio=0.99)
    page.wait_for_function(
        """([node, form]) => {
            const box = name => document.querySelector(`[data-testid="${name}"]`).getBoundingClientRect();
            return box(node).right <= box(form).left;
        }""",
        arg=[f"node-{last}", "inspector"],
    )


def _open_new(person: Person, shop: Shop, name: str) -> Page:
    flow = shop.api("POST", "flows/", {"name": name, "document": EMPTY}, expect=201)
    return person.open(f"flows/{flow['id']}")


def _add(person: Person, entry: str) -> None:
    """By the palette: search for it, click it; it is on the canvas and its form is open."""
    page = person.page
    count = page.locator("[data-testid^=node-]").count()
    page.get_by_test_id("palette-search").fill(entry.split(":")[-1].replace("_", " ").split(" ")[0])
    page.get_by_test_id(f"palette-{entry}").click()
    expect(page.locator("[data-testid^=node-]")).to_have_count(count + 1)
    expect(page.get_by_test_id("inspector")).to_be_visible()
    page.get_by_test_id("palette-search").fill("")


def _ids(person: Person) -> list[str]:
    """The ids of the steps in the order in which they were added."""
    found = person.page.locator("[data-testid^=node-]").evaluate_all("all => all.map(one => one.dataset.testid)")
    return [name.removeprefix("node-") for name in found]


def _connect(person: Person, port: str, target: Locator) -> None:
    """Drag from a way out of one step onto another step."""
    page = person.page
    start = page.get_by_test_id(port).bounding_box()
    end = target.locator(".react-flow__handle.target").bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move((start["x"] + end["x"]) / 2, (start["y"] + end["y"]) / 2, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()


def _saved(person: Person) -> None:
    """Until the server has what is on screen."""
    expect(person.page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")


def _a_missing_field_leads_to_its_step(person: Person, call: str) -> None:
    page = person.page
    page.get_by_label("Close the form").click()
    expect(person.node(call)).not_to_have_attribute("data-selected", "true")
    expect(page.get_by_test_id("problems")).to_have_text("1 problem")
    page.get_by_test_id("problems").click()

    page.get_by_test_id("problems-panel").get_by_role("button").filter(has_text="needs 'id'").click()

    expect(person.node(call)).to_have_attribute("data-selected", "true")
    expect(page.get_by_label("Title of the step")).to_have_value("Get a customer")
    page.get_by_label("Close the problems").click()


def _publish_is_refused(person: Person, wrong: str) -> None:
    """A value of a step that is not there keeps the draft from being published, and the dialog says which."""
    page = person.page
    page.locator("[data-field='input/id']").get_by_role("button", name="Expression").click()
    person.type_code("Customer ID", wrong)
    page.get_by_test_id("publish").click()

    expect(page.get_by_test_id("publish-refused")).to_contain_text("nowhere")
    expect(page.get_by_test_id("publish-confirm")).to_be_disabled()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def _publish_and_deploy(person: Person) -> None:
    page = person.page
    page.get_by_test_id("publish").click()
    page.get_by_test_id("publish-message").fill("The first")
    page.get_by_test_id("publish-confirm").click()
    page.get_by_test_id("deploy-published").click()
    expect(page.get_by_test_id("bind-stripe")).to_have_value(re.compile("Stripe"))
    page.get_by_test_id("deploy-confirm").click()
    expect(page.get_by_test_id("deployed-done")).to_contain_text("Version 1 is at work in Sandbox")
    page.get_by_test_id("deploy-close").click()
    expect(page.get_by_test_id("deployed")).to_have_text("v1 live in Sandbox")


def _params(document: dict[str, Any], node_id: str) -> dict[str, Any]:
    [params] = [node["params"] for node in document["nodes"] if node["id"] == node_id]
    found: dict[str, Any] = params
    return found
