"""OData reads: keys in addresses, query options, pages of 100, expanded children, and the shape of an answer.

Called by the front desk for every GET on an entity set; it only reads the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.library.epicor_kinetic.simulation.book import Book
from connectors.library.epicor_kinetic.simulation.filters import Condition, read_filter
from connectors.library.epicor_kinetic.simulation.problems import EpicorProblem, not_found, odata
from connectors.library.epicor_kinetic.simulation.tables import CHILDREN, COMPANY, TABLES, Table
from connectors.library.epicor_kinetic.simulation.values import Row, coerce, shown

PAGE = 100
_OPTIONS = {
    "$select", "$filter", "$expand", "$orderby", "$top", "$skip", "$count", "$inlinecount", "$format", "api-key",
    "company", "plant",
}  # fmt: skip
_KEY_PART = re.compile(r"\s*(?:(?P<name>\w+)\s*=\s*)?(?P<value>'(?:[^']|'')*'|[^',()=]+?)\s*(?:,|$)", re.ASCII)


@dataclass
class Query:
    """The options of one read."""

    select: tuple[str, ...] = ()
    expand: tuple[tuple[Table, tuple[str, ...]], ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    top: int = PAGE
    skip: int = 0
    count: bool = False
    condition: Condition | None = None
    own: dict[str, str] = field(default_factory=dict)


def read_query(pairs: Iterable[tuple[str, str]], table: Table) -> Query:
    options: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("$") and name not in _OPTIONS:
            raise odata(f"The query parameter '{name}' is not supported.")
        options[name] = value
    query = Query()
    if text := options.get("$filter", "").strip():
        query.condition = read_filter(text, table)
    query.select = _columns(options.get("$select", ""), table)
    query.expand = _expanded(options.get("$expand", ""), table)
    query.order = tuple(_ordered(part, table) for part in options.get("$orderby", "").split(",") if part.strip())
    query.top = _count(options, "$top", PAGE)
    query.skip = _count(options, "$skip", 0)
    query.count = options.get("$count", "").lower() == "true" or options.get("$inlinecount") == "allpages"
    return query


def read_key(text: str, table: Table) -> list[Any]:
    """The key values (without Company) of `('EPIC06',12)` or `(Company='EPIC06',CustNum=12)`."""
    parts: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _KEY_PART.match(text, at)
        if match is None or match.end() == at:
            raise odata(f"Syntax error in the key ({text[:80]}) of '{table.entity_set}'.")
        position = len(parts)
        name = match["name"] or (table.all_keys[position] if position < len(table.all_keys) else f"#{position}")
        parts[name] = match["value"]
        at = match.end()
    if set(parts) != set(table.all_keys):
        raise odata(f"The key of '{table.entity_set}' consists of {', '.join(table.all_keys)}.")
    values = {name: _key_value(name, parts[name], table) for name in table.all_keys}
    if values["Company"].casefold() != COMPANY.casefold():
        raise not_found()
    return [values[name] for name in table.keys]


def rows_of(book: Book, table: Table, query: Query) -> tuple[list[Row], int]:
    """The page of rows that a query asks for, and how many there are in all."""
    rows = _candidates(book, table, query.condition)
    if query.condition is not None:
        rows = [row for row in rows if query.condition.passes(row)]
    for column, down in reversed(query.order):
        rows.sort(key=lambda row: _rank(row.get(column)), reverse=down)
    return rows[query.skip : query.skip + query.top], len(rows)


def entity(book: Book, table: Table, row: Row, query: Query, version: int) -> dict[str, Any]:
    """One row as an answer holds it."""
    names = query.select or tuple(name for name in row)
    answer: dict[str, Any] = {name: shown(row.get(name), table.kind(name), version) for name in names}
    for child, select in query.expand:
        inner = Query(select=select)
        rows = book.children(child.name, row)
        answer[child.entity_set] = [entity(book, child, below, inner, version) for below in rows]
    return answer


def collection(
    context: str, table: Table, rows: list[dict[str, Any]], total: int | None, version: int
) -> dict[str, Any]:
    counted: dict[str, Any] = {}
    if version == 2:
        counted = {} if total is None else {"@odata.count": total}
        return {"@odata.context": f"{context}/$metadata#{table.entity_set}", **counted, "value": rows}
    counted = {} if total is None else {"odata.count": str(total)}
    return {"odata.metadata": f"{context}/$metadata#{table.entity_set}", **counted, "value": rows}


def _candidates(book: Book, table: Table, condition: Condition | None) -> list[Row]:
    for column, value in condition.equals if condition else ():
        if column in table.find_by:
            return book.find(table.name, column, int(value) if table.kind(column) in ("i", "l") else value)
        if (column,) == table.keys:
            row = book.get(table.name, int(value) if table.kind(column) in ("i", "l") else value)
            return [row] if row else []
    return book.all(table.name)


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, 0)
    return (1, value.casefold()) if isinstance(value, str) else (1, value)


def _columns(text: str, table: Table) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if "*" in names:
        return ()
    for name in names:
        _known(name, table)
    return names


def _known(name: str, table: Table) -> None:
    if name not in table.columns and not name.endswith("_c"):
        raise odata(f"Could not find a property named '{name}' on type 'Erp.{table.name}'.")


def _ordered(part: str, table: Table) -> tuple[str, bool]:
    words = part.split()
    if len(words) > 2 or (len(words) == 2 and words[1] not in ("asc", "desc")):
        raise odata(f"Syntax error in $orderby at '{part[:40]}'.")
    _known(words[0], table)
    return words[0], words[-1] == "desc"


def _expanded(text: str, table: Table) -> tuple[tuple[Table, tuple[str, ...]], ...]:
    found = []
    for part in re.findall(r"[^,()]+(?:\([^()]*\))?", text):
        name, _, options = part.strip().partition("(")
        child = next((child for child in reachable(table) if child.entity_set == name.strip()), None)
        if child is None:
            raise odata(f"Could not find a property named '{name[:40]}' on type 'Erp.{table.name}'.")
        select = re.match(r"\s*\$select=([^;)]*)", options)
        found.append((child, _columns(select[1], child) if select else ()))
    return tuple(found)


def reachable(table: Table) -> tuple[Table, ...]:
    """The tables that can be expanded from this one."""
    return CHILDREN[table.name] if table.name != "CashGrp" else (TABLES["CashHead"],)


def _count(options: dict[str, str], name: str, default: int) -> int:
    text = options.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise odata(f"Invalid value '{text[:40]}' for {name}: a number that is not negative is expected.")
    return int(text)


def _key_value(name: str, text: str, table: Table) -> Any:
    kind = table.kind(name) or "s"
    quoted = text.startswith("'")
    if quoted != (kind == "s"):
        raise _key_kind(name, text)
    value = text[1:-1].replace("''", "'") if quoted else text
    if kind in "il" and not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise _key_kind(name, text)
    return coerce(name, kind, value)


def _key_kind(name: str, text: str) -> EpicorProblem:
    return odata(f"The key value {text[:60]} of '{name}' has the wrong type: strings need single quotes, numbers none.")
