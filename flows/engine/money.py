"""Money between minor units and decimals, by the currency's exponent.

Called by expressions and by mapping transforms. Exponents are those of ISO 4217; babel supplies the list of currencies
and CLDR's digits, which differ from ISO for some cash-only reasons and are put right here. Never uses float arithmetic.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from flows.engine.errors import REJECTED, StepFailed, author_error, error
from flows.engine.values import kind_name

EXACT: Final = Context(prec=60)
MAX_DIGITS: Final = 40

# CLDR rounds these to the coins in use; ISO 4217 (list one, maintained by SIX) gives them these minor units.
_ISO_DIFFERS: Final = {
    **dict.fromkeys(("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "MRO", "RSD", "SLL", "SOS", "STD"), 2),
    **dict.fromkeys(("SYP", "YER"), 2),
    "IQD": 3,
}


@lru_cache(maxsize=512)
def exponent_of(currency: str) -> int:
    """How many decimals a currency has by ISO 4217: JPY 0, USD 2, BHD 3, CLF 4; upper or lower case.

    Raises:
        StepFailed: there is no such currency.
    """
    from babel.numbers import get_currency_precision, is_currency

    code = currency.strip().upper()
    if not is_currency(code):
        raise StepFailed(
            error(
                REJECTED,
                "unknown_currency",
                f"'{currency[:20]}' is not a currency code.",
                hint="Give the three-letter ISO 4217 code, such as USD or JPY.",
            )
        )
    known = _ISO_DIFFERS.get(code)
    return known if known is not None else int(get_currency_precision(code))


def decimal_of(value: Any) -> Decimal:
    """The exact number in an int, float, Decimal or numeric text (`1234.5`, no thousands separators).

    Raises:
        StepFailed: it is not a finite number of at most 40 digits.
    """
    kind = type(value)
    if kind is Decimal:
        number: Decimal = value
    elif kind is int:
        if value.bit_length() > 128:
            raise author_error("not_a_number", "The number has too many digits for money.")
        number = Decimal(value)
    elif kind is float:
        number = Decimal(repr(value))
    elif kind is str and len(value) <= MAX_DIGITS:
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            raise author_error("not_a_number", f"'{value}' is not a number.") from None
    else:
        raise author_error("not_a_number", f"A number is needed, this is {kind_name(value)}.")
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        raise author_error("not_a_number", "The number is not finite or too large.")
    return number


def _exponent(currency: Any, exponent: int | None) -> int:
    if exponent is not None:
        return exponent
    if type(currency) is not str or not currency:
        raise StepFailed(
            error(
                REJECTED,
                "currency_missing",
                f"The amount needs a currency, this is {kind_name(currency)}.",
                hint="Point `currency` at the field that holds the currency code.",
            )
        )
    return exponent_of(currency)


def minor_to_decimal(amount: Any, currency: Any, exponent: int | None = None) -> Decimal:
    """88900 minor units of USD -> Decimal('889.00'); 500 of JPY -> Decimal('500').

    Args:
        amount: Minor units as a number or numeric text.
        currency: ISO 4217 code; not needed with `exponent`.
        exponent: Overrides the currency's own, for systems with their own table.
    """
    return decimal_of(amount).scaleb(-_exponent(currency, exponent), EXACT)


def decimal_to_minor(amount: Any, currency: Any, exponent: int | None = None, rounding: str | None = None) -> int:
    """Decimal amount -> whole minor units: 889.5 USD -> 88950.

    Args:
        amount: The amount as a number or numeric text.
        currency: ISO 4217 code; not needed with `exponent`.
        exponent: Overrides the currency's own.
        rounding: `half_up`, `half_even`, `down` or `up`; without it an amount finer than the currency fails.

    Raises:
        StepFailed: the amount has more decimals than the currency and no rounding is declared.
    """
    minor = decimal_of(amount).scaleb(_exponent(currency, exponent), EXACT)
    whole = minor.to_integral_value(rounding=ROUNDINGS[rounding] if rounding else None)
    if rounding is None and whole != minor:
        raise StepFailed(
            error(
                REJECTED,
                "amount_too_fine",
                f"{amount} has more decimals than {currency or 'this amount'} allows.",
                hint="Declare `rounding`, or round the amount before.",
            )
        )
    return int(whole)


ROUNDINGS: Final = {
    "half_up": "ROUND_HALF_UP",
    "half_even": "ROUND_HALF_EVEN",
    "down": "ROUND_DOWN",
    "up": "ROUND_UP",
}


def money_text(amount: Any, currency: Any) -> str:
    """An amount as people write it: with the currency's own number of decimals and its code, `889.00 USD`."""
    value = round_number(amount, _exponent(currency, None))
    return f"{value:.{_exponent(currency, None)}f} {str(currency).upper()}"


def round_number(value: Any, digits: int = 0, rounding: str = "half_up") -> Decimal:
    """The number rounded to `digits` decimals, halves away from zero unless told otherwise."""
    if not -20 <= digits <= 20:
        raise author_error("not_a_number", "Round to between -20 and 20 decimals.")
    return decimal_of(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUNDINGS[rounding], context=EXACT)


def divide(left: Decimal, right: Decimal) -> Decimal:
    """The exact quotient where it ends within 28 digits, else 15 digits, which a JSON number carries faithfully.

    Raises:
        StepFailed: the divisor is zero.
    """
    if right == 0:
        raise author_error("division_by_zero", "A number is divided by zero.", "Guard it with a condition.")
    context = Context(prec=28)
    exact = context.divide(left, right)
    return Context(prec=15).divide(left, right) if context.flags[Inexact] else exact
