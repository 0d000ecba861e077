"""Values of columns: what a request may hold, how they are kept, and how an answer shows them.

Kinds: s text, i and l whole number, d decimal, b flag, t date, g row id. Dates are company-local midnights.
Money never passes through a float: decimals are kept as text and written as exact JSON numbers.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

import orjson

from connectors.library.epicor_kinetic.simulation.problems import EpicorProblem, odata

Row = dict[str, Any]
# The simulated company sits west of Greenwich, so that whoever sends a midnight in UTC meets the day before.
COMPANY_OFFSET = timezone(timedelta(hours=-5))
_OFFSET_TEXT = "-05:00"
_MOST = Decimal(10) ** 15
_FIVE_PLACES = Decimal("0.00001")
# Products of the largest quantities and prices still fit.
_WIDE = Context(prec=80)
_BLANKS: dict[str, Any] = {"s": "", "i": 0, "l": 0, "d": Decimal(0), "b": False, "t": None, "g": ""}
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?", re.IGNORECASE | re.ASCII
)


def blank(kind: str) -> Any:
    return _BLANKS[kind]


def coerce(column: str, kind: str, value: Any) -> Any:
    """A value of a request as the column keeps it."""
    if value is None:
        return blank(kind)
    if kind in "sg":
        return _text(column, value)
    if kind in "il":
        return _whole(column, value, 2**31 if kind == "i" else 2**63)
    if kind == "d":
        return _decimal(column, value)
    if kind == "b":
        if not isinstance(value, bool):
            raise _unfit(column, value, "Edm.Boolean")
        return value
    return parse_date(column, value)


def parse_date(column: str, value: Any) -> str | None:
    """The company-local day of a date or moment, kept as YYYY-MM-DD."""
    if value == "":
        return None
    moment = parse_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise _unfit(column, value, "Edm.DateTimeOffset")
    return moment.date().isoformat()


def parse_moment(text: str) -> datetime | None:
    """A moment in the company's own time; without an offset it is local already."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, clock, offset = match.groups()
    try:
        if offset is None:
            return datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=COMPANY_OFFSET)
        return datetime.fromisoformat(f"{day}T{clock}{offset.upper()}").astimezone(COMPANY_OFFSET)
    except (ValueError, OverflowError):
        return None


def local_day(now: datetime) -> date:
    return now.astimezone(COMPANY_OFFSET).date()


def money(amount: Decimal, places: int = 2) -> Decimal:
    """Rounded to the places of a currency, half up."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def packed(row: Row) -> Row:
    """A row as plain JSON, decimals as text."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def unpacked(row: Row, kinds: dict[str, str]) -> Row:
    return {name: Decimal(value) if kinds.get(name) == "d" else value for name, value in row.items()}


def shown(value: Any, kind: str | None, version: int) -> Any:
    """A value as an answer holds it: v2 dates carry the company's offset, v1 dates do not."""
    if kind == "t" and value is not None:
        return f"{value}T00:00:00{_OFFSET_TEXT if version == 2 else ''}"
    return value


def to_json(answer: Any) -> bytes:
    """JSON with decimals written as the exact numbers they are."""
    return orjson.dumps(answer, default=_exact)


def plain(value: Any) -> Any:
    """For the console: decimals as JSON numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return orjson.Fragment(text.rstrip("0").rstrip(".") if "." in text else text)
    raise TypeError


def _text(column: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _unfit(column, value, "Edm.String")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise odata(f"The text of '{column}' holds characters that cannot be stored.")
    return value


def _whole(column: str, value: Any, limit: int) -> int:
    number = _number(value)
    if number is None or number != number.to_integral_value() or abs(number) >= limit:
        raise _unfit(column, value, "Edm.Int32" if limit == 2**31 else "Edm.Int64")
    return int(number)


def _decimal(column: str, value: Any) -> Decimal:
    number = _number(value)
    if number is None or abs(number) >= _MOST:
        raise _unfit(column, value, "Edm.Decimal")
    return number.quantize(_FIVE_PLACES, ROUND_HALF_UP)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or len(str(value)) > 60:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 30 else None


def _unfit(column: str, value: Any, kind: str) -> EpicorProblem:
    return odata(f"Cannot convert the value '{str(value)[:60]}' of property '{column}' to the expected type {kind}.")
