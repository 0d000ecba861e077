"""The first load: small enough, usable soon, and no request that waits for more than one other."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.screens import Person
from tests.journeys.shop import TENANT
from tests.services.product import ROOT

DIST = ROOT / "frontend" / "dist"
MOST_BYTES = 350 * 1024
MOST_INTERACTIVE_MS = 1500
MOST_LEVELS = 2


def test_what_the_first_page_loads_stays_under_350_kb_gzipped() -> None:
    page = (DIST / "index.html").read_text("utf-8")
    names = sorted(set(re.findall(r'(?:src|href)="/static/app/(assets/[^"]+\.(?:js|css))"', page)))

    sizes = {name: len(gzip.compress((DIST / name).read_bytes())) for name in names}

    assert {name.rsplit(".", 1)[1] for name in names} == {"js", "css"}
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_the_flows_are_on_screen_within_one_and_a_half_seconds(analyst: Person) -> None:
    took = min(_time_of(analyst) for _ in range(6))

    assert took < MOST_INTERACTIVE_MS


def test_requests_come_in_two_levels_the_session_and_then_everything(people: Callable[..., Person]) -> None:
    """Of data; pictures of systems come when the page can be used already."""
    person = people().sign_in("analyst")
    page = person.page
    person.open("flows")
    page.wait_for_load_state("networkidle")

    entries: list[dict[str, Any]] = page.evaluate(
        """() => performance.getEntriesByType('resource')
            .filter(each => each.name.includes('/api/v1/') && each.initiatorType === 'fetch')
            .map(each => ({name: each.name, start: each.startTime, end: each.responseEnd}))"""
    )

    assert any("/session/" in entry["name"] for entry in entries)
    assert _levels(entries) <= MOST_LEVELS, [(entry["name"], entry["start"]) for entry in entries]


def _time_of(person: Person) -> float:
    """Milliseconds from asking for the page until its flows can be clicked."""
    page = person.page
    page.goto(f"{person.url}/t/{TENANT}/flows")
    row = page.locator("[data-testid^=flow-row-]").first
    expect(row).to_be_visible()
    return float(page.evaluate("performance.now()"))


def _levels(entries: list[dict[str, Any]]) -> int:
    """How many requests at most stand one behind the other: each begins only when the one before has ended."""
    waiting = sorted(entries, key=lambda entry: entry["start"])
    levels = 0
    while waiting:
        first_end = min(entry["end"] for entry in waiting)
        waiting = [entry for entry in waiting if entry["start"] >= first_end]
        levels += 1
    return levels
