"""Transforms of numbers, money and lists.

Part of the catalogue in `transforms.py`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from flows.engine import lists
from flows.engine.budget import Budget
from flows.engine.errors import author_error
from flows.engine.functions import join
from flows.engine.money import (
    EXACT,
    ROUNDINGS,
    decimal_of,
    decimal_to_minor,
    divide,
    exponent_of,
    minor_to_decimal,
    round_number,
)
from flows.engine.outcomes import Tables
from flows.engine.values import text_of
from flows.mapping.paths import looks_like_source
from flows.mapping.transform import PATH_OR_TEXT, TEXT, Params, Transform, example, shelf, titled

_PLAIN: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def _load_currency(params: dict[str, Any]) -> None:
    """A fixed currency is checked, and babel loaded, when the rule is compiled."""
    currency = params.get("currency")
    if currency is None and params.get("exponent") is None:
        raise author_error("currency_missing", "Name the currency, or give the number of decimals as `exponent`.")
    if isinstance(currency, str) and not looks_like_source(currency) and "{{" not in currency:
        exponent_of(currency)
    else:
        exponent_of("USD")


def _number(value: Any, p: Params, tables: Tables) -> Decimal | None:
    if type(value) is not str:
        return decimal_of(value)
    text = value.strip()
    if not text:
        return None
    text = text.replace(p.get("thousands", ","), "").replace(p.get("decimal", "."), ".").replace("\u00a0", "")
    negative = text.startswith("(") and text.endswith(")")
    text = text.strip("()").strip()
    if not _PLAIN.fullmatch(text) or len(text) > 40:
        raise author_error("not_a_number", f"'{value[:60]}' is not a number.", "Name its decimal and thousands marks.")
    return -Decimal(text) if negative else Decimal(text)


def _number_format(value: Any, p: Params, tables: Tables) -> str:
    rounded = round_number(value, p.get("decimals", 2))
    text = f"{rounded:,.{p.get('decimals', 2)}f}"
    marks = {",": p.get("thousands", ""), ".": p.get("decimal", ".")}
    return "".join(marks.get(character, character) for character in text)


def _arithmetic(value: Any, p: Params, tables: Tables, sign: str) -> Decimal:
    left, right = decimal_of(value), decimal_of(p["by"])
    if sign == "+":
        return EXACT.add(left, right)
    if sign == "*":
        return EXACT.multiply(left, right)
    return divide(left, right)


_CURRENCY: Final = titled(PATH_OR_TEXT, "Currency", description="A code such as USD, or the path to one.")
_EXPONENT: Final = {"type": "integer", "title": "Decimals of the currency", "minimum": 0, "maximum": 6}
_ROUNDING: Final = {"title": "Rounding", "enum": list(ROUNDINGS)}
_BY: Final = {"type": ["number", "string"], "title": "By", "format": "path-or-text"}
_DIGITS: Final = {"type": "integer", "minimum": 0, "maximum": 12}


def _list_of(fn: Any) -> Any:
    return lambda value, params, tables: fn(Budget(), value)


TRANSFORMS: Final = shelf(
    "Numbers and money",
    Transform(
        "minor_to_decimal", "Cents to amount",
        "Cents, or the smallest unit of any currency, as an amount: 88950 cents are 889.50.",
        lambda v, p, t: minor_to_decimal(v, p.get("currency"), p.get("exponent")),
        example(88950, 889.5, currency="USD"), {"currency": _CURRENCY, "exponent": _EXPONENT}, prepare=_load_currency,
    ),
    Transform(
        "decimal_to_minor", "Amount to cents", "An amount as cents, or the smallest unit of its currency.",
        lambda v, p, t: decimal_to_minor(v, p.get("currency"), p.get("exponent"), p.get("rounding")),
        example("889.50", 88950, currency="USD"),
        {"currency": _CURRENCY, "exponent": _EXPONENT, "rounding": _ROUNDING}, prepare=_load_currency,
    ),
    Transform(
        "number", "Read a number", "A text such as 1,234.50 as a number to reckon with.", _number, example("1,234.50",
        1234.5),
        {"decimal": titled({**TEXT, "maxLength": 1, "minLength": 1}, "Decimal mark", default="."),
         "thousands": titled({**TEXT, "maxLength": 1, "minLength": 1}, "Thousands mark", default=",")},
    ),
    Transform(
        "number_format", "Write a number", "A number as text, with the decimals and marks you want.", _number_format,
        example(1234.5, "1,234.50", decimals=2, thousands=","),
        {"decimals": titled(_DIGITS, "Decimals", default=2),
         "decimal": titled({**TEXT, "maxLength": 1}, "Decimal mark"),
         "thousands": titled({**TEXT, "maxLength": 1}, "Thousands mark")},
    ),
    Transform(
        "round", "Round", "Keeps so many decimals; a half is rounded up unless told otherwise.",
        lambda v, p, t: round_number(v, p.get("digits", 0), p.get("rounding", "half_up")),
        example(2.345, 2.35, digits=2), {"digits": titled(_DIGITS, "Decimals", default=0), "rounding": _ROUNDING},
    ),
    Transform("add", "Add", "Adds a number, or the number of another field.", lambda v, p, t: _arithmetic(v, p, t, "+"),
              example(2, 5, by=3), {"by": _BY}, ("by",)),
    Transform("multiply", "Multiply", "Multiplies by a number, or the number of another field.", lambda v, p,
              t: _arithmetic(v, p, t, "*"),
              example(2, 6, by=3), {"by": _BY}, ("by",)),
    Transform("divide", "Divide", "Divides by a number, or the number of another field.", lambda v, p,
              t: _arithmetic(v, p, t, "/"),
              example(7, 3.5, by=2), {"by": _BY}, ("by",)),
) + shelf(
    "Lists",
    Transform("first", "Take the first", "The first item of a list.", _list_of(lists.first),
              example([1, 2], 1), takes="list", null=True),
    Transform("last", "Take the last", "The last item of a list.", _list_of(lists.last),
              example([1, 2], 2), takes="list", null=True),
    Transform(
        "join", "Join a list as text", "The items of a list as one text; empty ones are left out.",
        lambda v, p, t: join(Budget(), lists.filter_empty(Budget(), v), text_of(p.get("separator", ", "))),
        example(["a", "", "b"], "a, b"), {"separator": titled(TEXT, "Between them", default=", ")},
        takes="list", null=True,
    ),
    Transform("count", "Count", "How many items a list has.", lambda v, p, t: len(lists.as_list(v)), example([4, 5], 2),
              takes="list", null=True),
    Transform("sum", "Add up", "The exact sum of a list of numbers.", _list_of(lists.total),
              example([0.1, 0.2], 0.3), takes="list", null=True),
    Transform("unique", "Each only once", "Leaves out items that are there already.", _list_of(lists.unique),
              example([1, 1, 2], [1, 2]),
              takes="list", keeps_list=True, null=True),
    Transform("filter_empty", "Without empty ones", "Leaves out items that hold nothing.", _list_of(lists.filter_empty),
              example(["a", ""], ["a"]), takes="list", keeps_list=True, null=True),
    Transform("sort", "Sort", "Puts the items in order, from small to large.", _list_of(lists.sort), example([2, 1],
              [1, 2]), takes="list",
              keeps_list=True, null=True),
)  # fmt: skip
