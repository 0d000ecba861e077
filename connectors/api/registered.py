"""The registry over HTTP: which connectors there are, with their schemas, documentation and icons.

Reads only; the icons are public, everything else is for members of a tenant.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.api import shapes
from connectors.registry import Connector, registry
from connectors.registry import public_description as described
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.problems import not_found
from ipaas.accounts.api.schema import documented

_NO_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#5b6472"/>'
    '<path d="M8 8h8v8H8z" fill="none" stroke="#fff" stroke-width="2"/></svg>'
)


def connector_answer(connector: Connector) -> dict[str, Any]:
    """A connector as the API shows it; its icon has an address that works from everywhere."""
    return {**described(connector), "icon_url": f"/api/v1/connectors/{connector.name}/icon.svg"}


class Connectors(TenantView):
    """All connectors of this installation."""

    permission = {"GET": "view"}

    @documented(responses=shapes.ConnectorShape, paged=True)
    def get(self, request: Request, **ids: str) -> Response:
        """List connectors by name; there is one page."""
        return Response({"items": [connector_answer(each) for each in registry().all()], "next": None})


class OneConnector(TenantView):
    """One connector."""

    permission = {"GET": "view"}

    @documented(responses=shapes.ConnectorDetailShape)
    def get(self, request: Request, name: str, **ids: str) -> Response:
        """A connector with its documentation."""
        if name not in registry():
            raise not_found("connector")
        connector = registry().get(name)
        return Response({**connector_answer(connector), "docs": connector.docs})


@require_safe
def icon(request: HttpRequest, name: str, **ids: str) -> HttpResponse:
    """A connector's icon. Icons are public; an SVG is served so that nothing in it can run."""
    connector = registry().get(name) if name in registry() else None
    path = connector.manifest.icon_path if connector is not None else None
    response = HttpResponse(path.read_bytes() if path is not None else _NO_ICON, content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    if connector is None:
        response.status_code = 404
    return response
