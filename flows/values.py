"""Big values of facts, stored once beside the journal and referred to by id.

Used by the journal alone, when it writes facts and when it loads them.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ipaas.book.packing import dumps, pack, unpack
from ipaas.book.transaction import Transaction

BIG_FROM_BYTES = 256 * 1024
_MAY_BE_BIG = ("output", "input", "items", "record", "body")
_REFERENCE = "$value"


def set_aside(tx: Transaction, run_id: str, facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts with every big value replaced by `{"$value": id, "bytes": n}` and stored in the same transaction."""
    return [_small(tx, run_id, fact) for fact in facts]


def _small(tx: Transaction, run_id: str, fact: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in _MAY_BE_BIG:
        value = fact.get(name)
        if not isinstance(value, dict | list | str) or not _could_be_big(value):
            continue
        data = dumps(value)
        if len(data) <= BIG_FROM_BYTES:
            continue
        value_id = f"{run_id}:{hashlib.sha256(data).hexdigest()}"
        tx.insert(
            "flows_value",
            ("id", "run_id", "content"),
            [(value_id, run_id, pack(value))],
            suffix="ON CONFLICT DO NOTHING",
        )
        changed[name] = {_REFERENCE: value_id, "bytes": len(data)}
    return {**fact, **changed} if changed else fact


def _could_be_big(value: Any) -> bool:
    """A cheap look before measuring: text by its length, structures by a bounded walk over their leaves."""
    if isinstance(value, str):
        return len(value) * 4 > BIG_FROM_BYTES
    size = 0
    stack: list[Any] = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            stack.extend(part.values())
            size += 24 * len(part)
        elif isinstance(part, list):
            stack.extend(part)
            size += 4 * len(part)
        elif isinstance(part, str):
            size += len(part) * 4
        else:
            size += 8
        if size > BIG_FROM_BYTES:
            return True
    return False


def bring_back(tx: Transaction, run_id: str, facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts with their big values in place again."""
    wanted = [value[_REFERENCE] for fact in facts for value in _references(fact)]
    if not wanted:
        return facts
    rows = tx.execute("SELECT id, content FROM flows_value WHERE run_id = %s", (run_id,)).fetchall()
    return restore(facts, {row[0]: unpack(row[1]) for row in rows})


def restore(facts: list[dict[str, Any]], contents: dict[str, Any]) -> list[dict[str, Any]]:
    """Put contents in the place of their references."""
    restored = []
    for fact in facts:
        whole = {
            name: contents.get(value[_REFERENCE], value) if _is_reference(value) else value
            for name, value in fact.items()
        }
        restored.append(whole)
    return restored


def _references(fact: dict[str, Any]) -> list[dict[str, Any]]:
    return [fact[name] for name in _MAY_BE_BIG if _is_reference(fact.get(name))]


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 2 and _REFERENCE in value
