"""The contract between a simulated system and whatever hosts it, and the in-memory host for tests.

A connector's `simulator.py` subclasses `Simulator` and exposes it as `SIMULATOR`; the sandbox gives it a store in the
database, tests give it a `MemoryStore`. Nothing here opens a socket or knows a connector.
"""

from __future__ import annotations

import random
import string
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol, runtime_checkable
from urllib.parse import parse_qsl

import orjson

FAULT_KINDS = ("unauthorized", "rate_limited", "server_error", "malformed")
_ALPHABET = string.ascii_letters + string.digits
Records = list[dict[str, Any]]  # a name of its own, because stores have a method called `list`


@dataclass(frozen=True)
class SimRequest:
    """One HTTP request as the simulated system sees it.

    Attributes:
        method: Upper-case HTTP method.
        path: Path below `/sandbox/<tenant>/<system>`, begins with `/`, percent-decoded.
        query: Query pairs in order, decoded.
        headers: Lower-case names; the last value wins when a name is repeated.
        body: Raw bytes.
        base_url: Address of this system for absolute links, e.g. `http://127.0.0.1:8000/sandbox/demo/stripe`.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = "http://127.0.0.1:8000/sandbox/demo/system"

    def header(self, name: str, default: str = "") -> str:
        """The value of a header, whatever the case of `name`."""
        return self.headers.get(name.lower(), default)

    def param(self, name: str, default: str | None = None) -> str | None:
        """The first query value called `name`."""
        return next((value for key, value in self.query if key == name), default)

    def json(self) -> Any:
        """The body as JSON; `None` for an empty body.

        Raises:
            ValueError: The body is not JSON (the simulator answers as its system does).
        """
        return orjson.loads(self.body) if self.body else None

    def form(self) -> list[tuple[str, str]]:
        """The body as form pairs in order; bad bytes are replaced, never raised."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass
class SimResponse:
    """One HTTP answer of the simulated system."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, obj: Any, headers: Mapping[str, str] | None = None) -> SimResponse:
        """An answer with a JSON body and its content type; `headers` are added or replace it."""
        return cls(status, orjson.dumps(obj), {"Content-Type": "application/json", **(headers or {})})


@dataclass(frozen=True)
class Delivery:
    """A webhook the simulated system wants sent; `signing` is all that `Simulator.sign` needs to sign it later."""

    url: str
    body: bytes
    headers: dict[str, str]
    event_id: str
    signing: dict[str, Any]


@runtime_checkable
class Store(Protocol):
    """The state of ONE tenant's ONE system.

    Every `Simulator.handle` runs inside one database transaction: either all its writes and deliveries last, or none.
    Records are plain JSON objects. What `get`, `list` and `find` return is a copy: change it, then `put` it back.
    """

    def get(self, collection: str, key: str) -> dict[str, Any] | None:
        """The record kept under `key`, or `None`."""
        ...

    def put(self, collection: str, key: str, record: dict[str, Any], index: Mapping[str, str] | None = None) -> None:
        """Insert or replace a record.

        `index` names the fields it can be found by and their values. A replaced record keeps its place in `list`.
        `index=None` on a replacement keeps the old index; an empty mapping removes it.
        """
        ...

    def delete(self, collection: str, key: str) -> None:
        """Remove a record; nothing happens when it is not there."""
        ...

    def list(self, collection: str, *, newest_first: bool = False) -> Records:
        """All records in order of their first `put`."""
        ...

    def find(self, collection: str, field: str, value: str, *, newest_first: bool = False) -> Records:
        """The records whose index says `field` is `value`, in order of their first `put`."""
        ...

    def next_number(self, name: str, start: int = 1) -> int:
        """The next number of a named series: `start`, then one more each time."""
        ...

    def token(self, length: int = 24) -> str:
        """Random letters and digits."""
        ...

    def now(self) -> datetime:
        """The virtual clock, aware UTC; the same instant all through one `handle`."""
        ...

    def deliver(self, delivery: Delivery) -> None:
        """Put a webhook into the outbox: the host sends, signs and retries it after commit."""
        ...


class Simulator(ABC):
    """A stateful stand-in for one outside system, good enough for the system's own official client.

    Collections named in `kept_over_reset` survive a sandbox reset, so that the webhooks which deployed flows registered
    go on; they are the ones that the starting data never holds.
    """

    system: ClassVar[str]
    kept_over_reset: ClassVar[tuple[str, ...]] = ("webhook_endpoints",)

    def __init__(self, store: Store) -> None:
        self.store = store

    @abstractmethod
    def handle(self, request: SimRequest) -> SimResponse:
        """Answer one request. Never raises for bad input: answers with the system's own error bodies."""

    @abstractmethod
    def fault(self, kind: str, request: SimRequest) -> SimResponse:
        """How the system itself looks when it fails.

        Args:
            kind: `unauthorized`, `rate_limited` (429 with Retry-After), `server_error` or `malformed`.
            request: The request that meets the fault.
        """

    @abstractmethod
    def seed(self) -> None:
        """Write the starting data into an empty store (after a reset: one that holds the kept collections only)."""

    @abstractmethod
    def credentials(self) -> dict[str, str]:
        """The fake keys, as the fields of a connection's credential and config."""

    @abstractmethod
    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """What the system holds, in collections named as the system itself names them."""

    @abstractmethod
    def sign(self, delivery: Delivery, now: float) -> dict[str, str]:
        """Headers that sign a delivery at the instant it is sent (`now` in epoch seconds); empty when unsigned."""

    def advance(self, seconds: float) -> None:
        """React to the virtual clock having moved `seconds` ahead (renewals, payouts); nothing by default."""
        return None


