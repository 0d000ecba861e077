"""Deployments over HTTP: put a version to work, pause, resume, end, roll back.

Decides who may do it where, and writes the audit trail; the doing itself is `flows.publishing`, whose refusals become
problem documents here. Routed by `flows.api.urls`.
"""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from flows import control, publishing
from flows.api import shapes
from flows.api.answers import deployment_answer, deployment_answers, refused
from flows.api.flows import FlowView
from flows.models import Deployment, Flow, Version
from ipaas.accounts import audit
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import Problem, not_found
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import Environment


class DeployingView(FlowView):
    """Views that change what is at work somewhere."""

    def may_deploy(self, environment: Environment) -> None:
        """Putting something to work outside the sandbox needs the wider permission, which holds for the sandbox too."""
        narrow = environment.name == "sandbox" and "deploy" not in self.permissions
        self.require("deploy_sandbox" if narrow else "deploy")

    def active(self, flow: Flow, environment_name: str) -> Deployment:
        """The active deployment in an environment, or 404."""
        rows = Deployment.objects.of(self.tenant).filter(flow=flow, active=True, environment__name=environment_name)
        found = rows.select_related("version", "environment", "created_by").first()
        if found is None:
            raise not_found("deployment")
        return found


class Deployments(DeployingView):
    """The deployments of a flow."""

    permission = {"GET": "view", "POST": "view"}

    @documented(responses=shapes.DeploymentShape, paged=True)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """List deployments, the newest first, those at work and those before them."""
        rows = Deployment.objects.of(self.tenant).filter(flow=self.flow(flow_id))
        found, following = paginate(request, rows.select_related("version", "environment", "created_by"))
        return Response({"items": deployment_answers(found), "next": following})

    @documented(request=shapes.DeployRequest, responses={201: shapes.DeploymentShape}, problems=(403, 422))
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Put a version to work, its connections bound; the answer names the webhook's address where there is one."""
        flow = self.flow(flow_id)
        given = self.checked(shapes.DeployRequest)
        environment = Environment.objects.get(tenant=self.tenant, name=given["environment"])
        self.may_deploy(environment)
        version = Version.objects.of(self.tenant).filter(flow=flow, number=given["version"]).first()
        if version is None:
            raise not_found("version")
        try:
            deployment = publishing.deploy(publishing.Deploy(version, environment, given["connections"], self.person))
        except publishing.Refused as error:
            raise refused(error.problems, "connections_refused") from None
        detail = {"version": version.number, "environment": environment.name}
        audit.record(self.tenant, self.person, "flow.deployed", "flow", flow.id, detail, request)
        return Response(deployment_answer(deployment), status=201)


class RollBack(DeployingView):
    """Back to the version before."""

    permission = {"POST": "view"}

    @documented(request=shapes.EnvironmentRequest, responses={201: shapes.DeploymentShape}, problems=(403, 409, 422))
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Put the version that was at work before the present one to work again."""
        flow = self.flow(flow_id)
        given = self.checked(shapes.EnvironmentRequest)
        environment = Environment.objects.get(tenant=self.tenant, name=given["environment"])
        self.may_deploy(environment)
        try:
            deployment = publishing.roll_back(flow, environment, self.person)
        except control.NotPossible as error:
            raise Problem(409, "nothing_to_roll_back_to", detail=str(error)) from None
        except publishing.Refused as error:
            raise refused(error.problems, "connections_refused") from None
        detail = {"version": deployment.version.number, "environment": environment.name}
        audit.record(self.tenant, self.person, "flow.rolled_back", "flow", flow.id, detail, request)
        return Response(deployment_answer(deployment), status=201)


class Pause(DeployingView):
    """Pause a deployment."""

    permission = {"POST": "view"}

    @documented(responses=shapes.DeploymentShape, problems=(403,))
    def post(self, request: Request, flow_id: str, environment: str, **ids: str) -> Response:
        """Keep what arrives without running it, until it is resumed."""
        flow = self.flow(flow_id)
        deployment = self.active(flow, environment)
        self.may_deploy(deployment.environment)
        publishing.pause(deployment)
        audit.record(self.tenant, self.person, "flow.paused", "flow", flow.id, {"environment": environment}, request)
        return Response(deployment_answer(deployment))


class Resume(DeployingView):
    """Resume a deployment."""

    permission = {"POST": "view"}

    @documented(responses=shapes.DeploymentShape, problems=(403,))
    def post(self, request: Request, flow_id: str, environment: str, **ids: str) -> Response:
        """Run what was kept, and what arrives from now on."""
        flow = self.flow(flow_id)
        deployment = self.active(flow, environment)
        self.may_deploy(deployment.environment)
        publishing.resume(deployment)
        audit.record(self.tenant, self.person, "flow.resumed", "flow", flow.id, {"environment": environment}, request)
        return Response(deployment_answer(deployment))


class End(DeployingView):
    """Take a flow out of work in an environment."""

    permission = {"POST": "view"}

    @documented(responses={204: None}, problems=(403,))
    def post(self, request: Request, flow_id: str, environment: str, **ids: str) -> Response:
        """End the deployment: nothing starts there any more; runs that have begun go on, and what is kept stays."""
        flow = self.flow(flow_id)
        deployment = self.active(flow, environment)
        self.may_deploy(deployment.environment)
        publishing.end(deployment)
        detail = {"environment": environment, "version": deployment.version.number}
        audit.record(self.tenant, self.person, "flow.taken_out_of_work", "flow", flow.id, detail, request)
        return Response(status=204)
