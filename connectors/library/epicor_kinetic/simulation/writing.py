"""Writing rows: new, changed, removed, with the checks every table shares, before and after the table's own rules.

OData writes and the tablesets of methods both end here.
"""

from __future__ import annotations

from typing import Any

from connectors.library.epicor_kinetic.simulation.desk import RULES, Desk, TableRules
from connectors.library.epicor_kinetic.simulation.problems import business, duplicate, modified, odata
from connectors.library.epicor_kinetic.simulation.tables import CHILDREN, Table
from connectors.library.epicor_kinetic.simulation.values import Row, blank, coerce

_OWN = frozenset({"Company", "RowMod", "SysRevID", "SysRowID"})
_PLAIN = TableRules()
_MOST_CUSTOM = 2000


def rules_of(table: Table) -> TableRules:
    return RULES.get(table.name, _PLAIN)


def insert(desk: Desk, table: Table, incoming: dict[str, Any], *, strict: bool = False) -> Row:
    """Keep a new row and, when it comes with them, the rows it contains."""
    row = new_row(desk, table, incoming)
    _apply(table, row, incoming, strict=strict, keys=True)
    row["SysRowID"] = ""
    if table.number and not row[table.number]:
        row[table.number] = desk.book.next_in(table, row)
    _check_shared(table, row)
    if desk.book.same(table.name, row) is not None:
        raise duplicate(table.name, table.keys[-1], f"A {table.name} record with this key exists already.")
    rules_of(table).check(desk, row, None)
    kept = desk.book.save(table.name, row)
    rules_of(table).saved(desk, kept, None)
    for child in CHILDREN[table.name]:
        for below in _rows_in(incoming, child):
            insert(desk, child, {**below, **{key: kept[key] for key in table.keys if key in child.keys}}, strict=strict)
    complete = desk.book.same(table.name, kept) or kept
    rules_of(table).completed(desk, complete)
    return complete


def new_row(desk: Desk, table: Table, known: dict[str, Any]) -> Row:
    """A row with its defaults, not kept yet."""
    row = table.new_row()
    for key in table.keys:
        if known.get(key) is not None:
            row[key] = coerce(key, table.columns[key], known[key])
    rules_of(table).defaults(desk, row)
    return row


def update(desk: Desk, table: Table, old: Row, incoming: dict[str, Any], *, strict: bool = False) -> Row:
    """Keep a changed row, unless somebody else changed it since it was read."""
    read = incoming.get("SysRevID")
    if read not in (None, 0, "", "0") and coerce("SysRevID", "l", read) != old["SysRevID"]:
        raise modified(table.name)
    row = dict(old)
    _apply(table, row, incoming, strict=strict, keys=False)
    _check_shared(table, row)
    if row != old:
        rules_of(table).check(desk, row, old)
        kept = desk.book.save(table.name, row)
        rules_of(table).saved(desk, kept, old)
    return desk.book.same(table.name, row) or row


def delete(desk: Desk, table: Table, row: Row) -> None:
    rules_of(table).removing(desk, row)
    _remove_with_contents(desk, table, row)
    rules_of(table).removed(desk, row)


def _remove_with_contents(desk: Desk, table: Table, row: Row) -> None:
    for child in CHILDREN[table.name]:
        for below in desk.book.children(child.name, row):
            _remove_with_contents(desk, child, below)
    desk.book.remove(table.name, row)


def _apply(table: Table, row: Row, incoming: dict[str, Any], *, strict: bool, keys: bool) -> None:
    nested = {child.entity_set for child in CHILDREN[table.name]}
    for column, value in incoming.items():
        if column in _OWN or column in nested or column in table.readonly:
            continue
        if column in table.keys and not (keys and value is not None):
            continue
        kind = table.kind(column)
        if kind is not None:
            row[column] = coerce(column, kind, value)
        elif column.endswith("_c") and len(column) <= 60:
            row[column] = _custom(column, value)
        elif strict and not column.startswith("@"):
            raise odata(f"The property '{column[:80]}' does not exist on type 'Erp.{table.name}'.")


def _custom(column: str, value: Any) -> Any:
    """A user-defined column: whatever scalar the customer made it hold."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > _MOST_CUSTOM:
            raise business(f"{column} may hold at most {_MOST_CUSTOM} characters.", field=column)
        return coerce(column, "s", value)
    if isinstance(value, dict | list):
        raise odata(f"Cannot convert the value of property '{column}' to a column.")
    # Its type is not known here, so a number is kept as its text, exactly.
    return str(value)[:60]


def _check_shared(table: Table, row: Row) -> None:
    for column in table.required:
        if row.get(column) in (blank(table.columns[column]), None) or not str(row[column]).strip():
            raise business(f"{column} is required.", table.name, column)
    for column, longest in table.lengths.items():
        if len(row.get(column) or "") > longest:
            raise business(f"{column} may hold at most {longest} characters.", table.name, column)


def _rows_in(incoming: dict[str, Any], child: Table) -> list[dict[str, Any]]:
    rows = incoming.get(child.entity_set)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise odata(f"'{child.entity_set}' must be a list of objects.")
    return rows
