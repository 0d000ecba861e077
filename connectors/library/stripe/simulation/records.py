"""One request's view of the store: reads see its own writes, and writes reach the store only at the end.

The desk makes one per request. A refused request throws its staged writes away, so half a creation never stays.
It never interprets what it keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.sdk.simulator import Delivery, Store

Record = dict[str, Any]

# What each collection can be found by; dotted paths reach into the object.
INDEXES: dict[str, tuple[str, ...]] = {
    "customers": ("email",),
    "prices": ("product", "lookup_key"),
    "charges": ("customer", "payment_intent", "transfer_group"),
    "payment_intents": ("customer", "_invoice"),
    "payment_methods": ("customer",),
    "refunds": ("charge", "payment_intent"),
    "disputes": ("charge", "payment_intent"),
    "invoices": ("customer", "_subscription", "status"),
    "invoiceitems": ("customer", "invoice", "_pending"),
    "invoice_payments": ("invoice", "payment.payment_intent", "status"),
    "subscriptions": ("customer", "status"),
    "balance_transactions": ("source", "_payout", "status"),
    "payouts": ("status",),
    "checkout_sessions": ("customer", "payment_intent", "subscription", "status"),
    "credit_notes": ("invoice", "customer"),
    "webhook_endpoints": ("status",),
    "agenda": ("done",),
}


def index_of(collection: str, record: Record) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in INDEXES.get(collection, ()):
        value: Any = record
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, dict | list):
            found[path] = str(value)
    return found


class Records:
    def __init__(self, store: Store) -> None:
        self.store = store
        self._staged: dict[tuple[str, str], Record | None] = {}
        # One object per record and request: whoever changes it, everybody in this request sees the change.
        self._seen: dict[tuple[str, str], Record] = {}
        self._deliveries: list[Delivery] = []

    def get(self, collection: str, key: str) -> Record | None:
        if (collection, key) in self._staged:
            return self._staged[collection, key]
        if (collection, key) not in self._seen:
            record = self.store.get(collection, key)
            if record is None:
                return None
            self._seen[collection, key] = record
        return self._seen[collection, key]

    def save(self, collection: str, record: Record) -> Record:
        self._staged[collection, record["id"]] = record
        return record

    def remove(self, collection: str, key: str) -> None:
        self._staged[collection, key] = None

    def all(self, collection: str, *, newest_first: bool = False) -> list[Record]:
        return self._overlaid(collection, self.store.list(collection), newest_first, lambda record: True)

    def where(self, collection: str, field: str, value: str, *, newest_first: bool = False) -> list[Record]:
        def fits(record: Record) -> bool:
            return index_of(collection, record).get(field) == value

        return self._overlaid(collection, self.store.find(collection, field, value), newest_first, fits)

    def _overlaid(
        self, collection: str, kept: list[Record], newest_first: bool, fits: Callable[[Record], bool]
    ) -> list[Record]:
        staged = {key: record for (place, key), record in self._staged.items() if place == collection}
        rows: list[Record] = []
        for record in kept:
            key = record["id"]
            if key not in staged:
                if (collection, key) not in self._seen:
                    self._seen[collection, key] = record
                rows.append(self._seen[collection, key])
                continue
            current = staged.pop(key)
            if current is not None and fits(current):
                rows.append(current)
        rows += [record for record in staged.values() if record is not None and fits(record)]
        if newest_first:
            rows.reverse()
        return rows

    def deliver(self, delivery: Delivery) -> None:
        self._deliveries.append(delivery)

    def flush(self) -> None:
        for (collection, key), record in self._staged.items():
            if record is None:
                self.store.delete(collection, key)
            else:
                self.store.put(collection, key, record, index_of(collection, record))
        for delivery in self._deliveries:
            self.store.deliver(delivery)
        self.discard()

    def discard(self) -> None:
        self._staged.clear()
        self._seen.clear()
        self._deliveries.clear()
