"""The database behind a simulated system: one tenant's records of one system, inside one transaction.

Made by the host for each request. Writes are kept back until `flush`, so a request that fails or only reads leaves
nothing behind, and what a request wrote it also reads.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from connectors.sdk.simulator import Delivery, Records
from ipaas.book.transaction import Transaction

_ALPHABET = string.ascii_letters + string.digits
_LONGEST = 255
_LAST = 1 << 62
_CHUNK = 400
_RECORDS = "connectors_sandboxrecord"
_INDEX = "connectors_sandboxindex"
_COUNTERS = "connectors_sandboxcounter"
_OF_COLLECTION = "tenant_id = %s AND system = %s AND collection = %s"
_UPSERT_RECORD = (
    "ON CONFLICT (tenant_id, system, collection, key) DO UPDATE SET data = excluded.data RETURNING id, collection, key"
)


def short(text: str) -> str:
    """A text as a key column holds it: too long or unstorable ones by their hash."""
    if len(text) <= _LONGEST and "\x00" not in text:
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class TransactionStore:
    """A `connectors.sdk.simulator.Store` over an open transaction."""

    def __init__(self, tx: Transaction, tenant_id: str, system: str, now: datetime) -> None:
        self._tx = tx
        self._scope = (tenant_id, system)
        self._now = now
        self._read: dict[tuple[str, str], bytes | None] = {}
        self._written: dict[tuple[str, str], bytes | None] = {}
        self._indexed: dict[tuple[str, str], dict[str, str]] = {}
        self._deleted: set[tuple[str, str]] = set()
        self._counters: dict[str, int] = {}
        self.deliveries: list[Delivery] = []

    @property
    def is_dirty(self) -> bool:
        """True when there is something to flush."""
        return bool(self._written or self._counters or self.deliveries)

    def get(self, collection: str, key: str) -> dict[str, Any] | None:
        """See `Store.get`."""
        place = (collection, short(key))
        if place in self._written:
            data = self._written[place]
        else:
            if place not in self._read:
                self._read[place] = self._select_one(place)
            data = self._read[place]
        return None if data is None else orjson.loads(data)

    def put(self, collection: str, key: str, record: dict[str, Any], index: Mapping[str, str] | None = None) -> None:
        """See `Store.put`."""
        place = (collection, short(key))
        if place in self._written and self._written[place] is None:
            del self._written[place]  # deleted and put again, it stands at the end
        self._written[place] = orjson.dumps(record)
        if index is not None:
            self._indexed[place] = {field: short(str(value)) for field, value in index.items()}

    def delete(self, collection: str, key: str) -> None:
        """See `Store.delete`."""
        place = (collection, short(key))
        self._written[place] = None
        self._indexed.pop(place, None)
        self._deleted.add(place)

    def list(self, collection: str, *, newest_first: bool = False) -> Records:
        """See `Store.list`."""
        rows = self._tx.execute(
            f"SELECT id, key, data FROM {_RECORDS} WHERE {_OF_COLLECTION} ORDER BY id", (*self._scope, collection)
        ).fetchall()
        order = {key: row_id for row_id, key, _ in rows if (collection, key) not in self._deleted}
        found = {key: bytes(data) for _, key, data in rows if key in order}
        for number, ((name, key), data) in enumerate(self._written.items()):
            if name == collection and data is not None:
                found[key] = data
                order.setdefault(key, _LAST + number)
        return _ordered(found, order, newest_first)

    def find(self, collection: str, field: str, value: str, *, newest_first: bool = False) -> Records:
        """See `Store.find`."""
        wanted = short(str(value))
        rows = self._tx.execute(
            f"SELECT r.id, r.key, r.data FROM {_INDEX} i JOIN {_RECORDS} r ON r.id = i.record_id "
            "WHERE i.tenant_id = %s AND i.system = %s AND i.collection = %s AND i.field = %s AND i.value = %s",
            (*self._scope, collection, field, wanted),
        ).fetchall()
        order: dict[str, int] = {}
        found: dict[str, bytes] = {}
        for row_id, key, data in rows:
            place = (collection, key)
            if place in self._deleted or place in self._indexed:
                continue
            order[key], found[key] = row_id, self._written.get(place) or bytes(data)
        for number, place in enumerate(self._written):
            written = self._written[place]
            if written is None or place[0] != collection or self._indexed.get(place, {}).get(field) != wanted:
                continue
            order[place[1]], found[place[1]] = self._place_of(place, _LAST + number), written
        return _ordered(found, order, newest_first)

    def next_number(self, name: str, start: int = 1) -> int:
        """See `Store.next_number`."""
        if name not in self._counters:
            row = self._tx.execute(
                f"SELECT value FROM {_COUNTERS} WHERE tenant_id = %s AND system = %s AND name = %s",
                (*self._scope, name),
            ).fetchone()
            self._counters[name] = row[0] if row else start - 1
        self._counters[name] += 1
        return self._counters[name]

    def token(self, length: int = 24) -> str:
        """See `Store.token`."""
        return "".join(secrets.choice(_ALPHABET) for _ in range(length))

    def now(self) -> datetime:
        """See `Store.now`."""
        return self._now

    def deliver(self, delivery: Delivery) -> None:
        """See `Store.deliver`; the host takes them from `deliveries`."""
        self.deliveries.append(delivery)

    def flush(self) -> None:
        """Write what was kept back (deliveries are the host's)."""
        self._remove(sorted(self._deleted))
        rows = [
            (*self._scope, collection, key, data)
            for (collection, key), data in self._written.items()
            if data is not None
        ]
        ids = self._tx.insert(
            _RECORDS, ("tenant_id", "system", "collection", "key", "data"), rows, suffix=_UPSERT_RECORD
        )
        self._write_index({(collection, key): row_id for row_id, collection, key in ids})
        self._tx.insert(
            _COUNTERS,
            ("tenant_id", "system", "name", "value"),
            [(*self._scope, name, value) for name, value in self._counters.items()],
            suffix="ON CONFLICT (tenant_id, system, name) DO UPDATE SET value = excluded.value",
        )

    def _select_one(self, place: tuple[str, str]) -> bytes | None:
        row = self._tx.execute(
            f"SELECT data FROM {_RECORDS} WHERE {_OF_COLLECTION} AND key = %s", (*self._scope, *place)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def _place_of(self, place: tuple[str, str], otherwise: int) -> int:
        """Where a record written in this request stands among the others."""
        if place in self._deleted:
            return otherwise
        row = self._tx.execute(
            f"SELECT id FROM {_RECORDS} WHERE {_OF_COLLECTION} AND key = %s", (*self._scope, *place)
        ).fetchone()
        return otherwise if row is None else int(row[0])

    def _remove(self, places: Sequence[tuple[str, str]]) -> None:
        for place in places:
            row = self._tx.execute(
                f"DELETE FROM {_RECORDS} WHERE {_OF_COLLECTION} AND key = %s RETURNING id", (*self._scope, *place)
            ).fetchone()
            if row is not None:
                self._tx.execute(f"DELETE FROM {_INDEX} WHERE record_id = %s", (row[0],))

    def _write_index(self, ids: Mapping[tuple[str, str], int]) -> None:
        changed = [(ids[place], place[0], values) for place, values in self._indexed.items() if place in ids]
        for start in range(0, len(changed), _CHUNK):
            chunk = [row_id for row_id, _, _ in changed[start : start + _CHUNK]]
            marks = ", ".join(["%s"] * len(chunk))
            self._tx.execute(f"DELETE FROM {_INDEX} WHERE record_id IN ({marks})", chunk)
        tenant_id, system = self._scope
        self._tx.insert(
            _INDEX,
            ("record_id", "tenant_id", "system", "collection", "field", "value"),
            [
                (row_id, tenant_id, system, collection, field, value)
                for row_id, collection, values in changed
                for field, value in values.items()
            ],
        )


def _ordered(found: Mapping[str, bytes], order: Mapping[str, int], newest_first: bool) -> Records:
    keys = sorted(found, key=lambda key: order[key], reverse=newest_first)
    return [orjson.loads(found[key]) for key in keys]
