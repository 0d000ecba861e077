"""A query that does not say whose rows it wants cannot be made, and no row changes its tenant."""

from __future__ import annotations

import pytest
from django.db.models import Prefetch

from ipaas.accounts.models import AuditEntry, Environment, Membership, Tenant
from ipaas.accounts.tenancy import TenantScoped, UnscopedQuery
from tests.api.conftest import Member, join

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    [
        lambda: Membership.objects.all(),
        lambda: Membership.objects.filter(role="admin"),
        lambda: Membership.objects.get(id="mem_1"),
        lambda: Membership.objects.count(),
        lambda: Membership.objects.create(role="admin"),
        lambda: Membership.objects.bulk_create([]),
        lambda: Membership.objects.update(role="admin"),
        lambda: Membership.objects.raw("SELECT * FROM accounts_membership"),
        lambda: Membership.objects.none(),
        lambda: Membership.objects.in_bulk(["mem_1"]),
        lambda: list(Membership.objects.iterator()),
        lambda: Membership.objects.exclude(role="admin"),
        lambda: Membership.objects.select_related("user"),
        lambda: Membership._default_manager.all(),
    ],
)
def test_a_query_without_a_tenant_is_refused(query: object) -> None:
    with pytest.raises(UnscopedQuery, match=r"needs \.of\(tenant\) first"):
        query()  # type: ignore[operator]


def test_rows_of_a_tenant_are_only_its_own(acme: Tenant, admin: Member, stranger: Member) -> None:
    by_tenant = list(Membership.objects.of(acme))
    by_id = list(Membership.objects.of(acme.id))

    assert by_tenant == [admin.membership]
    assert by_id == [admin.membership]


def test_rows_of_every_tenant_need_a_reason(admin: Member, stranger: Member) -> None:
    everyone = Membership.objects.across_tenants("a test").order_by("id")

    assert list(everyone) == [admin.membership, stranger.membership]
    with pytest.raises(UnscopedQuery, match="Say why"):
        Membership.objects.across_tenants(" ")


@pytest.mark.parametrize("tenant", [None, "", 7, Tenant(id="")])
def test_something_that_is_no_tenant_is_no_scope(tenant: object) -> None:
    with pytest.raises(UnscopedQuery, match="is no tenant"):
        Membership.objects.of(tenant)  # type: ignore[arg-type]


def test_a_new_row_is_born_in_the_tenant_of_its_query(acme: Tenant, admin: Member, stranger: Member) -> None:
    Membership.objects.of(acme).filter(role="admin").create(user=stranger.user, role="viewer")

    assert Membership.objects.of(acme).get(user=stranger.user).tenant_id == acme.id


def test_a_row_cannot_be_made_in_another_tenant(acme: Tenant, globex: Tenant, admin: Member) -> None:
    before = Membership.objects.across_tenants("a test").count()

    with pytest.raises(UnscopedQuery, match="cannot be made in"):
        Membership.objects.of(acme).create(tenant=globex, user=admin.user, role="viewer")
    with pytest.raises(UnscopedQuery, match="cannot be made in"):
        Membership.objects.of(acme).bulk_create([Membership(tenant=globex, user=admin.user, role="viewer")])

    assert Membership.objects.across_tenants("a test").count() == before


def test_many_rows_are_born_in_the_tenant_of_their_query(acme: Tenant, admin: Member, stranger: Member) -> None:
    Membership.objects.of(acme).bulk_create([Membership(user=stranger.user, role="viewer")])

    assert Membership.objects.of(acme).filter(user=stranger.user).count() == 1


def test_a_row_cannot_move_to_another_tenant(acme: Tenant, globex: Tenant, admin: Member) -> None:
    with pytest.raises(UnscopedQuery, match="cannot move"):
        Membership.objects.of(acme).update(tenant=globex)

    assert Membership.objects.of(acme).get(id=admin.membership.id).tenant_id == acme.id


def test_get_or_create_stays_in_the_tenant(acme: Tenant, globex: Tenant, admin: Member) -> None:
    found, was_made = Membership.objects.of(acme).get_or_create(user=admin.user, defaults={"role": "viewer"})
    made, is_new = Membership.objects.of(globex).get_or_create(user=admin.user, defaults={"role": "viewer"})

    assert (found, was_made) == (admin.membership, False)
    assert (made.tenant_id, is_new) == (globex.id, True)


def test_an_object_can_be_saved_reloaded_and_followed(acme: Tenant, admin: Member) -> None:
    row = Membership.objects.of(acme).get(user=admin.user)

    row.role = "analyst"
    row.save()
    row.refresh_from_db()

    assert (row.role, row.user.email, row.tenant.slug) == ("analyst", "admin@acme.test", "acme")


def test_every_model_of_a_tenant_is_scoped() -> None:
    scoped = {model.__name__ for model in TenantScoped.__subclasses__()}

    assert {"Membership", "ApiToken", "AuditEntry"} <= scoped


def test_prefetching_a_tenants_environments_needs_no_scope_of_its_own(acme: Tenant) -> None:
    rows = Environment.objects.filter(tenant=acme).order_by("id").prefetch_related(Prefetch("variables"))

    assert [row.name for row in rows] == ["sandbox", "development", "qa", "production"]


def test_the_trail_of_a_new_tenant_begins_with_its_birth(acme: Tenant) -> None:
    entry = AuditEntry.objects.of(acme).get()

    assert (entry.action, entry.target_id, entry.actor_label) == ("tenant.created", acme.id, "the system")


def test_two_members_of_two_tenants_are_two_memberships(acme: Tenant, globex: Tenant, admin: Member) -> None:
    second = join(globex, "viewer", "ADMIN@acme.test")

    assert second.user == admin.user
    assert second.membership != admin.membership
