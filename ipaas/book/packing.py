"""JSON values as bytes for the book: small ones plain, larger ones deflated, both read by `unpack`.

Used for journals, events and answers, where JSON columns would cost parsing and could not hold every text.
"""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import Any

import orjson

_DEFLATE_FROM_BYTES = 600


def _plain(value: Any) -> Any:
    """Decimals become the shortest JSON number that reads back as the same amount, else their text."""
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def dumps(value: Any) -> bytes:
    """JSON bytes of `value`; Decimals as numbers where that is exact."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def pack(value: Any) -> bytes | None:
    """Bytes of a JSON value; `None` stays NULL."""
    if value is None:
        return None
    data = dumps(value)
    if len(data) < _DEFLATE_FROM_BYTES:
        return data
    # `z` cannot begin a JSON text, so the first byte tells the two forms apart.
    return b"z" + zlib.compress(data, 1)


def unpack(data: bytes | memoryview | None) -> Any:
    """The value that `pack` kept."""
    if data is None:
        return None
    raw = bytes(data)
    if raw[:1] == b"z":
        raw = zlib.decompress(raw[1:])
    return orjson.loads(raw)
