"""The life of an API token: issued once, kept as a hash, acting with its owner's present role, dead when it must be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from ipaas.accounts import tokens
from ipaas.accounts.members import change_role, remove_member
from ipaas.accounts.models import ApiToken, AuditEntry, Membership, Tenant
from tests.api.conftest import Member, bearer, join

pytestmark = pytest.mark.django_db

HERE = "/api/v1/tenants/acme/"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def status(text: str) -> int:
    """What a request with a token is answered."""
    return int(bearer(text).get(HERE).status_code)


def test_only_the_hash_of_a_token_is_kept(acme: Tenant, admin: Member) -> None:
    text, token = tokens.issue(acme, admin.user, "export")

    assert text.startswith("ipaas_")
    assert len(text) == len("ipaas_") + 43
    assert len(token.hash) == 64
    assert text not in str(ApiToken.objects.of(acme).filter(id=token.id).values())
    assert token.prefix == text[:12]


def test_a_token_made_over_http_works_and_is_shown_once(admin: Member) -> None:
    made = admin.client.post(HERE + "tokens/", {"name": "export"})

    assert made.status_code == 201
    assert status(made.json()["token"]) == 200
    listed = admin.client.get(HERE + "tokens/").json()["items"]
    assert [row["name"] for row in listed] == ["export", "admin's token"]
    assert made.json()["token"] not in str(listed)
    assert made.json()["token"] not in str(list(AuditEntry.objects.across_tenants("a test").values()))


@pytest.mark.parametrize(
    "header",
    [
        "Bearer ipaas_unknown",
        "Bearer ",
        "Bearer",
        "Bearer something",
        "bearer ipaas_\xff",
        "Bearer ipaas_" + "x" * 5000,
    ],
)
def test_a_wrong_token_is_401_with_the_scheme(acme: Tenant, header: str) -> None:
    client = bearer("")
    client.credentials(HTTP_AUTHORIZATION=header)

    answer = client.get(HERE)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="ipaas"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "token_refused"


def test_a_token_expires(acme: Tenant, admin: Member) -> None:
    with time_machine.travel(NOW, tick=False):
        text, _ = tokens.issue(acme, admin.user, "short", NOW + timedelta(seconds=10))
        assert status(text) == 200

    with time_machine.travel(NOW + timedelta(seconds=10), tick=False):
        assert status(text) == 401


def test_a_revoked_token_is_dead_at_once(acme: Tenant, admin: Member) -> None:
    text, token = tokens.issue(acme, admin.user, "export")

    answer = admin.client.delete(f"{HERE}tokens/{token.id}/")
    again = admin.client.delete(f"{HERE}tokens/{token.id}/")

    assert (answer.status_code, again.status_code) == (204, 204)
    assert status(text) == 401
    assert AuditEntry.objects.of(acme).filter(action="token.revoked").count() == 1


def test_a_token_has_the_role_that_its_owner_has_now(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "admin", "second@acme.test")
    assert colleague.client.get(HERE + "audit/").status_code == 200

    change_role(colleague.membership, "viewer")

    assert colleague.client.get(HERE).status_code == 200
    assert colleague.client.get(HERE + "audit/").status_code == 403


def test_a_token_dies_with_the_membership_and_stays_dead(acme: Tenant, admin: Member) -> None:
    colleague = join(acme, "viewer", "second@acme.test")
    remove_member(colleague.membership, timezone.now())

    assert status(colleague.token_text) == 401

    Membership.objects.of(acme).create(user=colleague.user, role="viewer")
    assert status(colleague.token_text) == 401


def test_a_token_without_a_membership_is_dead_even_unrevoked(acme: Tenant, globex: Tenant, admin: Member) -> None:
    text, _ = tokens.issue(globex, admin.user, "of a tenant I am not in")

    assert bearer(text).get("/api/v1/tenants/globex/").status_code == 401


def test_a_token_dies_with_its_owners_account(acme: Tenant, admin: Member) -> None:
    admin.user.is_active = False
    admin.user.save()

    assert status(admin.token_text) == 401


def test_a_token_opens_its_own_tenant_only(globex: Tenant, admin: Member) -> None:
    second = join(globex, "admin", "admin@acme.test")

    assert second.client.get("/api/v1/tenants/globex/").status_code == 200
    assert second.client.get(HERE).status_code == 404
    assert [row["slug"] for row in second.client.get("/api/v1/tenants/").json()["items"]] == ["globex"]


def test_the_last_use_is_noted_at_most_once_a_minute(acme: Tenant, admin: Member) -> None:
    text, token = tokens.issue(acme, admin.user, "export")

    seen = []
    for seconds in (0, 59, 60, 61):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            status(text)
        seen.append(ApiToken.objects.of(acme).get(id=token.id).last_used_at)

    assert seen == [NOW, NOW, NOW + timedelta(seconds=60), NOW + timedelta(seconds=60)]


def test_a_request_costs_three_queries(admin: Member, django_assert_num_queries: Any) -> None:
    admin.client.get(HERE + "tokens/")

    # The token with its tenant and owner, the permissions, and the rows.
    with django_assert_num_queries(3):
        admin.client.get(HERE + "tokens/")


def test_a_token_made_with_a_token_ends_no_later(acme: Tenant, admin: Member) -> None:
    ends_at = timezone.now() + timedelta(hours=1)
    text, _ = tokens.issue(acme, admin.user, "short", ends_at)

    forever = bearer(text).post(HERE + "tokens/", {"name": "a"}).json()
    later = bearer(text).post(HERE + "tokens/", {"name": "b", "expires_at": "2999-01-01T00:00:00Z"}).json()
    free = admin.client.post(HERE + "tokens/", {"name": "c", "expires_at": "2999-01-01T00:00:00Z"}).json()

    assert datetime.fromisoformat(forever["expires_at"]) == ends_at
    assert datetime.fromisoformat(later["expires_at"]) == ends_at
    assert free["expires_at"] == "2999-01-01T00:00:00Z"


def test_a_token_that_has_ended_is_not_made(acme: Tenant, admin: Member) -> None:
    answer = admin.client.post(HERE + "tokens/", {"name": "late", "expires_at": "2020-01-01T00:00:00Z"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/expires_at"
    assert not ApiToken.objects.of(acme).filter(name="late").exists()


def test_everyone_sees_their_own_tokens_and_admins_see_all(
    acme: Tenant, admin: Member, new_member: Callable[[str], Member]
) -> None:
    viewer = new_member("viewer")
    admins = ApiToken.objects.of(acme).get(user=admin.user)
    viewers = ApiToken.objects.of(acme).get(user=viewer.user)

    assert [row["id"] for row in viewer.client.get(HERE + "tokens/").json()["items"]] == [viewers.id]
    assert [row["id"] for row in admin.client.get(HERE + "tokens/").json()["items"]] == [viewers.id, admins.id]
    assert viewer.client.delete(f"{HERE}tokens/{admins.id}/").status_code == 404
    assert status(admin.token_text) == 200
    assert admin.client.delete(f"{HERE}tokens/{viewers.id}/").status_code == 204
    assert status(viewer.token_text) == 401


def test_the_command_prints_a_token_and_nothing_else(acme: Tenant, admin: Member) -> None:
    printed = StringIO()

    call_command("create_token", tenant="acme", email="Admin@Acme.test", stdout=printed)

    text = printed.getvalue().removesuffix("\n")
    assert text.startswith("ipaas_")
    assert "\n" not in text
    assert status(text) == 200


@pytest.mark.parametrize("tenant, email", [("nowhere", "admin@acme.test"), ("acme", "nobody@acme.test")])
def test_the_command_makes_no_token_for_strangers(acme: Tenant, admin: Member, tenant: str, email: str) -> None:
    before = ApiToken.objects.across_tenants("a test").count()

    with pytest.raises(CommandError):
        call_command("create_token", tenant=tenant, email=email, stdout=StringIO())

    assert ApiToken.objects.across_tenants("a test").count() == before
