"""Who belongs to a tenant and as what: add, change role, remove.

Called by the members API, commands and the demo's seeding. Every change moves membership, grants and tokens together;
a tenant never loses its last admin. It writes no audit entry: its callers know who asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ipaas.accounts import roles
from ipaas.accounts.models import ApiToken, Membership, Role, Tenant, User
from ipaas.accounts.people import made_up_password


class LastAdmin(RuntimeError):
    """The change would leave the tenant without an admin."""


class AlreadyMember(RuntimeError):
    """The person is a member already."""


@dataclass(frozen=True)
class Added:
    """A new member; `initial_password` only where the account was made for it without one being given."""

    membership: Membership
    initial_password: str | None


def add_member(tenant: Tenant, email: str, role: Role | str, *, name: str = "", password: str | None = None) -> Added:
    """Make the person of an address a member; an account is made when there is none yet.

    An existing account keeps its name and password, whatever is given: they are its owner's.
    """
    with transaction.atomic():
        _hold(tenant)
        user, initial_password = User.objects.with_email(email), None
        if user is None:
            initial_password = None if password else made_up_password()
            user = User.objects.create_user(email, password or initial_password, name=name)
        if Membership.objects.of(tenant).filter(user=user).exists():
            raise AlreadyMember(f"{user.email} is a member already.")
        membership = Membership.objects.of(tenant).create(user=user, role=Role(role))
        roles.grant_role(user, tenant, role)
    return Added(membership, initial_password)


def change_role(membership: Membership, role: Role | str) -> Membership:
    """Give a member another role, all at once; raises `LastAdmin` rather than leave none."""
    with transaction.atomic():
        current = _held(membership)
        if current.role == Role.ADMIN and Role(role) != Role.ADMIN:
            _another_admin_than(current)
        current.role = Role(role)
        current.save(update_fields=["role"])
        roles.grant_role(current.user, current.tenant, role)
    return current


def remove_member(membership: Membership, now: datetime) -> None:
    """End a membership: its grants go and its tokens die; raises `LastAdmin` rather than leave no admin."""
    with transaction.atomic():
        current = _held(membership)
        if current.role == Role.ADMIN:
            _another_admin_than(current)
        roles.withdraw(current.user, current.tenant)
        ApiToken.objects.of(current.tenant).filter(user=current.user, revoked_at=None).update(revoked_at=now)
        current.delete()


def _held(membership: Membership) -> Membership:
    """The membership as it is now, with the tenant's membership held still until the transaction ends."""
    _hold(membership.tenant_id)
    found: Membership = (
        Membership.objects.of(membership.tenant_id).select_related("user", "tenant").get(id=membership.id)
    )
    return found


def _hold(tenant: Tenant | str) -> None:
    tenant_id = tenant if isinstance(tenant, str) else tenant.id
    Tenant.objects.select_for_update().get(id=tenant_id)


def _another_admin_than(membership: Membership) -> None:
    others = Membership.objects.of(membership.tenant_id).filter(role=Role.ADMIN, user__is_active=True)
    if not others.exclude(id=membership.id).exists():
        raise LastAdmin("A tenant needs an admin: make somebody else admin first.")
