"""The same installation, browser and persons as in tests/browser, for tests that measure time."""

from __future__ import annotations

from tests.browser.conftest import (
    _only_the_demo_stays,
    admin,
    analyst,
    browser,
    people,
    person,
    product,
    pytest_runtest_makereport,
    shop,
    watch,
)

__all__ = [
    "_only_the_demo_stays",
    "admin",
    "analyst",
    "browser",
    "people",
    "person",
    "product",
    "pytest_runtest_makereport",
    "shop",
    "watch",
]
