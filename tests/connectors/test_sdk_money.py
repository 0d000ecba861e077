"""Money: exact in both directions, refused instead of rounded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.errors import Rejected
from connectors.sdk.money import ISO, decimal_to_minor, exponent_of, minor_to_decimal

CURRENCIES = ["USD", "JPY", "BHD", "CLF", "IQD", "UGX", "ISK"]


@pytest.mark.parametrize(
    "minor, currency, text",
    [
        (1099, "usd", "10.99"),
        ("1099", "EUR", "10.99"),
        (1000, "jpy", "1000"),
        (1234, "KWD", "1.234"),
        (-5, "usd", "-0.05"),
        (12345, "clf", "1.2345"),
        (1000, "IQD", "1.000"),
        (1, "RSD", "0.01"),
    ],
)
def test_minor_units_become_exact_decimals(minor: Any, currency: str, text: str) -> None:
    assert str(minor_to_decimal(minor, currency)) == text


@pytest.mark.parametrize(
    "amount, currency, minor", [("10.99", "USD", 1099), (10, "JPY", 10), (Decimal("1.5"), "BHD", 1500)]
)
def test_decimals_become_minor_units(amount: Any, currency: str, minor: int) -> None:
    assert decimal_to_minor(amount, currency) == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))
def test_there_and_back_is_the_same(minor: int, currency: str) -> None:
    assert decimal_to_minor(minor_to_decimal(minor, currency), currency) == minor


@pytest.mark.parametrize(
    "amount, currency, code",
    [
        ("10.999", "USD", "amount_precision"),
        ("0.5", "JPY", "amount_precision"),
        ("ten", "USD", "amount_invalid"),
        (Decimal("NaN"), "USD", "amount_invalid"),
        (Decimal("Infinity"), "USD", "amount_invalid"),
        (True, "USD", "amount_invalid"),
        (10.5, "USD", "amount_invalid"),
        ("1", "XYZ", "currency_unknown"),
        ("1", "", "currency_unknown"),
    ],
)
def test_what_is_not_exact_is_refused(amount: Any, currency: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        decimal_to_minor(amount, currency)

    assert refused.value.code == code


def test_minor_units_must_be_whole() -> None:
    with pytest.raises(Rejected) as refused:
        minor_to_decimal("10.5", "USD")

    assert refused.value.code == "amount_invalid"


def test_a_system_brings_its_own_table_and_iso_serves_the_rest() -> None:
    stripe = {"UGX": 2, "MGA": 0}

    assert (exponent_of("ugx", stripe), exponent_of("MGA", stripe), exponent_of("EUR", stripe)) == (2, 0, 2)
    assert (ISO["UGX"], ISO["MGA"], "XYZ" in ISO) == (0, 2, False)
    assert minor_to_decimal(500, "UGX", stripe) == Decimal("5.00")
