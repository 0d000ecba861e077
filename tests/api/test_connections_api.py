"""Connections, connectors and the effect ledger over HTTP: secrets never come out, and every refusal says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from connectors import connections, vault
from connectors.models import Connection, Effect
from connectors.sandbox import situation
from connectors.sandbox.host import sandbox_app
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.connectors.authority import CLIENT, Authority
from tests.connectors.desk.simulator import KEY
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]
BASE = "/api/v1/tenants/acme"
SECRET = "a-very-secret-key"
NEW = {
    "name": "Desk",
    "connector": "desk",
    "environment": "sandbox",
    "config": {"host": "desk.test"},
    "credential": {"key": SECRET, "webhook_secret": "whsec_hidden"},
}


@pytest.fixture(autouse=True)
def _fresh_sandbox() -> None:
    situation.forget()


@pytest.fixture
def made(admin: Member) -> dict[str, Any]:
    """A connection made over HTTP."""
    answer = admin.client.post(f"{BASE}/connections/", NEW)
    assert answer.status_code == 201, answer.json()
    return answer.json()


@pytest.fixture
def server(settings: Any) -> Iterator[Served]:
    with Served(sandbox_app) as served:
        settings.SANDBOX_BASE_URL = served.url
        yield served


def test_a_connection_is_made_and_shown_without_its_secret(admin: Member, made: dict[str, Any]) -> None:
    listed = admin.client.get(f"{BASE}/connections/").json()
    shown = admin.client.get(f"{BASE}/connections/{made['id']}/").json()

    assert made["status"] == "untested"
    assert made["credential_fields"] == ["key", "webhook_secret"]
    assert made["config"] == {"host": "desk.test", "folder": "inbox"}
    assert listed == {"items": [made], "next": None}
    assert shown == {**made, "used_by": [], "deployments": []}
    for text in (SECRET, "whsec_hidden"):
        assert text not in json.dumps([made, listed, shown])


def test_fields_that_do_not_fit_are_named_with_json_pointers(admin: Member, acme: Tenant) -> None:
    answer = admin.client.post(f"{BASE}/connections/", {**NEW, "config": {}, "credential": {"key": "short"}})

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/config/host", "required"),
        ("/credential/key", "minLength"),
    ]
    assert "short" not in json.dumps(answer.json())
    assert Connection.objects.of(acme).count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        {**NEW, "name": 7, "environment": "moon"},
        {**NEW, "credential": "text"},
        {**NEW, "config": ["list"]},
        {**NEW, "connector": "x" * 100},
        {**NEW, "simulated": "perhaps"},
        {**NEW, "name": "nul \x00"},
        {**NEW, "credential": {"key": {"deep": [SECRET]}}},
    ],
)
def test_no_body_makes_a_500_and_none_of_these_makes_a_connection(admin: Member, acme: Tenant, body: Any) -> None:
    answer = admin.client.post(f"{BASE}/connections/", body)

    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert SECRET not in answer.content.decode()
    assert Connection.objects.of(acme).count() == 0


def test_two_connections_of_one_name_in_an_environment_conflict(admin: Member, made: dict[str, Any]) -> None:
    assert admin.client.post(f"{BASE}/connections/", NEW).json()["code"] == "name_taken"
    other = admin.client.post(f"{BASE}/connections/", {**NEW, "name": "Other"}).json()

    answer = admin.client.patch(f"{BASE}/connections/{other['id']}/", {"name": "Desk"})

    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


def test_lists_are_narrowed_by_environment_and_connector(admin: Member, made: dict[str, Any]) -> None:
    admin.client.post(f"{BASE}/connections/", {**NEW, "environment": "qa"})

    counts = [
        len(admin.client.get(f"{BASE}/connections/?{query}").json()["items"])
        for query in ("", "environment=qa", "environment=production", "connector=desk", "connector=other")
    ]

    assert counts == [2, 1, 0, 2, 0]


def test_a_connection_is_changed_paused_and_resumed(admin: Member, made: dict[str, Any]) -> None:
    url = f"{BASE}/connections/{made['id']}/"

    changed = admin.client.patch(url, {"name": "Front desk", "config": {"host": "front.test"}}).json()
    paused = admin.client.patch(url, {"paused": True}).json()
    resumed = admin.client.patch(url, {"paused": False}).json()

    assert (changed["name"], changed["config"]) == ("Front desk", {"host": "front.test"})
    assert [changed["status"], paused["status"], resumed["status"]] == ["untested", "paused", "untested"]


def test_a_rotated_credential_is_sealed_and_audited_by_field_names(
    admin: Member, acme: Tenant, made: dict[str, Any]
) -> None:
    answer = admin.client.post(f"{BASE}/connections/{made['id']}/rotate/", {"credential": {"key": "another-secret"}})

    row = Connection.objects.of(acme).get(id=made["id"])
    [entry] = AuditEntry.objects.of(acme).filter(action="connection.rotated")
    assert answer.status_code == 200
    assert vault.open_sealed(acme.id, row.id, row.sealed) == {"key": "another-secret", "webhook_secret": "whsec_hidden"}
    assert entry.detail["fields"] == ["key"]
    assert "another-secret" not in str(entry.detail) + answer.content.decode()
    assert admin.client.post(f"{BASE}/connections/{made['id']}/rotate/", {"credential": {}}).status_code == 422


def test_a_simulated_connection_needs_no_credential_and_works(admin: Member, server: Served) -> None:
    body = {"name": "Simulated", "connector": "desk", "environment": "sandbox", "simulated": True}
    made = admin.client.post(f"{BASE}/connections/", body).json()

    tested = admin.client.post(f"{BASE}/connections/{made['id']}/test/")

    assert tested.json()["ok"] is True
    assert admin.client.get(f"{BASE}/connections/{made['id']}/").json()["status"] == "ok"
    assert KEY not in tested.content.decode()


def test_a_connection_in_use_is_not_deleted(admin: Member, made: dict[str, Any]) -> None:
    connections.used_by.append(lambda row: ["Order to cash"])
    try:
        refused = admin.client.delete(f"{BASE}/connections/{made['id']}/")
    finally:
        connections.used_by.pop()

    assert (refused.status_code, refused.json()["code"]) == (409, "connection_in_use")
    assert "Order to cash" in refused.json()["detail"]
    assert admin.client.delete(f"{BASE}/connections/{made['id']}/").status_code == 204
    assert admin.client.get(f"{BASE}/connections/{made['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        ("viewer", [200, 403, 403]),
        ("sales", [200, 403, 403]),
        ("operator", [200, 200, 403]),
        ("analyst", [200, 200, 403]),
        ("admin", [200, 200, 201]),
    ],
)
def test_roles_decide_who_sees_tests_and_makes(
    admin: Member, new_member: Callable[[str], Member], server: Served, role: str, answers: list[int]
) -> None:
    body = {"name": "Simulated", "connector": "desk", "environment": "sandbox", "simulated": True}
    made = admin.client.post(f"{BASE}/connections/", body).json()
    client = new_member(role).client
    url = f"{BASE}/connections/{made['id']}/"

    given = [client.get(url), client.post(f"{url}test/"), client.post(f"{BASE}/connections/", NEW)]

    assert [answer.status_code for answer in given] == answers


def test_another_tenants_connection_does_not_exist(stranger: Member, admin: Member, made: dict[str, Any]) -> None:
    for base in (BASE, "/api/v1/tenants/globex"):
        url = f"{base}/connections/{made['id']}/"
        answers = [
            stranger.client.get(url),
            stranger.client.patch(url, {"name": "Mine"}),
            stranger.client.post(f"{url}test/"),
            stranger.client.post(f"{url}rotate/", {"credential": {"key": "stolen-key-1"}}),
            stranger.client.delete(url),
        ]
        assert {answer.status_code for answer in answers} == {404}

    assert admin.client.get(f"{BASE}/connections/{made['id']}/").json()["name"] == "Desk"


def test_connectors_are_described_with_schemas_and_icons(admin: Member) -> None:
    listed = admin.client.get(f"{BASE}/connectors/").json()
    shown = admin.client.get(f"{BASE}/connectors/desk/").json()

    [desk] = listed["items"]
    assert desk == {name: value for name, value in shown.items() if name != "docs"}
    assert [auth["kind"] for auth in desk["auth"]] == [
        "api_key",
        "oauth2_client_credentials",
        "oauth2_authorization_code",
    ]
    assert desk["auth"][0]["fields"]["required"] == ["key"]
    assert [operation["name"] for operation in desk["operations"]] == ["list_tickets", "open_ticket"]
    assert desk["icon_url"] == "/api/v1/connectors/desk/icon.svg"
    assert admin.client.get(f"{BASE}/connectors/nothing/").status_code == 404


def test_icons_are_public_and_cannot_run_anything(client: Client) -> None:
    found, missing = (client.get(f"/api/v1/connectors/{name}/icon.svg") for name in ("desk", "nothing"))

    assert (found.status_code, missing.status_code) == (200, 404)
    assert found["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in found["Content-Security-Policy"]


def oauth_connection(admin: Member, served: Served) -> dict[str, Any]:
    body = {
        **NEW,
        "name": "Signed in",
        "auth_kind": "oauth2_authorization_code",
        "config": {"host": served.url.removeprefix("http://")},
        "credential": {"client_id": CLIENT[0], "client_secret": CLIENT[1]},
    }
    return admin.client.post(f"{BASE}/connections/", body).json()


def test_a_person_signs_in_through_the_browser(admin: Member, acme: Tenant, client: Client, settings: Any) -> None:
    settings.IPAAS_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    client.force_login(admin.user)
    with Served(Authority()) as served:
        made = oauth_connection(admin, served)
        begun = client.post(f"{BASE}/connections/{made['id']}/oauth/start/")
        back = requests.get(begun.json()["authorize_url"], allow_redirects=False, timeout=10).headers["Location"]
        path = f"{urlsplit(back).path}?{urlsplit(back).query}"
        landed = client.get(path)
        again = client.get(path)

    row = Connection.objects.of(acme).get(id=made["id"])
    assert landed.status_code == 302
    assert landed["Location"] == f"{settings.PUBLIC_URL}/signed-in?outcome=done&connection={made['id']}"
    assert row.status == "ok"
    assert vault.open_sealed(acme.id, row.id, row.sealed)["refresh_token"].startswith("rt_")
    assert (again.status_code, again.json()["code"]) == (400, "unknown_sign_in")
    assert AuditEntry.objects.of(acme).filter(action="connection.authorised").count() == 1


def test_the_way_back_works_only_in_the_browser_that_began(
    admin: Member, acme: Tenant, new_member: Callable[[str], Member], settings: Any
) -> None:
    settings.IPAAS_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    began, other = Client(), Client()
    began.force_login(admin.user)
    other.force_login(new_member("analyst").user)
    with Served(Authority()) as served:
        made = oauth_connection(admin, served)
        url = began.post(f"{BASE}/connections/{made['id']}/oauth/start/").json()["authorize_url"]
        back = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
        query = parse_qs(urlsplit(back).query)
        stolen = other.get("/api/v1/oauth/callback/", {name: values[0] for name, values in query.items()})
        refused = began.get("/api/v1/oauth/callback/", {"state": query["state"][0], "error": "access_denied"})

    assert stolen.json()["code"] == "unknown_sign_in"
    assert (refused.status_code, refused.json()["code"]) == (409, "sign_in_refused")
    row = Connection.objects.of(acme).get(id=made["id"])
    assert "access_token" not in vault.open_sealed(acme.id, row.id, row.sealed)


def test_a_sign_in_needs_a_session_and_the_right_kind(admin: Member, made: dict[str, Any], client: Client) -> None:
    url = f"{BASE}/connections/{made['id']}/oauth/start/"
    client.force_login(admin.user)

    by_token, wrong_kind = admin.client.post(url), client.post(url)

    assert (by_token.status_code, by_token.json()["code"]) == (409, "session_needed")
    assert wrong_kind.status_code == 409
    assert Client().get("/api/v1/oauth/callback/?state=x").status_code == 401


@pytest.fixture
def effects(acme: Tenant, globex: Tenant) -> list[Effect]:
    """Three effects of acme and one of globex."""
    at = datetime(2026, 11, 2, tzinfo=UTC)
    made = []
    for number, (tenant, status, run) in enumerate(
        [(acme, "done", "run_1"), (acme, "uncertain", "run_1"), (acme, "done", "run_2"), (globex, "done", "run_1")]
    ):
        made.append(
            Effect.objects.of(tenant).create(
                connector="desk",
                operation="open_ticket",
                effect_class="unsafe",
                key=f"flow/{number}",
                request_hash="0" * 64,
                business_key=f"ch_{number}",
                run_id=run,
                step="open",
                status=status,
                request={"subject": "s"},
                created_at=at + timedelta(seconds=number),
            )
        )
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 1, 0]),
        ("run=run_1", [1, 0]),
        ("status=uncertain", [1]),
        ("status=done,uncertain", [2, 1, 0]),
        ("q=ch_2", [2]),
        ("run=run_1&status=done", [0]),
        ("q=ch_3", []),
    ],
)
def test_the_ledger_is_listed_by_run_status_and_business_key(
    admin: Member, effects: list[Effect], query: str, found: list[int]
) -> None:
    items = admin.client.get(f"{BASE}/effects/?{query}").json()["items"]

    assert [item["id"] for item in items] == [effects[number].id for number in found]


def test_an_effect_is_shown_with_its_evidence_and_pages_follow_each_other(
    admin: Member, stranger: Member, effects: list[Effect]
) -> None:
    first = admin.client.get(f"{BASE}/effects/?limit=2").json()
    second = admin.client.get(f"{BASE}/effects/?limit=2&cursor={first['next']}").json()
    shown = admin.client.get(f"{BASE}/effects/{effects[1].id}/").json()

    assert [item["id"] for item in first["items"] + second["items"]] == [row.id for row in reversed(effects[:3])]
    assert second["next"] is None
    assert (shown["status"], shown["request"], shown["run_id"]) == ("uncertain", {"subject": "s"}, "run_1")
    assert shown["created_at"] == "2026-11-02T00:00:01Z"
    assert admin.client.get(f"{BASE}/effects/?status=lost").status_code == 400
    assert admin.client.get(f"{BASE}/effects/{effects[3].id}/").status_code == 404
    assert stranger.client.get(f"{BASE}/effects/").status_code == 404
