"""The effect ledger over HTTP: what was written to which system, for which run and business key.

Reads only: the ledger is written by `connectors.effects`, and what is uncertain is resolved through the run's API.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from connectors.api import shapes
from connectors.api.connected import moment
from connectors.gateway import TRIAL_EFFECTS
from connectors.models import Effect
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.problems import bad_parameter, not_found
from ipaas.accounts.api.schema import documented

_STATUSES = ("intended", "sent", "done", "rejected", "released", "uncertain")


def effect_answer(row: Effect) -> dict[str, Any]:
    """An effect as the API shows it; requests and answers were masked before they were kept."""
    return {
        "id": row.id,
        "connection": row.connection_id,
        "connector": row.connector,
        "operation": row.operation,
        "effect_class": row.effect_class,
        "key": row.key,
        "generation": row.generation,
        "business_key": row.business_key,
        "run_id": row.run_id,
        "step": row.step,
        "status": row.status,
        "idempotency_key": row.idempotency_key,
        "request": row.request,
        "answer": row.answer,
        "error": row.error,
        "found": row.found,
        "created_at": moment(row.created_at),
        "settled_at": moment(row.settled_at),
    }


class Effects(TenantView):
    """The ledger."""

    permission = {"GET": "view"}

    @documented(
        responses=shapes.EffectShape,
        paged=True,
        query={"run": "id of a run", "status": "one or more, with commas", "q": "business key"},
    )
    def get(self, request: Request, **ids: str) -> Response:
        """List effects, newest first; those of a test of a draft only when its run is named."""
        rows = Effect.objects.of(self.tenant)
        if run := request.query_params.get("run"):
            rows = rows.filter(run_id=run)
        else:
            rows = rows.exclude(key__startswith=TRIAL_EFFECTS)
        if wanted := request.query_params.get("status"):
            statuses = [word.strip() for word in wanted.split(",") if word.strip()]
            if not set(statuses) <= set(_STATUSES):
                raise bad_parameter("status", f"There are: {', '.join(_STATUSES)}.")
            rows = rows.filter(status__in=statuses)
        if key := request.query_params.get("q"):
            rows = rows.filter(business_key=key)
        return self.page(rows, effect_answer)


class OneEffect(TenantView):
    """One entry of the ledger."""

    permission = {"GET": "view"}

    @documented(responses=shapes.EffectShape)
    def get(self, request: Request, effect_id: str, **ids: str) -> Response:
        """An effect with the evidence."""
        row = Effect.objects.of(self.tenant).filter(id=effect_id).first()
        if row is None:
            raise not_found("effect")
        return Response(effect_answer(row))
