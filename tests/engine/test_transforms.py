"""The transform catalogue: every example, and the edges that matter."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine.errors import DocumentRefused, StepFailed
from flows.mapping.rules import compile_rules
from flows.mapping.transforms import CATALOGUE, describe
from tests.engine.harness import Tables

EXAMPLES = [(entry["fn"], entry["example"]) for entry in describe()]


def transformed(value: Any, fn: str, /, **params: Any) -> Any:
    rule = {"target": "out", "source": "trigger.body", "transforms": [{"fn": fn, **params}], "on_empty": "null"}
    scope = {"trigger": {"body": value}, "steps": {}, "env": {}}
    return compile_rules([rule]).apply(scope, Tables({"t": {"a": 1}}))["out"]


@pytest.mark.parametrize("fn, example", EXAMPLES, ids=[fn for fn, _ in EXAMPLES])
def test_every_example_of_the_catalogue_is_true(fn: str, example: dict[str, Any]) -> None:
    assert transformed(example["value"], fn, **example["params"]) == example["result"]


def test_people_find_every_transform_on_a_shelf_by_a_name_of_its_own() -> None:
    entries = describe()

    shelves = list(dict.fromkeys(entry["group"] for entry in entries))
    titles = [entry["title"] for entry in entries]

    assert shelves == [
        "Text", "Choose and look up", "Numbers and money", "Lists", "Dates and times", "People and places",
    ]  # fmt: skip
    assert len(set(titles)) == len(titles)
    assert all(entry["description"].endswith(".") for entry in entries)


def test_the_catalogue_has_what_was_promised() -> None:
    promised = {
        "minor_to_decimal", "decimal_to_minor", "unix_to_date", "parse_date", "format_date", "to_time_zone", "concat",
        "split", "trim", "upper", "lower", "title", "default", "lookup", "enum", "number", "number_format", "round",
        "first", "last", "join", "count", "sum", "replace", "substring", "truncate", "pad", "prefix", "suffix", "bool",
        "to_text", "split_address_us", "split_name", "country_code", "json_parse", "unique", "filter_empty",
    }  # fmt: skip

    assert promised <= set(CATALOGUE)


@pytest.mark.parametrize("fn", sorted(fn for fn, entry in CATALOGUE.items() if not entry.null and not entry.required))
def test_nothing_passes_through(fn: str) -> None:
    params = {"currency": "USD"} if "currency" in CATALOGUE[fn].properties else {}

    assert transformed(None, fn, **params) is None


@pytest.mark.parametrize(
    "value, fn, params, expected",
    [
        (88900, "minor_to_decimal", {"currency": "USD"}, 889),
        (88901, "minor_to_decimal", {"currency": "usd"}, 889.01),
        (500, "minor_to_decimal", {"currency": "JPY"}, 500),
        (1234, "minor_to_decimal", {"currency": "BHD"}, 1.234),
        (12345, "minor_to_decimal", {"currency": "CLF"}, 1.2345),
        ("88900", "minor_to_decimal", {"exponent": 3}, 88.9),
        (12345678901234567890, "minor_to_decimal", {"currency": "USD"}, "123456789012345678.90"),
        (1.005, "decimal_to_minor", {"currency": "USD", "rounding": "half_up"}, 101),
        ("10", "decimal_to_minor", {"currency": "JPY"}, 10),
        ("1.234,50", "number", {"decimal": ",", "thousands": "."}, 1234.5),
        ("(12.50)", "number", {}, -12.5),
        (" 7 ", "number", {}, 7),
        ("", "number", {}, None),
        (12, "number", {}, 12),
        (0.1, "number", {}, 0.1),
        (2.5, "round", {}, 3),
        (2.5, "round", {"rounding": "half_even"}, 2),
        (-2.345, "round", {"digits": 2}, -2.35),
        (1234567.891, "number_format", {"thousands": ",", "decimals": 1}, "1,234,567.9"),
        (1234.5, "number_format", {"thousands": ".", "decimal": ","}, "1.234,50"),
        (10, "divide", {"by": 4}, 2.5),
        (10, "divide", {"by": 3}, 3.33333333333333),
        ("a;b;c", "split", {"separator": ";", "index": -1}, "c"),
        ("a", "split", {"index": 3}, None),
        ("abc", "substring", {"start": -2}, "bc"),
        ("abc", "truncate", {"length": 5}, "abc"),
        ("7", "pad", {"length": 3, "fill": "*", "side": "right"}, "7**"),
        ("x", "default", {"value": "y"}, "x"),
        ("", "default", {"value": "y", "blank": True}, "y"),
        (None, "default", {"value": {"a": 1}}, {"a": 1}),
        ("OPEN", "enum", {"values": {"open": 1}, "ignore_case": True}, 1),
        ("other", "enum", {"values": {"open": 1}, "default": None}, None),
        (True, "enum", {"values": {"true": "Y"}}, "Y"),
        ("N", "bool", {}, False),
        (0, "bool", {}, False),
        ("ja", "bool", {"true": ["ja"], "false": ["nein"]}, True),
        ("maybe", "bool", {"default": False}, False),
        (1.50, "to_text", {}, "1.5"),
        ({"a": 1}, "to_text", {}, '{"a":1}'),
        ("05/06/2026", "parse_date", {"formats": ["%d/%m/%Y", "%m/%d/%Y"], "format": "date"}, "2026-06-05"),
        ("13/06/2026", "parse_date", {"formats": ["%m/%d/%Y", "%d/%m/%Y"], "format": "date"}, "2026-06-13"),
        ("June 5, 2026 3pm", "parse_date", {"time_zone": "America/New_York"}, "2026-06-05T15:00:00-04:00"),
        ("2026-06-05", "parse_date", {}, "2026-06-05T00:00:00Z"),
        (1763645400, "unix_to_date", {}, "2025-11-20T13:30:00Z"),
        (1763645400123, "unix_to_date", {"unit": "milliseconds"}, "2025-11-20T13:30:00.123000Z"),
        (1763645400, "unix_to_date", {"time_zone": "America/New_York"}, "2025-11-20T08:30:00-05:00"),
        ("2026-01-31", "add_time", {"months": 1}, "2026-02-28T00:00:00Z"),
        ("2026-03-29T00:30:00Z", "format_date", {"format": "%H:%M", "time_zone": "Europe/Berlin"}, "01:30"),
        ("2026-03-29T01:30:00Z", "format_date", {"format": "%H:%M", "time_zone": "Europe/Berlin"}, "03:30"),
        ("usa", "country_code", {}, "US"),
        ("Deutschland", "country_code", {"default": None}, None),
        ("GBR", "country_code", {}, "GB"),
        ("UK", "country_code", {}, "GB"),
        ("276", "country_code", {}, "DE"),
        ([1, None, 3], "sum", {}, 4),
        ([], "first", {}, None),
        (None, "count", {}, 0),
        ("one", "count", {}, 1),
        ([{"a": 1}, {"a": 1}], "unique", {}, [{"a": 1}]),
        ('{"a": 1}', "json_parse", {}, {"a": 1}),
        ({"a": 1}, "json_parse", {}, {"a": 1}),
        (["a", None, "b"], "concat", {"separator": " "}, "a b"),
        (None, "concat", {}, None),
        ("PO Box 12, Austin TX 78701", "split_address_us", {},
         {"house_number": "", "street": "PO Box 12", "unit": "", "city": "Austin", "state": "TX", "zip": "78701"}),
        ("Lovelace, Ada", "split_name", {},
         {"title": "", "first": "Ada", "middle": "", "last": "Lovelace", "suffix": ""}),
        ("", "split_name", {}, {"title": "", "first": "", "middle": "", "last": "", "suffix": ""}),
    ],
)  # fmt: skip
def test_a_transform_answers(value: Any, fn: str, params: dict[str, Any], expected: Any) -> None:
    assert transformed(value, fn, **params) == expected


@pytest.mark.parametrize(
    "value, fn, params, code",
    [
        ("x", "minor_to_decimal", {"currency": "USD"}, "not_a_number"),
        (True, "minor_to_decimal", {"currency": "USD"}, "not_a_number"),
        (1, "minor_to_decimal", {"currency": "trigger.body.c"}, "currency_missing"),
        ("1.005", "decimal_to_minor", {"currency": "USD"}, "amount_too_fine"),
        ("1e5", "number", {}, "not_a_number"),
        ("12 apples", "number", {}, "not_a_number"),
        (1, "divide", {"by": 0}, "division_by_zero"),
        ("x", "lookup", {"table": "t"}, "lookup_missing"),
        ("", "lookup", {"table": "t"}, "lookup_missing"),
        ("x", "enum", {"values": {"a": 1}}, "enum_missing"),
        ("maybe", "bool", {}, "not_yes_or_no"),
        ("{", "json_parse", {}, "not_json"),
        ("yesterday", "parse_date", {}, "date_unreadable"),
        ("5 June", "parse_date", {}, "date_unreadable"),
        ("2026-13-01", "parse_date", {"formats": ["%Y-%m-%d"]}, "date_unreadable"),
        (20260101, "parse_date", {}, "date_unreadable"),
        (10**15, "unix_to_date", {}, "date_unreadable"),
        ("Atlantis", "country_code", {}, "unknown_country"),
        ("a" * 6_000_000, "replace", {"old": "a", "new": "aa"}, "limit_text_length"),
    ],
)
def test_a_transform_fails_with_words(value: Any, fn: str, params: dict[str, Any], code: str) -> None:
    with pytest.raises(StepFailed) as failed:
        transformed(value, fn, **params)

    assert failed.value.error["code"] == code
    assert failed.value.error["field"] == "out"
    assert failed.value.error["pointer"] == "/0/transforms/0"


@pytest.mark.parametrize(
    "fn, params, code",
    [
        ("minor_to_decimal", {}, "currency_missing"),
        ("minor_to_decimal", {"currency": "ZZZ"}, "unknown_currency"),
        ("parse_date", {"formats": ["%Q"]}, "bad_date_format"),
        ("format_date", {"format": "%1000000d"}, "bad_date_format"),
        ("to_time_zone", {"time_zone": "Nowhere"}, "unknown_time_zone"),
        ("to_time_zone", {"time_zone": "../../etc/passwd"}, "unknown_time_zone"),
        ("to_time_zone", {}, "required"),
        ("pad", {"length": 1, "fill": "ab"}, "too_long"),
        ("round", {"rounding": "sideways"}, "not_allowed"),
    ],
)
def test_wrong_parameters_are_problems_of_the_document(fn: str, params: dict[str, Any], code: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        transformed(1, fn, **params)

    assert [problem.code for problem in refused.value.problems] == [code]
