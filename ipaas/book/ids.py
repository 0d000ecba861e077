"""Time-ordered text identifiers such as `run_01jd3k…`, the primary keys of every domain table.

Called wherever a row is born; never parsed for meaning other than its prefix and order.
"""

from __future__ import annotations

import os
import time
from datetime import datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_MASK = (1 << 80) - 1
_last = 0


def new_id(prefix: str) -> str:
    """Return `prefix_` and a 26 character ULID (48 bits of milliseconds, 80 random), lower case.

    Ids made by one process are strictly increasing, so ordering by id is ordering by birth.
    """
    global _last
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    if value <= _last:
        # The same millisecond (or a clock set back): stay increasing, keep the low bits unguessable.
        value = _last + 1 + (int.from_bytes(os.urandom(5), "big"))
    _last = value
    pairs = _PAIRS
    text = "".join(pairs[(value >> shift) & 1023] for shift in range(120, -1, -10))
    return f"{prefix}_{text}"


def first_id(prefix: str, at: datetime) -> str:
    """The lowest id that could have been born at a moment or later, to find rows by time through their ids."""
    value = int(at.timestamp() * 1000) << 80
    return f"{prefix}_" + "".join(_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10))
