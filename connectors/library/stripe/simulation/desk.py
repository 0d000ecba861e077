"""The desk: everything one request needs while it is being answered.

Made by the front desk per request, and by the clock for what time itself brings about.
Families read parameters, records and time from it and report what happened through it.
"""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass, field
from typing import Any

from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.problems import no_such
from connectors.library.stripe.simulation.records import Record, Records

DEFAULT_VERSION = "2026-06-24.dahlia"
ACCOUNT_ID = "acct_1SimulatedIndustry"


@dataclass
class Desk:
    records: Records
    now: int
    params: Params = field(default_factory=lambda: Params({}))
    path: dict[str, str] = field(default_factory=dict)
    version: str = DEFAULT_VERSION
    request_id: str | None = None
    idempotency_key: str | None = None
    base_url: str = ""

    def new_id(self, prefix: str, length: int = 24) -> str:
        return f"{prefix}_{self.records.store.token(length)}"

    def number(self, name: str, start: int = 1) -> int:
        return self.records.store.next_number(name, start)

    def need(self, collection: str, noun: str, identifier: str | None = None, param: str = "id") -> Record:
        """The record of the path's id, or of an id another parameter names."""
        key = self.path["id"] if identifier is None else identifier
        record = self.records.get(collection, key)
        if record is None:
            raise no_such(noun, key, param=param, status=404 if identifier is None else 400)
        return record

    def referenced(self, collection: str, noun: str, name: str, params: Params | None = None) -> Record | None:
        """The record a parameter points to, if it is given."""
        source = params or self.params
        identifier = source.text(name)
        if not identifier:
            return None
        record = self.need(collection, noun, identifier, source.label(name))
        if record.get("_deleted"):
            raise no_such(noun, identifier, param=source.label(name), status=400)
        return record

    def save(self, collection: str, record: Record) -> Record:
        return self.records.save(collection, record)

    def fingerprint(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def snapshot(record: Record) -> dict[str, Any]:
    """A copy to compare with later."""
    return copy.deepcopy(record)
