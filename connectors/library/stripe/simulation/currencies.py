"""Which currencies exist, how many minor digits they have, the smallest charge and the exchange rates.

Called wherever an amount is read or settled. It never rounds silently what a caller sent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from connectors.library.stripe.simulation.problems import invalid

SETTLEMENT = "usd"
_ZERO_DECIMAL_WORDS = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf"
ZERO_DECIMAL = frozenset(_ZERO_DECIMAL_WORDS.split())
# Charged in whole units, yet counted with two digits for compatibility with older integrations.
WHOLE_UNITS_AS_HUNDREDTHS = frozenset(("isk", "ugx"))
THREE_DECIMAL = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
_TWO_DECIMAL_WORDS = (
    "aed all amd aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp bzd cad chf cny cop crc czk dkk dop "
    "dzd egp eur fjd gbp gel gip gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr kzt lak lkr mad "
    "mdl mkd mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd "
    "rub sar scr sek sgd srd szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd zar zmw"
)
TWO_DECIMAL = frozenset(_TWO_DECIMAL_WORDS.split())
KNOWN = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL
LARGEST = 99_999_999

# Units of the settlement currency for one unit of the other, fixed so that books add up in every run.
RATES = {
    "usd": Decimal("1"),
    "eur": Decimal("1.0850"),
    "gbp": Decimal("1.2700"),
    "jpy": Decimal("0.0067"),
    "kwd": Decimal("3.2500"),
    "cad": Decimal("0.7300"),
    "aud": Decimal("0.6600"),
    "chf": Decimal("1.1200"),
    "sek": Decimal("0.0950"),
    "mxn": Decimal("0.0550"),
}
OTHER_RATE = Decimal("0.5000")


def known(currency: str | None, param: str = "currency") -> str:
    code = (currency or "").lower()
    if code not in KNOWN:
        message = f"Invalid currency: {currency}. The simulated account takes: {', '.join(sorted(KNOWN))}"
        raise invalid(message, param=param)
    return code


def digits(currency: str) -> int:
    if currency in THREE_DECIMAL:
        return 3
    if currency in ZERO_DECIMAL and currency not in WHOLE_UNITS_AS_HUNDREDTHS:
        return 0
    return 2


def rate(currency: str) -> Decimal:
    return RATES.get(currency, OTHER_RATE)


def settled(amount: int, currency: str) -> int:
    """The amount in minor units of the settlement currency."""
    units = Decimal(amount).scaleb(-digits(currency)) * rate(currency)
    return int((units * 100).to_integral_value(rounding=ROUND_HALF_UP))


def charge_amount(amount: int, currency: str, param: str = "amount") -> int:
    """The amount, if it may be charged."""
    if amount > LARGEST:
        raise invalid(f"Amount must be no more than {LARGEST}", code="amount_too_large", param=param)
    granular(amount, currency, param)
    if settled(amount, currency) < 50:
        message = f"Amount must convert to at least 50 cents; {amount} {currency} is less."
        raise invalid(message, code="amount_too_small", param=param)
    return amount


def granular(amount: int, currency: str, param: str = "amount") -> int:
    if currency in THREE_DECIMAL and amount % 10:
        message = f"Three-decimal amounts in {currency} must be rounded to the nearest ten: the last digit must be 0."
        raise invalid(message, code="parameter_invalid_integer", param=param)
    if currency in WHOLE_UNITS_AS_HUNDREDTHS and amount % 100:
        message = f"Amounts in {currency} must end in 00: the currency has no minor unit."
        raise invalid(message, code="parameter_invalid_integer", param=param)
    return amount
