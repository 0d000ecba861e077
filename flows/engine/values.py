"""JSON values inside the engine: their names for people, their text, and their way across a step's border.

Called by expressions, mapping and nodes. The border rule: a step's output must survive the journal's JSON unchanged.
A Decimal becomes a whole number when it has no decimals; else a JSON number when the float prints as the same amount
(889.10 -> 889.1); else its exact text. Dates become ISO 8601 text. NaN, infinities and numbers past 64 bits fail.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson

from flows.engine.errors import LimitReached, author_error

MAX_DEPTH: Final = 200
MAX_INTEGER: Final = 2**64 - 1
MIN_INTEGER: Final = -(2**63)
EXACT_INTEGER: Final = 2**53

_PLAIN: Final = frozenset({str, bool, type(None)})
_NAMES: Final = {
    str: "text",
    bool: "yes/no",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    list: "a list",
    dict: "an object",
    type(None): "nothing",
}


def kind_name(value: Any) -> str:
    """What a person would call the kind of this value."""
    return _NAMES.get(type(value), type(value).__name__)


def decimal_to_json(value: Decimal) -> int | float | str:
    """A Decimal as JSON: whole number, faithful float, or exact text (see the module docstring)."""
    if not value.is_finite():
        raise author_error("not_a_number", "The result is not a finite number.")
    if value == value.to_integral_value():
        whole = int(value)
        return whole if -EXACT_INTEGER <= whole <= EXACT_INTEGER else format(value, "f")
    number = float(value)
    return number if Decimal(repr(number)) == value else format(value, "f")


def to_json(value: Any, depth: int = 0) -> Any:
    """The value as JSON, its containers copied.

    Raises:
        LimitReached: nested deeper than 200, or an integer past 64 bits.
        StepFailed: NaN or infinite numbers, or a value that has no JSON form.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is int:
        if MIN_INTEGER <= value <= MAX_INTEGER:
            return value
        raise LimitReached("number_size", MAX_INTEGER, "A whole number is too large for JSON (64 bits).")
    if kind is float:
        if value - value == 0:
            return value
        raise author_error("not_a_number", "The result is not a finite number.")
    if kind is Decimal:
        return decimal_to_json(value)
    if depth >= MAX_DEPTH:
        raise LimitReached("nesting", MAX_DEPTH, f"The value is nested deeper than {MAX_DEPTH} levels.")
    if kind is dict:
        return {_key(key): to_json(inner, depth + 1) for key, inner in value.items()}
    if kind is list or kind is tuple:
        return [to_json(inner, depth + 1) for inner in value]
    if isinstance(value, (datetime, date)):
        return iso(value)
    raise author_error("not_json", f"The result ({kind_name(value)}) is not a JSON value.")


def _key(key: Any) -> str:
    return key if type(key) is str else text_of(key)


def iso(value: date) -> str:
    """ISO 8601 text; UTC is written with Z."""
    return value.isoformat().replace("+00:00", "Z")


def text_of(value: Any) -> str:
    """The value as text the way templates and `~` write it: nothing is empty, objects and lists are JSON."""
    kind = type(value)
    if kind is str:
        return str(value)
    if value is None:
        return ""
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        return repr(value)
    if kind is Decimal:
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return iso(value)
    return json_text(value)


def json_text(value: Any) -> str:
    """Compact JSON text of a value.

    Raises:
        LimitReached: nested too deeply.
    """
    return orjson.dumps(to_json(value)).decode()


def check_writable(value: Any) -> None:
    """Make sure the journal can write a JSON value; most values come from JSON and need no other check.

    Raises:
        LimitReached: nested deeper than the journal can write.
        StepFailed: it holds something JSON cannot carry.
    """
    try:
        orjson.dumps(value)
    except (TypeError, ValueError, RecursionError) as reason:
        if "ecursion" in str(reason):
            raise LimitReached("nesting", MAX_DEPTH, f"The value is nested deeper than {MAX_DEPTH} levels.") from None
        raise author_error("not_json", f"The result is not a JSON value: {reason}.") from None
