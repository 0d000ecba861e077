"""Versions over HTTP: list, publish the draft, show one whole, compare two or one with the draft.

Routed by `flows.api.urls`. Publishing is `flows.publishing`, comparing is `flows.differences`; nothing is decided here.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from flows import publishing
from flows.api import shapes
from flows.api.answers import refused, version_answer, version_detail
from flows.api.flows import FlowView
from flows.differences import difference
from flows.models import Flow, Version
from ipaas.accounts import audit
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import not_found
from ipaas.accounts.api.schema import documented


class VersionView(FlowView):
    """Views of a flow's versions."""

    def version(self, flow: Flow, number: int) -> Version:
        """The version, or 404."""
        rows = Version.objects.of(self.tenant).filter(flow=flow, number=number)
        found = rows.select_related("created_by").first()
        if found is None:
            raise not_found("version")
        return found


class Versions(FlowView):
    """The versions of a flow."""

    permission = {"GET": "view", "POST": "edit_flows"}

    @documented(responses=shapes.ListedVersionShape, paged=True)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """List versions, the newest first, each with how much it differs from the one before."""
        versions = Version.objects.of(self.tenant).filter(flow=self.flow(flow_id)).select_related("created_by")
        rows, following = paginate(request, versions, order=("-number",))
        before = [*rows[1:], *versions.filter(number__lt=rows[-1].number).order_by("-number")[:1]] if rows else []
        pairs = zip(rows, [*before, None], strict=False)
        return Response({"items": [_listed(row, earlier) for row, earlier in pairs], "next": following})

    @documented(request=shapes.PublishRequest, responses={201: shapes.VersionDetailShape}, problems=(422,))
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Publish the draft as an immutable version; a draft with errors is refused with their pointers."""
        flow = self.flow(flow_id)
        given = self.checked(shapes.PublishRequest)
        try:
            version = publishing.publish(flow, self.person, given["message"])
        except publishing.Refused as error:
            raise refused(error.problems) from None
        audit.record(self.tenant, self.person, "flow.published", "flow", flow.id, {"version": version.number}, request)
        return Response(version_detail(version), status=201)


def _listed(version: Version, earlier: Version | None) -> dict[str, Any]:
    changes = difference(earlier.document, version.document)["counts"] if earlier is not None else None
    return {**version_answer(version), "changes": changes}


class OneVersion(VersionView):
    """One version."""

    permission = {"GET": "view"}

    @documented(responses=shapes.VersionDetailShape)
    def get(self, request: Request, flow_id: str, number: int, **ids: str) -> Response:
        """A version with its document."""
        return Response(version_detail(self.version(self.flow(flow_id), number)))


class VersionDiff(VersionView):
    """What changed between two versions."""

    permission = {"GET": "view"}

    @documented(responses=shapes.DiffShape)
    def get(self, request: Request, flow_id: str, first: int, second: int, **ids: str) -> Response:
        """Nodes added, removed and changed, down to the field."""
        flow = self.flow(flow_id)
        return Response(difference(self.version(flow, first).document, self.version(flow, second).document))


class DraftDiff(VersionView):
    """What changed since a version."""

    permission = {"GET": "view"}

    @documented(responses=shapes.DiffShape)
    def get(self, request: Request, flow_id: str, first: int, **ids: str) -> Response:
        """Nodes added, removed and changed in the draft since the version, down to the field."""
        flow = self.flow(flow_id)
        return Response(difference(self.version(flow, first).document, flow.draft))
