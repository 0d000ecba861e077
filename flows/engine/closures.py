"""From the syntax tree of an expression to Python closures.

Called by `expressions.py` once per expression text. Only the tree nodes named here exist; there is no attribute access
on Python objects at all (`x.name` looks up a key), so nothing can be reached but data. Every closure takes the scope
and the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jinja2 import nodes

from flows.engine import comparisons, operators
from flows.engine.budget import Budget
from flows.engine.errors import ExpressionRefused
from flows.engine.functions import FUNCTIONS, STRING_METHODS, Function
from flows.engine.unknown_fields import near_to
from flows.engine.values import text_of

Scope = dict[str, Any]
Closure = Callable[[Scope, Budget], Any]

SCOPE_NAMES: Final = frozenset({"trigger", "steps", "item", "index", "env"})


class Compiler:
    """Compiles one expression; afterwards `steps` holds the ids of the steps it reads, `paths` everything it reads."""

    def __init__(self) -> None:
        self.steps: set[str] = set()
        self.paths: dict[tuple[str | int, ...], None] = {}

    def compile(self, node: nodes.Expr) -> Closure:
        """The closure of one tree node.

        Raises:
            ExpressionRefused: the tree holds something outside the language.
        """
        path = path_of(node)
        if path is not None:
            return self._path(path)
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise ExpressionRefused(
                "expression_not_allowed",
                f"{type(node).__name__} is not part of the expression language.",
                "Expressions read values, compare, calculate and use the listed functions.",
            )
        return handler(self, node)

    def _path(self, path: tuple[str | int, ...]) -> Closure:
        root, *rest = path
        if root not in SCOPE_NAMES:
            raise _unknown_name(str(root))
        if root == "steps":
            if not rest or not isinstance(rest[0], str):
                raise _dynamic_steps()
            self.steps.add(rest[0])
        for name in rest:
            if isinstance(name, str) and name.startswith("__"):
                raise _underscore(name)
        self.paths[path] = None
        return operators.path_reader(str(root), tuple(rest))

    def const(self, node: nodes.Const) -> Closure:
        value = node.value
        if isinstance(value, int) and value.bit_length() > 4096:
            raise ExpressionRefused("expression_too_large", "A number in the expression has too many digits.")
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise ExpressionRefused("expression_syntax", "A text in the expression holds half a character.")
        return lambda scope, budget: value

    def template_data(self, node: nodes.TemplateData) -> Closure:
        text = node.data
        return lambda scope, budget: text

    def attribute(self, node: nodes.Getattr) -> Closure:
        if node.attr.startswith("_"):
            raise _underscore(node.attr)
        return operators.member(self.compile(node.node), self.const(nodes.Const(node.attr)))

    def item(self, node: nodes.Getitem) -> Closure:
        if isinstance(node.node, nodes.Name) and node.node.name == "steps":
            raise _dynamic_steps()
        if isinstance(node.arg, nodes.Slice):
            parts = [None if p is None else self.compile(p) for p in (node.arg.start, node.arg.stop, node.arg.step)]
            return operators.slice_of(self.compile(node.node), parts)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) and node.arg.value.startswith("__"):
            raise _underscore(node.arg.value)
        return operators.member(self.compile(node.node), self.compile(node.arg))

    def binary(self, node: nodes.BinExpr) -> Closure:
        return operators.BINARY[type(node)](self.compile(node.left), self.compile(node.right))

    def unary(self, node: nodes.UnaryExpr) -> Closure:
        return operators.UNARY[type(node)](self.compile(node.node))

    def concat(self, node: nodes.Concat) -> Closure:
        return operators.concat([self.compile(part) for part in node.nodes])

    def condition(self, node: nodes.CondExpr) -> Closure:
        test, then = self.compile(node.test), self.compile(node.expr1)
        other: Closure = self.compile(node.expr2) if node.expr2 else lambda scope, budget: None
        return lambda scope, budget: then(scope, budget) if test(scope, budget) else other(scope, budget)

    def compare(self, node: nodes.Compare) -> Closure:
        steps = [(comparisons.COMPARE[operand.op], self.compile(operand.expr)) for operand in node.ops]
        return comparisons.comparison(self.compile(node.expr), steps)

    def sequence(self, node: nodes.List | nodes.Tuple) -> Closure:
        parts = [self.compile(item) for item in node.items]
        return lambda scope, budget: [part(scope, budget) for part in parts]

    def mapping(self, node: nodes.Dict) -> Closure:
        pairs = [(self.compile(pair.key), self.compile(pair.value)) for pair in node.items]
        return lambda scope, budget: {text_of(k(scope, budget)): v(scope, budget) for k, v in pairs}

    def filter(self, node: nodes.Filter) -> Closure:
        if node.node is None:
            raise ExpressionRefused("expression_syntax", "A filter needs a value before the bar.")
        return self._call(_function(node.name), [node.node, *node.args], node)

    def call(self, node: nodes.Call) -> Closure:
        target = node.node
        if isinstance(target, nodes.Name):
            return self._call(_function(target.name), node.args, node)
        if isinstance(target, nodes.Getattr) and target.attr in STRING_METHODS:
            function = FUNCTIONS["trim" if target.attr == "strip" else target.attr]
            return self._call(function, [target.node, *node.args], node)
        raise ExpressionRefused(
            "expression_call",
            "Only the listed functions and text methods can be called.",
            f"Text methods: {', '.join(STRING_METHODS)}.",
        )

    def _call(self, function: Function, args: list[nodes.Expr], node: nodes.Call | nodes.Filter) -> Closure:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise ExpressionRefused("expression_call", "* and ** arguments are not allowed.")
        named = {str(k.key): self.compile(k.value) for k in node.kwargs}
        given = [self.compile(arg) for arg in args]
        try:
            function.signature.bind(*given, **named)
        except TypeError as reason:
            raise ExpressionRefused(
                "expression_arguments", f"{function.name}: {reason}.", f"For example {function.example}"
            ) from None
        return operators.call(function.call, given, named)

    def test(self, node: nodes.Test) -> Closure:
        test = comparisons.TESTS.get(node.name)
        if test is None or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise ExpressionRefused(
                "unknown_test", f"'is {node.name}' is not known.", f"Tests: {', '.join(comparisons.TESTS)}."
            )
        value, check = self.compile(node.node), test
        return lambda scope, budget: check(value(scope, budget))


def path_of(node: nodes.Node) -> tuple[str | int, ...] | None:
    """The names of a plain path such as `steps.order.lines[0]`, or None when it is anything else."""
    names: list[str | int] = []
    while True:
        if isinstance(node, nodes.Name):
            names.append(node.name)
            return tuple(reversed(names))
        if isinstance(node, nodes.Getattr):
            if node.attr.startswith("_"):
                raise _underscore(node.attr)
            names.append(node.attr)
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            key = node.arg.value
            if type(key) is not str and type(key) is not int:
                return None
            names.append(key)
        else:
            return None
        node = node.node


def _function(name: str) -> Function:
    function = FUNCTIONS.get(name)
    if function is None:
        near = near_to(name, FUNCTIONS)
        hint = f"Did you mean {near}?" if near else f"Functions: {', '.join(FUNCTIONS)}."
        if name == "now":
            hint = "The time of arrival is trigger.received_at; a run must answer the same whenever it is repeated."
        raise ExpressionRefused("unknown_function", f"There is no function '{name}'.", hint)
    return function


def _unknown_name(name: str) -> ExpressionRefused:
    if name.startswith("_"):
        return _underscore(name)
    near = near_to(name, sorted(SCOPE_NAMES))
    usual = "Begin with trigger, steps, item, index or env; put fixed text in quotes."
    return ExpressionRefused("unknown_name", f"There is no '{name}' here.", f"Did you mean {near}?" if near else usual)


def _underscore(name: str) -> ExpressionRefused:
    hint = "" if name.startswith("__") else f"A key that begins with an underscore is written ['{name}']."
    return ExpressionRefused("expression_underscore", f"'{name}' cannot be used here.", hint)


def _dynamic_steps() -> ExpressionRefused:
    return ExpressionRefused(
        "steps_dynamic", "steps must be followed by the id of a step.", "For example steps.customer.email."
    )


_HANDLERS: Final[dict[type[nodes.Node], Callable[[Compiler, Any], Closure]]] = {
    nodes.Const: Compiler.const, nodes.TemplateData: Compiler.template_data, nodes.Getattr: Compiler.attribute,
    nodes.Getitem: Compiler.item, nodes.Concat: Compiler.concat, nodes.CondExpr: Compiler.condition,
    nodes.Compare: Compiler.compare, nodes.List: Compiler.sequence, nodes.Tuple: Compiler.sequence,
    nodes.Dict: Compiler.mapping, nodes.Filter: Compiler.filter, nodes.Call: Compiler.call, nodes.Test: Compiler.test,
    **dict.fromkeys(operators.BINARY, Compiler.binary), **dict.fromkeys(operators.UNARY, Compiler.unary),
}  # fmt: skip
