"""Flows over HTTP: list, create, edit the draft, check, start by hand.

Owns how a flow is shown and what a draft must be at least to be kept. Routed by `flows.api.urls`; changes go through
`flows.publishing` and `flows.intake`, never straight to the tables of versions, events and runs.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db.models import Max, Q
from rest_framework.request import Request
from rest_framework.response import Response

from flows import control, publishing
from flows import deployed as deployments
from flows.activity import failures, last_runs
from flows.api import shapes
from flows.api.answers import deployment_answers, person, problems_answer, refused
from flows.intake import Arrival, admit_from_thread
from flows.models import Deployment, Flow, Run, Version
from flows.outline import outline_problems
from flows.reading import moment
from ipaas.accounts import audit
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import Problem, not_found
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import Environment

EMPTY_DOCUMENT: dict[str, Any] = {"schema": 1, "connections": {}, "nodes": [], "edges": [], "layout": {}}


class FlowView(TenantView):
    """Views of one flow."""

    def flow(self, flow_id: str) -> Flow:
        """The flow, or 404."""
        found = Flow.objects.of(self.tenant).filter(id=flow_id, deleted_at=None).select_related("updated_by").first()
        if found is None:
            raise not_found("flow")
        return found


def flow_items(flows: list[Flow]) -> list[dict[str, Any]]:
    """List items; deployments and version numbers are fetched once for all."""
    if not flows:
        return []
    ids, tenant_id = [flow.id for flow in flows], flows[0].tenant_id
    active: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found = Deployment.objects.of(tenant_id).filter(flow_id__in=ids, active=True)
    rows = list(found.select_related("version", "environment", "created_by").order_by("id"))
    for row, answer in zip(rows, deployment_answers(rows), strict=True):
        active[row.flow_id].append(answer)
    latest = dict(Version.objects.of(tenant_id).filter(flow_id__in=ids).values_list("flow_id").annotate(Max("number")))
    runs, failed = last_runs(tenant_id, ids), failures(tenant_id, ids)
    return [
        _item(flow, active[flow.id], latest.get(flow.id))
        | {"last_run": runs.get(flow.id), "failed_day": failed.get(flow.id, 0)}
        for flow in flows
    ]


def _item(flow: Flow, active: list[dict[str, Any]], latest: int | None) -> dict[str, Any]:
    return {
        "id": flow.id,
        "name": flow.name,
        "description": flow.description,
        "created_at": moment(flow.created_at),
        "updated_at": moment(flow.updated_at),
        "updated_by": person(flow.updated_by),
        "draft_etag": flow.draft_etag,
        "latest_version": latest,
        "deployments": active,
        "problems_count": flow.problems_count,
        "trigger": _trigger(flow.draft),
        "systems": _systems(flow.draft),
        "steps": len(nodes) if isinstance(nodes := flow.draft.get("nodes"), list) else 0,
    }


def _systems(document: dict[str, Any]) -> list[str]:
    """The connectors that a draft names, each once."""
    aliases = document.get("connections")
    values = aliases.values() if isinstance(aliases, dict) else []
    names = [value.get("connector") for value in values if isinstance(value, dict)]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _trigger(document: dict[str, Any]) -> dict[str, Any] | None:
    nodes = document.get("nodes")
    for node in nodes if isinstance(nodes, list) else []:
        if isinstance(node, dict) and node.get("kind") == "trigger":
            params = node.get("params")
            params = params if isinstance(params, dict) else {}
            aliases = document.get("connections")
            alias = aliases.get(str(params.get("connection"))) if isinstance(aliases, dict) else None
            connector = alias.get("connector") if isinstance(alias, dict) else None
            return {"type": str(params.get("type", "webhook")), "connector": connector, "event": params.get("event")}
    return None


def detail(flow: Flow) -> dict[str, Any]:
    """A flow with its draft and what is wrong with it."""
    problems = [problem.to_dict() for problem in publishing.problems_of(flow.draft)]
    return {**flow_items([flow])[0], "document": flow.draft, "problems": problems}


def outline_checked(document: dict[str, Any]) -> dict[str, Any]:
    """A draft may have problems, but it must be a document in outline."""
    problems = outline_problems(document)
    if problems:
        raise refused(problems)
    return document


class Flows(TenantView):
    """All flows of the tenant."""

    permission = {"GET": "view", "POST": "edit_flows"}

    @documented(responses=shapes.FlowShape, paged=True, query={"q": "part of the name"})
    def get(self, request: Request, **ids: str) -> Response:
        """List flows, the last changed first."""
        flows = Flow.objects.of(self.tenant).filter(deleted_at=None).select_related("updated_by")
        if wanted := request.query_params.get("q", "").strip():
            flows = flows.filter(Q(name__icontains=wanted) | Q(description__icontains=wanted))
        rows, following = paginate(request, flows, order=("-updated_at", "-id"))
        return Response({"items": flow_items(rows), "next": following})

    @documented(request=shapes.FlowCreate, responses={201: shapes.FlowDetailShape})
    def post(self, request: Request, **ids: str) -> Response:
        """Create a flow; its draft may still have problems, which come back with it."""
        given = self.checked(shapes.FlowCreate)
        document = outline_checked(given.get("document") or EMPTY_DOCUMENT)
        flow = publishing.create_flow(
            self.tenant, self.person, given["name"], document, description=given["description"]
        )
        audit.record(self.tenant, self.person, "flow.created", "flow", flow.id, {"name": flow.name}, request)
        return Response(detail(flow), status=201)


class OneFlow(FlowView):
    """One flow."""

    permission = {"GET": "view", "PATCH": "edit_flows", "DELETE": "edit_flows"}

    @documented(responses=shapes.FlowDetailShape)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """A flow with its draft and the draft's problems."""
        return Response(detail(self.flow(flow_id)))

    @documented(request=shapes.FlowPatch, responses=shapes.FlowDetailShape, problems=(409,))
    def patch(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Save the draft, name or description; a draft that somebody else has saved since is refused with 409."""
        flow = self.flow(flow_id)
        given = self.checked(shapes.FlowPatch)
        document = given.pop("document", None)
        etag = given.pop("draft_etag", None)
        if document is not None:
            outline_checked(document)
        try:
            flow = publishing.save_draft(flow, self.person, document, etag, **given)
        except publishing.DraftConflict:
            raise Problem(
                409,
                "draft_conflict",
                detail="Somebody else has saved this draft since you opened it; your change was not saved.",
                hint="Load the newer draft, or save yours as a copy.",
            ) from None
        return Response(detail(flow))

    @documented(responses={204: None}, problems=(409,))
    def delete(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Remove a flow that is deployed nowhere; its runs stay readable."""
        flow = self.flow(flow_id)
        if Deployment.objects.of(self.tenant).filter(flow=flow, active=True, paused_at=None).exists():
            raise Problem(
                409,
                "flow_is_deployed",
                detail="The flow is at work in an environment, so it cannot be removed.",
                hint="Pause its deployments first.",
            )
        if Run.objects.of(self.tenant).filter(flow_id=flow.id, status__in=control.ACTIVE, trial=False).exists():
            raise Problem(
                409,
                "flow_has_open_runs",
                detail="Runs of the flow have not ended, so it cannot be removed.",
                hint="Let them end, resolve them, or cancel them first.",
            )
        publishing.remove(flow)
        audit.record(self.tenant, self.person, "flow.removed", "flow", flow.id, {"name": flow.name}, request)
        return Response(status=204)


class CheckFlow(FlowView):
    """Check a document without saving it."""

    permission = {"POST": "view"}

    @documented(request=shapes.CheckRequest, responses=shapes.ProblemsShape)
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Everything that is wrong with a document, each with its JSON pointer."""
        self.flow(flow_id)
        document = self.checked(shapes.CheckRequest)["document"]
        return Response(problems_answer(publishing.problems_of(document)))


class Start(FlowView):
    """Start a deployed flow by hand."""

    permission = {"POST": "operate_runs"}

    @documented(request=shapes.StartRequest, responses={202: shapes.RunStarted}, problems=(409,))
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Start a run with a body of your own; every start is an event of its own."""
        flow = self.flow(flow_id)
        given = self.checked(shapes.StartRequest)
        environment = Environment.objects.get(tenant=self.tenant, name=given["environment"])
        row = Deployment.objects.of(self.tenant).filter(flow=flow, environment=environment, active=True).first()
        if row is None:
            raise Problem(
                409,
                "not_deployed",
                detail=f"The flow is not deployed in {environment.name}, so it cannot be started there.",
                hint="Publish it and deploy the version first.",
            )
        arrival = Arrival(
            deployed=deployments.load(row.id),
            source="manual",
            dedupe_key="",
            received_at=datetime.now(UTC),
            meta={"content_type": "application/json", "started_by": self.person.email},
            body=orjson.dumps(given["body"]),
            paused=row.paused_at is not None,
        )
        admitted = admit_from_thread(arrival)
        audit.record(self.tenant, self.person, "flow.started", "flow", flow.id, {"run": admitted.run_id}, request)
        return Response({"run": admitted.run_id}, status=202)
