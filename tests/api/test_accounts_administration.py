"""Members, environments and tenants over HTTP: who may change what, and what the trail says about it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from ipaas.accounts.models import AuditEntry, EnvironmentVariable, Membership, Tenant, User
from ipaas.accounts.tenants import SlugTaken, create_tenant
from tests.api.conftest import Member, join

pytestmark = pytest.mark.django_db

HERE = "/api/v1/tenants/acme/"


def trail(tenant: Tenant) -> list[tuple[str, Any]]:
    """Actions and details of a tenant's trail, the latest first, without its birth."""
    rows = AuditEntry.objects.of(tenant).order_by("-id").exclude(action="tenant.created")
    return [(row.action, row.detail) for row in rows]


def test_a_new_tenant_has_four_environments(acme: Tenant, admin: Member) -> None:
    answer = admin.client.get(HERE + "environments/").json()

    assert [(row["name"], row["variables"]) for row in answer["items"]] == [
        ("sandbox", {}),
        ("development", {}),
        ("qa", {}),
        ("production", {}),
    ]
    assert answer["next"] is None


@pytest.mark.parametrize("slug", ["", "Acme", "a b", "a_b", "ä", "a" * 41, "a/b", "a\n"])
def test_a_slug_that_cannot_stand_in_an_address_is_refused(db: None, slug: str) -> None:
    with pytest.raises(ValueError, match="cannot be a slug"):
        create_tenant(slug, "Name")

    assert Tenant.objects.count() == 0


def test_a_slug_is_taken_once(acme: Tenant) -> None:
    with pytest.raises(SlugTaken):
        create_tenant("acme", "Another")

    assert Tenant.objects.count() == 1


def test_my_tenant_tells_what_i_am_in_it(acme: Tenant, new_member: Callable[[str], Member]) -> None:
    body = new_member("sales").client.get(HERE).json()

    assert (body["id"], body["slug"], body["name"], body["role"]) == (acme.id, "acme", "Acme", "sales")
    assert body["permissions"] == ["view", "operate_runs", "play_sandbox"]


def test_variables_are_set_changed_and_removed(acme: Tenant, admin: Member) -> None:
    path = HERE + "environments/qa/"

    first = admin.client.patch(path, {"variables": {"COMPANY": "EPIC06", "OLD": " kept as it is ", "EMPTY": ""}})
    second = admin.client.patch(path, {"variables": {"COMPANY": "EPIC07", "OLD": None, "NEVER_THERE": None}})

    assert first.json()["variables"] == {"COMPANY": "EPIC06", "EMPTY": "", "OLD": " kept as it is "}
    assert second.json()["variables"] == {"COMPANY": "EPIC07", "EMPTY": ""}
    assert admin.client.get(HERE + "environments/sandbox/").json()["variables"] == {}
    assert trail(acme) == [
        ("environment.variables_changed", {"set": ["COMPANY"], "removed": ["NEVER_THERE", "OLD"]}),
        ("environment.variables_changed", {"set": ["COMPANY", "EMPTY", "OLD"], "removed": []}),
    ]


@pytest.mark.parametrize("name", ["1A", "a-b", "a b", "", "ä", "A" * 65, "A\n"])
def test_a_variable_that_no_expression_could_name_is_refused(acme: Tenant, admin: Member, name: str) -> None:
    answer = admin.client.patch(HERE + "environments/qa/", {"variables": {"GOOD": "1", name: "2"}})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/variables/{name}"
    assert EnvironmentVariable.objects.count() == 0


def test_an_environment_holds_no_more_than_two_hundred_variables(acme: Tenant, admin: Member) -> None:
    variables = {f"V{number}": "1" for number in range(201)}

    answer = admin.client.patch(HERE + "environments/qa/", {"variables": variables})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_variables")
    assert EnvironmentVariable.objects.count() == 0
    assert trail(acme) == []


def test_somebody_new_gets_an_account_and_a_first_password(acme: Tenant, admin: Member) -> None:
    answer = admin.client.post(HERE + "members/", {"email": "Ana@Acme.test", "name": "Ana", "role": "analyst"})

    body = answer.json()
    assert (answer.status_code, body["email"], body["name"], body["role"]) == (201, "ana@acme.test", "Ana", "analyst")
    assert User.objects.get(email="ana@acme.test").check_password(body["initial_password"])
    assert trail(acme) == [("member.added", {"email": "ana@acme.test", "role": "analyst"})]
    assert body["initial_password"] not in str(list(AuditEntry.objects.of(acme).values()))


