"""What the operators of expressions do, guarded.

Called by `closures.py`, which builds closures out of these. Nothing (null) is never larger or smaller than anything;
wrong kinds fail with words for the author; repetition, powers and joins pay the budget before they happen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from jinja2 import nodes

from flows.engine.budget import Budget, size_in_bits
from flows.engine.errors import author_error
from flows.engine.money import divide
from flows.engine.values import kind_name, text_of

Closure = Callable[[dict[str, Any], Budget], Any]
_NUMBERS: Final = (int, float, Decimal)


def path_reader(root: str, names: tuple[str | int, ...]) -> Closure:
    """Reads a plain path; nothing where a key is missing."""

    def read(scope: dict[str, Any], budget: Budget) -> Any:
        value = scope.get(root)
        for name in names:
            if type(value) is dict:
                value = value.get(name)
            else:
                value = get(value, name)
                if value is None:
                    return None
        return value

    return read


def get(value: Any, name: Any) -> Any:
    """The member of a list, text or object; nothing where there is none."""
    if isinstance(value, dict):
        try:
            return value.get(name)
        except TypeError:
            return None
    if type(name) is int and isinstance(value, (list, str)):
        try:
            return value[name]
        except IndexError:
            return None
    return None


def member(value: Closure, name: Closure) -> Closure:
    """`value[name]` for a computed value or name."""
    return lambda scope, budget: get(value(scope, budget), name(scope, budget))


def slice_of(value: Closure, parts: Sequence[Closure | None]) -> Closure:
    """`value[start:stop:step]` of a text or list; nothing of anything else."""

    def cut(scope: dict[str, Any], budget: Budget) -> Any:
        source = value(scope, budget)
        if not isinstance(source, (str, list)):
            return None
        budget.look(source)
        return source[slice(*(None if part is None else part(scope, budget) for part in parts))]

    return cut


def number_pair(left: Any, right: Any, sign: str) -> tuple[Any, Any]:
    """Both sides as numbers that Python can combine exactly.

    Raises:
        StepFailed: a side is not a number.
    """
    for side in (left, right):
        if type(side) not in _NUMBERS:
            raise author_error(
                "not_a_number",
                f"'{sign}' needs numbers, but one side is {kind_name(side)}.",
                "Use | number for numeric text, | default(0) where there may be nothing, ~ to join texts.",
            )
    if type(left) is Decimal and type(right) is float:
        return left, Decimal(repr(right))
    if type(right) is Decimal and type(left) is float:
        return Decimal(repr(left)), right
    return left, right


def _add(left: Any, right: Any, budget: Budget) -> Any:
    if type(left) is str and type(right) is str:
        budget.make(len(left) + len(right))
        return left + right
    if type(left) is list and type(right) is list:
        budget.visit(len(left) + len(right))
        return left + right
    left, right = number_pair(left, right, "+")
    budget.bits(max(size_in_bits(left), size_in_bits(right)) + 1)
    return left + right


def _subtract(left: Any, right: Any, budget: Budget) -> Any:
    left, right = number_pair(left, right, "-")
    budget.bits(max(size_in_bits(left), size_in_bits(right)) + 1)
    return left - right


def _multiply(left: Any, right: Any, budget: Budget) -> Any:
    if type(right) in (str, list):
        left, right = right, left
    if type(left) in (str, list) and type(right) is int:
        length = len(left) * max(0, right)
        budget.make(length) if type(left) is str else budget.visit(length)
        return left * right
    left, right = number_pair(left, right, "*")
    budget.bits(size_in_bits(left) + size_in_bits(right))
    return left * right


def _power(left: Any, right: Any, budget: Budget) -> Any:
    left, right = number_pair(left, right, "**")
    if right < 0 and left == 0:
        raise author_error("division_by_zero", "Zero cannot be raised to a negative power.")
    budget.bits(max(1, size_in_bits(left)) * abs(right) if type(right) is int else abs(float(right)))
    result = left**right
    if isinstance(result, complex):
        raise author_error("not_a_number", "A negative number has no such root.")
    return result


def _divide(left: Any, right: Any, budget: Budget) -> Any:
    left, right = number_pair(left, right, "/")
    if type(left) is Decimal or type(right) is Decimal:
        return divide(Decimal(left), Decimal(right))
    return left / right


def _floor(left: Any, right: Any, budget: Budget) -> Any:
    left, right = number_pair(left, right, "//")
    return left // right


def _modulo(left: Any, right: Any, budget: Budget) -> Any:
    left, right = number_pair(left, right, "%")
    return left % right


def _binary(operation: Callable[[Any, Any, Budget], Any]) -> Callable[[Closure, Closure], Closure]:
    def build(left: Closure, right: Closure) -> Closure:
        return lambda scope, budget: operation(left(scope, budget), right(scope, budget), budget)

    return build


def _negate(value: Any, sign: int) -> Any:
    number, _ = number_pair(value, 0, "-")
    return -number if sign < 0 else number


BINARY: Final[dict[type[nodes.Expr], Callable[[Closure, Closure], Closure]]] = {
    nodes.Add: _binary(_add),
    nodes.Sub: _binary(_subtract),
    nodes.Mul: _binary(_multiply),
    nodes.Div: _binary(_divide),
    nodes.FloorDiv: _binary(_floor),
    nodes.Mod: _binary(_modulo),
    nodes.Pow: _binary(_power),
    nodes.And: lambda left, right: lambda scope, budget: left(scope, budget) and right(scope, budget),
    nodes.Or: lambda left, right: lambda scope, budget: left(scope, budget) or right(scope, budget),
}

UNARY: Final[dict[type[nodes.Expr], Callable[[Closure], Closure]]] = {
    nodes.Not: lambda value: lambda scope, budget: not value(scope, budget),
    nodes.Neg: lambda value: lambda scope, budget: _negate(value(scope, budget), -1),
    nodes.Pos: lambda value: lambda scope, budget: _negate(value(scope, budget), 1),
}


def concat(parts: Sequence[Closure]) -> Closure:
    """Texts of all parts in a row; nothing is empty."""

    def join(scope: dict[str, Any], budget: Budget) -> str:
        texts = [text_of(part(scope, budget)) for part in parts]
        budget.make(sum(map(len, texts)))
        return "".join(texts)

    return join


def call(function: Callable[..., Any], args: Sequence[Closure], named: dict[str, Closure]) -> Closure:
    """A call of a catalogue function with evaluated arguments."""
    if not named and len(args) == 1:
        only = args[0]
        return lambda scope, budget: function(budget, only(scope, budget))
    return lambda scope, budget: function(
        budget,
        *[arg(scope, budget) for arg in args],
        **{name: arg(scope, budget) for name, arg in named.items()},
    )
