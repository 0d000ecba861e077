"""Values on their way to Kinetic and back: exact numbers, company-local days, texts in filters.

Used by every operation. A day is sent as the midnight it means there and never passes through UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.sdk.errors import Rejected


def decimal(value: Any, field: str) -> Decimal:
    """A number or a decimal text, exactly."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise Rejected(f"{str(value)[:40]!r} is not a number.", code="number_invalid", field=field)
    return number


def number(value: Any, field: str) -> int | float:
    """A number or a decimal text as the JSON number that means exactly the same."""
    exact = decimal(value, field)
    if exact == exact.to_integral_value() and abs(exact) < 10**15:
        return int(exact)
    near = float(exact)
    if Decimal(repr(near)) != exact:
        raise Rejected(
            f"{exact} has more digits than Kinetic can take.",
            code="number_precision",
            hint="Round it in the mapping, so that the rounding is visible there.",
            field=field,
        )
    return near


def same_amount(left: Any, right: Any) -> bool:
    return Decimal(str(left)) == Decimal(str(right))


def midnight(day: str) -> str:
    """The company-local midnight of a day; whatever stands behind the day is its midnight already."""
    return f"{day[:10]}T00:00:00"


def literal(value: Any) -> str:
    """A value as a literal of an OData filter."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def all_equal(wanted: Mapping[str, Any]) -> str:
    """The OData filter of rows with all these values."""
    return " and ".join(f"{column} eq {literal(value)}" for column, value in wanted.items())


def told(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """Columns of a row for an output: days as YYYY-MM-DD, a column that the server lacks is left out."""
    return {column: shown(row[column]) for column in columns if column in row}


def shown(value: Any) -> Any:
    """A value of an answer as outputs have it: a midnight becomes its day."""
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:19] == "T00:00:00":
        return value[:10]
    return value
