"""Conditions on rows: OData's $filter and the SQL-like where clauses of GetRows, read into one kind of test.

Used by the queries; a condition that cannot be read is answered as OData answers it, never an exception of ours.
Texts compare without regard to case, as the server's database does.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulation.problems import odata
from connectors.library.epicor_kinetic.simulation.tables import Table
from connectors.library.epicor_kinetic.simulation.values import COMPANY_OFFSET, Row, parse_moment

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<typed>(?:datetimeoffset|datetime|guid)'[^']*')
  | (?P<text>'(?:[^']|'')*')
  | (?P<moment>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?(?![\w-]))
  | (?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?[mMdDfFlL]?(?!\w))
  | (?P<name>[A-Za-z_][\w/.]*)
  | (?P<sign><>|<=|>=|!=|=|<|>)
  | (?P<mark>[(),])
    )""",
    re.VERBOSE | re.ASCII,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
_SIGNS = {"=": "eq", "<>": "ne", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "substringof": lambda part, text: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}
_CHANGES: dict[str, Callable[[str], str]] = {"tolower": str.lower, "toupper": str.upper, "trim": str.strip}
_LITERALS = {"true": True, "false": False, "null": None}
_DEEPEST = 40
Read = Callable[[Row], Any]
Equal = tuple[str, Any]  # a column and the text it must equal, for the book's index


class Condition:
    """A test of rows, and the equalities that every passing row fulfils."""

    def __init__(self, test: Read, equals: list[Equal]) -> None:
        self.test = test
        self.equals = equals

    def passes(self, row: Row) -> bool:
        return self.test(row) is True


class _Operand:
    def __init__(self, read: Read, kind: str, column: str | None = None, literal: Any = None) -> None:
        self.read, self.kind, self.column, self.literal = read, kind, column, literal


def read_filter(text: str, table: Table) -> Condition:
    """OData's $filter."""
    return _Reader(text, table, sql=False).whole()


def read_where(text: str, table: Table) -> Condition:
    """A where clause of GetRows; a trailing BY (order) is left to the server's own order."""
    return _Reader(re.split(r"\s+BY\s+", text, maxsplit=1, flags=re.IGNORECASE)[0], table, sql=True).whole()


