"""The sandbox's console over HTTP: systems and keys, books, faults, the clock, resets and plays."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.models import SandboxFault, SandboxPlay
from connectors.sandbox import deliveries, situation
from connectors.sandbox.host import sandbox_app
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.connectors.desk.simulator import KEY
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]
BASE = "/api/v1/tenants/acme/sandbox"


@pytest.fixture(autouse=True)
def _fresh_sandbox() -> None:
    situation.forget()


@pytest.fixture
def server(settings: Any) -> Iterator[Served]:
    with Served(sandbox_app, deliveries.deliver_forever) as served:
        settings.SANDBOX_BASE_URL = served.url
        yield served


def test_any_client_can_be_pointed_at_the_systems_with_what_is_shown(admin: Member, server: Served) -> None:
    shown = admin.client.get(f"{BASE}/").json()

    [system] = shown["systems"]
    answer = requests.get(
        f"{system['base_url']}/tickets", headers={"X-Desk-Key": system["credentials"]["key"]}, timeout=10
    )
    assert system["base_url"] == f"{server.url}/sandbox/acme/desk"
    assert answer.status_code == 200
    assert [each["name"] for each in shown["scenarios"]] == [
        "stripe_checkout",
        "duplicate_webhooks",
        "card_declined",
        "erp_down",
        "rate_limited",
        "lost_answer",
    ]
    assert shown["scenarios"][0]["covers"][0] == "D1"
    assert {each["fault"] for each in shown["fault_kinds"]} >= {"slow", "timeout_after_commit", "duplicate_webhook"}


def test_the_books_show_what_a_system_holds_and_a_reset_what_it_began_with(admin: Member, server: Served) -> None:
    headers = {"X-Desk-Key": KEY}
    requests.post(f"{server.url}/sandbox/acme/desk/tickets", json={"subject": "s"}, headers=headers, timeout=10)

    before = admin.client.get(f"{BASE}/ledger/desk/").json()
    reset = admin.client.post(f"{BASE}/reset/")
    after = admin.client.get(f"{BASE}/ledger/desk/").json()

    assert [row["subject"] for row in before["collections"]["Tickets"]] == ["welcome", "s"]
    assert reset.status_code == 200
    assert [row["subject"] for row in after["collections"]["Tickets"]] == ["welcome"]
    assert admin.client.get(f"{BASE}/ledger/nothing/").status_code == 404


def test_faults_are_added_met_listed_and_removed(admin: Member, acme: Tenant, server: Served) -> None:
    url, headers = f"{server.url}/sandbox/acme/desk/tickets", {"X-Desk-Key": KEY}
    body = {"system": "desk", "fault": "rate_limited", "match": {"method": "GET"}, "times": 1}

    added = admin.client.post(f"{BASE}/faults/", body)
    statuses = [requests.get(url, headers=headers, timeout=10).status_code for _ in range(2)]
    listed = admin.client.get(f"{BASE}/faults/").json()["items"]

    assert added.status_code == 201
    assert statuses == [429, 200]
    assert [(row["id"], row["times"]) for row in listed] == [(added.json()["id"], 0)]
    assert admin.client.delete(f"{BASE}/faults/{added.json()['id']}/").status_code == 204
    assert admin.client.delete(f"{BASE}/faults/{added.json()['id']}/").status_code == 404
    admin.client.post(f"{BASE}/faults/", {**body, "times": None})
    assert admin.client.delete(f"{BASE}/faults/").status_code == 204
    assert admin.client.get(f"{BASE}/faults/").json() == {"items": []}
    actions = AuditEntry.objects.of(acme).filter(action__startswith="sandbox.").values_list("action", flat=True)
    assert sorted(actions) == ["sandbox.fault_added"] * 2 + ["sandbox.fault_removed", "sandbox.faults_cleared"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/system"),
        ({"system": "nothing", "fault": "slow"}, "/system"),
        ({"system": "desk", "fault": "explode"}, "/fault"),
        ({"system": "desk", "fault": "slow", "times": 0}, "/times"),
        ({"system": "desk", "fault": "slow", "times": "often"}, "/times"),
        ({"system": "desk", "fault": "slow", "match": {"colour": 1}}, "/match/colour"),
        ({"system": "desk", "fault": "slow", "match": []}, "/match"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_its_place(admin: Member, body: Any, pointer: str) -> None:
    answer = admin.client.post(f"{BASE}/faults/", body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert SandboxFault.objects.count() == 0


def test_the_clock_moves_ahead_only(admin: Member) -> None:
    day = 86_400

    moved = admin.client.post(f"{BASE}/clock/", {"advance_seconds": day}).json()["now"]
    shown = admin.client.get(f"{BASE}/clock/").json()["now"]

    ahead = datetime.fromisoformat(moved) - datetime.now(UTC)
    assert abs(ahead - timedelta(seconds=day)) < timedelta(seconds=5)
    assert shown >= moved
    for seconds in (-1, "soon", 1e12, None):
        assert admin.client.post(f"{BASE}/clock/", {"advance_seconds": seconds}).status_code == 422


def test_webhooks_are_listed_without_their_secrets(admin: Member, server: Served) -> None:
    base, headers = f"{server.url}/sandbox/acme/desk", {"X-Desk-Key": KEY}
    endpoint = {"url": "http://127.0.0.1:9/hook", "secret": "desk-signing-secret"}
    requests.post(f"{base}/endpoints", json=endpoint, headers=headers, timeout=10)
    requests.post(f"{base}/tickets", json={"subject": "s"}, headers=headers, timeout=10)

    items = eventually(
        lambda: [row for row in admin.client.get(f"{BASE}/deliveries/").json()["items"] if row["last_error"]]
    )

    assert [(row["system"], row["event_id"], row["url"]) for row in items] == [("desk", "evt_101", endpoint["url"])]
    assert "desk-signing-secret" not in json.dumps(items)


def test_a_play_tells_what_went_wrong_when_the_story_cannot_be_told(admin: Member, server: Served) -> None:
    started = admin.client.post(f"{BASE}/play/", {"scenario": "stripe_checkout"})

    play = eventually(lambda: _finished(admin, started.json()["play"]))

    assert started.status_code == 202
    assert play["scenario"] == "stripe_checkout"
    assert [(check["ok"], check["detail"]) for check in play["checks"]] == [
        (False, "This story needs the simulated system stripe, which is not installed.")
    ]
    assert [row["play"] for row in admin.client.get(f"{BASE}/plays/").json()["items"]] == [play["play"]]


def _finished(admin: Member, play_id: str) -> dict[str, Any] | None:
    found = admin.client.get(f"{BASE}/plays/{play_id}/").json()
    return found if found["status"] == "finished" else None


def test_one_scenario_at_a_time_and_only_those_there_are(admin: Member, acme: Tenant) -> None:
    row = SandboxPlay.objects.create(tenant=acme, scenario="erp_down")

    busy = admin.client.post(f"{BASE}/play/", {"scenario": "stripe_checkout"})
    unknown = admin.client.post(f"{BASE}/play/", {"scenario": "atlantis"})

    assert (busy.status_code, busy.json()["code"]) == (409, "already_playing")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/scenario")
    assert list(SandboxPlay.objects.all()) == [row]


def test_a_play_whose_server_died_is_over(admin: Member, acme: Tenant) -> None:
    row = SandboxPlay.objects.create(tenant=acme, scenario="erp_down")
    SandboxPlay.objects.filter(id=row.id).update(started_at=datetime.now(UTC) - timedelta(hours=1))

    shown = admin.client.get(f"{BASE}/plays/{row.id}/").json()

    assert shown["status"] == "finished"
    assert [check["ok"] for check in shown["checks"]] == [False]


@pytest.mark.parametrize(("role", "may_play"), [("viewer", 403), ("sales", 201), ("analyst", 201), ("operator", 201)])
def test_roles_decide_who_plays(new_member: Callable[[str], Member], role: str, may_play: int) -> None:
    client = new_member(role).client

    assert client.get(f"{BASE}/").status_code == 200
    assert client.post(f"{BASE}/faults/", {"system": "desk", "fault": "slow"}).status_code == may_play


def test_a_stranger_finds_no_sandbox(stranger: Member, acme: Tenant) -> None:
    paths = ["", "ledger/desk/", "faults/", "clock/", "plays/", "deliveries/"]

    assert {stranger.client.get(f"{BASE}/{path}").status_code for path in paths} == {404}
    assert stranger.client.post(f"{BASE}/reset/").status_code == 404


def test_a_reset_takes_less_than_three_seconds_with_hundreds_of_records(admin: Member, server: Served) -> None:
    headers = {"X-Desk-Key": KEY}
    with requests.Session() as session:
        for number in range(300):
            session.post(
                f"{server.url}/sandbox/acme/desk/tickets", json={"subject": f"{number}"}, headers=headers, timeout=10
            )
    begun = time.monotonic()

    admin.client.post(f"{BASE}/reset/")

    assert time.monotonic() - begun < 3
    assert len(admin.client.get(f"{BASE}/ledger/desk/").json()["collections"]["Tickets"]) == 1
