"""Roles and what each may do: the only door to django-guardian.

A role is spelled out as object permissions on the tenant, granted to the person directly: one table, one indexed query
per request, and rows that go with the person or the tenant (`decisions/` has the reasons). Never asked by lower layers.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from guardian.shortcuts import get_user_perms

from ipaas.accounts.models import Membership, Role, Tenant, TenantGrant, User

PERMISSIONS: tuple[str, ...] = tuple(codename for codename, _ in Tenant._meta.permissions)

MATRIX: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset({"view"}),
    Role.SALES: frozenset({"view", "play_sandbox", "operate_runs"}),
    Role.OPERATOR: frozenset({"view", "operate_runs", "manage_tables", "use_connections", "play_sandbox", "deploy"}),
    Role.ANALYST: frozenset(
        {"view", "edit_flows", "deploy_sandbox", "operate_runs", "use_connections", "manage_tables", "play_sandbox"}
    ),
    Role.ADMIN: frozenset(PERMISSIONS),
}


def allowed(user: Any, tenant: Tenant, permission: str) -> bool:
    """Whether a person may do something in a tenant; one query. A permission that does not exist is a defect."""
    if permission not in PERMISSIONS:
        raise ValueError(f"There is no permission {permission!r}; there are {', '.join(PERMISSIONS)}.")
    return permission in permissions_of(user, tenant)


def permissions_of(user: Any, tenant: Tenant) -> frozenset[str]:
    """Everything a person may do in a tenant; empty for strangers, anonymous and deactivated people. One query."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset(get_user_perms(user, tenant))


def permissions_by_tenant(user: User) -> dict[str, frozenset[str]]:
    """What a person may do in each of their tenants, by tenant id; one query."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tenant_id, codename in TenantGrant.objects.filter(user=user).values_list(
        "content_object_id", "permission__codename"
    ):
        found[tenant_id].add(codename)
    return {tenant_id: frozenset(codenames) for tenant_id, codenames in found.items()}


def roles_with(permission: str) -> list[str]:
    """The roles that hold a permission, in the order in which people read them."""
    return [role.value for role in Role if permission in MATRIX[role]]


def grant_role(user: User, tenant: Tenant, role: Role | str) -> None:
    """Make a person's grants in a tenant exactly those of a role, all at once."""
    wanted = MATRIX[Role(role)]
    with transaction.atomic():
        withdraw(user, tenant)
        TenantGrant.objects.bulk_create(
            TenantGrant(user=user, content_object=tenant, permission=permission)
            for permission in Permission.objects.filter(
                content_type__app_label="accounts", content_type__model="tenant", codename__in=wanted
            )
        )


def withdraw(user: User, tenant: Tenant) -> None:
    """Take every grant in a tenant away from a person."""
    TenantGrant.objects.filter(user=user, content_object=tenant).delete()


def grant_all_again() -> int:
    """Bring every member's grants in line with MATRIX, for a release that changes it; answers how many members."""
    members = Membership.objects.across_tenants("the matrix is the same for all").select_related("user", "tenant")
    with transaction.atomic():
        for member in members:
            grant_role(member.user, member.tenant, member.role)
    return len(members)
