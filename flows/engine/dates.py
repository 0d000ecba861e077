"""Dates and times as text: reading, writing and moving between time zones.

Called by expressions and by mapping transforms. Everything leaves here as text (ISO 8601 unless a format is declared).
Never reads the clock: a text that leaves out year, month or day is refused instead of being filled with today.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from flows.engine.errors import REJECTED, ExpressionRefused, StepFailed, author_error, error
from flows.engine.money import decimal_of
from flows.engine.values import iso, kind_name

NAMED_FORMATS: Final = {"date": "%Y-%m-%d", "time": "%H:%M:%S", "datetime": "%Y-%m-%dT%H:%M:%S"}
_DIRECTIVES: Final = re.compile(r"%(?:-?[dmHIMSjy]|[aAbBeFfGpTuUVwWYzZ%])")
_UNITS: Final = {"seconds": 1, "milliseconds": 1000}
_FILLERS: Final = (datetime(2000, 1, 1), datetime(2003, 12, 31))  # noqa: DTZ001 - probes for missing parts, not moments


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The time zone of an IANA name such as `America/New_York`.

    Raises:
        ExpressionRefused: there is no such zone.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ExpressionRefused(
            "unknown_time_zone", f"There is no time zone '{name[:60]}'.", "Use an IANA name such as Europe/Berlin."
        ) from None


def _zone_at_run(name: Any) -> tzinfo:
    if name is None or name == "":
        return UTC
    try:
        return zone(str(name))
    except ExpressionRefused as refused:
        raise author_error(refused.code, refused.message, refused.hint) from None


@lru_cache(maxsize=256)
def checked_format(text: str) -> str:
    """A declared format: `date`, `time`, `datetime`, or strftime directives of a safe list.

    Raises:
        ExpressionRefused: a directive outside the list, or longer than 200 characters.
    """
    text = NAMED_FORMATS.get(text, text)
    if len(text) > 200 or "%" in _DIRECTIVES.sub("", text):
        raise ExpressionRefused(
            "bad_date_format",
            f"'{text[:60]}' is not a date format.",
            "Use strftime directives such as %Y-%m-%d %H:%M:%S, or date, time, datetime.",
        )
    return text


def _format_at_run(text: Any) -> str:
    try:
        return checked_format(str(text))
    except ExpressionRefused as refused:
        raise author_error(refused.code, refused.message, refused.hint) from None


def _unreadable(value: Any, why: str) -> StepFailed:
    return StepFailed(
        error(
            REJECTED,
            "date_unreadable",
            f"'{str(value)[:60]}' cannot be read as a date: {why}.",
            hint="Declare the format the sender uses.",
        )
    )


def _guess(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    from dateutil import parser

    if len(value) > 100:
        raise _unreadable(value, "it is too long")
    try:
        moments = [parser.parse(value, default=filler) for filler in _FILLERS]
    except (ValueError, OverflowError, TypeError):
        raise _unreadable(value, "no known format fits") from None
    if moments[0] != moments[1]:
        raise _unreadable(value, "year, month or day is missing")
    return moments[0]


def moment(value: Any, formats: Sequence[str] = (), time_zone: Any = None) -> datetime:
    """The aware moment a text means.

    1. Each declared format is tried in order. 2. Without declared formats: ISO 8601, then the usual spellings
    (month before day where both are possible). 3. A text without offset is in `time_zone`, UTC when none is given.

    Raises:
        StepFailed: no format fits, or year, month or day is missing.
    """
    if type(value) is not str:
        raise _unreadable(value, f"it is {kind_name(value)}, not text")
    text = value.strip()
    found: datetime | None = None
    for candidate in formats:
        try:
            found = datetime.strptime(text, _format_at_run(candidate))  # noqa: DTZ007 - the zone follows below
            break
        except ValueError:
            continue
    if found is None:
        if formats:
            raise _unreadable(value, f"none of the formats {', '.join(formats)} fits")
        found = _guess(text)
    return found if found.tzinfo else found.replace(tzinfo=_zone_at_run(time_zone))


def write(at: datetime, form: Any = None) -> str:
    """The moment as text, ISO 8601 with offset without a format."""
    return iso(at) if not form else at.strftime(_format_at_run(form))


def parse_date(value: Any, formats: Sequence[str] = (), time_zone: Any = None, form: Any = None) -> str:
    """Text of any declared or usual format -> ISO 8601 text, or `form`."""
    if formats and isinstance(formats, str):
        formats = (formats,)
    return write(moment(value, formats, time_zone), form)


def format_date(value: Any, form: Any = "date", time_zone: Any = None) -> str:
    """A date text written in another format, moved to `time_zone` when one is given."""
    at = moment(value)
    return write(at.astimezone(_zone_at_run(time_zone)) if time_zone else at, form)


def to_time_zone(value: Any, time_zone: Any, from_time_zone: Any = None) -> str:
    """The same moment as ISO 8601 text in another time zone."""
    return iso(moment(value, (), from_time_zone).astimezone(_zone_at_run(time_zone)))


def unix_to_date(value: Any, unit: str = "seconds", time_zone: Any = None, form: Any = None) -> str:
    """Seconds (or milliseconds) since 1970 -> ISO 8601 text in `time_zone` (UTC), or `form`."""
    if unit not in _UNITS:
        raise author_error("bad_unit", "The unit is seconds or milliseconds.")
    seconds = decimal_of(value) / _UNITS[unit]
    if abs(seconds) > 10**11:
        raise _unreadable(value, "it is too far away; are these milliseconds?")
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))
    return write(at.astimezone(_zone_at_run(time_zone)), form)


def date_to_unix(value: Any, unit: str = "seconds", time_zone: Any = None) -> int:
    """A date text -> whole seconds (or milliseconds) since 1970."""
    if unit not in _UNITS:
        raise author_error("bad_unit", "The unit is seconds or milliseconds.")
    span = moment(value, (), time_zone) - datetime(1970, 1, 1, tzinfo=UTC)
    return span // timedelta(microseconds=1_000_000 // _UNITS[unit])


def add_time(value: Any, days: int = 0, hours: int = 0, minutes: int = 0, months: int = 0) -> str:
    """A date text moved by so much time; months keep the day where they can."""
    at = moment(value)
    if months:
        from dateutil.relativedelta import relativedelta

        at = at + relativedelta(months=months)
    return iso(at + timedelta(days=days, hours=hours, minutes=minutes))
