"""The audit trail: one entry for everything that a person or token changed.

Called by every use case and view that mutates, inside the transaction of the change. Entries are never changed, and
never hold a secret: fields that sound like one are masked even when a caller forgets.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ipaas.accounts.models import ApiToken, AuditEntry, Tenant, User

_SECRET = re.compile(r"passw|secret|token|credential|authori[sz]ation|api_?key|private_?key|sealed", re.IGNORECASE)
_LONGEST_TEXT = 2000
MASK = "••••"


def record(
    tenant: Tenant,
    actor: Any,
    action: str,
    target_type: str = "",
    target_id: str = "",
    detail: dict[str, Any] | None = None,
    request: Any = None,
) -> AuditEntry:
    """Write one entry: who (`actor`: a user, a token or a name), what (`action`, like `flow.published`), to what.

    With a request its address is kept, and the token it came with is named; without an actor the request's user acts.
    """
    token = getattr(request, "auth", None)
    actor_id, actor_label = _who(actor if actor is not None else getattr(request, "user", None))
    if isinstance(token, ApiToken):
        actor_label = f"{actor_label} (API token “{token.name}”)"
    entry: AuditEntry = AuditEntry.objects.of(tenant).create(
        at=timezone.now(),
        actor_id=actor_id,
        actor_label=actor_label[:300],
        action=action,
        target_type=target_type,
        target_id=str(target_id)[:200],
        detail=masked(detail or {}),
        ip=client_address(request) if request is not None else None,
    )
    return entry


def masked(value: Any) -> Any:
    """The value as the trail may keep it: secrets masked, long texts cut."""
    if isinstance(value, dict):
        return {
            str(name): MASK if _SECRET.search(str(name)) and isinstance(inner, str) else masked(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return value[:_LONGEST_TEXT] + "…"
    return value


def client_address(request: HttpRequest) -> str | None:
    """The address a request came from. Proxies are the web server's business: it has already named the real client."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None


def _who(actor: Any) -> tuple[str, str]:
    if isinstance(actor, User):
        return actor.pk, actor.email
    if isinstance(actor, ApiToken):
        return actor.user_id, f"{actor.user.email} (API token “{actor.name}”)"
    return "", str(actor) if actor else "the system"
