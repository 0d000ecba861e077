"""The editor without a mouse: steps are copied between flows by keys, and what is done is heard in the live region.

Nothing here clicks.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.screens import Person, flow_called
from tests.journeys.shop import Shop

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


def _said(page: Page, words: str) -> None:
    expect(page.get_by_test_id("said")).to_contain_text(words)
