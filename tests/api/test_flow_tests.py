"""Tests of a flow over HTTP: made of runs, played on drafts, changed, accepted; and the commands that carry them."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from flows import flow_tests
from flows.models import Flow, FlowTest
from ipaas.accounts.models import EnvironmentVariable
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.connectors.stub import reply
from tests.flows.documents import call, document, node
from tests.flows.house import House

# ruff: noqa: F811


def drawn(note: str = "a", *, amount: str = "trigger.body.amount") -> dict[str, Any]:
    """A flow that maps an order and writes it."""
    rules = [{"target": "amount", "source": amount}, {"target": "note", "value": note}]
    return document(
        node("order", "map", {"rules": rules}),
        call("write", "create_keyed", {"amount": "{{ steps.order.amount }}", "note": "{{ steps.order.note }}"}),
    )


@pytest.fixture
def recorded(house: House, admin: Member) -> dict[str, Any]:
    """A flow's test, made of an ordinary run: the answer of the API."""
    deployment = house.deploy(drawn())
    house.stub.answer = lambda seen: reply({"id": "SO-1"})
    run_id = house.start(deployment, {"amount": 12, "card": "4242424242424242"})
    house.wait(run_id, "succeeded")
    answer = admin.client.post(
        f"{BASE}/flows/{deployment.flow_id}/tests/", {"name": "An order", "run": run_id}, format="json"
    )
    assert answer.status_code == 201, answer.json()
    house.stub.seen.clear()
    return {"flow": deployment.flow_id, "run_id": run_id, **answer.json()}


def _address(test: dict[str, Any]) -> str:
    return f"{BASE}/flows/{test['flow']}/tests/{test['id']}/"


def _patch(member: Member, test: dict[str, Any], **changes: Any) -> Any:
    return member.client.patch(_address(test), changes, format="json")


def _play(member: Member, test: dict[str, Any], **wanted: Any) -> Any:
    return member.client.post(f"{BASE}/flows/{test['flow']}/tests/run/", wanted, format="json")


def test_a_run_becomes_a_test_with_its_event_and_what_came_out(recorded: dict[str, Any], admin: Member) -> None:
    read = admin.client.get(_address(recorded)).json()
    listed = admin.client.get(f"{BASE}/flows/{recorded['flow']}/tests/").json()

    assert read["trigger"]["body"] == {"amount": 12, "card": "•••4242"}
    assert read["expected"] == {
        "status": "succeeded",
        "reply": None,
        "steps": {
            "order": {"status": "succeeded", "output": {"amount": 12, "note": "a"}},
            "write": {"status": "succeeded", "input": {"amount": 12, "note": "a"}},
        },
    }
    assert (read["name"], read["run"], read["mode"], read["step"]) == ("An order", recorded["run_id"], "whole", None)
    assert [row["id"] for row in listed["items"]] == [recorded["id"]]
    assert "expected" not in listed["items"][0]


def test_on_the_draft_it_was_recorded_from_a_test_passes_and_nothing_is_sent(
    recorded: dict[str, Any], admin: Member, house: House
) -> None:
    answer = _play(admin, recorded)

    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {
                "test": recorded["id"],
                "name": "An order",
                "ok": True,
                "status": "succeeded",
                "differences": [],
                "steps": {"order": "succeeded", "write": "succeeded"},
                "error": None,
            }
        ]
    }
    assert house.stub.seen == []


def test_on_another_document_the_field_that_differs_is_named(recorded: dict[str, Any], admin: Member) -> None:
    [result] = _play(admin, recorded, document=drawn("b")).json()["results"]

    assert result["ok"] is False
    assert result["differences"][1] == {
        "step": "write",
        "pointer": "/steps/write/input/note",
        "kind": "changed",
        "expected": "a",
        "actual": "b",
        "message": "“write”: note was a and is now b.",
    }


def test_what_is_ignored_does_not_count(recorded: dict[str, Any], admin: Member) -> None:
    answer = _patch(admin, recorded, name="Renamed", ignored=["/steps/write/input/note", "/steps/order/output/note"])

    [result] = _play(admin, recorded, document=drawn("b")).json()["results"]
    assert answer.json()["ignored"] == ["/steps/write/input/note", "/steps/order/output/note"]
    assert (result["ok"], result["name"]) == (True, "Renamed")


def test_a_result_is_accepted_as_what_is_expected(recorded: dict[str, Any], admin: Member) -> None:
    [result] = _play(admin, recorded, document=drawn("b")).json()["results"]

    answer = _patch(admin, recorded, accept=result, document=drawn("b"))

    assert answer.json()["expected"]["steps"]["write"]["input"]["note"] == "b"
    assert _play(admin, recorded, document=drawn("b")).json()["results"][0]["ok"] is True
    assert _play(admin, recorded).json()["results"][0]["ok"] is False


