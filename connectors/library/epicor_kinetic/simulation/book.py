"""The rows of the simulated company over the sandbox's store: read, found, written with SysRowID and SysRevID.

Compares keys as the server's database does, without regard to case. Knows no business rule.
"""

from __future__ import annotations

import uuid
from typing import Any

from connectors.library.epicor_kinetic.simulation.tables import COMPANY, TABLES, Table
from connectors.library.epicor_kinetic.simulation.values import Row, packed, unpacked
from connectors.sdk.simulator import Store


class Book:
    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, name: str, *keys: Any) -> Row | None:
        """The row with these key values (without Company)."""
        table = TABLES[name]
        row = self.store.get(table.entity_set, _key_text(keys))
        return None if row is None else unpacked(row, table.columns)

    def same(self, name: str, row: Row) -> Row | None:
        """The kept row with the key of this row."""
        return self.get(name, *(row.get(key) for key in TABLES[name].keys))

    def all(self, name: str) -> list[Row]:
        table = TABLES[name]
        return [unpacked(row, table.columns) for row in self.store.list(table.entity_set)]

    def find(self, name: str, column: str, value: Any) -> list[Row]:
        """The rows with this value in a column the table is found by."""
        table = TABLES[name]
        rows = self.store.find(table.entity_set, column, _folded(value))
        return [unpacked(row, table.columns) for row in rows]

    def children(self, child: str, parent: Row) -> list[Row]:
        """The rows of a containing row, in order of their keys."""
        table = TABLES[child]
        above = TABLES[table.of or ""]
        shared = [key for key in above.keys if key in table.keys]
        # The most telling of the keys that the child is found by: the last one, a document's number.
        column = next((key for key in reversed(shared) if key in table.find_by), None)
        rows = self.find(child, column, parent[column]) if column else self.all(child)
        mine = [row for row in rows if all(_folded(row[key]) == _folded(parent[key]) for key in shared)]
        return sorted(mine, key=lambda row: [(str(type(row[key])), row[key]) for key in table.keys])

    def save(self, name: str, row: Row) -> Row:
        """Insert or replace; gives the row its ids and its next revision."""
        table = TABLES[name]
        kept = {**row, "Company": COMPANY, "SysRevID": self.store.next_number("SysRevID", 70001), "RowMod": ""}
        if not kept.get("SysRowID") or set(kept["SysRowID"]) <= set("0-"):
            kept["SysRowID"] = str(uuid.uuid5(uuid.NAMESPACE_OID, self.store.token(24)))
        index = {column: _folded(kept[column]) for column in table.find_by if kept.get(column)}
        index["SysRowID"] = kept["SysRowID"]
        self.store.put(table.entity_set, _key_text(kept[key] for key in table.keys), packed(kept), index)
        return kept

    def remove(self, name: str, row: Row) -> None:
        table = TABLES[name]
        self.store.delete(table.entity_set, _key_text(row[key] for key in table.keys))

    def by_row_id(self, name: str, row_id: str) -> Row | None:
        rows = self.store.find(TABLES[name].entity_set, "SysRowID", row_id) if row_id else []
        return unpacked(rows[0], TABLES[name].columns) if rows else None

    def next_in(self, table: Table, row: Row) -> int:
        """The next number of a row's number key: a series of its own, or within the containing row."""
        number = table.number or ""
        starts = {"CustNum": 101, "OrderNum": 5001, "HeadNum": 301, "InvoiceNum": 10001, "PackNum": 1001}
        if table.of is None or table.name in ("CashHead",):
            return self.store.next_number(number, starts.get(number, 1))
        siblings = [sibling[number] for sibling in self.children(table.name, row)]
        return max(siblings, default=0) + 1


def _folded(value: Any) -> str:
    return str(value).casefold()[:200]


def _key_text(keys: Any) -> str:
    parts = [str(key).casefold().replace("%", "%25").replace("|", "%7C") for key in keys]
    text = "|".join(parts)
    return text if len(text) <= 150 else f"~{uuid.uuid5(uuid.NAMESPACE_URL, text)}"
