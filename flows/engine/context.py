"""What a node's parameters compile against, and what they compile to.

Made by `plan.py` for each node; used by the node files. Collects problems with their pointers instead of stopping at
the first. A `Param` is a compiled text that knows its place, so a failure at run time names it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from flows.engine.errors import ExpressionRefused, Problem, StepFailed, located
from flows.engine.expressions import Expression, compile_expression
from flows.engine.values import to_json

Scope = dict[str, Any]


class Catalog(Protocol):
    """The connectors known to the house, as far as a document can name them."""

    def connectors(self) -> Collection[str]:
        """Names of all connectors."""
        ...

    def operation(self, connector: str, name: str) -> Mapping[str, Any] | None:
        """An operation's `effect`, `input` and `output`, or None."""
        ...

    def event(self, connector: str, name: str) -> Mapping[str, Any] | None:
        """A webhook event's description, or None."""
        ...


class Param:
    """A compiled text parameter; call it with a scope."""

    __slots__ = ("constant", "expression", "pointer")

    def __init__(self, expression: Expression, pointer: str) -> None:
        self.expression = expression
        self.pointer = pointer
        self.constant = expression.constant

    def __call__(self, scope: Scope) -> Any:
        """The value in this scope, as the expression made it (perhaps a Decimal).

        Raises:
            StepFailed: with the pointer of this parameter.
        """
        try:
            return self.expression.evaluate(scope)
        except StepFailed as failure:
            raise located(failure, self.pointer) from None

    def json(self, scope: Scope) -> Any:
        """The value in this scope as JSON."""
        try:
            value = self.expression.evaluate(scope)
            return value if self.expression.plain else to_json(value)
        except StepFailed as failure:
            raise located(failure, self.pointer) from None


class Template:
    """An object or list whose text leaves are templates; constant parts are shared, never copied."""

    __slots__ = ("_fill",)

    def __init__(self, fill: Any) -> None:
        self._fill = fill

    def __call__(self, scope: Scope) -> Any:
        """The filled value as JSON."""
        return _fill(self._fill, scope)


class _Object(list[tuple[str, Any]]):
    """The entries of an object that has templates inside."""


class _List(list[Any]):
    """The items of a list that has templates inside."""


def _fill(part: Any, scope: Scope) -> Any:
    kind = type(part)
    if kind is Param:
        return part.json(scope)
    if kind is _Object:
        return {key: _fill(value, scope) for key, value in part}
    if kind is _List:
        return [_fill(value, scope) for value in part]
    return part


class TextCompiler:
    """Compiles texts below one place of a document.

    Attributes:
        pointer: JSON pointer of the place.
        problems: Where problems are added.
        steps: (step id, pointer) of every step an expression reads.
    """

    def __init__(self, pointer: str) -> None:
        self.pointer = pointer
        self.problems: list[Problem] = []
        self.steps: list[tuple[str, str]] = []

    def problem(self, code: str, path: str, message: str, hint: str = "", severity: str = "error") -> None:
        """Add a problem at a path below the node, such as `/params/table`."""
        self.problems.append(Problem(code, self.pointer + path, message, hint, severity))

    def expression(self, text: Any, path: str, *, template: bool) -> Param:
        """Compile one text; a refused one becomes a problem and a constant nothing."""
        pointer = self.pointer + path
        if not isinstance(text, str):
            return Param(Expression("", None, frozenset(), text), pointer)
        try:
            expression = compile_expression(text, template=template)
        except ExpressionRefused as refused:
            self.problem(refused.code, path, refused.message, refused.hint)
            return Param(Expression("", None, frozenset(), None), pointer)
        self.steps.extend((step, pointer) for step in expression.steps)
        return Param(expression, pointer)

    def either(self, text: Any, path: str) -> Param:
        """Compile a text that may be a template (`{{ x }}`) or a bare expression (`steps.x.lines`)."""
        return self.expression(text, path, template=isinstance(text, str) and "{{" in text)

    def template(self, value: Any, path: str) -> Template:
        """Compile an object, list or text whose text leaves are templates."""
        return Template(self._part(value, path))

    def _part(self, value: Any, path: str) -> Any:
        if isinstance(value, str):
            param = self.expression(value, path, template=True)
            return param.expression.value if param.constant else param
        if isinstance(value, dict):
            entries = _Object((key, self._part(inner, f"{path}/{escape(key)}")) for key, inner in value.items())
            return entries if any(_moving(inner) for _, inner in entries) else value
        if isinstance(value, list):
            items = _List(self._part(inner, f"{path}/{index}") for index, inner in enumerate(value))
            return items if any(_moving(inner) for inner in items) else value
        return value


class CompileContext(TextCompiler):
    """Compiles the parameters of one node.

    Attributes:
        catalog: The connectors of the house.
        connections: alias -> connector.
        ports: Ports of this node that edges leave by.
        tables: Names of the lookup tables that are read.
    """

    def __init__(self, pointer: str, catalog: Catalog, connections: Mapping[str, str], ports: Collection[str]) -> None:
        super().__init__(pointer)
        self.catalog = catalog
        self.connections = connections
        self.ports = frozenset(ports)
        self.tables: set[str] = set()


def _moving(part: Any) -> bool:
    return type(part) in (Param, _Object, _List)


def escape(key: str) -> str:
    """One reference token of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
