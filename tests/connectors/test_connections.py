"""Connections: checked against the connector's schemas, sealed, tested through the gateway, and watched over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors import connections, status, vault
from connectors.connections import By, ConnectionInUse, ConnectionNameTaken, ConnectionRefused, NewConnection
from connectors.models import Connection
from connectors.registry import registry
from connectors.sandbox import faults, situation
from connectors.sandbox.host import sandbox_app
from ipaas.accounts.models import AuditEntry, Environment, Tenant
from ipaas.accounts.tenants import create_tenant
from tests.connectors.desk.simulator import KEY
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]
SECRET = "a-very-secret-key"
ANA = By("ana@acme.test")


@pytest.fixture
def acme() -> Tenant:
    situation.forget()
    return create_tenant("acme", "Acme")


@pytest.fixture
def sandbox(acme: Tenant) -> Environment:
    return Environment.objects.get(tenant=acme, name="sandbox")


@pytest.fixture
def server(settings: Any) -> Iterator[Served]:
    with Served(sandbox_app) as served:
        settings.SANDBOX_BASE_URL = served.url
        yield served


@pytest.fixture
def mended() -> Iterator[list[str]]:
    told: list[str] = []
    connections.when_mended.append(lambda row: told.append(row.status))
    yield told
    connections.when_mended.pop()


def new(**changes: Any) -> NewConnection:
    given = {"name": "Desk", "connector": "desk", "config": {"host": "desk.test"}, "credential": {"key": SECRET}}
    return NewConnection(**{**given, **changes})


def opened(row: Connection) -> dict[str, Any]:
    row.refresh_from_db()
    return vault.open_sealed(row.tenant_id, row.id, row.sealed)


def test_a_new_connection_is_sealed_untested_and_in_the_audit_trail(acme: Tenant, sandbox: Environment) -> None:
    row = connections.create(sandbox, new(), ANA)

    row.refresh_from_db()
    assert opened(row) == {"key": SECRET}
    assert (row.status, row.auth_kind, row.fields_set) == ("untested", "api_key", ["key"])
    assert row.config == {"host": "desk.test", "folder": "inbox"}
    [entry] = AuditEntry.objects.of(acme).filter(action="connection.created")
    assert (entry.target_id, entry.actor_label) == (row.id, "ana@acme.test")
    assert SECRET not in str(entry.detail) + repr(row) + repr(new())


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"config": {}}, ["/config/host"]),
        ({"config": {"host": 7}}, ["/config/host"]),
        ({"config": {"host": "desk.test", "color": "red"}}, ["/config/color"]),
        ({"credential": {}}, ["/credential/key"]),
        ({"credential": {"key": "short"}}, ["/credential/key"]),
        ({"credential": {"key": SECRET, "pin": "1"}}, ["/credential/pin"]),
        ({"config": {}, "credential": {}}, ["/config/host", "/credential/key"]),
        ({"connector": "nothing"}, ["/connector"]),
        ({"auth_kind": "basic"}, ["/auth_kind"]),
        ({"name": "  "}, ["/name"]),
        ({"name": "x" * 121}, ["/name"]),
    ],
)
def test_what_does_not_fit_the_connector_is_refused_with_its_place_and_nothing_is_written(
    acme: Tenant, sandbox: Environment, changes: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(ConnectionRefused) as caught:
        connections.create(sandbox, new(**changes), ANA)

    assert [problem.pointer for problem in caught.value.problems] == pointers
    assert Connection.objects.of(acme).count() == 0
    assert AuditEntry.objects.of(acme).filter(action="connection.created").count() == 0


def test_a_refusal_never_repeats_what_was_entered(sandbox: Environment) -> None:
    given = {"key": ["s3cret-in-a-list"], "webhook_secret": 12345678}

    with pytest.raises(ConnectionRefused) as caught:
        connections.create(sandbox, new(credential=given), ANA)

    told = str(caught.value) + str(caught.value.problems)
    assert "s3cret-in-a-list" not in told
    assert "12345678" not in told
    assert [problem.message for problem in caught.value.problems] == [
        "Key must be a text.",
        "Signing secret must be a text.",
    ]


def test_names_are_unique_in_an_environment_only(acme: Tenant, sandbox: Environment) -> None:
    connections.create(sandbox, new(), ANA)

    with pytest.raises(ConnectionNameTaken):
        connections.create(sandbox, new(), ANA)

    connections.create(Environment.objects.get(tenant=acme, name="qa"), new(), ANA)
    assert Connection.objects.of(acme).count() == 2


def test_a_simulated_connection_gets_the_fake_keys(acme: Tenant, sandbox: Environment) -> None:
    row = connections.create_simulated(acme, sandbox, registry().get("desk"), "Simulated", actor="seed")

    assert opened(row) == {"key": KEY}
    assert row.config == {"host": "desk.test", "folder": "inbox"}
    assert row.simulated


def test_production_takes_no_simulated_connection(acme: Tenant) -> None:
    production = Environment.objects.get(tenant=acme, name="production")

    with pytest.raises(ConnectionRefused) as caught:
        connections.create(production, new(simulated=True), ANA)

    assert [problem.pointer for problem in caught.value.problems] == ["/simulated"]


def test_rotating_replaces_the_given_fields_and_keeps_the_others(sandbox: Environment, mended: list[str]) -> None:
    row = connections.create(sandbox, new(credential={"key": SECRET, "webhook_secret": "whsec"}), ANA)
    status.mark_broken(row.tenant_id, row.id, {"code": "expired", "message": "The key has expired."})

    changed = connections.rotate(row, {"key": "another-secret"}, ANA)

    assert opened(row) == {"key": "another-secret", "webhook_secret": "whsec"}
    assert (changed.status, changed.status_detail) == ("untested", {})
    assert changed.revision == 3
    assert mended == ["untested"]
    connections.rotate(changed, {"webhook_secret": None}, ANA)
    assert opened(row) == {"key": "another-secret"}


@pytest.mark.parametrize("credential", [{}, {"key": "short"}, {"key": None}, {"other": "x"}])
def test_a_rotation_that_does_not_fit_changes_nothing(sandbox: Environment, credential: dict[str, Any]) -> None:
    row = connections.create(sandbox, new(), ANA)
    before = bytes(row.sealed)

    with pytest.raises(ConnectionRefused):
        connections.rotate(row, credential, ANA)

    row.refresh_from_db()
    assert bytes(row.sealed) == before


def test_after_crypto_shredding_a_credential_can_be_entered_again(acme: Tenant, sandbox: Environment) -> None:
    row = connections.create(sandbox, new(), ANA)

    connections.destroy_all_credentials(acme, ANA)

    row.refresh_from_db()
    assert (row.status, row.status_detail["code"]) == ("broken", "credentials_destroyed")
    with pytest.raises(vault.CredentialsDestroyed):
        opened(row)
    connections.rotate(row, {"key": "entered-again"}, ANA)
    assert opened(row) == {"key": "entered-again"}


def test_a_test_asks_the_system_and_keeps_the_answer(
    acme: Tenant, sandbox: Environment, server: Served, mended: list[str]
) -> None:
    row = connections.create_simulated(acme, sandbox, registry().get("desk"), "Simulated")

    assert connections.run_test(row, ANA)["ok"] is True

    row.refresh_from_db()
    assert row.status == "ok"
    assert mended == ["ok"]
    assert AuditEntry.objects.of(acme).filter(action="connection.tested").count() == 1


def test_a_refused_key_breaks_the_connection_and_a_working_one_mends_it(
    acme: Tenant, sandbox: Environment, server: Served, mended: list[str]
) -> None:
    row = connections.create(sandbox, new(simulated=True, credential={"key": "wrong-key-123"}), ANA)

    answer = connections.run_test(row)
    row.refresh_from_db()
    assert answer["ok"] is False
    assert "wrong-key-123" not in str(answer) + str(row.status_detail)
    assert row.status == "broken"
    assert mended == []

    connections.rotate(row, {"key": KEY}, ANA)
    assert connections.run_test(row)["ok"] is True
    row.refresh_from_db()
    assert row.status == "ok"
    assert mended == ["untested", "ok"]


def test_an_outage_says_nothing_about_the_credential(acme: Tenant, sandbox: Environment, server: Served) -> None:
    row = connections.create_simulated(acme, sandbox, registry().get("desk"), "Simulated")
    faults.add(acme, "desk", "server_error", times=None)

    answer = connections.run_test(row)

    row.refresh_from_db()
    assert answer["ok"] is False
    assert row.status == "untested"


def test_a_paused_connection_stays_paused_whatever_the_system_says(sandbox: Environment, mended: list[str]) -> None:
    row = connections.create(sandbox, new(), ANA)

    connections.set_paused(row, True, ANA)
    status.mark_broken(row.tenant_id, row.id, {"message": "no"})
    status.mark_ok(row.tenant_id, row.id)
    row.refresh_from_db()
    assert row.status == "paused"
    assert mended == []

    assert connections.set_paused(row, False, ANA).status == "untested"
    assert mended == ["untested"]


def test_a_connection_that_a_deployed_flow_uses_cannot_be_deleted(acme: Tenant, sandbox: Environment) -> None:
    row = connections.create(sandbox, new(), ANA)
    connections.used_by.append(lambda connection: ["Order to cash"])

    try:
        with pytest.raises(ConnectionInUse) as caught:
            connections.delete(row, ANA)
    finally:
        connections.used_by.pop()

    assert caught.value.flows == ["Order to cash"]
    assert Connection.objects.of(acme).filter(id=row.id).exists()
    connections.delete(row, ANA)
    assert not Connection.objects.of(acme).filter(id=row.id).exists()
    assert AuditEntry.objects.of(acme).filter(action="connection.deleted").count() == 1


def test_changing_settings_makes_what_is_known_old_and_a_new_name_does_not(sandbox: Environment) -> None:
    row = connections.create(sandbox, new(), ANA)
    status.mark_ok(row.tenant_id, row.id)

    renamed = connections.change(row, {"name": "Front desk"}, ANA)
    assert (renamed.name, renamed.status) == ("Front desk", "ok")

    moved = connections.change(renamed, {"config": {"host": "other.test"}}, ANA)
    assert (moved.config, moved.status) == ({"host": "other.test"}, "untested")
    with pytest.raises(ConnectionRefused):
        connections.change(moved, {"config": {}}, ANA)
