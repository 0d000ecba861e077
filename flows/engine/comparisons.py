"""How expressions compare and test values.

Called by `closures.py`. Nothing (null) is never larger or smaller than anything; amounts compare exactly; kinds that
have no order fail with words for the author.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from flows.engine.budget import Budget
from flows.engine.errors import author_error
from flows.engine.operators import Closure, number_pair
from flows.engine.values import kind_name

_NUMBERS: Final = (int, float, Decimal)


def _contains(left: Any, right: Any, budget: Budget) -> bool:
    budget.look(right)
    if isinstance(right, str):
        return type(left) is str and left in right
    if isinstance(right, dict):
        return type(left) is str and left in right
    return isinstance(right, list) and left in right


def _ordered(test: Callable[[Any, Any], Any]) -> Callable[[Any, Any, Budget], bool]:
    def compare(left: Any, right: Any, budget: Budget) -> bool:
        if left is None or right is None:
            return False
        if type(left) is Decimal or type(right) is Decimal:
            left, right = number_pair(left, right, "comparison")
        try:
            return bool(test(left, right))
        except TypeError:
            raise author_error(
                "not_comparable",
                f"{kind_name(left)} and {kind_name(right)} have no order.",
                "Bring both to the same kind first, for example with | number.",
            ) from None

    return compare


def _equal(left: Any, right: Any, budget: Budget) -> bool:
    if type(left) is Decimal and type(right) is float:
        right = Decimal(repr(right))
    elif type(right) is Decimal and type(left) is float:
        left = Decimal(repr(left))
    return bool(left == right)


COMPARE: Final[dict[str, Callable[[Any, Any, Budget], bool]]] = {
    "eq": _equal,
    "ne": lambda left, right, budget: not _equal(left, right, budget),
    "gt": _ordered(lambda left, right: left > right),
    "gteq": _ordered(lambda left, right: left >= right),
    "lt": _ordered(lambda left, right: left < right),
    "lteq": _ordered(lambda left, right: left <= right),
    "in": _contains,
    "notin": lambda left, right, budget: not _contains(left, right, budget),
}


def comparison(first: Closure, steps: Sequence[tuple[Callable[[Any, Any, Budget], bool], Closure]]) -> Closure:
    """A chain such as `a < b <= c`: true when every link holds."""

    def compare(scope: dict[str, Any], budget: Budget) -> bool:
        left = first(scope, budget)
        for test, other in steps:
            right = other(scope, budget)
            if not test(left, right, budget):
                return False
            left = right
        return True

    return compare


TESTS: Final[dict[str, Callable[[Any], bool]]] = {
    "defined": lambda value: value is not None,
    "undefined": lambda value: value is None,
    "none": lambda value: value is None,
    "string": lambda value: type(value) is str,
    "number": lambda value: type(value) in _NUMBERS,
    "boolean": lambda value: type(value) is bool,
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "mapping": lambda value: isinstance(value, dict),
    "sequence": lambda value: isinstance(value, list),
    "empty": lambda value: value is None or (isinstance(value, (str, list, dict)) and not value),
    "even": lambda value: type(value) is int and value % 2 == 0,
    "odd": lambda value: type(value) is int and value % 2 == 1,
}
