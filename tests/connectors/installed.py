"""The registry with one more connector, the help desk of these tests, as an installed package would add it.

Imported by conftest files and tests of connections and the sandbox.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import registry as registered
from connectors.registry import Registry, Source, library_sources

DESK = Source("tests.connectors.desk", Path(__file__).parent / "desk")


@pytest.fixture
def with_desk(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The library's connectors and the help desk."""
    found = Registry([*library_sources(), DESK])
    monkeypatch.setattr(registered, "_registry", found)
    return found


@pytest.fixture
def only_desk(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The help desk alone."""
    found = Registry([DESK])
    monkeypatch.setattr(registered, "_registry", found)
    return found
