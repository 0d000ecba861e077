"""Tenants and their environments over HTTP: which are mine, their names, their variables.

Tenants are made by the create_tenant command, not here.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from ipaas.accounts import roles
from ipaas.accounts.api import shapes
from ipaas.accounts.api.base import ApiView, TenantView
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import conflict
from ipaas.accounts.api.schema import documented
from ipaas.accounts.api.session import my_tenant
from ipaas.accounts.models import ApiToken, Environment, EnvironmentVariable, Membership

MOST_VARIABLES = 200


class MyTenants(ApiView):
    """Tenants that I am a member of."""

    @documented(responses=shapes.MyTenantShape, paged=True)
    def get(self, request: Request) -> Response:
        """List my tenants; an API token has exactly one."""
        mine = Membership.objects.across_tenants("my tenants").filter(user=request.user).select_related("tenant")
        if isinstance(request.auth, ApiToken):
            mine = mine.filter(tenant_id=request.auth.tenant_id)
        rows, following = paginate(request, mine, order=("tenant__slug",))
        granted = roles.permissions_by_tenant(request.user)  # type: ignore[arg-type]
        items = [my_tenant(row, granted.get(row.tenant_id, frozenset())) for row in rows]
        return Response({"items": items, "next": following})


class OneTenant(TenantView):
    """One tenant."""

    permission = {"GET": "view", "PATCH": "manage_members"}

    @documented(responses=shapes.TenantShape)
    def get(self, request: Request, tenant: str) -> Response:
        """The tenant, and what I am in it."""
        return self._answer()

    @documented(request=shapes.TenantPatch, responses=shapes.TenantShape)
    def patch(self, request: Request, tenant: str) -> Response:
        """Give the tenant another name; its slug stays, because addresses hold it."""
        before = self.tenant.name
        with transaction.atomic():
            self.tenant.name = self.checked(shapes.TenantPatch)["name"]
            self.tenant.save(update_fields=["name"])
            self.note("tenant.renamed", "tenant", self.tenant.id, {"from": before, "to": self.tenant.name})
        return self._answer()

    def _answer(self) -> Response:
        mine = Membership.objects.of(self.tenant).select_related("tenant").get(user=self.request.user)
        tenant = {"id": self.tenant.id, "created_at": self.tenant.created_at}
        return Response({**my_tenant(mine, self.permissions), **tenant})


def environment_answer(environment: Environment) -> dict[str, Any]:
    """An environment as the API shows it."""
    variables = {row.name: row.value for row in environment.variables.all()}
    return {"id": environment.id, "name": environment.name, "variables": dict(sorted(variables.items()))}


class Environments(TenantView):
    """The tenant's environments."""

    permission = {"GET": "view"}

    @documented(responses=shapes.EnvironmentShape, paged=True)
    def get(self, request: Request, tenant: str) -> Response:
        """List the four environments in the order of promotion, with their variables."""
        rows = Environment.objects.filter(tenant=self.tenant).prefetch_related("variables")
        return self.page(rows, environment_answer, ("id",))


class OneEnvironment(TenantView):
    """One environment."""

    permission = {"GET": "view", "PATCH": "manage_connections"}

    @documented(responses=shapes.EnvironmentShape)
    def get(self, request: Request, tenant: str, environment: str) -> Response:
        """An environment with its variables."""
        return Response(environment_answer(self.environment(environment)))

    @documented(request=shapes.EnvironmentPatch, responses=shapes.EnvironmentShape, problems=(409,))
    def patch(self, request: Request, tenant: str, environment: str) -> Response:
        """Set and remove variables; not for secrets, which belong into connections."""
        found = self.environment(environment)
        given = self.checked(shapes.EnvironmentPatch)["variables"]
        gone = [name for name, value in given.items() if value is None]
        kept = [(name, value) for name, value in given.items() if value is not None]
        with transaction.atomic():
            found.variables.filter(name__in=gone).delete()
            EnvironmentVariable.objects.bulk_create(
                [EnvironmentVariable(environment=found, name=name, value=value) for name, value in kept],
                update_conflicts=True,
                unique_fields=["environment", "name"],
                update_fields=["value"],
            )
            if found.variables.count() > MOST_VARIABLES:
                raise conflict("too_many_variables", f"An environment holds at most {MOST_VARIABLES} variables.")
            detail = {"set": sorted(name for name, _ in kept), "removed": sorted(gone)}
            self.note("environment.variables_changed", "environment", found.name, detail)
        return Response(environment_answer(found))
