"""Billing periods: where the next one ends, whatever the length of the months.

Subscriptions call it. It knows only UTC.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

from connectors.library.stripe.simulation.records import Record


def following(anchor: int, moment: int, recurring: Record) -> int:
    """The first end of a period after a moment, counted from the anchor so that the 31st stays the 31st."""
    step = 1
    while True:
        end = _after(anchor, recurring["interval"], recurring["interval_count"] * step)
        if end > moment:
            return end
        step += 1


def _after(anchor: int, interval: str, count: int) -> int:
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in ("day", "week"):
        return int((start + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = start.year * 12 + start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())