_Deliveries = list[Delivery]


class MemoryStore:
    """The in-memory twin of the sandbox's database store, for tests.

    Args:
        now: The clock; defaults to the real one. `advance` moves it.
        seed: Seeds `token`, so a test sees the same ids every time.
    """

    def __init__(self, now: Callable[[], datetime] | None = None, seed: int = 1) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        self._offset = timedelta()
        self._random = random.Random(seed)  # ids of a simulator are no secrets
        self._records: dict[str, dict[str, bytes]] = {}
        self._index: dict[tuple[str, str], dict[str, str]] = {}
        self._numbers: dict[str, int] = {}
        self.deliveries: _Deliveries = []

    def get(self, collection: str, key: str) -> dict[str, Any] | None:
        """See `Store.get`."""
        found = self._records.get(collection, {}).get(key)
        return None if found is None else orjson.loads(found)

    def put(self, collection: str, key: str, record: dict[str, Any], index: Mapping[str, str] | None = None) -> None:
        """See `Store.put`; refuses what the database twin could not keep."""
        self._records.setdefault(collection, {})[key] = orjson.dumps(record)
        if index is not None:
            self._index[collection, key] = {name: str(value) for name, value in index.items()}

    def delete(self, collection: str, key: str) -> None:
        """See `Store.delete`."""
        self._records.get(collection, {}).pop(key, None)
        self._index.pop((collection, key), None)

    def list(self, collection: str, *, newest_first: bool = False) -> Records:
        """See `Store.list`."""
        rows = [orjson.loads(row) for row in self._records.get(collection, {}).values()]
        return rows[::-1] if newest_first else rows

    def find(self, collection: str, field: str, value: str, *, newest_first: bool = False) -> Records:
        """See `Store.find`."""
        rows = [
            orjson.loads(row)
            for key, row in self._records.get(collection, {}).items()
            if self._index.get((collection, key), {}).get(field) == value
        ]
        return rows[::-1] if newest_first else rows

    def next_number(self, name: str, start: int = 1) -> int:
        """See `Store.next_number`."""
        self._numbers[name] = self._numbers.get(name, start - 1) + 1
        return self._numbers[name]

    def token(self, length: int = 24) -> str:
        """See `Store.token`; the same sequence for the same seed."""
        return "".join(self._random.choices(_ALPHABET, k=length))

    def now(self) -> datetime:
        """See `Store.now`."""
        return self._now() + self._offset

    def deliver(self, delivery: Delivery) -> None:
        """See `Store.deliver`; gathered in `deliveries`."""
        self.deliveries.append(delivery)

    def advance(self, seconds: float) -> None:
        """Move the clock ahead."""
        self._offset += timedelta(seconds=seconds)

    def twin(self) -> MemoryStore:
        """A store of its own that holds the same and goes on the same: how to have a seeded system many times."""
        other = MemoryStore(self._now)
        other._offset = self._offset
        other._random.setstate(self._random.getstate())
        other._records = {name: dict(records) for name, records in self._records.items()}
        other._index = dict(self._index)
        other._numbers = dict(self._numbers)
        other.deliveries = list(self.deliveries)
        return other

    def collections(self) -> dict[str, Records]:
        """All that is kept, by collection, for tests that assert nothing changed."""
        return {name: self.list(name) for name in sorted(self._records)}