def test_a_result_with_a_call_that_was_not_recorded_is_not_accepted(recorded: dict[str, Any], admin: Member) -> None:
    more = document(*drawn()["nodes"][1:], call("more", "create_keyed"))

    answer = _patch(admin, recorded, accept=True, document=more)

    assert code_of(answer) == (422, "not_recordable")
    assert "“more” makes a call that was not recorded" in answer.json()["detail"]


def test_a_test_is_recorded_anew_from_another_run(recorded: dict[str, Any], admin: Member, house: House) -> None:
    deployment = house.redeploy(Flow.objects.of(house.tenant).get())
    run_id = house.start(deployment, {"amount": 99})
    house.wait(run_id, "succeeded")

    answer = _patch(admin, recorded, run=run_id)

    assert (answer.json()["run"], answer.json()["trigger"]["body"]) == (run_id, {"amount": 99})
    assert _play(admin, recorded).json()["results"][0]["ok"] is True


def test_a_trial_becomes_a_test_with_what_was_pinned_and_only_its_part(
    recorded: dict[str, Any], admin: Member, house: House
) -> None:
    base = f"{BASE}/flows/{recorded['flow']}"
    admin.client.put(f"{base}/samples/order/", {"value": {"amount": 1, "note": "pin"}}, format="json")
    wanted = {"mode": "up_to", "step": "write", "environment": "sandbox", "event": {"body": {}}}
    run_id = admin.client.post(f"{base}/test-step/", wanted, format="json").json()["run"]
    house.wait(run_id, "succeeded")

    made = admin.client.post(f"{base}/tests/", {"name": "Part", "run": run_id}, format="json").json()
    [result] = _play(admin, recorded, tests=[made["id"]], document=drawn("b")).json()["results"]

    assert (made["mode"], made["step"]) == ("up_to", "write")
    assert made["expected"]["steps"]["write"]["input"] == {"amount": 1, "note": "pin"}
    assert result["ok"] is True


def test_lookups_and_variables_are_recorded_as_they_were(house: House, admin: Member) -> None:
    environment = house.environment()
    EnvironmentVariable.objects.create(environment=environment, name="COMPANY", value="EPIC06")
    EnvironmentVariable.objects.create(environment=environment, name="UNREAD", value="not ours")
    table = {"name": "parts", "title": "Parts"}
    admin.client.post(f"{BASE}/lookup-tables/", table, format="json")
    admin.client.patch(f"{BASE}/lookup-tables/parts/rows/", {"set": {"p1": "PUMP"}}, format="json")
    reads = document(
        node("part", "lookup", {"table": "parts", "key": "p1"}),
        node("order", "map", {"rules": [{"target": "company", "expression": "env.COMPANY"}]}),
    )
    deployment = house.deploy(reads)
    run_id = house.start(deployment)
    house.wait(run_id, "succeeded")
    made = admin.client.post(f"{BASE}/flows/{deployment.flow_id}/tests/", {"name": "n", "run": run_id}, format="json")
    admin.client.patch(f"{BASE}/lookup-tables/parts/rows/", {"set": {"p1": "changed"}}, format="json")
    EnvironmentVariable.objects.filter(name="COMPANY").update(value="other")

    [result] = _play(admin, {"flow": deployment.flow_id, **made.json()}).json()["results"]

    assert result["ok"] is True, result
    assert FlowTest.objects.of(house.tenant).get().recording["env"] == {"COMPANY": "EPIC06"}


def test_a_run_that_has_not_ended_or_was_cancelled_is_no_test(house: House, admin: Member) -> None:
    slowly = call("write", "create_keyed", retry={"attempts": 5, "first_seconds": 3600, "factor": 1})
    deployment = house.deploy(document(slowly))
    house.stub.answer = lambda seen: reply({}, 503)
    run_id = house.start(deployment)
    house.wait(run_id, "waiting")
    base = f"{BASE}/flows/{deployment.flow_id}/tests/"

    early = admin.client.post(base, {"name": "n", "run": run_id}, format="json")
    admin.client.post(f"{BASE}/runs/{run_id}/cancel/", {}, format="json")
    house.wait(run_id, "cancelled")
    late = admin.client.post(base, {"name": "n", "run": run_id}, format="json")

    assert [code_of(answer) for answer in (early, late)] == [(422, "not_recordable")] * 2
    assert [answer.json()["detail"].split(",")[0] for answer in (early, late)] == [
        "The run has not ended yet",
        "The run was cancelled",
    ]


def test_a_document_with_problems_says_so_for_each_test(recorded: dict[str, Any], admin: Member) -> None:
    broken = document(*drawn()["nodes"][1:2], call("write", "no_such"))

    [result] = _play(admin, recorded, document=broken).json()["results"]

    assert (result["ok"], result["error"]["pointer"]) == (False, "/nodes/2/params/operation")


