"""How connections fare: calls, failures and refusals by the hour, the last success and the last failure.

Told by the gateway every few seconds in one piece, never call by call, so that counting costs the runs nothing. Read by
the API. It never judges: what breaks a connection is `connectors.status`' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from connectors.models import Connection, ConnectionHour
from connectors.sdk.errors import AuthorMustFix, IpaasError, Rejected

KEPT_HOURS = 24 * 8
_SHOWN_HOURS = 24


@dataclass
class Count:
    """What was counted for one connection since the last telling."""

    tenant_id: str
    connection_id: str
    calls: int = 0
    failed: int = 0
    refused: int = 0
    ok_at: datetime | None = None
    failed_at: datetime | None = None
    failure: dict[str, Any] = field(default_factory=dict)


class Tally:
    """The counts of one process between two tellings; plain memory."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}

    def note(self, tenant_id: str, connection_id: str, error: IpaasError | None = None) -> None:
        """One call ended: well, refused by the system for what was in it, or failed."""
        if isinstance(error, AuthorMustFix):
            return
        count = self._counts.setdefault(connection_id, Count(tenant_id, connection_id))
        count.calls += 1
        now = datetime.now(UTC)
        if error is None:
            count.ok_at = now
        elif isinstance(error, Rejected):
            # The system answered: it works, only this input was not to its liking.
            count.refused += 1
            count.ok_at = now
        else:
            count.failed += 1
            count.failed_at = now
            told = error.to_dict()
            count.failure = {name: told[name] for name in ("code", "message", "hint") if told.get(name)}

    def take(self) -> list[Count]:
        """What was counted, which begins anew."""
        counts, self._counts = list(self._counts.values()), {}
        return counts


def record(counts: Sequence[Count]) -> None:
    """Add counts to the present hour of their connections."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for count in counts:
        changes: dict[str, Any] = {}
        if count.ok_at is not None:
            changes["last_ok_at"] = count.ok_at
        if count.failed_at is not None:
            changes |= {"last_failed_at": count.failed_at, "last_failure": count.failure}
        if Connection.objects.of(count.tenant_id).filter(id=count.connection_id).update(**changes):
            _add(count, hour)


def _add(count: Count, hour: datetime) -> None:
    rows = ConnectionHour.objects.filter(connection_id=count.connection_id, hour=hour)
    added = {"calls": F("calls") + count.calls, "failed": F("failed") + count.failed}
    added["refused"] = F("refused") + count.refused
    if rows.update(**added):
        return
    try:
        with transaction.atomic():
            ConnectionHour.objects.create(
                connection_id=count.connection_id,
                hour=hour,
                calls=count.calls,
                failed=count.failed,
                refused=count.refused,
            )
    except IntegrityError:
        rows.update(**added)
    old = hour - timedelta(hours=KEPT_HOURS)
    ConnectionHour.objects.filter(connection_id=count.connection_id, hour__lt=old).delete()


def last_day(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """The last 24 hours, the oldest first, hours without calls as zeros."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=back) for back in reversed(range(_SHOWN_HOURS))]
    rows = ConnectionHour.objects.filter(connection=connection, hour__gte=hours[0])
    known = {row.hour: row for row in rows}
    return [
        {
            "at": hour,
            "calls": known[hour].calls if hour in known else 0,
            "failed": known[hour].failed if hour in known else 0,
            "refused": known[hour].refused if hour in known else 0,
        }
        for hour in hours
    ]
