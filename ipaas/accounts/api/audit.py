"""The audit trail over HTTP: read only, newest first, filtered by who, what and when.

For those who manage members. Entries are written by `ipaas.accounts.audit`, never here.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ipaas.accounts.api import parameters, shapes
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import AuditEntry

_FILTERS = {
    "action": "what was done, like flow.published, or its beginning, like flow.",
    "actor": "id of the person",
    "target_type": "what kind of thing it was done to",
    "target_id": "id of the thing",
    "since": {**parameters.MOMENT, "description": "not before"},
    "until": {**parameters.MOMENT, "description": "before"},
}


def entry_answer(row: AuditEntry) -> dict[str, Any]:
    """An entry as the API shows it."""
    return {
        "id": row.id,
        "at": row.at,
        "actor_id": row.actor_id,
        "actor_label": row.actor_label,
        "action": row.action,
        "target_type": row.target_type,
        "target_id": row.target_id,
        "detail": row.detail,
        "ip": row.ip,
    }


class Audit(TenantView):
    """The audit trail."""

    permission = {"GET": "manage_members"}

    @documented(responses=shapes.AuditEntryShape, paged=True, query=_FILTERS)
    def get(self, request: Request, tenant: str) -> Response:
        """List what was done, the latest first."""
        rows = AuditEntry.objects.of(self.tenant)
        wanted = {
            "action__startswith": parameters.text(request, "action"),
            "actor_id": parameters.text(request, "actor"),
            "target_type": parameters.text(request, "target_type"),
            "target_id": parameters.text(request, "target_id"),
            "at__gte": parameters.moment(request, "since"),
            "at__lt": parameters.moment(request, "until"),
        }
        return self.page(rows.filter(**{name: value for name, value in wanted.items() if value}), entry_answer)
