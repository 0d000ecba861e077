"""Without a mouse: the command palette reaches pages, `?` shows the keys, and where the focus is can be seen."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import Person, buy_until
from tests.journeys.shop import Shop

PALETTE = "Page, flow, business key of a run, or action"


def test_the_command_palette_reaches_a_page(analyst: Person) -> None:
    page = analyst.page

    page.keyboard.press("Control+k")
    palette = page.get_by_placeholder(PALETTE)
    expect(palette).to_be_focused()
    page.keyboard.type("tables")
    expect(page.get_by_role("dialog").get_by_text("Tables")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/t/demo/tables$"))
    expect(page.get_by_role("heading", name="Tables")).to_be_visible()
    expect(palette).to_be_hidden()


def test_the_command_palette_finds_a_run_by_its_business_key(analyst: Person, shop: Shop) -> None:
    run = buy_until(shop, "peisistratus", "succeeded")
    page = analyst.page

    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder(PALETTE)).to_be_focused()
    page.keyboard.type(run["business_key"])
    page.get_by_role("dialog").get_by_text("Succeeded").click()

    expect(page).to_have_url(re.compile(run["id"]))
    analyst.run_is("succeeded")


def test_a_question_mark_shows_the_keys_and_a_leader_key_goes_to_a_page(analyst: Person) -> None:
    page = analyst.page
    expect(page.get_by_role("heading", name="Flows")).to_be_visible()

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("Undo, redo").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("r")

    expect(page).to_have_url(re.compile(r"/t/demo/runs$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_stop_of_the_tab_key_shows_where_the_focus_is(analyst: Person, scheme: Literal["light", "dark"]) -> None:
    page = analyst.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("[data-testid^=flow-row-]").first).to_be_visible()
    page.evaluate("document.activeElement.blur()")

    stops = [_next_stop(page) for _ in range(16)]

    assert [stop["name"] for stop in stops if not stop["shown"]] == []
    assert len({stop["name"] for stop in stops}) >= 12
    assert stops[0]["name"] == "To the content"


def _next_stop(page: Page) -> dict:
    """Press Tab; the element's name, and whether its outline, shadow, border or background tells that it has the focus.

    Its look is compared with that of the same element without the focus.
    """
    page.keyboard.press("Tab")
    return page.evaluate(
        """() => {
            const element = document.activeElement;
            const ring = element.closest('.mantine-Input-wrapper') ?? element;
            const look = () => [element, ring, element.parentElement].map(one => {
                const style = getComputedStyle(one);
                return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor,
                    style.backgroundColor];
            }).flat().join();
            const name = element.getAttribute('aria-label') || element.textContent.trim() || element.tagName;
            const still = () => document.getAnimations()
                .filter(animation => Number.isFinite(animation.effect.getComputedTiming().endTime))
                .forEach(animation => animation.finish());
            still();
            const box = element.getBoundingClientRect();
            const inWindow = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
            const focused = look();
            element.blur();
            still();
            const plain = look();
            element.focus({focusVisible: true});
            return {name, shown: inWindow && focused !== plain};
        }"""
    )
