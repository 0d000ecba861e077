"""Event bodies: kept byte for byte, read as the value that expressions see.

Intake checks a body once at the door; the runner and the API read it again from the book.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from flows.engine.facts import stamp


class BodyRefused(ValueError):
    """The body is not what its content type says."""


def parse_body(raw: bytes, content_type: str) -> Any:
    """The value of a body: JSON, a form as an object, else text. Raises BodyRefused for broken JSON or text."""
    kind = content_type.partition(";")[0].strip().lower()
    if not raw:
        return None
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(_text(raw), keep_blank_values=True))
    if kind.startswith("text/") or kind in ("application/xml",):
        return _text(raw)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BodyRefused(f"the body is not valid JSON: {error}") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BodyRefused("the body is not UTF-8 text") from error


def body_value(raw: bytes, meta: dict[str, Any]) -> Any:
    """The value of a body that was accepted before."""
    return parse_body(raw, str(meta.get("content_type", "application/json")))


def trigger_scope(raw: bytes, meta: dict[str, Any], received_at: datetime) -> dict[str, Any]:
    """What expressions see as `trigger`, at the door and in every run of the event."""
    return {
        "body": body_value(raw, meta),
        "headers": meta.get("headers", {}),
        "query": meta.get("query", {}),
        "received_at": stamp(received_at),
    }
