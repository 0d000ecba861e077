"""The list of exceptions only shrinks: growth, slack, staleness and missing reasons are findings."""

from __future__ import annotations

from tests.house.budgets import Excess
from tests.house.exceptions import compare, listed

ENTRY = {"file": "a.py", "measure": "lines", "value": 410, "reason": "one table that reads better whole"}


def test_a_listed_excess_is_accepted() -> None:
    assert compare([Excess("a.py", "lines", "", 410)], {"lines"}, [ENTRY]) == []


def test_growth_beyond_the_exception_is_found() -> None:
    assert compare([Excess("a.py", "lines", "", 411)], {"lines"}, [ENTRY]) == [
        "a.py: lines of the file is 411, more than the exception's 410"
    ]


def test_an_exception_follows_the_code_down() -> None:
    assert compare([Excess("a.py", "lines", "", 405)], {"lines"}, [ENTRY]) == [
        "a.py: lines of the file is 405: lower the exception from 410"
    ]


def test_a_stale_exception_is_found() -> None:
    assert compare([], {"lines"}, [ENTRY]) == ["stale exception, remove it: a.py lines "]


def test_an_exception_needs_a_reason() -> None:
    entry = {**ENTRY, "reason": "too long"}

    assert compare([Excess("a.py", "lines", "", 410)], {"lines"}, [entry]) == [
        "a.py: lines of the file is 410: the exception needs a reason in words"
    ]


def test_every_listed_exception_has_a_known_measure() -> None:
    measures = {"lines", "function_lines", "arguments", "component_lines", "broad_except", "docstring_lines"}

    assert [entry for entry in listed() if entry["measure"] not in measures] == []
