"""Where a value of a run came from, over HTTP: what the run's version reads, and one rule's way to its value.

Routed by `flows.api.urls`; reads through `flows.provenance` and writes nothing.
"""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from flows import provenance
from flows.api import shapes
from flows.api.runs import RunView
from ipaas.accounts.api.problems import Problem
from ipaas.accounts.api.schema import documented


class RunReads(RunView):
    """What the version of a run reads."""

    permission = {"GET": "view"}

    @documented(responses=shapes.ReadsShape)
    def get(self, request: Request, run_id: str, **ids: str) -> Response:
        """For each parameter of each step: the paths it reads and the field it fills. It never changes for a run."""
        return Response({"items": provenance.reads(self.run(run_id))})


class RuleProvenance(RunView):
    """One rule's way to its value."""

    permission = {"GET": "view"}

    @documented(
        responses=shapes.StagesShape,
        query={"step": "path of a map step, such as each[2].order", "pointer": "the rule's place in the document"},
    )
    def get(self, request: Request, run_id: str, **ids: str) -> Response:
        """What a mapping rule read in this run, the value after each transform, and what its field got."""
        run = self.run(run_id)
        step, pointer = request.query_params.get("step", ""), request.query_params.get("pointer", "")
        try:
            return Response(provenance.rule_stages(run, step, pointer))
        except provenance.NotTold as reason:
            raise Problem(
                404, "not_told", detail=str(reason), hint="Name a step that was carried out and one of its rules."
            ) from None
