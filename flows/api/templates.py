"""Templates over HTTP, and the reference that the designer draws its forms from.

Routed by `flows.api.urls`. Installing goes through `flows.templates` and `flows.publishing`; node kinds, transforms and
the document's schema are told as the engine describes itself, so that this module never repeats them.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.models import Connection
from flows import publishing
from flows.api import shapes
from flows.api.answers import refused
from flows.api.flows import detail
from flows.engine.expressions import describe as describe_functions
from flows.engine.nodes.table import describe as describe_nodes
from flows.engine.shape import flow_schema
from flows.mapping.transforms import describe as describe_transforms
from flows.models import Flow
from flows.templates import Template, install, templates
from ipaas.accounts import audit
from ipaas.accounts.api.base import ApiView, TenantView
from ipaas.accounts.api.problems import not_found
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import Environment


class Templates(TenantView):
    """Ready-made flows."""

    permission = {"GET": "view"}

    @documented(responses=shapes.TemplateShape, paged=True)
    def get(self, request: Request, **ids: str) -> Response:
        """List ready-made flows."""
        return Response({"items": [template.answer() for template in templates().values()], "next": None})


class OneTemplate(TenantView):
    """One ready-made flow."""

    permission = {"GET": "view"}

    @documented(responses=shapes.TemplateDetailShape)
    def get(self, request: Request, name: str, **ids: str) -> Response:
        """A ready-made flow with its explanation and the rows of the tables it brings."""
        template = templates().get(name)
        if template is None:
            raise not_found("template")
        return Response(template.detail())


class InstallTemplate(TenantView):
    """Make a flow of a template."""

    permission = {"POST": "edit_flows"}

    @documented(request=shapes.TemplateInstall, responses={201: shapes.FlowDetailShape}, problems=(403, 422))
    def post(self, request: Request, name: str, **ids: str) -> Response:
        """Make a flow and its lookup tables; named with an environment, it is published and deployed there too."""
        template = templates().get(name)
        if template is None:
            raise not_found("template")
        given = self.checked(shapes.TemplateInstall)
        if given.get("environment"):
            self.require("deploy_sandbox" if given["environment"] == "sandbox" else "deploy")
        try:
            with transaction.atomic():
                flow = self._installed(template, given)
        except publishing.Refused as error:
            raise refused(error.problems) from None
        audit.record(self.tenant, self.person, "template.installed", "flow", flow.id, {"template": name}, request)
        return Response(detail(flow), status=201)

    def _installed(self, template: Template, given: dict[str, Any]) -> Flow:
        """The flow, put to work where that was asked for; nothing of it stays when that is refused."""
        flow = install(self.tenant, self.person, template, given.get("name", ""))
        if given.get("environment"):
            environment = Environment.objects.get(tenant=self.tenant, name=given["environment"])
            bound = given["connections"] or self._only_choices(template, environment)
            version = publishing.publish(flow, self.person, f"Installed from “{template.title}”")
            publishing.deploy(publishing.Deploy(version, environment, bound, self.person))
        return flow

    def _only_choices(self, template: Template, environment: Environment) -> dict[str, str]:
        """Each alias bound to the environment's connection of its connector where there is just one."""
        rows = Connection.objects.of(self.tenant).filter(environment=environment)
        by_connector: dict[str, list[str]] = {}
        for connection_id, connector in rows.values_list("id", "connector"):
            by_connector.setdefault(connector, []).append(connection_id)
        aliases: dict[str, Any] = template.document.get("connections", {})
        choices = {alias: by_connector.get(value["connector"], []) for alias, value in aliases.items()}
        return {alias: found[0] for alias, found in choices.items() if len(found) == 1}


class NodeKindsShape(serializers.Serializer[Any]):
    """What documents are made of."""

    items = serializers.ListField(child=shapes.AnyJson())
    transforms = serializers.ListField(child=shapes.AnyJson())
    functions = shapes.AnyJson()


class FlowSchema(ApiView):
    """The specification of flow documents."""

    @documented(responses=shapes.AnyJson)
    def get(self, request: Request) -> Response:
        """The JSON Schema of a flow document."""
        return Response(flow_schema())


class NodeKinds(ApiView):
    """Node kinds, transforms and functions with the schemas of their forms."""

    @documented(responses=NodeKindsShape)
    def get(self, request: Request) -> Response:
        """What documents are made of."""
        found = {"items": describe_nodes(), "transforms": describe_transforms(), "functions": describe_functions()}
        return Response(found)
