"""How long a system asks us to wait, in all the spellings that systems use.

The gateway asks after every answer that refuses for load; pure, the clock is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

_MOST_SECONDS = 86_400.0
# Deltas are small, moments are large: anything beyond this is a moment since 1970.
_EPOCH_FROM = 1_000_000_000.0
_MILLISECOND_NAMES = ("retry-after-ms", "x-ms-retry-after-ms", "x-retry-after-ms", "x-rate-limit-time-reset-ms")
_SECOND_NAMES = ("retry-after", "x-retry-after")
_RESET_NAMES = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset-after")
_MILLISECOND_RESET_NAMES = ("x-ratelimit-reset-ms", "x-rate-limit-reset-ms")


def parse_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, at least 0 and at most a day, or None when the answer does not say.

    Args:
        headers: The answer's headers, any case.
        now: Seconds since 1970.

    Reads, in this order: milliseconds (`Retry-After-Ms`, `X-Rate-Limit-Time-Reset-Ms`), `Retry-After` as seconds
    (also decimal) or as an HTTP date, and `RateLimit-Reset` / `X-RateLimit-Reset` as seconds from now or as a moment
    since 1970 in seconds or milliseconds.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    for names, read in (
        (_MILLISECOND_NAMES, _milliseconds),
        (_SECOND_NAMES, _seconds_or_date),
        (_MILLISECOND_RESET_NAMES, _milliseconds),
        (_RESET_NAMES, _reset),
    ):
        for name in names:
            if name in lower and (seconds := read(lower[name].strip(), now)) is not None:
                return min(max(seconds, 0.0), _MOST_SECONDS)
    return None


def _number(text: str) -> float | None:
    # Some systems append parameters: `60;w=60`, `10, 10;window=1`.
    head = text.partition(";")[0].partition(",")[0].strip().removesuffix("s")
    try:
        value = float(head)
    except ValueError:
        return None
    return value if -1e15 < value < 1e15 else None


def _milliseconds(text: str, now: float) -> float | None:
    value = _number(text)
    if value is None:
        return None
    seconds = value / 1000.0
    return seconds - now if seconds >= _EPOCH_FROM else seconds


def _seconds_or_date(text: str, now: float) -> float | None:
    value = _number(text)
    if value is not None:
        return _reset(text, now)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp() - now


def _reset(text: str, now: float) -> float | None:
    value = _number(text)
    if value is None:
        return None
    if value >= _EPOCH_FROM * 1000:
        return value / 1000.0 - now
    return value - now if value >= _EPOCH_FROM else value
