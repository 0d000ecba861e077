"""Samples over HTTP: pinned, taken from events, runs and connectors, and the events they are taken from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from flows.models import Deployment, Flow, Sample
from ipaas.accounts.models import Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import call, document, edge, fixed, node
from tests.flows.house import House

# ruff: noqa: F811
DRAWN = document(fixed("order", ok=True), call("write", "create_keyed", {"name": "a"}))


@pytest.fixture
def flow(acme: Tenant, admin: Member, stub_registry: object) -> str:
    """A flow with the steps start, order and write; its id."""
    answer = admin.client.post(f"{BASE}/flows/", {"name": "Orders", "document": DRAWN}, format="json")
    assert answer.status_code == 201, answer.json()
    made: str = answer.json()["id"]
    return made


def _put(member: Member, flow_id: str, step: str, value: Any, **more: Any) -> Any:
    return member.client.put(f"{BASE}/flows/{flow_id}/samples/{step}/", {"value": value, **more}, format="json")


def _take(member: Member, flow_id: str, **wanted: Any) -> Any:
    return member.client.post(f"{BASE}/flows/{flow_id}/samples/take/", wanted, format="json")


def _samples(member: Member, flow_id: str) -> dict[str, Any]:
    answer = member.client.get(f"{BASE}/flows/{flow_id}/samples/")
    assert answer.status_code == 200, answer.json()
    return {row["step"]: row for row in answer.json()["items"]}


def test_a_pinned_sample_is_answered_with_where_it_comes_from(admin: Member, flow: str) -> None:
    answer = _put(admin, flow, "order", {"total": 12})

    assert answer.status_code == 200
    assert answer.json() == {
        "step": "order",
        "value": {"total": 12},
        "source": "pinned",
        "pinned": True,
        "at": answer.json()["at"],
    }
    assert _samples(admin, flow) == {"order": answer.json()}


def test_samples_come_in_the_order_of_the_draft_and_nothing_is_a_sample_as_well(admin: Member, flow: str) -> None:
    for step in ("write", "start", "order"):
        assert _put(admin, flow, step, None, pinned=False).status_code == 200

    found = _samples(admin, flow)

    assert list(found) == ["start", "order", "write"]
    assert [row["value"] for row in found.values()] == [None, None, None]


def test_a_sample_is_replaced_and_forgotten(admin: Member, flow: str) -> None:
    _put(admin, flow, "order", 1)
    _put(admin, flow, "order", 2)
    before = _samples(admin, flow)

    forgotten = admin.client.delete(f"{BASE}/flows/{flow}/samples/order/")
    again = admin.client.delete(f"{BASE}/flows/{flow}/samples/order/")

    assert before["order"]["value"] == 2
    assert forgotten.status_code == 204
    assert code_of(again) == (404, "not_found")
    assert _samples(admin, flow) == {}


def test_a_step_the_saved_draft_does_not_have_is_refused_with_a_hint(admin: Member, flow: str) -> None:
    answer = _put(admin, flow, "invoice", 1)

    assert code_of(answer) == (404, "unknown_step")
    assert answer.json()["hint"] == "Save the draft first, or check the step's id."


def test_the_sample_of_a_step_that_is_gone_is_not_answered(admin: Member, flow: str) -> None:
    _put(admin, flow, "order", 1)

    drawn = document(call("write", "create_keyed", {"name": "a"}))
    admin.client.patch(f"{BASE}/flows/{flow}/", {"document": drawn}, format="json")

    assert _samples(admin, flow) == {}


def test_card_numbers_are_masked_in_samples(admin: Member, flow: str) -> None:
    answer = _put(admin, flow, "order", {"card": "4242 4242 4242 4242", "note": "4111111111111112"})

    assert answer.json()["value"] == {"card": "•••4242", "note": "4111111111111112"}


def test_a_sample_is_no_larger_than_an_event(admin: Member, flow: str, settings: Any) -> None:
    settings.EVENT_MAX_BYTES = 100

    answer = _put(admin, flow, "order", "x" * 99)

    assert code_of(answer) == (413, "too_large")
    assert _samples(admin, flow) == {}


def test_a_step_may_be_called_take(admin: Member, acme: Tenant, flow: str) -> None:
    drawn = document(fixed("take", ok=True))
    admin.client.patch(f"{BASE}/flows/{flow}/", {"document": drawn}, format="json")

    answer = _put(admin, flow, "take", 1)

    assert answer.status_code == 200
    assert list(_samples(admin, flow)) == ["take"]


def test_the_event_of_the_connector_is_taken_and_operations_fill_what_is_empty(admin: Member, acme: Tenant) -> None:
    drawn = {
        "schema": 1,
        "connections": {"stripe": {"connector": "stripe"}},
        "nodes": [
            node("start", "trigger", {"type": "webhook", "connection": "stripe", "event": ["charge.succeeded"]}),
            node("customer", "call", {"connection": "stripe", "operation": "retrieve_customer", "input": {"id": "c"}}),
            node("charge", "call", {"connection": "stripe", "operation": "retrieve_charge", "input": {"id": "c"}}),
            node("done", "map", {"rules": []}),
        ],
        "edges": [edge("start", "customer"), edge("customer", "charge"), edge("charge", "done")],
    }
    made = admin.client.post(f"{BASE}/flows/", {"name": "Charges", "document": drawn}, format="json").json()
    _put(admin, made["id"], "charge", {"id": "ch_mine"}, pinned=False)

    answer = _take(admin, made["id"], connector=True)

    found = {row["step"]: row for row in answer.json()["items"]}
    assert answer.status_code == 200
    assert {step: row["source"] for step, row in found.items()} == {
        "start": "connector",
        "customer": "connector",
        "charge": "pinned",
    }
    assert found["start"]["value"]["type"] == "charge.succeeded"
    assert found["charge"]["value"] == {"id": "ch_mine"}


@pytest.mark.parametrize("odd", [{"connection": []}, {"connection": "stub", "event": 7}, {"event": [[]]}, []])
def test_examples_of_a_draft_that_makes_no_sense_yet_are_none(admin: Member, flow: str, odd: Any) -> None:
    drawn = {"nodes": [{"id": "start", "kind": "trigger", "params": odd}, {"id": "a", "kind": "call", "params": odd}]}
    saved = admin.client.patch(f"{BASE}/flows/{flow}/", {"document": drawn}, format="json")

    answer = _take(admin, flow, connector=True)

    assert saved.status_code == 200
    assert code_of(answer) == (422, "no_example")


def test_a_connector_without_an_example_says_what_to_do_instead(admin: Member, flow: str) -> None:
    admin.client.patch(f"{BASE}/flows/{flow}/", {"document": document(fixed("order", ok=True))}, format="json")

    answer = _take(admin, flow, connector=True)

    assert code_of(answer) == (422, "no_example")
    assert "listen for the next one" in answer.json()["hint"]


@pytest.mark.parametrize("body", [{}, {"event": "evt_1", "run": "run_1"}, {"connector": False}, {"run": ""}])
def test_taking_names_exactly_one_place(admin: Member, flow: str, body: dict[str, Any]) -> None:
    assert _take(admin, flow, **body).status_code == 422


@pytest.mark.parametrize("body", [{"event": "evt_unknown"}, {"run": "run_unknown"}])
def test_taking_from_what_is_not_there_is_404(admin: Member, flow: str, body: dict[str, Any]) -> None:
    assert code_of(_take(admin, flow, **body)) == (404, "not_found")


@pytest.mark.parametrize("role", ["viewer", "sales", "operator"])
def test_whoever_may_not_edit_flows_only_reads_samples(
    admin: Member, flow: str, new_member: Callable[[str], Member], role: str
) -> None:
    _put(admin, flow, "order", 1)
    reader = new_member(role)

    refused = [
        _put(reader, flow, "order", 2),
        _take(reader, flow, connector=True),
        reader.client.delete(f"{BASE}/flows/{flow}/samples/order/"),
    ]

    assert [code_of(answer) for answer in refused] == [(403, "permission_needed")] * 3
    assert _samples(reader, flow)["order"]["value"] == 1


def test_samples_of_another_tenant_are_out_of_reach(admin: Member, flow: str, stranger: Member) -> None:
    _put(admin, flow, "order", 1)
    other = "/api/v1/tenants/globex"

    answers = [
        stranger.client.get(f"{other}/flows/{flow}/samples/"),
        stranger.client.put(f"{other}/flows/{flow}/samples/order/", {"value": 2}, format="json"),
        stranger.client.get(f"{other}/flows/{flow}/events/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Sample.objects.across_tenants("whose they are").get().value == 1


# --- events and runs ------------------------------------------------------------------------------------------------

LOOP = document(
    node("each", "for_each", {"items": "trigger.body.lines", "concurrency": 1}),
    {**fixed("line", ok=True), "parent": "each"},
    fixed("order", total=3),
)
LOOP["nodes"][2]["params"] = {"rules": [{"target": "part", "source": "item.part"}]}


def _ran(house: House, drawn: dict[str, Any], body: Any) -> tuple[Deployment, str]:
    deployment = house.deploy(drawn)
    run_id = house.start(deployment, body)
    house.wait(run_id, "succeeded")
    return deployment, run_id


def test_every_step_of_a_run_gives_its_sample_and_a_loop_that_of_its_first_item(house: House, admin: Member) -> None:
    body = {"lines": [{"part": "A"}, {"part": "B"}]}
    deployment, run_id = _ran(house, LOOP, body)

    answer = _take(admin, deployment.flow_id, run=run_id)

    found = {row["step"]: row for row in answer.json()["items"]}
    event_id = house.run(run_id).event_id
    assert {step: (row["value"], row["source"]) for step, row in found.items()} == {
        "start": (body, "event"),
        "each": ({"items": [{"part": "A"}, {"part": "B"}], "count": 2, "failed": 0}, "run"),
        "line": ({"part": "A"}, "run"),
        "order": ({"total": 3}, "run"),
    }
    assert {(row["run"], row["event"]) for row in found.values()} == {(run_id, event_id)}


def test_what_is_pinned_stays_when_samples_are_taken(house: House, admin: Member) -> None:
    deployment, run_id = _ran(house, LOOP, {"lines": []})
    _put(admin, deployment.flow_id, "order", {"total": 99})
    _put(admin, deployment.flow_id, "each", "not pinned", pinned=False)

    _take(admin, deployment.flow_id, run=run_id)

    found = _samples(admin, deployment.flow_id)
    assert found["order"]["value"] == {"total": 99}
    assert found["each"]["value"] == {"items": [], "count": 0, "failed": 0}


def test_a_big_output_is_a_sample_as_a_whole(house: House, admin: Member) -> None:
    drawn = document(node("copy", "map", {"rules": [{"target": "text", "source": "trigger.body"}]}))
    deployment, run_id = _ran(house, drawn, "x" * 300_000)

    _take(admin, deployment.flow_id, run=run_id)

    assert _samples(admin, deployment.flow_id)["copy"]["value"] == {"text": "x" * 300_000}


def test_events_are_listed_newest_first_with_their_run_and_read_one_by_one(house: House, admin: Member) -> None:
    deployment = house.deploy(document(fixed("done", ok=True), business_key="{{ trigger.body.order }}"))
    meta = {"content_type": "application/json", "headers": {"x-shop": "a"}, "query": {"page": "2"}}
    runs = [house.start(deployment, {"order": f"PO-{n}", "card": "4242424242424242"}, meta=meta) for n in range(3)]
    for run_id in runs:
        house.wait(run_id)
    base = f"{BASE}/flows/{deployment.flow_id}/events/"

    first = admin.client.get(f"{base}?limit=2").json()
    second = admin.client.get(f"{base}?limit=2&cursor={first['next']}").json()
    one = admin.client.get(f"{base}{first['items'][0]['id']}/")

    assert [row["run"] for row in first["items"] + second["items"]] == runs[::-1]
    assert second["next"] is None
    assert first["items"][0] == {
        "id": house.run(runs[2]).event_id,
        "received_at": first["items"][0]["received_at"],
        "environment": "sandbox",
        "source": "manual",
        "business_key": "PO-2",
        "run": runs[2],
        "summary": "finished without calling another system",
    }
    assert one.status_code == 200
    assert one.json()["body"] == {"order": "PO-2", "card": "•••4242"}
    assert one.json()["headers"] == {"x-shop": "a"}
    assert one.json()["query"] == {"page": "2"}


def test_the_event_of_another_flow_is_404(house: House, admin: Member) -> None:
    _, run_id = _ran(house, LOOP, {"lines": []})
    other = house.deploy(document(fixed("done", ok=True)), name="other")
    event_id = house.run(run_id).event_id

    read = admin.client.get(f"{BASE}/flows/{other.flow_id}/events/{event_id}/")
    taken = _take(admin, other.flow_id, event=event_id)

    assert [code_of(read), code_of(taken)] == [(404, "not_found"), (404, "not_found")]
    assert Flow.objects.of(house.tenant).count() == 2


def test_listing_events_takes_the_same_number_of_statements_whatever_their_number(house: House, admin: Member) -> None:
    deployment = house.deploy(document(fixed("done", ok=True)))
    base = f"{BASE}/flows/{deployment.flow_id}/events/"
    house.wait(house.start(deployment, 0))
    admin.client.get(base)

    with CaptureQueriesContext(database) as few:
        admin.client.get(base)
    runs = [house.wait(house.start(deployment, n)).id for n in range(5)]
    with CaptureQueriesContext(database) as many:
        answer = admin.client.get(base)

    assert len(answer.json()["items"]) == len(runs) + 1
    assert len(many) == len(few)