def test_somebody_known_keeps_name_and_password(acme: Tenant, admin: Member, stranger: Member) -> None:
    before = stranger.user.password

    answer = admin.client.post(HERE + "members/", {"email": "admin@globex.test", "name": "Other", "role": "viewer"})

    assert (answer.status_code, answer.json()["initial_password"]) == (201, None)
    stranger.user.refresh_from_db()
    assert (stranger.user.name, stranger.user.password) == ("Admin", before)


def test_adding_a_member_twice_is_a_conflict(acme: Tenant, admin: Member) -> None:
    answer = admin.client.post(HERE + "members/", {"email": "ADMIN@acme.test", "role": "viewer"})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_member")
    assert Membership.objects.of(acme).get().role == "admin"
    assert trail(acme) == []


def test_a_member_is_listed_changed_and_removed(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "viewer", "second@acme.test")
    path = f"{HERE}members/{colleague.membership.id}/"

    changed = admin.client.patch(path, {"role": "operator"})
    listed = admin.client.get(HERE + "members/").json()["items"]
    removed = admin.client.delete(path)

    assert (changed.status_code, changed.json()["role"]) == (200, "operator")
    assert [(row["email"], row["role"]) for row in listed] == [
        ("admin@acme.test", "admin"),
        ("second@acme.test", "operator"),
    ]
    assert removed.status_code == 204
    assert admin.client.get(path).status_code == 404
    assert trail(acme) == [
        ("member.removed", {"email": "second@acme.test", "role": "operator"}),
        ("member.role_changed", {"email": "second@acme.test", "from": "viewer", "to": "operator"}),
    ]


def test_the_last_admin_cannot_be_removed_or_demoted_over_http(acme: Tenant, admin: Member) -> None:
    path = f"{HERE}members/{admin.membership.id}/"

    for answer in (admin.client.patch(path, {"role": "viewer"}), admin.client.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")

    assert admin.client.get(path).json()["role"] == "admin"
    assert trail(acme) == []


@pytest.mark.parametrize("role", ["viewer", "sales", "operator", "analyst"])
def test_only_admins_administer(acme: Tenant, new_member: Callable[[str], Member], admin: Member, role: str) -> None:
    client: APIClient = new_member(role).client
    member = f"{HERE}members/{admin.membership.id}/"

    answers = [
        client.patch(HERE, {"name": "Mine"}),
        client.patch(HERE + "environments/qa/", {"variables": {"A": "1"}}),
        client.post(HERE + "members/", {"email": "friend@acme.test", "role": "admin"}),
        client.patch(member, {"role": "viewer"}),
        client.delete(member),
        client.get(HERE + "audit/"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert trail(acme) == []
    assert client.get(HERE + "members/").status_code == 200
    assert client.get(HERE + "environments/").status_code == 200


@pytest.mark.parametrize("part", ["members", "tokens"])
def test_another_tenants_objects_are_not_found_under_mine(admin: Member, stranger: Member, part: str) -> None:
    theirs = stranger.client.get(f"/api/v1/tenants/globex/{part}/").json()["items"][0]["id"]
    path = f"{HERE}{part}/{theirs}/"

    assert admin.client.get(path).status_code == 404
    assert admin.client.delete(path).status_code == 404
    assert stranger.client.get(f"/api/v1/tenants/globex/{part}/{theirs}/").status_code == 200


def test_lists_ask_the_database_no_more_often_with_more_rows(
    acme: Tenant, admin: Member, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        join(acme, "viewer", f"viewer{number}@acme.test")
    admin.client.get(HERE + "members/")

    for part, queries in (("members/", 3), ("tokens/", 3), ("environments/", 4), ("audit/", 3)):
        with django_assert_num_queries(queries):
            assert admin.client.get(HERE + part).status_code == 200


def test_the_command_makes_a_tenant_with_its_admin(db: None) -> None:
    printed = StringIO()

    call_command("create_tenant", "acme", name="Acme", admin="Boss@Acme.test", stdout=printed)

    password = printed.getvalue().strip().rpartition(" ")[2]
    boss = User.objects.get(email="boss@acme.test")
    assert boss.check_password(password)
    assert Membership.objects.of(Tenant.objects.get(slug="acme")).get().role == "admin"


@pytest.mark.parametrize("slug, email", [("Bad Slug", "boss@acme.test"), ("acme", "boss"), ("taken", "boss@acme.test")])
def test_the_command_makes_all_or_nothing(db: None, slug: str, email: str) -> None:
    create_tenant("taken", "Taken")

    with pytest.raises(CommandError):
        call_command("create_tenant", slug, admin=email, stdout=StringIO())

    assert [tenant.slug for tenant in Tenant.objects.all()] == ["taken"]
    assert User.objects.count() == 0
