"""Trying out a draft over HTTP: started, followed, kept out of the lists; where, by whom, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors.models import Connection
from connectors.vault import seal
from flows.models import Run, Trial
from ipaas.accounts.models import Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, connection, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import call, document, fixed, node
from tests.flows.house import House

# ruff: noqa: F811
DRAWN = document(fixed("order", name="Hose"), call("write", "create_keyed", {"name": "{{ steps.order.name }}"}))
WHOLE = {"mode": "whole", "environment": "sandbox", "event": {"body": {"id": 1}}}


def _made(member: Member, drawn: dict[str, Any] = DRAWN) -> str:
    answer = member.client.post(f"{BASE}/flows/", {"name": "Orders", "document": drawn}, format="json")
    assert answer.status_code == 201, answer.json()
    made: str = answer.json()["id"]
    return made


def _try(member: Member, flow_id: str, **wanted: Any) -> Any:
    body = {"environment": "sandbox", "event": {"body": {"id": 1}}, **wanted}
    return member.client.post(f"{BASE}/flows/{flow_id}/test-step/", body, format="json")


def test_a_trial_answers_its_run_and_what_is_run(house: House, admin: Member) -> None:
    house.connect()
    flow_id = _made(admin)
    admin.client.put(f"{BASE}/flows/{flow_id}/samples/order/", {"value": {"name": "Pump"}}, format="json")

    answer = _try(admin, flow_id, mode="up_to", step="write")
    house.wait(answer.json()["run"], "succeeded")

    assert answer.status_code == 202
    assert answer.json()["answered"] == ["order", "start"]
    assert [each["id"] for each in answer.json()["document"]["nodes"]] == ["start", "order", "write"]
    detail = admin.client.get(f"{BASE}/runs/{answer.json()['run']}/").json()
    assert (detail["trial"], detail["version"], detail["document"]) == (True, 0, answer.json()["document"])
    assert detail["event"]["source"] == "trial"
    assert detail["can"] == {"cancel": False, "replay": False, "resolve": False}
    assert admin.client.get(f"{BASE}/runs/{answer.json()['run']}/facts/").json()["finished"] is True


def test_the_document_on_the_screen_is_tried_and_the_draft_stays_as_it_is(house: House, admin: Member) -> None:
    flow_id = _made(admin)
    on_screen = document(fixed("order", name="Changed"))

    answer = _try(admin, flow_id, mode="whole", document=on_screen)
    run = house.wait(answer.json()["run"])

    assert house.outputs(run.id)["order"] == {"name": "Changed"}
    assert admin.client.get(f"{BASE}/flows/{flow_id}/").json()["document"] == DRAWN


def test_lists_and_figures_leave_trials_out_unless_they_are_asked_for(house: House, admin: Member) -> None:
    house.connect()
    deployment = house.deploy(DRAWN)
    real = house.wait(house.start(deployment, {"id": 1})).id
    trial = house.wait(_try(admin, deployment.flow_id, mode="whole").json()["run"]).id
    house.effects()

    def listed(path: str) -> list[str]:
        return [row["id"] for row in admin.client.get(f"{BASE}/{path}").json()["items"]]

    assert listed("runs/") == [real]
    assert listed(f"runs/?flow={deployment.flow_id}&trial=false") == [real]
    assert listed("runs/?trial=true") == [trial]
    assert admin.client.get(f"{BASE}/runs/stats/").json()["counts"]["succeeded"] == 1
    assert [row["run"] for row in admin.client.get(f"{BASE}/flows/{deployment.flow_id}/events/").json()["items"]] == [
        real
    ]
    assert {row["run_id"] for row in admin.client.get(f"{BASE}/effects/").json()["items"]} == {real}
    assert {row["run_id"] for row in admin.client.get(f"{BASE}/effects/?run={trial}").json()["items"]} == {trial}
    flow = admin.client.get(f"{BASE}/flows/{deployment.flow_id}/").json()
    assert (flow["latest_version"], len(flow["deployments"])) == (1, 1)
    [version] = admin.client.get(f"{BASE}/flows/{deployment.flow_id}/versions/").json()["items"]
    assert version["number"] == 1


def test_a_look_shows_the_request_with_its_secrets_masked(house: House, admin: Member) -> None:
    row = house.connect(auth_kind="api_key")
    sealed, version = seal(row.tenant_id, row.id, {"secret_key": "sk_very_secret"})
    Connection.objects.of(house.tenant).filter(id=row.id).update(sealed=sealed, key_version=version)
    flow_id = _made(admin)

    answer = _try(admin, flow_id, mode="look", step="write")

    [exchange] = answer.json()["exchanges"]
    assert answer.status_code == 200
    assert (exchange["method"], exchange["request_body"]) == ("POST", "name=Hose")
    assert exchange["request_headers"]["Authorization"] == "•••"
    assert b"sk_very_secret" not in answer.content
    assert house.stub.seen == []


def test_a_look_through_a_sign_in_signs_in_for_nothing(house: House, admin: Member) -> None:
    row = house.connect(auth_kind="token_login")
    sealed, version = seal(row.tenant_id, row.id, {"username": "ana", "password": "pass-word-1"})
    Connection.objects.of(house.tenant).filter(id=row.id).update(sealed=sealed, key_version=version)

    answer = _try(admin, _made(admin), mode="look", step="write")

    assert answer.json()["exchanges"][0]["request_headers"]["Authorization"] == "•••"
    assert house.stub.seen == []


def test_a_look_at_an_input_that_does_not_fit_names_the_field(house: House, admin: Member) -> None:
    house.connect()
    flow_id = _made(admin, document(call("write", "create_keyed", {"name": "{{ trigger.body.id }}"})))

    answer = _try(admin, flow_id, mode="look", step="write")

    assert code_of(answer) == (422, "not_reached")
    assert answer.json()["errors"][0]["code"] == "input_invalid"


@pytest.mark.parametrize("environment", ["qa", "production"])
def test_a_draft_is_tried_in_the_sandbox_and_development_alone(
    acme: Tenant, admin: Member, stub_registry: object, environment: str
) -> None:
    answer = _try(admin, _made(admin), mode="whole", environment=environment)

    assert code_of(answer) == (422, "environment_refused")
    assert environment in answer.json()["detail"]
    assert Trial.objects.of(acme).count() == 0


def test_aliases_without_a_connection_are_all_named(acme: Tenant, admin: Member, stub_registry: object) -> None:
    answer = _try(admin, _made(admin), mode="whole")

    assert code_of(answer) == (422, "connections_needed")
    assert [(entry["pointer"], entry["code"]) for entry in answer.json()["errors"]] == [
        ("/connections/stub", "connection_needed")
    ]


def test_problems_of_the_part_are_told_with_their_place_in_the_draft(
    acme: Tenant, admin: Member, stub_registry: object
) -> None:
    drawn = document(node("odd", "map", {"rules": "none"}), call("write", "no_such"))
    drawn["edges"] = [{"from": "start", "to": "write"}]

    answer = _try(admin, _made(admin, drawn), mode="up_to", step="write")

    assert code_of(answer) == (422, "document_refused")
    assert [entry["pointer"] for entry in answer.json()["errors"]] == ["/nodes/2/params/operation"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"mode": "step", "step": "nowhere"},
        {"mode": "step"},
        {"mode": "sideways"},
        {"mode": "whole", "event": {"headers": {}}},
        {"mode": "whole", "event": "text"},
        {"mode": "whole", "connections": {"stub": {"a": 1}}},
        {"mode": "whole", "document": {"nodes": "none"}},
        {"mode": "whole", "document": {"nodes": [], "edges": []}},
        {
            "mode": "step",
            "step": "a",
            "document": {"nodes": [{"id": "a", "kind": "call", "params": {"connection": []}}]},
        },
        {"mode": "up_to", "step": "a", "document": {"nodes": [{"id": "a", "kind": "strange", "parent": {}}]}},
        {
            "mode": "look",
            "step": "a",
            "document": {"nodes": [{"id": "a", "kind": "trigger"}, {"id": "a", "kind": "x"}]},
        },
    ],
)
def test_bad_input_is_refused_in_words(
    acme: Tenant, admin: Member, stub_registry: object, wanted: dict[str, Any]
) -> None:
    answer = _try(admin, _made(admin), **wanted)

    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["message"] != ""
    assert Run.objects.of(acme).count() == 0


@pytest.mark.parametrize(
    ("role", "environment"), [("viewer", "sandbox"), ("operator", "sandbox"), ("analyst", "development")]
)
def test_whoever_may_not_deploy_there_tries_nothing_there(
    acme: Tenant, admin: Member, stub_registry: object, new_member: Callable[[str], Member], role: str, environment: str
) -> None:
    answer = _try(new_member(role), _made(admin), mode="whole", environment=environment)

    assert code_of(answer) == (403, "permission_needed")
    assert Trial.objects.of(acme).count() == 0


def test_an_analyst_tries_in_the_sandbox(house: House, admin: Member, new_member: Callable[[str], Member]) -> None:
    answer = _try(new_member("analyst"), _made(admin), mode="up_to", step="order")

    assert house.wait(answer.json()["run"]).status == "succeeded"


def test_another_tenants_flow_and_connection_are_out_of_reach(
    acme: Tenant, globex: Tenant, admin: Member, stranger: Member, stub_registry: object
) -> None:
    flow_id = _made(admin)
    foreign = connection(globex)

    theirs = stranger.client.post(f"/api/v1/tenants/globex/flows/{flow_id}/test-step/", WHOLE, format="json")
    ours = _try(admin, flow_id, mode="whole", connections={"stub": foreign.id})

    assert theirs.status_code == 404
    assert code_of(ours) == (422, "connections_needed")
