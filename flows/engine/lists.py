"""List and object functions of expressions.

Part of the catalogue in `functions.py`, and used by list transforms of mapping. Attributes are keys or dotted keys of
objects, never attributes of Python objects.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import orjson

from flows.engine.budget import Budget
from flows.engine.errors import author_error
from flows.engine.money import decimal_of
from flows.engine.values import json_text, kind_name

_MISSING: Final = object()


def as_list(value: Any) -> list[Any]:
    """The value as a list: nothing is empty, an object gives its values, one value is a list of one."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [value]


def parse_json(text: str) -> Any:
    """The value written in a JSON text.

    Raises:
        StepFailed: the text is not JSON.
    """
    try:
        return orjson.loads(text)
    except ValueError:
        raise author_error("not_json", "The text is not valid JSON.") from None


def pick(item: Any, attribute: Any) -> Any:
    """The value at a dotted key of an object; nothing when it is missing."""
    for name in attribute.split(".") if type(attribute) is str else (attribute,):
        if isinstance(item, dict):
            item = item.get(name)
        elif isinstance(item, list) and str(name).isdigit() and int(name) < len(item):
            item = item[int(name)]
        else:
            return None
    return item


def first(budget: Budget, value: Any) -> Any:
    """The first item, or nothing."""
    return next(iter(as_list(value)), None)


def last(budget: Budget, value: Any) -> Any:
    """The last item, or nothing."""
    items = as_list(value)
    return items[-1] if items else None


def identity(value: Any) -> Any:
    """A hashable stand-in that is equal for equal JSON values; 1 and true differ."""
    if isinstance(value, (dict, list)):
        return json_text(value)
    return (type(value) is bool, value)


def unique(budget: Budget, value: Any, attribute: str | None = None) -> list[Any]:
    """Each item once, the first of equals stays."""
    items = as_list(value)
    budget.visit(len(items))
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(identity(item if attribute is None else pick(item, attribute)), item)
    return list(seen.values())


def sort(budget: Budget, value: Any, attribute: str | None = None, reverse: bool = False) -> list[Any]:
    """The items in order; missing values come last."""
    items = as_list(value)
    budget.visit(len(items) * max(1, len(items).bit_length()))
    keyed = [(item if attribute is None else pick(item, attribute), item) for item in items]
    present = [pair for pair in keyed if pair[0] is not None]
    present.sort(key=lambda pair: pair[0], reverse=bool(reverse))
    return [item for _, item in present] + [item for key, item in keyed if key is None]


def reverse(budget: Budget, value: Any) -> list[Any]:
    """The items from last to first."""
    items = as_list(value)
    budget.visit(len(items))
    return items[::-1]


def map_items(budget: Budget, value: Any, attribute: str) -> list[Any]:
    """One key of every item."""
    items = as_list(value)
    budget.visit(len(items))
    return [pick(item, attribute) for item in items]


_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "truthy": lambda left, right: bool(left),
    "==": lambda left, right: bool(left == right),
    "equalto": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    ">": lambda left, right: left is not None and bool(left > right),
    ">=": lambda left, right: left is not None and bool(left >= right),
    "<": lambda left, right: left is not None and bool(left < right),
    "<=": lambda left, right: left is not None and bool(left <= right),
    "in": lambda left, right: isinstance(right, (list, dict, str)) and left in right,
}


def _matches(budget: Budget, value: Any, attribute: str, operator: str, other: Any) -> list[tuple[bool, Any]]:
    items = as_list(value)
    budget.visit(len(items))
    test = _OPERATORS.get(operator)
    if test is None:
        raise author_error("unknown_operator", f"Compare with one of {', '.join(_OPERATORS)}.")
    if operator == "in":
        budget.visit(len(items) * (len(other) if isinstance(other, (list, str)) else 1))
    return [(test(pick(item, attribute), other), item) for item in items]


