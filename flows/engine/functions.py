"""The functions of expressions: one catalogue, each usable as a filter (`x | upper`) and as a function (`upper(x)`).

Compiled into expressions by `closures.py`; `function_help.py` describes them. Functions of text, numbers, dates and
money let nothing (null) pass through. Every function pays the budget before it works; none reads a clock or randomness.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flows.engine import dates, lists, money
from flows.engine.budget import MAX_ITEMS, Budget
from flows.engine.errors import LimitReached, author_error
from flows.engine.values import json_text, kind_name, text_of


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the expression language.

    Attributes:
        call: Takes the budget, the value, then the arguments.
        signature: Of the arguments after the value, to refuse wrong calls when the document is checked.
    """

    name: str
    title: str
    example: str
    call: Callable[..., Any]
    signature: inspect.Signature


def _through(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Nothing in, nothing out; texts and lists pay for one pass."""

    def call(budget: Budget, value: Any, *args: Any, **named: Any) -> Any:
        if value is None:
            return None
        budget.look(value)
        return fn(value, *args, **named)

    return call


def _text(value: Any) -> str:
    return value if type(value) is str else text_of(value)


def replace(budget: Budget, value: Any, old: Any, new: Any) -> Any:
    """Every `old` in the text becomes `new`."""
    if value is None:
        return None
    text, old, new = _text(value), _text(old), _text(new)
    if not old:
        raise author_error("empty_search", "replace needs a text to look for.")
    budget.look(text)
    budget.make(max(0, text.count(old) * (len(new) - len(old))))
    return text.replace(old, new)


def split(budget: Budget, value: Any, separator: str | None = None, limit: int = -1) -> Any:
    """The parts of a text between separators (spaces without one)."""
    if value is None:
        return []
    text = _text(value)
    budget.look(text)
    parts = text.split(separator or None, limit if 0 <= limit < MAX_ITEMS else MAX_ITEMS)
    budget.visit(len(parts))
    return parts


def pad(budget: Budget, value: Any, length: int, fill: str = " ", side: str = "left") -> Any:
    """The text filled up to `length` characters on one side."""
    if value is None:
        return None
    text, missing = _text(value), length
    budget.make(max(len(text), length))
    if len(fill) != 1 or side not in ("left", "right"):
        raise author_error("bad_pad", "pad needs one fill character and side left or right.")
    return text.rjust(missing, fill) if side == "left" else text.ljust(missing, fill)


def join(budget: Budget, value: Any, separator: Any = "") -> str:
    """The items of a list as one text."""
    items = lists.as_list(value)
    budget.visit(len(items))
    between = _text(separator)
    parts: list[str] = []
    for item in items:
        part = text_of(item)
        budget.make(len(part) + len(between))
        parts.append(part)
    return between.join(parts)


def tojson(budget: Budget, value: Any) -> str:
    """The value as JSON text."""
    text = json_text(value)
    budget.make(len(text))
    return text


def fromjson(budget: Budget, value: Any) -> Any:
    """The value written in a JSON text."""
    if value is None or value == "":
        return None
    budget.look(_text(value))
    return lists.parse_json(_text(value))


def default(budget: Budget, value: Any, instead: Any = "", blank: bool = False) -> Any:
    """`instead` when there is nothing; with `blank` also for empty text, zero, false and empty lists."""
    if value is None or (blank and not value):
        return instead
    return value


def length(budget: Budget, value: Any) -> int:
    """How many characters, items or keys; nothing counts 0."""
    if value is None:
        return 0
    if isinstance(value, (str, list, dict)):
        return len(value)
    raise author_error("not_a_list", f"length needs text, a list or an object, not {kind_name(value)}.")


def number_range(budget: Budget, start: int, stop: int | None = None, step: int = 1) -> list[int]:
    """Whole numbers from `start` up to, not including, `stop`."""
    span = range(start) if stop is None else range(start, stop, step)
    if not all(-(2**62) < edge < 2**62 for edge in (span.start, span.stop, span.step)):
        raise LimitReached("expression_items", 2**62, "The range is too large.")
    budget.visit(len(span))
    return list(span)


def truncate(value: Any, length: int) -> str:
    """The first `length` characters."""
    return _text(value)[: max(0, length)]


def to_int(value: Any) -> int:
    """The whole part of a number or numeric text."""
    return int(money.decimal_of(value))


def to_float(value: Any) -> float:
    """The number as a floating point number."""
    return float(money.decimal_of(value))


def absolute(value: Any) -> Any:
    """The number without its sign."""
    return abs(value if type(value) in (int, float) else money.decimal_of(value))


_TABLE: Final[tuple[tuple[str, str, str, Callable[..., Any]], ...]] = (
    ("default", "Instead of nothing", "trigger.body.note | default('none')", default),
    ("lower", "Lower case", "'ABC' | lower", _through(lambda value: _text(value).lower())),
    ("upper", "Upper case", "'abc' | upper", _through(lambda value: _text(value).upper())),
    ("title", "Capitals At Word Starts", "'jane doe' | title", _through(lambda value: _text(value).title())),
    ("trim", "Without spaces around", "' a ' | trim", _through(lambda value: _text(value).strip())),
    ("replace", "Replace text", "'a-b' | replace('-', '/')", replace),
    ("split", "Split text", "'a,b' | split(',')", split),
    ("truncate", "First characters", "'abcdef' | truncate(3)", _through(truncate)),
    ("pad", "Fill up", "7 | pad(4, '0')", pad),
    ("startswith", "Starts with", "'abc' | startswith('a')",
     lambda budget, value, start: value is not None and _text(value).startswith(_text(start))),
    ("endswith", "Ends with", "'abc' | endswith('c')",
     lambda budget, value, end: value is not None and _text(value).endswith(_text(end))),
    ("text", "As text", "12 | text", lambda budget, value: text_of(value)),
    ("join", "Join a list", "['a', 'b'] | join(', ')", join),
    ("length", "How many", "trigger.body.lines | length", length),
    ("count", "How many", "trigger.body.lines | count", length),
    ("number", "Text to number", "'12.50' | number", _through(money.decimal_of)),
    ("int", "Whole number", "'12.9' | int", _through(to_int)),
    ("float", "Floating point number", "'12.5' | float", _through(to_float)),
    ("round", "Round", "2.345 | round(2)", _through(money.round_number)),
    ("abs", "Without sign", "-3 | abs", _through(absolute)),
    ("range", "Whole numbers", "range(3)", number_range),
    ("tojson", "As JSON text", "trigger.body | tojson", tojson),
    ("fromjson", "From JSON text", "'[1]' | fromjson", fromjson),
    ("minor_to_decimal", "Cents to amount", "88900 | minor_to_decimal('usd')", _through(money.minor_to_decimal)),
    ("decimal_to_minor", "Amount to cents", "889 | decimal_to_minor('usd')", _through(money.decimal_to_minor)),
    ("money", "Amount with its currency", "889 | money('usd')", _through(money.money_text)),
    ("parse_date", "Read a date", "'20.11.2026' | parse_date('%d.%m.%Y')", _through(dates.parse_date)),
    ("format_date", "Write a date", "trigger.received_at | format_date('%d/%m/%Y')", _through(dates.format_date)),
    ("to_time_zone", "Other time zone", "trigger.received_at | to_time_zone('Europe/Berlin')",
     _through(dates.to_time_zone)),
    ("unix_to_date", "Unix time to date", "trigger.body.created | unix_to_date", _through(dates.unix_to_date)),
    ("date_to_unix", "Date to Unix time", "trigger.received_at | date_to_unix", _through(dates.date_to_unix)),
    ("add_time", "Add time", "trigger.received_at | add_time(days=30)", _through(dates.add_time)),
    *lists.TABLE,
)  # fmt: skip


def _function(name: str, title: str, example: str, call: Callable[..., Any]) -> Function:
    inner = call.__closure__[0].cell_contents if call.__qualname__ == "_through.<locals>.call" else call  # type: ignore[index]
    parameters = list(inspect.signature(inner).parameters.values())
    if parameters and parameters[0].name == "budget":
        parameters = parameters[1:]
    return Function(name, title, example, call, inspect.Signature(parameters))


FUNCTIONS: Final[dict[str, Function]] = {row[0]: _function(*row) for row in _TABLE}

STRING_METHODS: Final = {
    name: FUNCTIONS[target].call
    for name, target in {
        "upper": "upper", "lower": "lower", "strip": "trim", "split": "split", "replace": "replace",
        "startswith": "startswith", "endswith": "endswith", "title": "title",
    }.items()
}  # fmt: skip
