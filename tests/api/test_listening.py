"""Listening for the next real event: of a deployed flow, and at the address that a draft gets for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from flows import listening
from flows.models import Event, Flow, Listening, Run, TriggerState
from flows.triggers import routes
from ipaas.accounts.models import Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import WEBHOOK, document, fixed
from tests.flows.house import HookAnswer, House

# ruff: noqa: F811
DRAWN = document(fixed("order", ok=True), trigger=WEBHOOK)
UNSIGNED = {"accept_unsigned": True}


def _made(member: Member, drawn: dict[str, Any] = DRAWN) -> str:
    answer = member.client.post(f"{BASE}/flows/", {"name": "Orders", "document": drawn}, format="json")
    made: str = answer.json()["id"]
    return made


def _listen(member: Member, flow_id: str, environment: str = "sandbox", **more: Any) -> Any:
    body = {"environment": environment, **more}
    return member.client.post(f"{BASE}/flows/{flow_id}/listening/", body, format="json")


def _read(member: Member, flow_id: str, listening_id: str) -> dict[str, Any]:
    found: dict[str, Any] = member.client.get(f"{BASE}/flows/{flow_id}/listening/{listening_id}/").json()
    return found


def _send(house: House, address: str, body: Any) -> HookAnswer:
    path = address[address.index("/hooks/") :]
    return house.post(path, orjson.dumps(body), {"x-shop": "a", "authorization": "Bearer secret"})


def _sample(member: Member, flow_id: str) -> Any:
    return member.client.get(f"{BASE}/flows/{flow_id}/samples/").json()["items"][0]


def test_the_next_event_of_a_deployed_flow_is_heard_and_runs_as_ever(house: House, admin: Member) -> None:
    deployment = house.deploy(DRAWN, house.connect(config=UNSIGNED))
    house.hook(deployment, {"id": "before"})

    begun = _listen(admin, deployment.flow_id)
    waiting = _read(admin, deployment.flow_id, begun.json()["id"])
    run_id = house.hook(deployment, {"id": "next"}).json()["run"]
    house.hook(deployment, {"id": "after"})
    heard = _read(admin, deployment.flow_id, begun.json()["id"])

    assert begun.status_code == 201
    assert (waiting["state"], waiting["event"]) == ("listening", None)
    assert heard["state"] == "heard"
    assert (heard["event"]["run"], heard["event"]["body"]) == (run_id, {"id": "next"})
    assert _sample(admin, deployment.flow_id)["value"] == {"id": "next"}
    assert _sample(admin, deployment.flow_id)["source"] == "event"
    assert house.wait(run_id).status == "succeeded"


def test_a_draft_gets_an_address_whose_next_event_makes_no_run(house: House, admin: Member) -> None:
    house.connect(config=UNSIGNED)
    flow_id = _made(admin)

    begun = _listen(admin, flow_id).json()
    sent = _send(house, begun["address"], {"id": "1", "card": "4242424242424242"})
    heard = _read(admin, flow_id, begun["id"])
    again = _send(house, begun["address"], {"id": "2"})

    assert (sent.status, sent.json()) == (202, {"listening": begun["id"]})
    assert heard["state"] == "heard"
    assert heard["event"] == {
        "id": None,
        "received_at": heard["event"]["received_at"],
        "environment": "sandbox",
        "source": "webhook",
        "business_key": "",
        "run": None,
        "summary": "",
        "headers": {"content-type": "application/json", "x-shop": "a"},
        "query": {},
        "body": {"id": "1", "card": "•••4242"},
    }
    assert _sample(admin, flow_id)["value"] == {"id": "1", "card": "•••4242"}
    assert again.status == 404
    assert (Run.objects.of(house.tenant).count(), Event.objects.of(house.tenant).count()) == (0, 0)


def test_a_generic_system_is_given_the_address_by_hand_and_it_stays_when_the_flow_is_deployed(
    house: House, admin: Member
) -> None:
    house.connect(config=UNSIGNED)
    flow_id = _made(admin)

    begun = _listen(admin, flow_id).json()
    deployment = house.redeploy(Flow.objects.of(house.tenant).get(id=flow_id))

    token = TriggerState.objects.of(house.tenant).get(flow_id=deployment.flow_id).token
    assert begun["hint"].startswith("Paste this address into Stub")
    assert begun["address"].endswith(f"/hooks/{token}")
    assert house.hook(deployment, {"id": "1"}).status == 202
    assert _read(admin, flow_id, begun["id"])["event"]["body"] == {"id": "1"}


def test_an_event_that_is_not_signed_is_refused_at_a_drafts_address_too(house: House, admin: Member) -> None:
    house.connect()
    flow_id = _made(admin)

    begun = _listen(admin, flow_id).json()
    sent = _send(house, begun["address"], {"id": "1"})

    assert sent.status == 401
    assert _read(admin, flow_id, begun["id"])["state"] == "listening"


def test_listening_ends_by_hand_by_its_time_and_by_the_next_one(house: House, admin: Member) -> None:
    house.connect(config=UNSIGNED)
    flow_id = _made(admin)
    first = _listen(admin, flow_id).json()
    second = _listen(admin, flow_id).json()
    removed = admin.client.delete(f"{BASE}/flows/{flow_id}/listening/{second['id']}/")
    third = _listen(admin, flow_id).json()
    Listening.objects.of(house.tenant).filter(id=third["id"]).update(until=datetime.now(UTC) - timedelta(seconds=1))
    routes.forget()

    sent = _send(house, third["address"], {"id": "late"})

    states = [_read(admin, flow_id, each["id"])["state"] for each in (first, second, third)]
    assert removed.status_code == 204
    assert states == ["ended", "ended", "ended"]
    assert sent.status == 404


def test_what_a_crash_left_open_is_ended_by_whoever_keeps_listening(house: House, admin: Member) -> None:
    house.connect(config=UNSIGNED)
    flow_id = _made(admin)
    begun = _listen(admin, flow_id).json()
    state = TriggerState.objects.of(house.tenant).get(flow_id=flow_id)
    state.subscription = {"status": "active", "connection": "con_1", "id": "we_1", "url": "u", "events": []}
    state.save()
    Listening.objects.of(house.tenant).update(until=datetime.now(UTC) - timedelta(seconds=1))

    async def keep() -> None:
        stop = asyncio.Event()
        stop_soon = asyncio.get_running_loop().call_later(0.2, stop.set)
        await listening.keep_forever(stop)
        stop_soon.cancel()

    house.ask(keep())

    state.refresh_from_db()
    assert Listening.objects.of(house.tenant).get(id=begun["id"]).state == "ended"
    assert state.subscription == {"leftover": [{"connection": "con_1", "id": "we_1"}]}


def test_listenings_of_yesterday_are_forgotten(house: House, admin: Member) -> None:
    house.connect(config=UNSIGNED)
    flow_id = _made(admin)
    _listen(admin, flow_id)
    _listen(admin, flow_id)
    Listening.objects.of(house.tenant).update(created_at=datetime.now(UTC) - timedelta(days=2))

    assert listening.tend() == 1
    assert Listening.objects.of(house.tenant).get().state == "listening"


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        ({"type": "schedule", "cron": "0 7 * * *"}, "A schedule has nothing to listen for"),
        ({"type": "manual"}, "This flow is started by hand"),
        ({"type": "webhook"}, "The trigger does not say yet which system it belongs to"),
        ({"type": "webhook", "connection": ["stub"]}, "The trigger does not say yet which system it belongs to"),
    ],
)
def test_a_trigger_that_cannot_be_listened_to_says_what_to_do_instead(
    acme: Tenant, admin: Member, stub_registry: object, trigger: dict[str, Any], told: str
) -> None:
    answer = _listen(admin, _made(admin, document(fixed("order", ok=True), trigger=trigger)))

    assert code_of(answer) == (422, "nothing_to_hear")
    assert answer.json()["detail"].startswith(told)
    assert answer.json()["hint"] != ""


def test_a_draft_without_a_connection_there_is_told_which_it_needs(
    acme: Tenant, admin: Member, stub_registry: object
) -> None:
    answer = _listen(admin, _made(admin))

    assert code_of(answer) == (422, "connections_needed")
    assert answer.json()["errors"][0]["pointer"] == "/connections/stub"
    assert Listening.objects.of(acme).count() == 0


def test_a_draft_is_not_opened_to_production(acme: Tenant, admin: Member, stub_registry: object) -> None:
    assert code_of(_listen(admin, _made(admin), "production")) == (422, "environment_refused")


def test_strangers_and_viewers_do_not_listen(
    house: House, admin: Member, stranger: Member, new_member: Callable[[str], Member]
) -> None:
    house.connect(config=UNSIGNED)
    flow_id = _made(admin)
    begun = _listen(admin, flow_id).json()
    viewer = new_member("viewer")
    address = f"flows/{flow_id}/listening/{begun['id']}/"

    theirs = stranger.client.get(f"/api/v1/tenants/globex/{address}")
    refused = [_listen(viewer, flow_id), viewer.client.delete(f"{BASE}/{address}")]

    assert theirs.status_code == 404
    assert [code_of(answer) for answer in refused] == [(403, "permission_needed")] * 2
    assert _read(viewer, flow_id, begun["id"])["state"] == "listening"