def test_tests_that_take_too_long_are_ended(
    recorded: dict[str, Any], admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_tests, "_MOST_SECONDS", -1.0)

    [result] = _play(admin, recorded).json()["results"]

    assert (result["ok"], result["error"]["code"]) == (False, "took_too_long")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "", "run": "run_1"},
        {"name": "n", "run": "run_1", "ignored": ["steps"]},
        {"name": "n", "run": "run_1", "ignored": "/a"},
        {"name": "n" * 201, "run": "run_1"},
    ],
)
def test_bad_input_is_refused(recorded: dict[str, Any], admin: Member, body: dict[str, Any]) -> None:
    answer = admin.client.post(f"{BASE}/flows/{recorded['flow']}/tests/", body, format="json")

    assert answer.status_code == 422, answer.content


def test_runs_and_tests_that_are_not_this_flows_are_404(recorded: dict[str, Any], admin: Member, house: House) -> None:
    other = house.deploy(drawn(), name="other").flow_id
    base = f"{BASE}/flows/{other}/tests/"

    answers = [
        admin.client.post(base, {"name": "n", "run": recorded["run_id"]}, format="json"),
        admin.client.get(f"{base}{recorded['id']}/"),
        admin.client.patch(f"{base}{recorded['id']}/", {"name": "n"}, format="json"),
        admin.client.delete(f"{base}{recorded['id']}/"),
    ]

    assert [code_of(answer) for answer in answers] == [(404, "not_found")] * 4


def test_a_viewer_plays_tests_and_changes_none(
    recorded: dict[str, Any], new_member: Callable[[str], Member], admin: Member
) -> None:
    viewer = new_member("viewer")

    refused = [
        _patch(viewer, recorded, name="n"),
        viewer.client.delete(_address(recorded)),
        viewer.client.post(f"{BASE}/flows/{recorded['flow']}/tests/", {"name": "n", "run": "run_1"}, format="json"),
    ]

    assert [code_of(answer) for answer in refused] == [(403, "permission_needed")] * 3
    assert _play(viewer, recorded).json()["results"][0]["ok"] is True


def test_another_tenant_sees_none_of_it(recorded: dict[str, Any], stranger: Member) -> None:
    other = f"/api/v1/tenants/globex/flows/{recorded['flow']}/tests/"

    answers = [
        stranger.client.get(other),
        stranger.client.get(f"{other}{recorded['id']}/"),
        stranger.client.post(f"{other}run/", {}, format="json"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_test_is_removed(recorded: dict[str, Any], admin: Member) -> None:
    answer = admin.client.delete(_address(recorded))

    assert answer.status_code == 204
    assert _play(admin, recorded).json() == {"results": []}


# --- commands -------------------------------------------------------------------------------------------------------


def _told(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_tests_are_exported_beside_the_document_and_played_without_the_book(
    recorded: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "orders.json"
    _told("export_flow", recorded["flow"], "--tenant", "acme", "--file", str(file))

    with CaptureQueriesContext(database) as queries:
        told = _told("test_flow", str(file))

    assert len(queries) == 0
    assert told == "ok   An order\n1 of 1 tests passed\n"
    assert (tmp_path / "orders.tests.json").exists()


def test_the_command_names_the_field_that_differs_and_ends_with_one(recorded: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    both = orjson.loads(_told("export_flow", recorded["flow"], "--tenant", "acme", "--tests"))
    file.write_bytes(orjson.dumps({**both, "document": drawn(amount="trigger.body.total")}))
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("test_flow", str(file), stdout=out)

    assert ended.value.code == 1
    assert out.getvalue().splitlines() == [
        "FAIL An order",
        "     /steps/order/output/amount: “order”: amount was 12 and is gone.",
        "     /steps/write/input/amount: “write”: amount was 12 and is now nothing.",
        "0 of 1 tests passed",
    ]


def test_tests_are_imported_with_the_flow(recorded: dict[str, Any], tmp_path: Path, admin: Member) -> None:
    file = tmp_path / "orders.json"
    _told("export_flow", recorded["flow"], "--tenant", "acme", "--file", str(file))
    words = ("import_flow", str(file), "--tenant", "acme", "--name", "Copy", "--email", admin.user.email)

    first = _told(*words).strip()
    second = _told(*words).strip()

    assert first == second != recorded["flow"]
    [copy] = admin.client.get(f"{BASE}/flows/{first}/tests/").json()["items"]
    assert (copy["name"], copy["run"]) == ("An order", None)
    assert _play(admin, {"flow": first}).json()["results"][0]["ok"] is True


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"document": {"nodes": []}, "tests": {}}', "it holds no list of tests"),
        (b'{"document": {"nodes": []}, "tests": [{"name": "a"}]}', "test 1 in it is not whole"),
        (b'{"nodes": []}', "There are no tests in or beside"),
        (b"[]", "is not a flow document"),
        (b"{", "is not JSON"),
    ],
)
def test_files_that_are_not_whole_are_refused_in_words(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "orders.json"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=told):
        call_command("test_flow", str(file))
