"""Pages by signed cursors: every row once, in order, while rows come and go."""

from __future__ import annotations

import pytest
from django.core import signing

from ipaas.accounts import audit
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member, join

pytestmark = pytest.mark.django_db

AUDIT = "/api/v1/tenants/acme/audit/"


def test_every_row_comes_once_in_order(acme: Tenant, admin: Member) -> None:
    for number in range(7):
        audit.record(acme, None, f"step.{number}")

    first = admin.client.get(AUDIT, {"action": "step.", "limit": 3}).json()
    audit.record(acme, None, "step.late")
    second = admin.client.get(AUDIT, {"action": "step.", "limit": 3, "cursor": first["next"]}).json()
    third = admin.client.get(AUDIT, {"action": "step.", "limit": 3, "cursor": second["next"]}).json()

    pages = [[row["action"] for row in page["items"]] for page in (first, second, third)]
    assert pages == [["step.6", "step.5", "step.4"], ["step.3", "step.2", "step.1"], ["step.0"]]
    assert third["next"] is None


def test_a_page_that_is_just_full_is_the_last(acme: Tenant, admin: Member) -> None:
    for number in range(3):
        audit.record(acme, None, f"step.{number}")

    page = admin.client.get(AUDIT, {"action": "step.", "limit": 3}).json()

    assert (len(page["items"]), page["next"]) == (3, None)


def test_a_list_holds_fifty_unless_told_otherwise(acme: Tenant, admin: Member) -> None:
    for number in range(51):
        audit.record(acme, None, f"step.{number}")

    page = admin.client.get(AUDIT, {"action": "step."}).json()

    assert len(page["items"]) == 50
    assert len(admin.client.get(AUDIT, {"action": "step.", "cursor": page["next"]}).json()["items"]) == 1


def test_an_order_that_is_not_unique_loses_and_doubles_nothing(globex: Tenant, acme: Tenant, admin: Member) -> None:
    join(globex, "viewer", "admin@acme.test")
    browser = admin.client
    browser.credentials()
    browser.force_login(admin.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    first = browser.get("/api/v1/tenants/", {"limit": 1}).json()
    second = browser.get("/api/v1/tenants/", {"limit": 1, "cursor": first["next"]}).json()

    assert [row["slug"] for row in first["items"] + second["items"]] == ["acme", "globex"]
    assert second["next"] is None


def test_a_cursor_of_another_list_is_refused(acme: Tenant, admin: Member) -> None:
    join(acme, "viewer", "second@acme.test")
    cursor = admin.client.get("/api/v1/tenants/acme/members/", {"limit": 1}).json()["next"]

    answer = admin.client.get(AUDIT, {"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("made_up", [["accounts.auditentry:-id", 1, 2], {"a": 1}, [], "text", None])
def test_a_cursor_that_was_made_otherwise_is_refused(admin: Member, made_up: object) -> None:
    cursor = signing.dumps(made_up, salt="ipaas.cursor")

    assert admin.client.get(AUDIT, {"cursor": cursor}).status_code == 400


def test_entries_are_found_by_who_what_and_when(acme: Tenant, admin: Member) -> None:
    entry = audit.record(acme, admin.user, "flow.published", "flow", "flow_1")
    audit.record(acme, None, "flow.published", "flow", "flow_2")

    def found(**query: str) -> list[str]:
        return [row["id"] for row in admin.client.get(AUDIT, query).json()["items"]]

    assert found(actor=admin.user.pk) == [entry.id]
    assert found(target_type="flow", target_id="flow_1") == [entry.id]
    assert found(action="flow.published", until="2020-01-01T00:00:00Z") == []
    assert len(found(since="2020-01-01T00:00:00Z")) == AuditEntry.objects.of(acme).count()
