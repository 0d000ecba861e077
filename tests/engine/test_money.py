"""Money: exponents by ISO 4217, exact round trips, and the way through JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine.money import decimal_of, decimal_to_minor, exponent_of, minor_to_decimal, money_text
from flows.engine.values import decimal_to_json, to_json

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KRW", "BHD", "KWD", "CLF", "IQD", "LBP", "ISK"])


@pytest.mark.parametrize(
    "currency, exponent",
    [
        ("USD", 2), ("usd", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("UGX", 0), ("BHD", 3), ("TND", 3), ("CLF", 4),
        ("IQD", 3), ("LBP", 2), ("AFN", 2), ("RSD", 2), ("COP", 2), ("HUF", 2), ("TWD", 2), ("IDR", 2), ("MGA", 2),
    ],
)  # fmt: skip
def test_exponents_are_those_of_iso(currency: str, exponent: int) -> None:
    assert exponent_of(currency) == exponent


@given(st.integers(-(10**15), 10**15), CURRENCIES)
def test_minor_units_come_back_unchanged(amount: int, currency: str) -> None:
    assert decimal_to_minor(minor_to_decimal(amount, currency), currency) == amount


@given(st.integers(-(10**17), 10**17), CURRENCIES)
def test_amounts_survive_json_exactly(amount: int, currency: str) -> None:
    exact = minor_to_decimal(amount, currency)

    written = json.loads(json.dumps(to_json(exact)))

    assert decimal_of(written) == exact


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20))
def test_any_decimal_survives_json_exactly(number: Decimal) -> None:
    written = json.loads(json.dumps(decimal_to_json(number)))

    assert Decimal(str(written)) == number


@pytest.mark.parametrize(
    "number, expected",
    [
        (Decimal("889.00"), 889),
        (Decimal("889.10"), 889.1),
        (Decimal("0.30"), 0.3),
        (Decimal("1E+3"), 1000),
        (Decimal("-0.00"), 0),
        (Decimal("9007199254740993"), "9007199254740993"),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
    ],
)
def test_the_border_rule(number: Decimal, expected: object) -> None:
    assert to_json(number) == expected
    assert type(to_json(number)) is type(expected)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1336.9, "usd", "1336.90 USD"),
        (500, "JPY", "500 JPY"),
        ("12.2505", "kwd", "12.251 KWD"),
        (-3, "eur", "-3.00 EUR"),
    ],
)
def test_money_is_written_with_the_currencys_own_decimals(amount: object, currency: str, text: str) -> None:
    assert money_text(amount, currency) == text
