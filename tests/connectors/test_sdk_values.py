"""Small readings of values, and waiting times in all spellings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.sdk.retry_after import parse_retry_after
from connectors.sdk.values import fill, form_pairs, form_text, pick, quote_segment, text_of

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    "path, value",
    [
        ("a.b", 1),
        ("list[1].x", 3),
        ("list.1.x", 3),
        ("@odata.nextLink", "next"),
        ('deep["@odata.nextLink"]', "deeper"),
        ("a.missing", None),
        ("list[9].x", None),
        ("a.b.c", None),
        ("", {"whole": True}),
    ],
)
def test_a_path_finds_a_value_or_nothing(path: str, value: Any) -> None:
    body = {
        "a": {"b": 1},
        "list": [{"x": 2}, {"x": 3}],
        "@odata.nextLink": "next",
        "deep": {"@odata.nextLink": "deeper"},
    }

    assert pick(body if path else {"whole": True}, path) == value


@pytest.mark.parametrize(
    "value, text",
    [(True, "true"), (None, ""), (1.0, "1"), (1.5, "1.5"), (Decimal("1E+2"), "100"), ("x", "x"), (7, "7")],
)
def test_scalars_are_written_as_systems_expect_them(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_places_are_filled_and_other_braces_stay() -> None:
    assert fill('{"Company":"{config.company}"} {a}', {"config.company": "EPIC06", "a": 1}.__getitem__) == (
        '{"Company":"EPIC06"} 1'
    )


@pytest.mark.parametrize("value, quoted", [("a/b", "a%2Fb"), ("a b#%?", "a%20b%23%25%3F"), ("ä", "%C3%A4"), (12, "12")])
def test_a_path_segment_is_quoted_whole(value: Any, quoted: str) -> None:
    assert quote_segment(value) == quoted


@pytest.mark.parametrize("value", ["", ".", "..", None])
def test_a_path_segment_that_would_change_the_path_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        quote_segment(value)


def test_forms_are_written_with_brackets() -> None:
    fields = {"a": {"b": {"c": 1}}, "list": ["x", "y"], "rows": [{"p": 1}, {"p": 2}], "none": None, "empty": ""}

    assert list(form_pairs(fields)) == [
        ("a[b][c]", "1"), ("list[]", "x"), ("list[]", "y"), ("rows[0][p]", "1"), ("rows[1][p]", "2"), ("empty", ""),
    ]  # fmt: skip
    assert form_text({"$top": 5, "q": "a&b"}) == "$top=5&q=a%26b"


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "2.0"}, 2.0),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:00 GMT"}, 0.0),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "9999999"}, 86_400.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After-Ms": "1500"}, 1.5),
        ({"X-Rate-Limit-Time-Reset-Ms": "15000"}, 15.0),
        ({"X-RateLimit-Reset": "1700000012"}, 12.0),
        ({"X-RateLimit-Reset": "1700000012000"}, 12.0),
        ({"X-RateLimit-Reset": "12"}, 12.0),
        ({"RateLimit-Reset": "50"}, 50.0),
        ({"RateLimit-Reset": "50;w=60"}, 50.0),
        ({"RateLimit-Reset": "30s"}, 30.0),
        ({"Retry-After": "3", "X-RateLimit-Reset": "60"}, 3.0),
        ({}, None),
    ],
)
def test_waiting_times_are_read_in_all_spellings(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers, NOW) == seconds
