"""What each role may do, exactly; and that a change of role takes effect at once and as a whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone
from guardian.shortcuts import get_user_perms

from ipaas.accounts import roles
from ipaas.accounts.members import AlreadyMember, LastAdmin, add_member, change_role, remove_member
from ipaas.accounts.models import ApiToken, Membership, Tenant, TenantGrant
from tests.api.conftest import Member, join

pytestmark = pytest.mark.django_db

EXPECTED = {
    "viewer": {"view"},
    "sales": {"view", "play_sandbox", "operate_runs"},
    "operator": {"view", "operate_runs", "manage_tables", "use_connections", "play_sandbox", "deploy"},
    "analyst": {
        "view",
        "edit_flows",
        "deploy_sandbox",
        "operate_runs",
        "use_connections",
        "manage_tables",
        "play_sandbox",
    },
    "admin": {
        "view",
        "edit_flows",
        "deploy_sandbox",
        "deploy",
        "operate_runs",
        "manage_connections",
        "use_connections",
        "play_sandbox",
        "manage_members",
        "manage_tables",
    },
}


@pytest.mark.parametrize("role", sorted(EXPECTED))
def test_a_role_may_do_exactly_this(acme: Tenant, role: str) -> None:
    member = join(acme, role, "someone@acme.test")

    held = {permission for permission in roles.PERMISSIONS if roles.allowed(member.user, acme, permission)}

    assert held == EXPECTED[role]
    assert set(get_user_perms(member.user, acme)) == EXPECTED[role]


def test_a_role_counts_in_its_tenant_alone(globex: Tenant, admin: Member) -> None:
    assert roles.permissions_of(admin.user, globex) == frozenset()
    assert not roles.allowed(admin.user, globex, "view")


def test_nobody_and_the_deactivated_may_do_nothing(acme: Tenant, admin: Member) -> None:
    admin.user.is_active = False

    assert roles.permissions_of(AnonymousUser(), acme) == frozenset()
    assert roles.permissions_of(None, acme) == frozenset()
    assert roles.permissions_of(admin.user, acme) == frozenset()


def test_being_superuser_gives_nothing(acme: Tenant, stranger: Member) -> None:
    stranger.user.is_superuser = True
    stranger.user.save()

    assert roles.permissions_of(stranger.user, acme) == frozenset()


def test_a_permission_that_does_not_exist_is_a_defect(acme: Tenant, admin: Member) -> None:
    with pytest.raises(ValueError, match="There is no permission 'fly'"):
        roles.allowed(admin.user, acme, "fly")


def test_asking_costs_one_query(acme: Tenant, admin: Member, django_assert_num_queries: object) -> None:
    roles.allowed(admin.user, acme, "view")

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert roles.allowed(admin.user, acme, "deploy")


def test_another_role_replaces_every_grant(acme: Tenant, admin: Member) -> None:
    member = join(acme, "analyst", "someone@acme.test")

    change_role(member.membership, "operator")

    assert roles.permissions_of(member.user, acme) == EXPECTED["operator"]
    assert TenantGrant.objects.filter(user=member.user).count() == len(EXPECTED["operator"])


def test_a_change_of_role_that_fails_changes_nothing(
    acme: Tenant, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = join(acme, "analyst", "someone@acme.test")
    monkeypatch.setitem(roles.MATRIX, roles.Role.VIEWER, None)

    with pytest.raises(TypeError):
        change_role(member.membership, "viewer")

    assert Membership.objects.of(acme).get(user=member.user).role == "analyst"
    assert roles.permissions_of(member.user, acme) == EXPECTED["analyst"]


def test_the_last_admin_stays(acme: Tenant, admin: Member) -> None:
    with pytest.raises(LastAdmin):
        change_role(admin.membership, "viewer")
    with pytest.raises(LastAdmin):
        remove_member(admin.membership, timezone.now())

    assert Membership.objects.of(acme).get(user=admin.user).role == "admin"
    assert roles.permissions_of(admin.user, acme) == EXPECTED["admin"]
    assert ApiToken.objects.of(acme).filter(revoked_at=None).count() == 1


def test_a_deactivated_colleague_is_not_another_admin(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "admin", "second@acme.test")
    colleague.user.is_active = False
    colleague.user.save()

    with pytest.raises(LastAdmin):
        change_role(admin.membership, "viewer")


def test_one_of_two_admins_may_go(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "admin", "second@acme.test")

    remove_member(admin.membership, timezone.now())

    assert [row.user for row in Membership.objects.of(acme)] == [colleague.user]
    assert roles.permissions_of(admin.user, acme) == frozenset()


def test_a_stale_membership_is_judged_by_what_is_true_now(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "admin", "second@acme.test")
    stale = Membership.objects.of(acme).get(user=admin.user)
    change_role(colleague.membership, "viewer")

    with pytest.raises(LastAdmin):
        change_role(stale, "viewer")


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_leave_one(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "admin", "second@acme.test")
    start = Barrier(2)

    def demote(member: Member) -> bool:
        start.wait(10)
        try:
            change_role(member.membership, "viewer")
        except LastAdmin:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(demote, [admin, colleague]))

    assert sorted(done) == [False, True]
    assert Membership.objects.of(acme).filter(role="admin").count() == 1


def test_a_person_is_a_member_once(acme: Tenant, admin: Member) -> None:
    with pytest.raises(AlreadyMember):
        add_member(acme, "Admin@ACME.test", "viewer")

    assert roles.permissions_of(admin.user, acme) == EXPECTED["admin"]


def test_grants_follow_a_changed_matrix(acme: Tenant, admin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = join(acme, "viewer", "viewer@acme.test")
    monkeypatch.setitem(roles.MATRIX, roles.Role.VIEWER, frozenset({"view", "play_sandbox"}))

    count = roles.grant_all_again()

    assert count == 2
    assert roles.permissions_of(viewer.user, acme) == {"view", "play_sandbox"}
    assert roles.permissions_of(admin.user, acme) == EXPECTED["admin"]