class _Reader:
    def __init__(self, text: str, table: Table, *, sql: bool) -> None:
        self.table = table
        self.sql = sql
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Condition:
        condition = self._or()
        if self.at < len(self.tokens):
            raise self._wrong()
        return condition

    def _or(self) -> Condition:
        found = [self._and()]
        while self._word("or"):
            found.append(self._and())
        if len(found) == 1:
            return found[0]
        return Condition(lambda row: any(part.test(row) for part in found), [])

    def _and(self) -> Condition:
        found = [self._not()]
        while self._word("and"):
            found.append(self._not())
        if len(found) == 1:
            return found[0]
        return Condition(lambda row: all(part.test(row) for part in found), [e for part in found for e in part.equals])

    def _not(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise odata("The filter is nested too deeply.")
        try:
            if self._word("not"):
                inner = self._not()
                return Condition(lambda row: not inner.test(row), [])
            if self._mark("("):
                inner = self._or()
                self._need(")")
                return inner
            return self._comparison()
        finally:
            self.depth -= 1

    def _comparison(self) -> Condition:
        left = self._operand()
        name = self._operator()
        if name is None:
            if left.kind != "b":
                raise self._wrong()
            return Condition(left.read, [])
        if name == "like":
            return _like(left, self._operand())
        return self._compared(name, left, self._operand())

    def _compared(self, name: str, left: _Operand, right: _Operand) -> Condition:
        if right.column and not left.column:
            left, right = right, left
            name = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}.get(name, name)
        if self.sql:
            right = _sql_literal(left, right)
        if left.kind != right.kind and "n" not in (left.kind, right.kind):
            raise odata(f"A binary operator with incompatible types was detected for '{left.column or name}'.")
        compare, one, two, text = _COMPARE[name], left.read, right.read, left.kind == "s"

        def test(row: Row) -> bool:
            a, b = _folded(one(row), text), _folded(two(row), text)
            if a is None or b is None:
                return compare(a, b) if name in ("eq", "ne") else False
            return compare(a, b)

        known = name == "eq" and left.column and right.column is None and right.literal not in (None, "")
        return Condition(test, [(left.column or "", right.literal)] if known else [])

    def _operator(self) -> str | None:
        token = self._peek()
        if token is None:
            return None
        kind, text = token
        name = text if kind == "name" and text in _COMPARE and not self.sql else None
        if self.sql:
            name = _SIGNS.get(text) if kind == "sign" else "like" if text.lower() == "like" else None
        if name is not None:
            self.at += 1
        return name

    def _operand(self) -> _Operand:
        token = self._peek()
        if token is None:
            raise self._wrong()
        self.at += 1
        kind, text = token
        if kind == "name":
            return self._named(text)
        literal, letter = _literal(kind, text)
        return _Operand(lambda row: literal, letter, None, literal)

    def _named(self, name: str) -> _Operand:
        if name in _LITERALS:
            value = _LITERALS[name]
            return _Operand(lambda row: value, "n" if value is None else "b", None, value)
        if self._mark("("):
            return self._called(name)
        column = name.split(".")[-1] if self.sql else name
        kind = "s" if column.endswith("_c") else self.table.kind(column)
        if kind is None:
            raise odata(f"Could not find a property named '{name}' on type 'Erp.{self.table.name}'.")
        if kind == "t":
            return _Operand(lambda row: _moment(row.get(column)), "t", column)
        sort = {"i": "d", "l": "d", "g": "s"}.get(kind, kind)
        return _Operand(lambda row: row.get(column), sort, column)

    def _called(self, name: str) -> _Operand:
        arguments = [self._operand()]
        while self._mark(","):
            arguments.append(self._operand())
        self._need(")")
        if any(argument.kind not in "sn" for argument in arguments):
            raise odata(f"No function signature for the function with name '{name}' matches the specified arguments.")
        if name in _TESTS and len(arguments) == 2:
            check, one, two = _TESTS[name], arguments[0].read, arguments[1].read
            return _Operand(lambda row: check(str(one(row) or "").casefold(), str(two(row) or "").casefold()), "b")
        if name in _CHANGES and len(arguments) == 1:
            change, text = _CHANGES[name], arguments[0].read
            return _Operand(lambda row: change(str(text(row) or "")), "s")
        if name == "length" and len(arguments) == 1:
            text = arguments[0].read
            return _Operand(lambda row: len(str(text(row) or "")), "d")
        raise odata(f"An unknown function with name '{name}' was found.")

    def _peek(self) -> tuple[str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _word(self, word: str) -> bool:
        token = self._peek()
        if token is None or token[0] != "name" or (token[1].lower() if self.sql else token[1]) != word:
            return False
        self.at += 1
        return True

    def _mark(self, mark: str) -> bool:
        if self._peek() != ("mark", mark):
            return False
        self.at += 1
        return True

    def _need(self, mark: str) -> None:
        if not self._mark(mark):
            raise self._wrong()

    def _wrong(self) -> Exception:
        token = self._peek()
        where = f"at '{token[1][:40]}'" if token else "at its end"
        return odata(f"Syntax error in the filter expression {where}.")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise odata(f"Syntax error in the filter expression at position {at}.")
        found.append((match.lastgroup or "", match[match.lastgroup or 0]))
        at = match.end()
    return found


def _literal(kind: str, text: str) -> tuple[Any, str]:
    if kind == "text":
        return text[1:-1].replace("''", "'"), "s"
    if kind == "number":
        return Decimal(text.rstrip("mMdDfFlL")), "d"
    if kind == "guid":
        return text.lower(), "s"
    if kind == "typed" and text.startswith("guid"):
        return text[5:-1].lower(), "s"
    moment = parse_moment(text[text.index("'") + 1 : -1] if kind == "typed" else text) if kind != "sign" else None
    if moment is None:
        raise odata(f"Unrecognized literal '{text[:40]}' in the filter expression.")
    return moment, "t"


def _sql_literal(left: _Operand, right: _Operand) -> _Operand:
    """Where clauses put numbers and dates in quotes too."""
    if right.kind != "s" or right.column is not None or left.kind not in "dtb":
        return right
    text = str(right.literal)
    value: Any = parse_moment(text) if left.kind == "t" else None
    if left.kind == "d" and re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        value = Decimal(text)
    if left.kind == "b" and text.lower() in ("true", "false", "yes", "no", "1", "0"):
        value = text.lower() in ("true", "yes", "1")
    if value is None:
        raise odata(f"The value '{text[:40]}' does not fit the column {left.column}.")
    return _Operand(lambda row: value, left.kind, None, value)


def _like(left: _Operand, right: _Operand) -> Condition:
    pattern = re.escape(str(right.literal or "").casefold()).replace("%", ".*").replace("_", ".")
    matcher = re.compile(pattern, re.DOTALL)
    return Condition(lambda row: matcher.fullmatch(str(left.read(row) or "").casefold()) is not None, [])


def _moment(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value)).replace(tzinfo=COMPANY_OFFSET)


def _folded(value: Any, text: bool) -> Any:
    return value.casefold() if text and isinstance(value, str) else value