def select(budget: Budget, value: Any, attribute: str, operator: str = "truthy", other: Any = None) -> list[Any]:
    """The items whose key passes the comparison."""
    return [item for passes, item in _matches(budget, value, attribute, operator, other) if passes]


def reject(budget: Budget, value: Any, attribute: str, operator: str = "truthy", other: Any = None) -> list[Any]:
    """The items whose key does not pass the comparison."""
    return [item for passes, item in _matches(budget, value, attribute, operator, other) if not passes]


def total(budget: Budget, value: Any, attribute: str | None = None) -> Any:
    """The exact sum of the numbers; missing values count nothing."""
    items = as_list(value)
    budget.visit(len(items))
    result = Decimal(0)
    for item in items:
        number = item if attribute is None else pick(item, attribute)
        if number is not None:
            result += decimal_of(number)
    return int(result) if result == result.to_integral_value() else result


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    def call(budget: Budget, value: Any, *others: Any, attribute: str | None = None) -> Any:
        items = [value, *others] if others else as_list(value)
        budget.visit(len(items))
        known = [item for item in items if (item if attribute is None else pick(item, attribute)) is not None]
        if not known:
            return None
        return choose(known) if attribute is None else choose(known, key=lambda item: pick(item, attribute))

    return call


def filter_empty(budget: Budget, value: Any) -> list[Any]:
    """The items without nothing, empty text, empty lists and empty objects."""
    items = as_list(value)
    budget.visit(len(items))
    return [item for item in items if not (item is None or (isinstance(item, (str, list, dict)) and not item))]


def flatten(budget: Budget, value: Any) -> list[Any]:
    """A list of lists as one list."""
    flat: list[Any] = []
    for item in as_list(value):
        inner = item if isinstance(item, list) else [item]
        budget.visit(len(inner) + 1)
        flat.extend(inner)
    return flat


def _object(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise author_error("not_an_object", f"An object is needed, this is {kind_name(value)}.")


def items_of(budget: Budget, value: Any) -> list[Any]:
    """An object as a list of key and value."""
    budget.look(value)
    return [{"key": key, "value": inner} for key, inner in _object(value).items()]


def keys_of(budget: Budget, value: Any) -> list[Any]:
    """The keys of an object."""
    budget.look(value)
    return list(_object(value))


def values_of(budget: Budget, value: Any) -> list[Any]:
    """The values of an object."""
    budget.look(value)
    return list(_object(value).values())


TABLE: Final[tuple[tuple[str, str, str, Callable[..., Any]], ...]] = (
    ("first", "First item", "trigger.body.lines | first", first),
    ("last", "Last item", "trigger.body.lines | last", last),
    ("unique", "Each once", "[1, 1, 2] | unique", unique),
    ("sort", "In order", "trigger.body.lines | sort('sku')", sort),
    ("reverse", "Backwards", "[1, 2] | reverse", reverse),
    ("map", "One key of each", "trigger.body.lines | map('sku')", map_items),
    ("select", "Only those where", "trigger.body.lines | select('quantity', '>', 0)", select),
    ("reject", "Without those where", "trigger.body.lines | reject('void')", reject),
    ("selectattr", "Only those where", "trigger.body.lines | selectattr('void')", select),
    ("rejectattr", "Without those where", "trigger.body.lines | rejectattr('void')", reject),
    ("sum", "Sum", "trigger.body.lines | sum('amount')", total),
    ("min", "Smallest", "[3, 1] | min", _extreme(min)),
    ("max", "Largest", "[3, 1] | max", _extreme(max)),
    ("filter_empty", "Without empty items", "['a', ''] | filter_empty", filter_empty),
    ("flatten", "One list of lists", "[[1], [2]] | flatten", flatten),
    ("keys", "Keys", "trigger.body | keys", keys_of),
    ("values", "Values", "trigger.body | values", values_of),
    ("items", "Keys and values", "trigger.body | items", items_of),
)
