"""One request's writes, kept aside until the request has succeeded: a refusal half-way leaves nothing behind.

The front desk opens one per request; UpdateExt opens one per row. Numbers drawn from a series are never given back.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sdk.simulator import Delivery, Records, Store

_Kept = tuple[dict[str, Any] | None, dict[str, str]]


class Draft:
    """A store over a store. See `Store` for what each method does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: dict[str, dict[str, _Kept]] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self._deliveries: list[Delivery] = []

    def commit(self) -> None:
        for collection, records in self._kept.items():
            for key, (record, index) in records.items():
                if record is None:
                    self.store.delete(collection, key)
                else:
                    self.store.put(collection, key, record, index)
        for delivery in self._deliveries:
            self.store.deliver(delivery)

    def get(self, collection: str, key: str) -> dict[str, Any] | None:
        kept = self._kept.get(collection, {}).get(key)
        return copy.deepcopy(kept[0]) if kept is not None else self.store.get(collection, key)

    def put(self, collection: str, key: str, record: dict[str, Any], index: Mapping[str, str] | None = None) -> None:
        self._note(collection, key, (copy.deepcopy(record), dict(index or {})))

    def delete(self, collection: str, key: str) -> None:
        self._note(collection, key, (None, {}))

    def list(self, collection: str, *, newest_first: bool = False) -> Records:
        rows = self._merged(collection, self.store.list(collection), lambda index: True)
        return rows[::-1] if newest_first else rows

    def find(self, collection: str, field: str, value: str, *, newest_first: bool = False) -> Records:
        below = self.store.find(collection, field, value)
        rows = self._merged(collection, below, lambda index: index.get(field) == value)
        return rows[::-1] if newest_first else rows

    def next_number(self, name: str, start: int = 1) -> int:
        return self.store.next_number(name, start)

    def token(self, length: int = 24) -> str:
        return self.store.token(length)

    def now(self) -> datetime:
        return self.store.now()

    def deliver(self, delivery: Delivery) -> None:
        self._deliveries.append(delivery)

    def _note(self, collection: str, key: str, kept: _Kept) -> None:
        records = self._kept.setdefault(collection, {})
        if key not in records and (below := self.store.get(collection, key)) is not None:
            self._keys.setdefault(collection, {})[_identity(below)] = key
        records[key] = kept

    def _merged(self, collection: str, below: Records, fits: Any) -> Records:
        """What is below, with the drafts in their places, then what is new."""
        kept = self._kept.get(collection)
        if not kept:
            return below
        replaced = self._keys.get(collection, {})
        rows: Records = []
        placed = set()
        for record in below:
            key = replaced.get(_identity(record))
            if key is None:
                rows.append(record)
                continue
            placed.add(key)
            draft, index = kept[key]
            if draft is not None and fits(index):
                rows.append(copy.deepcopy(draft))
        for key, (draft, index) in kept.items():
            if key not in placed and draft is not None and fits(index):
                rows.append(copy.deepcopy(draft))
        return rows


def _identity(record: dict[str, Any]) -> str:
    """What tells a kept record from others: rows have a SysRowID, the simulator's own records an `id`."""
    return str(record.get("SysRowID") or record.get("id"))
