"""The Chromium of the tests is a real one: it runs scripts and lays out pages."""

from __future__ import annotations

import pytest

from tests.services.browser import chromium_path, open_browser
from tests.services.errors import ServiceMissing


def test_the_browser_runs_scripts_and_lays_out_pages(chromium: str) -> None:
    with open_browser(chromium) as browser:
        page = browser.new_page(viewport={"width": 800, "height": 600})
        page.set_content("<button style='width: 120px'>Publish</button>")

        box = page.get_by_role("button", name="Publish").bounding_box()
        answer = page.evaluate("6 * 7")

    assert answer == 42
    assert box is not None
    assert box["width"] == 120


def test_a_named_browser_that_is_not_there_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPAAS_TEST_CHROMIUM", "/nowhere/chromium")

    with pytest.raises(ServiceMissing, match=r"/nowhere/chromium does not start.*IPAAS_TEST_CHROMIUM"):
        chromium_path()
