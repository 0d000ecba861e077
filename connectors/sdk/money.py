"""Money between systems: minor units and decimals, by the exponent of the currency.

Used by connectors, their simulators and their tests; amounts are `Decimal`, never floats.
A system that departs from ISO 4217 (as payment providers do) passes its own table of exponents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.core import get_global

from connectors.sdk.errors import Rejected

# ISO 4217 minor units that are not two. The locale data of babel (CLDR) knows all codes, but gives for some
# (IQD, RSD, LBP) the digits that people write, not the ones that ISO defines.
_NOT_TWO = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(get_global("all_currencies")) | frozenset(_NOT_TWO)


class _Iso(Mapping[str, int]):
    """Exponent by upper-case ISO 4217 code."""

    def __getitem__(self, currency: str) -> int:
        if currency not in _known():
            raise KeyError(currency)
        return _NOT_TWO.get(currency, 2)

    def __iter__(self) -> Iterator[str]:
        return iter(_known())

    def __len__(self) -> int:
        return len(_known())


ISO: Mapping[str, int] = _Iso()
"""Exponents by ISO 4217: JPY 0, USD 2, BHD 3, CLF 4."""


def exponent_of(currency: str, exponents: Mapping[str, int] = ISO) -> int:
    """Number of decimal places of a currency.

    Args:
        currency: ISO 4217 code, any case.
        exponents: The system's own table; a code it lacks is looked up in `ISO`.

    Raises:
        Rejected: The code is not a currency (code `currency_unknown`).
    """
    code = currency.strip().upper()
    found = exponents.get(code)
    if found is None:
        found = ISO.get(code)
    if found is None:
        raise Rejected(
            f"{currency!r} is not a currency code of ISO 4217.",
            code="currency_unknown",
            hint="Use a three-letter code such as USD.",
            field="currency",
        )
    return found


def minor_to_decimal(amount: int | str, currency: str, exponents: Mapping[str, int] = ISO) -> Decimal:
    """An amount in the smallest unit as a decimal amount: (1099, "usd") -> Decimal("10.99").

    Args:
        amount: Whole number of minor units, or its text.
        currency: ISO 4217 code, any case.
        exponents: The system's own table of exponents.

    Returns:
        The exact amount with as many places as the currency has.

    Raises:
        Rejected: Not a whole number (`amount_invalid`) or not a currency (`currency_unknown`).
    """
    places = exponent_of(currency, exponents)
    whole = _decimal(amount)
    if whole != whole.to_integral_value():
        raise Rejected(
            f"{amount} is not a whole number of minor units.",
            code="amount_invalid",
            hint="Give the amount in the smallest unit of the currency, without a decimal point.",
            field="amount",
        )
    return Decimal(int(whole)).scaleb(-places)


def decimal_to_minor(amount: Decimal | int | str, currency: str, exponents: Mapping[str, int] = ISO) -> int:
    """A decimal amount in the smallest unit: (Decimal("10.99"), "USD") -> 1099. Exact or refused, never rounded.

    Raises:
        Rejected: More places than the currency has (`amount_precision`), no number (`amount_invalid`), no currency.
    """
    places = exponent_of(currency, exponents)
    minor = _decimal(amount).scaleb(places)
    if minor != minor.to_integral_value():
        raise Rejected(
            f"{amount} has more decimal places than {currency.upper()} has ({places}).",
            code="amount_precision",
            hint="Round the amount in the mapping, so that the rounding is visible there.",
            field="amount",
        )
    return int(minor)


def _decimal(amount: Decimal | int | str) -> Decimal:
    try:
        number = Decimal(amount) if not isinstance(amount, str) else Decimal(amount.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(amount, bool | float) or not number.is_finite():
        raise Rejected(f"{amount!r} is not an amount.", code="amount_invalid", field="amount")
    return number
