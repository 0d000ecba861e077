"""Runs over HTTP: found, read entry by entry, cancelled, replayed, resolved; and what they did outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from flows.models import Fact, Run
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.connectors.stub import reply, silence
from tests.flows.documents import call, document, fixed
from tests.flows.house import House

# ruff: noqa: F811
SLOWLY = {"attempts": 5, "first_seconds": 3600, "factor": 1}
KEYED = document(fixed("done", ok=True), business_key="{{ trigger.body }}")


def _ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["items"]]


def _ended(house: House, count: int, key: str = "PO") -> list[str]:
    deployment = house.deploy(KEYED, name=key)
    runs = [house.start(deployment, f"{key}-{n}") for n in range(count)]
    for run_id in runs:
        house.wait(run_id)
    return runs


def test_runs_are_found_by_status_flow_environment_key_and_id(house: House, admin: Member) -> None:
    house.stub.answer = lambda seen: reply({"message": "no"}, 400)
    good = _ended(house, 2)
    bad = house.start(house.deploy_calls(call("write", "create_keyed", {"name": "a"})))
    house.wait(bad, "failed")
    flow_id = house.run(bad).flow_id

    def ids(query: str) -> list[str]:
        return _ids(admin.client.get(f"{BASE}/runs/?{query}"))

    assert ids("") == [bad, *good[::-1]]
    assert ids("status=failed") == [bad]
    assert ids("status=failed,succeeded") == [bad, *good[::-1]]
    assert ids("status=waiting") == []
    assert ids(f"flow={flow_id}") == [bad]
    assert ids("environment=sandbox&status=succeeded") == good[::-1]
    assert ids("environment=production") == []
    assert ids("q=PO-1") == [good[1]]
    assert ids("q=PO-") == good[::-1]
    assert ids("q=O-1") == []
    assert ids(f"q={bad}") == [bad]
    assert ids("q=%25") == []


def test_runs_are_found_by_when_they_came(house: House, admin: Member, acme: Tenant) -> None:
    runs = _ended(house, 3)
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    for hours, run_id in enumerate(runs):
        Run.objects.of(acme).filter(id=run_id).update(created_at=noon + timedelta(hours=hours))

    def ids(query: str) -> list[str]:
        return _ids(admin.client.get(f"{BASE}/runs/?{query}"))

    assert ids("since=2026-03-01T13:00:00Z") == [runs[2], runs[1]]
    assert ids("until=2026-03-01T13:00:00Z") == [runs[0]]
    assert ids("since=2026-03-01T13:00:00Z&until=2026-03-01T14:00:00Z") == [runs[1]]
    assert ids("since=2026-03-01T14:30:00%2B01:00") == [runs[2]]
    assert ids("since=2026-03-01T13:30:00") == [runs[2]]


@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "status=failed,lost",
        "since=yesterday",
        "until=2026-13-01T00:00:00Z",
        "since=2026-02-30T00:00:00Z",
        "since=0001-01-01T00:00:00%2B23:59",
        "until=9999-12-31T23:59:59-23:59",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=forged",
        "q=%00",
        "flow=%ff",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(admin: Member, query: str) -> None:
    answer = admin.client.get(f"{BASE}/runs/?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_pages_of_runs_are_whole_while_runs_come(house: House, admin: Member) -> None:
    runs = _ended(house, 7)

    first = admin.client.get(f"{BASE}/runs/?limit=3&q=PO").json()
    _ended(house, 1, "LATER")
    second = admin.client.get(f"{BASE}/runs/?limit=3&q=PO&cursor={first['next']}").json()
    third = admin.client.get(f"{BASE}/runs/?limit=3&q=PO&cursor={second['next']}").json()

    assert [row["id"] for page in (first, second, third) for row in page["items"]] == runs[::-1]
    assert third["next"] is None


def test_a_run_is_shown_with_its_event_its_document_and_what_may_be_done(house: House, admin: Member) -> None:
    [run_id] = _ended(house, 1)

    shown = admin.client.get(f"{BASE}/runs/{run_id}/").json()

    assert (shown["id"], shown["status"], shown["business_key"], shown["version"]) == (run_id, "succeeded", "PO-0", 1)
    assert (shown["flow"]["name"], shown["environment"]) == ("PO", "sandbox")
    assert shown["event"]["body"] == "PO-0"
    assert shown["event"]["source"] == "manual"
    assert shown["document"] == KEYED
    assert shown["last_seq"] == house.run(run_id).seq
    assert shown["can"] == {"cancel": False, "replay": True, "resolve": False}
    assert shown["error"] is None
    assert shown["duration_ms"] >= 0
    assert admin.client.get(f"{BASE}/runs/run_nowhere/").status_code == 404


def test_facts_come_in_order_and_only_those_not_seen(house: House, admin: Member) -> None:
    house.stub.answer = lambda seen: reply({"id": "1"})
    calls = [call(f"w{n}", "put_thing", {"id": str(n), "payload": {}}) for n in range(3)]
    run_id = house.start(house.deploy_calls(*calls))
    last = house.wait(run_id, "succeeded").seq
    path = f"{BASE}/runs/{run_id}/facts/"

    whole = admin.client.get(path).json()
    rest = admin.client.get(f"{path}?after=2").json()
    none = admin.client.get(f"{path}?after={last}").json()

    assert [entry["seq"] for entry in whole["items"]] == list(range(1, last + 1))
    assert (whole["last_seq"], whole["finished"]) == (last, True)
    assert rest["items"] == whole["items"][2:]
    assert (none["items"], none["last_seq"], none["finished"]) == ([], last, True)


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "²", "٣", "9" * 30, "", " "])
def test_an_entry_number_that_is_none_is_refused(house: House, admin: Member, after: str) -> None:
    [run_id] = _ended(house, 1)

    answer = admin.client.get(f"{BASE}/runs/{run_id}/facts/", {"after": after})

    assert code_of(answer) == (400, "not_a_number")


def test_a_journal_longer_than_an_answer_comes_in_parts(house: House, admin: Member) -> None:
    [run_id] = _ended(house, 1)
    Fact.objects.bulk_create(
        [Fact(run_id=run_id, seq=seq, facts=[{"type": "step_woken", "step": "x", "at": ""}]) for seq in range(10, 610)]
    )
    Run.objects.of(house.tenant).filter(id=run_id).update(seq=609)
    path = f"{BASE}/runs/{run_id}/facts/"

    first = admin.client.get(path).json()
    second = admin.client.get(f"{path}?after={first['last_seq']}").json()

    assert len(first["items"]) == 500
    assert (first["finished"], second["finished"]) == (False, True)
    assert second["items"][-1]["seq"] == second["last_seq"] == 609


def test_a_run_is_cancelled_in_the_queue_and_while_it_waits_and_not_after_its_end(
    house: House, admin: Member, acme: Tenant
) -> None:
    house.stub.answer = lambda seen: reply({}, 503)
    deployment = house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry=SLOWLY))
    waiting = house.start(deployment)
    house.wait(waiting, "waiting")

    first = admin.client.post(f"{BASE}/runs/{waiting}/cancel/", {"reason": "typed by mistake"})
    house.wait(waiting, "cancelled")
    again = admin.client.post(f"{BASE}/runs/{waiting}/cancel/", {})
    house.stop_runner()
    queued = house.start(deployment)
    second = admin.client.post(f"{BASE}/runs/{queued}/cancel/")
    house.start_runner()
    house.sweep()

    assert (first.status_code, first.json()) == (202, {"run": waiting})
    assert second.status_code == 202
    assert house.wait(queued).status == "cancelled"
    assert code_of(again) == (409, "not_possible")
    assert "cancelled" in again.json()["detail"]
    audit = AuditEntry.objects.of(acme).filter(action="run.cancelled").order_by("id")
    assert [row.target_id for row in audit] == [waiting, queued]
    assert audit[0].detail == {"reason": "typed by mistake"}


def test_a_replay_is_a_new_run_that_repeats_nothing(house: House, admin: Member) -> None:
    house.stub.answer = lambda seen: reply({"id": "thing_1"})
    run_id = house.start(house.deploy_calls(call("write", "create_keyed", {"name": "a"})))
    house.wait(run_id, "succeeded")

    answer = admin.client.post(f"{BASE}/runs/{run_id}/replay/")

    again = house.wait(answer.json()["run"])
    shown = admin.client.get(f"{BASE}/runs/{again.id}/").json()
    assert answer.status_code == 202
    assert (again.status, shown["replay_of"]) == ("succeeded", run_id)
    assert len(house.stub.seen) == 1
    assert house.outputs(again.id)["write"] == {"id": "thing_1"}
    effects = admin.client.get(f"{BASE}/effects/?run={run_id}").json()["items"]
    assert [(row["status"], row["operation"], row["step"]) for row in effects] == [("done", "create_keyed", "write")]


def test_a_run_is_not_replayed_before_its_end_nor_where_its_flow_is_gone(house: House, admin: Member) -> None:
    house.stub.answer = lambda seen: reply({}, 503)
    waiting = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry=SLOWLY)))
    house.wait(waiting, "waiting")
    [ended] = _ended(house, 1)
    flow_id = house.run(ended).flow_id
    admin.client.post(f"{BASE}/flows/{flow_id}/deployments/sandbox/pause/")
    admin.client.delete(f"{BASE}/flows/{flow_id}/")

    answers = [admin.client.post(f"{BASE}/runs/{run_id}/replay/") for run_id in (waiting, ended)]

    assert [code_of(answer) for answer in answers] == [(409, "not_possible")] * 2
    assert Run.objects.of(house.tenant).count() == 2


def _uncertain(house: House) -> tuple[str, str]:
    house.stub.answers = [silence]
    house.stub.answer = lambda seen: reply({"id": "sent again"})
    following = call("next", "put_thing", {"id": "{{ steps.write.id }}", "payload": {}})
    run_id = house.start(house.deploy_calls(call("write", "create_unsafe", {"name": "a"}), following))
    house.wait(run_id, "uncertain")
    return run_id, house.effects()[0].id


def test_an_uncertain_run_goes_on_with_what_a_person_found(house: House, admin: Member, acme: Tenant) -> None:
    run_id, effect = _uncertain(house)
    before = admin.client.get(f"{BASE}/runs/{run_id}/").json()
    body = {"effect": effect, "made": True, "output": {"id": "17"}, "note": "seen in the list"}

    answer = admin.client.post(f"{BASE}/runs/{run_id}/resolve/", body)

    assert before["can"] == {"cancel": True, "replay": True, "resolve": True}
    assert answer.status_code == 202
    assert house.wait(run_id).status == "succeeded"
    assert [(seen.method, seen.path) for seen in house.stub.seen] == [("POST", "/things"), ("PUT", "/things/17")]
    detail = AuditEntry.objects.of(acme).get(action="run.resolved").detail
    assert detail == {"effect": effect, "made": True, "note": "seen in the list"}
    assert code_of(admin.client.post(f"{BASE}/runs/{run_id}/resolve/", body)) == (409, "not_possible")


def test_a_write_that_was_not_made_is_sent_again(house: House, admin: Member) -> None:
    run_id, effect = _uncertain(house)

    admin.client.post(f"{BASE}/runs/{run_id}/resolve/", {"effect": effect, "made": False})

    assert house.wait(run_id).status == "succeeded"
    assert [seen.method for seen in house.stub.seen] == ["POST", "POST", "PUT"]


def test_only_the_runs_own_uncertain_write_is_resolved(house: House, admin: Member) -> None:
    run_id, effect = _uncertain(house)
    [other] = _ended(house, 1)
    path = f"{BASE}/runs/{run_id}/resolve/"

    assert admin.client.post(f"{BASE}/runs/{other}/resolve/", {"effect": effect, "made": True}).status_code == 404
    assert admin.client.post(path, {"effect": "eff_none", "made": True}).status_code == 404
    assert admin.client.post(path, {"effect": effect}).status_code == 422
    assert admin.client.post(path, {"effect": effect, "made": "perhaps"}).status_code == 422
    assert house.run(run_id).status == "uncertain"
    assert house.effects()[0].status == "uncertain"


def test_figures_count_the_runs_of_the_last_day(house: House, admin: Member, acme: Tenant) -> None:
    runs = _ended(house, 3)
    Run.objects.of(acme).filter(id=runs[0]).update(created_at=datetime.now(UTC) - timedelta(hours=25))

    all_of_them = admin.client.get(f"{BASE}/runs/stats/").json()["counts"]
    none = admin.client.get(f"{BASE}/runs/stats/?environment=qa").json()["counts"]

    assert all_of_them == {
        "queued": 0, "running": 0, "waiting": 0, "succeeded": 2, "failed": 0, "cancelled": 0, "uncertain": 0,
    }  # fmt: skip
    assert set(none.values()) == {0}


def test_who_may_only_look_changes_no_run(house: House, new_member: Callable[[str], Member]) -> None:
    run_id, effect = _uncertain(house)
    viewer = new_member("viewer").client
    path = f"{BASE}/runs/{run_id}"

    answers = [
        viewer.post(f"{path}/cancel/"),
        viewer.post(f"{path}/replay/"),
        viewer.post(f"{path}/resolve/", {"effect": effect, "made": True}),
    ]

    assert {code_of(answer) for answer in answers} == {(403, "permission_needed")}
    assert viewer.get(f"{path}/").status_code == 200
    assert house.run(run_id).status == "uncertain"


def test_a_run_of_another_tenant_is_not_there(house: House, stranger: Member) -> None:
    [run_id] = _ended(house, 1)

    for tenant in ("acme", "globex"):
        path = f"/api/v1/tenants/{tenant}/runs/{run_id}"
        answers = [stranger.client.get(f"{path}/"), stranger.client.get(f"{path}/facts/")]
        answers += [stranger.client.post(f"{path}/{verb}/") for verb in ("cancel", "replay")]
        assert {answer.status_code for answer in answers} == {404}
    assert _ids(stranger.client.get("/api/v1/tenants/globex/runs/")) == []


def test_a_list_of_runs_takes_the_same_queries_for_one_and_for_fifty(house: House, admin: Member) -> None:
    _ended(house, 1)
    with CaptureQueriesContext(database) as one:
        admin.client.get(f"{BASE}/runs/?limit=200")
    _ended(house, 25, "A")
    _ended(house, 24, "B")

    with CaptureQueriesContext(database) as fifty:
        found = _ids(admin.client.get(f"{BASE}/runs/?limit=200"))

    assert len(found) == 50
    assert len(fifty) <= len(one) <= 8
