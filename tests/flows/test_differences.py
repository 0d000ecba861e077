"""Comparing two documents: the cases that the browser is held to as well, and what holds for any two documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.differences import difference

CASES: list[dict[str, Any]] = orjson.loads((Path(__file__).parent / "differences.json").read_bytes())
NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.one_of(st.integers(0, 2), st.booleans(), st.sampled_from(["x", "y/z", "~"]), st.lists(NAMES, max_size=2))
RULES = st.lists(st.fixed_dictionaries({"target": NAMES}, optional={"value": VALUES, "source": NAMES}), max_size=4)
NODES = st.lists(
    st.fixed_dictionaries({"id": NAMES, "kind": NAMES, "params": st.fixed_dictionaries({"rules": RULES})}),
    max_size=3,
    unique_by=lambda node: node["id"],
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "nodes": NODES,
        "edges": st.lists(st.fixed_dictionaries({"from": NAMES, "to": NAMES}), max_size=3),
        "settings": st.dictionaries(NAMES, VALUES, max_size=2),
    }
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case_that_browser_and_server_share(case: dict[str, Any]) -> None:
    found = difference(case["first"], case["second"])

    assert found == case["difference"]


@given(document=DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    found = difference(document, document)

    assert set(found["counts"].values()) == {0}


@given(first=DOCUMENTS, second=DOCUMENTS)
def test_what_one_direction_adds_the_other_removes(first: dict[str, Any], second: dict[str, Any]) -> None:
    there, back = difference(first, second), difference(second, first)

    assert set(there["added"]) == set(back["removed"])
    assert set(there["changed"]) == set(back["changed"])
    assert there["counts"]["fields"] == back["counts"]["fields"]
    assert there["edges_added"] == back["edges_removed"]
