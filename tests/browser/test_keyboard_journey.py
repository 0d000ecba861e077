"""The editor without a mouse: a flow from empty to published by keys alone, steps copied between flows, undo by keys.

Nothing here clicks. What is done is heard in the live region, and axe finds nothing on the way.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.screens import Person, flow_called
from tests.browser.test_every_screen import AXE, EXPERIMENT, GRAVE
from tests.journeys.shop import Shop

EMPTY = {"schema": 1, "connections": {}, "nodes": [], "edges": []}
ROW = {
    "schema": 1,
    "connections": {},
    "nodes": [
        {"id": "start", "kind": "trigger", "title": "Start", "params": {"type": "manual"}},
        {"id": "reply", "kind": "respond", "title": "Reply", "params": {"status": 200}},
    ],
    "edges": [{"from": "start", "to": "reply"}],
    "layout": {"start": {"x": 0, "y": 0}, "reply": {"x": 304, "y": 0}},
}


def test_a_flow_is_built_and_published_by_keys_alone(analyst: Person, shop: Shop) -> None:
    page = _open(analyst, shop, "By keys alone", EMPTY)
    press = page.keyboard.press

    press("o")
    expect(page.get_by_role("tree", name="Steps of the flow")).to_be_focused()
    _add(page, "by hand")
    _said(page, "By hand added")
    press("o")
    press("o")
    _add(page, "respond")
    _said(page, "Respond added after By hand")
    _add(page, "map fields")
    press("F2")
    page.keyboard.type("What to answer")
    press("Enter")
    _said(page, "Renamed to What to answer")
    press("Alt+ArrowUp")
    _said(page, "What to answer moved before Respond")
    assert _violations(page) == []

    press("Control+z")
    _said(page, "Undone: move What to answer")
    press("Control+Shift+z")
    _said(page, "Redone: move What to answer")
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")
    kept = flow_called(shop, "By keys alone")["document"]
    titles = {node["id"]: node["title"] for node in kept["nodes"]}
    drawn = {(titles[edge["from"]], titles[edge["to"]]) for edge in kept["edges"]}
    assert drawn == {("By hand", "What to answer"), ("What to answer", "Respond")}

    _tab_to(page, "publish")
    press("Enter")
    expect(page.get_by_test_id("publish-message")).to_be_focused()
    page.keyboard.type("Drawn without a mouse")
    _tab_to(page, "publish-confirm")
    press("Enter")
    expect(page.get_by_test_id("deploy-published")).to_be_visible()
    assert flow_called(shop, "By keys alone")["latest_version"] == 1


def test_steps_are_copied_from_one_flow_into_another_by_the_clipboard(analyst: Person, shop: Shop) -> None:
    page = _open(analyst, shop, "Copied from", ROW)
    expect(analyst.node("reply")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    _said(page, "Copied 2 steps")

    _open(analyst, shop, "Copied to", {**ROW, "nodes": ROW["nodes"][:1], "edges": []})
    expect(analyst.node("start")).to_be_visible()
    page.keyboard.press("Control+v")

    _said(page, "Pasted Reply")
    expect(analyst.node("reply")).to_be_visible()
    expect(page.get_by_text("The trigger was left out").first).to_be_visible()
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "saved")
    assert [node["id"] for node in flow_called(shop, "Copied to")["document"]["nodes"]] == ["start", "reply"]


def _open(person: Person, shop: Shop, name: str, document: dict[str, Any]) -> Page:
    flow = shop.api("POST", "flows/", {"name": name, "document": document}, expect=201)
    page = person.open(f"flows/{flow['id']}")
    expect(page.get_by_test_id("draft-state")).to_be_visible()
    return page


def _add(page: Page, words: str) -> None:
    """Press a, type what it is called, take the first."""
    page.keyboard.press("a")
    expect(page.get_by_role("combobox", name="What comes next?")).to_be_focused()
    page.keyboard.type(words)
    expect(page.get_by_role("option").first).to_contain_text(re.compile(words, re.IGNORECASE))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("quick-add")).to_have_count(0)


def _said(page: Page, words: str) -> None:
    expect(page.get_by_test_id("said")).to_contain_text(words)


def _tab_to(page: Page, test_id: str) -> None:
    """Press Tab until the button has the focus."""
    for _ in range(120):
        if page.evaluate("document.activeElement?.dataset?.testid ?? ''") == test_id:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {test_id}")


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    options = {"rules": {EXPERIMENT: {"enabled": False}}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
    ]
