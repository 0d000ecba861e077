"""Where a flow works, over HTTP: every environment side by side, with version, trigger, runs and what waits.

Reads only; what changes it is in `flows.api.deployments`. Routed by `flows.api.urls`.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from flows import publishing
from flows.activity import figures, last_runs_by_environment
from flows.api import shapes
from flows.api.answers import deployment_answers, person
from flows.api.flows import FlowView
from flows.models import Deployment
from flows.reading import moment
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import Environment, EnvironmentName

_NOTHING = {"runs": 0, "failed": 0, "kept": 0}


class AtWork(FlowView):
    """Where a flow works."""

    permission = {"GET": "view"}

    @documented(responses=shapes.AtWorkShape, paged=True)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Every environment in the order of promotion, with what is at work there and how it goes."""
        flow = self.flow(flow_id)
        order = {name: place for place, name in enumerate(EnvironmentName.values)}
        found = sorted(Environment.objects.filter(tenant=self.tenant), key=lambda row: order[row.name])
        active = list(
            Deployment.objects.of(self.tenant)
            .filter(flow=flow, active=True)
            .select_related("version", "environment", "created_by")
        )
        answers = {row.environment_id: answer for row, answer in zip(active, deployment_answers(active), strict=True)}
        runs, counts = last_runs_by_environment(flow, found), figures(flow)
        items = [
            {
                "environment": environment.name,
                "deployment": answers.get(environment.id),
                "earlier": _earlier(publishing.earlier(flow, environment)),
                "last_run": runs.get(environment.id),
                **_figures(counts.get(environment.id, _NOTHING)),
            }
            for environment in found
        ]
        return Response({"items": items, "next": None})


def _figures(counts: dict[str, int]) -> dict[str, int]:
    return {"runs_day": counts["runs"], "failed_day": counts["failed"], "kept": counts["kept"]}


def _earlier(row: Deployment | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "version": row.version.number,
        "connections": row.connections,
        "created_at": moment(row.created_at),
        "created_by": person(row.created_by),
    }
