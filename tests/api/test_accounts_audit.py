"""The audit trail is append-only, down to the database, and holds no secret."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models.deletion import ProtectedError

from ipaas.accounts import audit
from ipaas.accounts.models import AppendOnly, AuditEntry, Tenant
from tests.api.conftest import Member

REFUSED = "append-only"


def written(tenant: Tenant) -> AuditEntry:
    """One entry in a tenant's trail."""
    return audit.record(tenant, "someone", "thing.done", "thing", "thing_1", {"name": "A"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET action = 'nothing.done'",
        "UPDATE accounts_auditentry SET detail = '{}' WHERE target_id = 'thing_1'",
        "DELETE FROM accounts_auditentry",
    ],
)
def test_the_database_refuses_to_change_an_entry(acme: Tenant, sql: str) -> None:
    entry = written(acme)

    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    kept = AuditEntry.objects.of(acme).get(id=entry.id)
    assert (kept.action, kept.detail) == ("thing.done", {"name": "A"})


@pytest.mark.django_db
def test_the_model_refuses_to_change_an_entry(acme: Tenant) -> None:
    entry = written(acme)
    rows = AuditEntry.objects.of(acme)

    entry.action = "nothing.done"
    for change in (entry.save, entry.delete, rows.delete, lambda: rows.update(action="x")):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        rows.bulk_update([entry], ["action"])

    assert AuditEntry.objects.of(acme).get(id=entry.id).action == "thing.done"


@pytest.mark.django_db
def test_a_tenant_with_a_trail_cannot_be_deleted(acme: Tenant) -> None:
    with pytest.raises(ProtectedError):
        acme.delete()

    assert Tenant.objects.filter(slug="acme").exists()


@pytest.mark.django_db
def test_what_sounds_like_a_secret_is_masked(acme: Tenant) -> None:
    detail = {
        "name": "Stripe",
        "password": "hunter2",
        "credential": {"user": "u", "api_key": "sk_1", "nested": [{"Client-Secret": "s"}]},
        "token": "ipaas_x",
    }

    entry = audit.record(acme, None, "connection.created", "connection", "con_1", detail)

    assert entry.detail == {
        "name": "Stripe",
        "password": "••••",
        "credential": {"user": "u", "api_key": "••••", "nested": [{"Client-Secret": "••••"}]},
        "token": "••••",
    }
    assert entry.actor_label == "the system"


@pytest.mark.django_db
def test_a_long_text_is_cut(acme: Tenant) -> None:
    entry = audit.record(acme, None, "note.written", detail={"text": "x" * 3000})

    assert entry.detail == {"text": "x" * 2000 + "…"}


@pytest.mark.django_db
def test_an_entry_names_the_person_the_token_and_the_address(acme: Tenant, admin: Member) -> None:
    admin.client.patch("/api/v1/tenants/acme/", {"name": "Acme Ltd"}, REMOTE_ADDR="203.0.113.7")

    entry = AuditEntry.objects.of(acme).get(action="tenant.renamed")
    assert entry.actor_id == admin.user.pk
    assert entry.actor_label == "admin@acme.test (API token “admin's token”)"
    assert entry.ip == "203.0.113.7"
    assert entry.detail == {"from": "Acme", "to": "Acme Ltd"}


@pytest.mark.django_db(transaction=True)
def test_flush_takes_the_trail_along_and_the_guard_stays(acme: Tenant) -> None:
    written(acme)

    call_command("flush", interactive=False, verbosity=0, stdout=StringIO())

    assert AuditEntry.objects.across_tenants("a test").count() == 0
    again = Tenant.objects.create(slug="again", name="Again")
    written(again)
    with pytest.raises(DatabaseError, match=REFUSED), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditentry")
