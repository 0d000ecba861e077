"""How a connection fares, rotating only what works, copies without secrets, and the landing page of a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from connectors import connections, health, vault
from connectors.gateway import gateway
from connectors.models import Connection, ConnectionHour
from connectors.sandbox import situation
from connectors.sandbox.host import sandbox_app
from connectors.sdk.errors import AuthorMustFix, Rejected, TryAgain
from ipaas.accounts.models import Tenant
from tests.api.conftest import Member
from tests.connectors.conftest import an_order
from tests.connectors.desk.simulator import KEY
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]
BASE = "/api/v1/tenants/acme"
SIMULATED = {"name": "Desk", "connector": "desk", "environment": "sandbox", "simulated": True}


@pytest.fixture
def server(settings: Any) -> Iterator[Served]:
    situation.forget()
    with Served(sandbox_app) as served:
        settings.SANDBOX_BASE_URL = served.url
        yield served


@pytest.fixture
def desk(admin: Member, acme: Tenant, server: Served) -> Connection:
    """A connection to the simulated help desk."""
    made = admin.client.post(f"{BASE}/connections/", SIMULATED).json()
    return Connection.objects.of(acme).get(id=made["id"])


def _health(admin: Member, desk: Connection) -> dict[str, Any]:
    answer = admin.client.get(f"{BASE}/connections/{desk.id}/health/")
    assert answer.status_code == 200
    return answer.json()


def _counted(desk: Connection, *errors: Any) -> None:
    tally = health.Tally()
    for error in errors:
        tally.note(desk.tenant_id, desk.id, error)
    health.record(tally.take())


def test_calls_failures_and_refusals_are_counted_by_the_hour(admin: Member, desk: Connection) -> None:
    _counted(desk, None, None, Rejected("no such part", code="part_unknown"), TryAgain("down", 5, code="outage"))
    _counted(desk, None, AuthorMustFix("ours", code="operation_unknown"))

    shown = _health(admin, desk)

    assert (shown["calls"], shown["failed"], shown["refused"], shown["error_rate"]) == (5, 1, 1, 0.2)
    assert len(shown["hours"]) == 24
    assert shown["hours"][-1] | {"at": ""} == {"at": "", "calls": 5, "failed": 1, "refused": 1}
    assert [hour["calls"] for hour in shown["hours"][:-1]] == [0] * 23
    assert shown["last_failure"]["code"] == "outage"
    assert shown["last_ok_at"] is not None
    assert shown["waiting"] == {"count": 0, "runs": []}


def test_a_real_call_is_counted_without_being_waited_for(admin: Member, desk: Connection) -> None:
    async def call_and_close() -> None:
        await gateway().call(an_order(desk, "list_tickets"))
        await gateway().close()

    run(call_and_close())

    shown = _health(admin, desk)
    assert (shown["calls"], shown["failed"], shown["refused"]) == (1, 0, 0)


def test_hours_older_than_eight_days_go(desk: Connection) -> None:
    old = datetime.now(UTC) - timedelta(days=9)
    ConnectionHour.objects.create(connection=desk, hour=old, calls=7)

    _counted(desk, None)

    assert [row.calls for row in ConnectionHour.objects.filter(connection=desk)] == [1]


def test_whoever_waits_for_a_connection_is_told_with_it(admin: Member, desk: Connection) -> None:
    waiting = {"count": 12, "runs": [{"id": "run_1", "business_key": "ch_1", "flow": "Orders", "created_at": "x"}]}
    connections.waiting_for.append(lambda row: waiting if row.id == desk.id else {"count": 0, "runs": []})
    try:
        shown = _health(admin, desk)
    finally:
        connections.waiting_for.pop()

    assert shown["waiting"] == waiting


def test_a_test_says_what_was_asked_and_how_it_was_answered(admin: Member, desk: Connection) -> None:
    told = admin.client.post(f"{BASE}/connections/{desk.id}/test/").json()

    assert (told["asked"]["operation"], told["asked"]["method"], told["asked"]["status"]) == (
        "list_tickets",
        "GET",
        200,
    )
    assert told["asked"]["url"].endswith("/sandbox/acme/desk/tickets")
    assert told["asked"]["duration_ms"] > 0


def test_a_new_credential_that_does_not_work_leaves_the_old_one_in_place(
    admin: Member, acme: Tenant, desk: Connection
) -> None:
    body = {"credential": {"key": "not-the-right-key"}, "test_first": True}

    refused = admin.client.post(f"{BASE}/connections/{desk.id}/rotate/", body)

    assert (refused.status_code, refused.json()["code"]) == (409, "new_credential_failed")
    assert "not-the-right-key" not in refused.content.decode()
    row = Connection.objects.of(acme).get(id=desk.id)
    assert vault.open_sealed(acme.id, row.id, row.sealed)["key"] == KEY
    assert row.status == "untested"


def test_a_new_credential_that_works_takes_the_place_of_the_old(admin: Member, acme: Tenant, desk: Connection) -> None:
    body = {"credential": {"key": KEY, "webhook_secret": "whsec_new"}, "test_first": True}

    rotated = admin.client.post(f"{BASE}/connections/{desk.id}/rotate/", body)

    assert (rotated.status_code, rotated.json()["status"]) == (200, "ok")
    row = Connection.objects.of(acme).get(id=desk.id)
    assert vault.open_sealed(acme.id, row.id, row.sealed) == {"key": KEY, "webhook_secret": "whsec_new"}


def test_a_copy_takes_the_settings_and_never_the_secrets(admin: Member, acme: Tenant) -> None:
    body = {**SIMULATED, "simulated": False, "config": {"host": "desk.test"}, "credential": {"key": "a-secret-key"}}
    made = admin.client.post(f"{BASE}/connections/", body).json()

    copied = admin.client.post(
        f"{BASE}/connections/{made['id']}/duplicate/", {"environment": "production", "name": "Desk live"}
    )

    assert copied.status_code == 201
    shown = copied.json()
    assert (shown["environment"], shown["config"], shown["credential_fields"]) == ("production", made["config"], [])
    assert (shown["status"], shown["status_detail"]["code"]) == ("broken", "credential_missing")
    assert Connection.objects.of(acme).get(id=shown["id"]).sealed is None
    again = admin.client.post(
        f"{BASE}/connections/{made['id']}/duplicate/", {"environment": "production", "name": "Desk live"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")


def test_a_copy_of_a_simulated_connection_works_at_once(admin: Member, desk: Connection) -> None:
    copied = admin.client.post(f"{BASE}/connections/{desk.id}/duplicate/", {"environment": "qa", "name": "Desk"}).json()

    assert copied["simulated"] is True
    assert admin.client.post(f"{BASE}/connections/{copied['id']}/test/").json()["ok"] is True


def test_a_browser_lands_on_the_apps_page_whatever_came_of_its_sign_in(admin: Member, settings: Any) -> None:
    client = Client(headers={"accept": "text/html,*/*"})
    client.force_login(admin.user)

    landed = client.get("/api/v1/oauth/callback/?state=somebody-elses&code=x")

    assert landed.status_code == 302
    address = urlsplit(landed["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{settings.PUBLIC_URL}/signed-in"
    assert parse_qs(address.query)["outcome"] == ["unknown_sign_in"]
