"""Whether a connection works: the one place that writes `Connection.status`.

Told by the gateway and oauth (refused credentials) and by connections (tests, changes by people). Whoever wants to hear
that a connection works again is called by `connections`, never from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from connectors.models import Connection, ConnectionStatus

_KEPT = ("code", "message", "hint")


def mark_broken(tenant_id: str, connection_id: str, error: Mapping[str, Any]) -> bool:
    """The system does not accept the credential; False when that was known, or a person has paused the connection."""
    changed = (
        Connection.objects.of(tenant_id)
        .filter(id=connection_id)
        .exclude(status__in=[ConnectionStatus.BROKEN, ConnectionStatus.PAUSED])
        .update(status=ConnectionStatus.BROKEN, status_detail=_detail(error), revision=F("revision") + 1)
    )
    return changed > 0


def mark_ok(tenant_id: str, connection_id: str, message: str = "") -> bool:
    """The system accepted the credential; True when the connection was not known to work before."""
    changed = (
        Connection.objects.of(tenant_id)
        .filter(id=connection_id)
        .exclude(status__in=[ConnectionStatus.OK, ConnectionStatus.PAUSED])
        .update(
            status=ConnectionStatus.OK,
            status_detail={"message": message, "at": _now()},
            revision=F("revision") + 1,
        )
    )
    return changed > 0


def mark_untested(tenant_id: str, connection_id: str) -> None:
    """The credential or the settings changed, so what was known is old."""
    Connection.objects.of(tenant_id).filter(id=connection_id).exclude(status=ConnectionStatus.PAUSED).update(
        status=ConnectionStatus.UNTESTED, status_detail={}, revision=F("revision") + 1
    )


def set_paused(tenant_id: str, connection_id: str, paused: bool, by: str = "") -> bool:
    """A person stops or resumes all use of a connection; False when nothing changed."""
    rows = Connection.objects.of(tenant_id).filter(id=connection_id)
    if paused:
        detail = {"message": f"Paused by {by}." if by else "Paused.", "at": _now()}
        changed = rows.exclude(status=ConnectionStatus.PAUSED).update(
            status=ConnectionStatus.PAUSED, status_detail=detail, revision=F("revision") + 1
        )
    else:
        changed = rows.filter(status=ConnectionStatus.PAUSED).update(
            status=ConnectionStatus.UNTESTED, status_detail={}, revision=F("revision") + 1
        )
    return bool(changed)


def touched(tenant_id: str, connection_ids: list[str]) -> None:
    """These connections were used just now."""
    Connection.objects.of(tenant_id).filter(id__in=connection_ids).update(last_used_at=datetime.now(UTC))


def _detail(error: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: error[name] for name in _KEPT if error.get(name)}, "at": _now()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
