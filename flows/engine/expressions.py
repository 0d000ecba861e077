"""Expressions: Jinja2's expression syntax, compiled to closures over plain data.

Called by nodes, mapping rules and the document check. The text is parsed once by Jinja2's parser and never executed by
Jinja2: `closures.py` knows a short list of tree nodes, so the language is an allow-list by construction. Pure: the same
scope gives the same answer, and a budget (not a clock) bounds the work.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from flows.engine import operators
from flows.engine.budget import Budget
from flows.engine.closures import SCOPE_NAMES, Closure, Compiler, path_of
from flows.engine.errors import PYTHON_FAILURES, ExpressionRefused, LimitReached, from_python
from flows.engine.function_help import describe
from flows.engine.places import leftover, syntax_problem

__all__ = ["SCOPE_NAMES", "Expression", "LimitReached", "compile_expression", "describe"]

MAX_TEXT: Final = 10_000
MAX_NODES: Final = 500
MAX_DEPTH: Final = 50

# Comments and line statements have no use in a field; impossible markers leave `{#` as ordinary text.
_ENVIRONMENT: Final = Environment(
    comment_start_string="\x00{#", comment_end_string="#}\x00", keep_trailing_newline=True, autoescape=True
)


class Expression:
    """A compiled expression or template.

    Attributes:
        text: As the author wrote it.
        steps: Ids of the steps it reads.
        paths: Every path it reads, in the order of the text; of `item.list[index]` both `item.list` and `index`.
        constant: True when it reads nothing and `value` is its value.
        plain: True when it only reads a path, so that its value is JSON as it stands.
    """

    __slots__ = ("_closure", "constant", "paths", "plain", "steps", "text", "value")

    def __init__(
        self,
        text: str,
        closure: Closure | None,
        steps: frozenset[str],
        value: Any = None,
        plain: bool = False,
        paths: tuple[tuple[str | int, ...], ...] = (),
    ) -> None:
        self.text = text
        self.paths = paths
        self.plain = plain
        self.steps = steps
        self.constant = closure is None
        self.value = value
        self._closure = closure

    def evaluate(self, scope: dict[str, Any]) -> Any:
        """The value in this scope; missing names and keys are nothing (None).

        Raises:
            StepFailed: the values do not suit the expression.
            LimitReached: the work exceeds the budget.
        """
        if self._closure is None:
            return self.value
        try:
            return self._closure(scope, Budget())
        except PYTHON_FAILURES as failure:
            raise from_python(failure, f" in '{self.text[:80]}'") from None


@lru_cache(maxsize=4096)
def compile_expression(text: str, *, template: bool) -> Expression:
    """Compile a text once; the last 4,096 texts are remembered.

    Args:
        text: The author's text.
        template: True for fields: `{{ x }}` alone gives the value as it is, mixed text concatenates, plain text is a
            constant. False for bare expressions such as `item.amount > 100`.

    Raises:
        ExpressionRefused: the text is not an expression of the language.
    """
    if len(text) > MAX_TEXT:
        raise ExpressionRefused("expression_too_large", f"The expression is longer than {MAX_TEXT:,} characters.")
    if template and "{{" not in text and "{%" not in text:
        return Expression(text, None, frozenset(), text)
    try:
        tree = _parse_template(text) if template else [_parse_bare(text)]
        _measure(tree)
        compiler = Compiler()
        closures = [compiler.compile(node) for node in tree]
    except TemplateSyntaxError as reason:
        message, place = syntax_problem(_ENVIRONMENT, text, reason, template)
        raise ExpressionRefused("expression_syntax", message, place=place) from None
    except RecursionError:
        raise _too_deep() from None
    except (ValueError, UnicodeError) as reason:
        raise ExpressionRefused("expression_syntax", f"This cannot be read: {reason}.") from None
    closure = closures[0] if len(closures) == 1 else operators.concat(closures)
    if isinstance(tree[0], (nodes.Const, nodes.TemplateData)) and len(tree) == 1:
        return Expression(text, None, frozenset(), closure({}, Budget()))
    plain = len(tree) == 1 and path_of(tree[0]) is not None
    return Expression(text, closure, frozenset(compiler.steps), plain=plain, paths=tuple(compiler.paths))


def _parse_bare(text: str) -> nodes.Expr:
    if not text.strip():
        raise ExpressionRefused("expression_empty", "The expression is empty.")
    parser = Parser(_ENVIRONMENT, text, state="variable")
    tree = parser.parse_expression()
    if not parser.stream.eos:
        hint, place = leftover(_ENVIRONMENT, text)
        raise ExpressionRefused("expression_syntax", "There is something after the end of the expression.", hint, place)
    return tree


def _parse_template(text: str) -> list[nodes.Expr]:
    body = _ENVIRONMENT.parse(text).body
    parts: list[nodes.Expr] = []
    for statement in body:
        if not isinstance(statement, nodes.Output):
            raise ExpressionRefused(
                "expression_statement",
                "Statements ({% ... %}) are not allowed.",
                "Use {{ ... }}; loops are for-each nodes, choices are `a if test else b`.",
            )
        parts.extend(statement.nodes)
    if not parts:
        raise ExpressionRefused("expression_empty", "The expression is empty.")
    return parts


def _too_deep() -> ExpressionRefused:
    return ExpressionRefused(
        "expression_too_deep", f"The expression is nested deeper than {MAX_DEPTH} levels.", "Split it into steps."
    )


def _measure(tree: list[nodes.Expr]) -> None:
    """Bound size and depth without recursion of our own."""
    pending: list[tuple[nodes.Node, int]] = [(node, 1) for node in tree]
    seen = 0
    while pending:
        node, depth = pending.pop()
        seen += 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        if seen > MAX_NODES:
            raise ExpressionRefused(
                "expression_too_large", f"The expression has more than {MAX_NODES} parts.", "Split it into steps."
            )
        pending.extend((child, depth + 1) for child in node.iter_child_nodes())
