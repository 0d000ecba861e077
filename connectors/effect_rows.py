"""Rows of the effect ledger as SQL: the columns, reading the newest generation, settling.

Used by `connectors.effects` only, inside the writer's transactions; knows both databases' JSON and times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from connectors.models import Effect
from ipaas.book.transaction import Transaction

if TYPE_CHECKING:
    from connectors.effects import EffectIntent

TABLE = Effect._meta.db_table
COLUMNS = (
    "id",
    "tenant_id",
    "connection_id",
    "connector",
    "operation",
    "effect_class",
    "key",
    "generation",
    "request_hash",
    "business_key",
    "run_id",
    "step",
    "status",
    "idempotency_key",
    "request",
    "found",
    "created_at",
    "lease_until",
)
_READ = (
    "id, generation, status, effect_class, request_hash, idempotency_key, run_id, answer, "
    "found, created_at, lease_until"
)
# A NUL is no character in PostgreSQL's jsonb; an even number of backslashes before it means it is really one.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


@dataclass(frozen=True, slots=True)
class Known:
    """The newest generation of an effect."""

    id: str
    generation: int
    status: str
    effect_class: str
    request_hash: str
    idempotency_key: str
    run_id: str
    raw_answer: Any
    found: bool
    created_at: datetime
    lease_until: datetime | None

    def answer(self) -> Any:
        """The recorded answer."""
        raw = self.raw_answer
        return orjson.loads(raw) if isinstance(raw, str | bytes) else raw


def known_of(tx: Transaction, tenant_id: str, key: str) -> Known:
    """The newest generation under a key, locked until the transaction ends."""
    lock = " FOR UPDATE" if tx.vendor == "postgresql" else ""
    row = tx.execute(
        f"SELECT {_READ} FROM {TABLE} WHERE tenant_id = %s AND key = %s ORDER BY generation DESC LIMIT 1{lock}",
        (tenant_id, key),
    ).fetchone()
    effect_id, generation, status, effect_class, request_hash, key_sent, run_id, answer, found, created, lease = row
    created_at = tx.read_time(created) or datetime.now(UTC)
    return Known(
        id=effect_id,
        generation=generation,
        status=status,
        effect_class=effect_class,
        request_hash=request_hash,
        idempotency_key=key_sent,
        run_id=run_id,
        raw_answer=answer,
        found=bool(found),
        created_at=created_at,
        lease_until=tx.read_time(lease),
    )


def new_row(tx: Transaction, intent: EffectIntent, effect_id: str, generation: int, key: str) -> tuple[Any, ...]:
    """The row of a new effect, in the order of COLUMNS."""
    return (
        effect_id,
        intent.tenant_id,
        intent.connection_id or None,
        intent.connector,
        intent.operation,
        intent.effect_class,
        intent.key,
        generation,
        intent.request_hash,
        _plain(intent.business_key)[:255],
        intent.run_id,
        intent.step,
        "intended",
        key,
        text_of_json(tx, intent.request),
        False,
        tx.time(intent.at),
        tx.time(intent.at + timedelta(seconds=intent.lease_seconds)),
    )


def settle_sql(*from_statuses: str) -> str:
    """The statement that settles an effect which is in one of these statuses; a settled one stays as it is."""
    wanted = ", ".join(f"'{status}'" for status in from_statuses)
    return (
        f"UPDATE {TABLE} SET status = %s, answer = %s, error = %s, found = %s, settled_at = %s, lease_until = NULL "
        f"WHERE id = %s AND status IN ({wanted})"
    )


def text_of_json(tx: Transaction, value: Any) -> Any:
    """A value as the JSON column of either database can hold it."""
    text = tx.json(value)
    return _NUL.sub(r"\1\\ufffd", text) if "\\u0000" in text else text


def _plain(text: str) -> str:
    return text.replace("\x00", "�")
