"""Versions beside each other, where a flow works, and taking it out of work, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors.models import Connection
from flows.models import Deployment, Run, TriggerState
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.api.test_flows import create
from tests.api.working import BASE, code_of, connection, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import WEBHOOK, call, document, fixed
from tests.flows.house import House

pytestmark = pytest.mark.usefixtures("stub_registry")
BY_HAND = document(fixed("a", x=1))
NONE = {"added": 0, "removed": 0, "changed": 0, "edges": 0, "fields": 0}


def _flow(admin: Member, drawn: Any = BY_HAND) -> str:
    return f"{BASE}/flows/{create(admin, drawn)['id']}"


def _published(admin: Member, flow: str, drawn: Any) -> int:
    admin.client.patch(f"{flow}/", {"document": drawn})
    made = admin.client.post(f"{flow}/versions/", {})
    return int(made.json()["number"])


def _deploy(member: Member, flow: str, acme: Tenant, version: int = 1, environment: str = "sandbox") -> Any:
    name = f"number {Connection.objects.of(acme).count()}"
    bound = {"stub": connection(acme, environment, name=name).id}
    body = {"environment": environment, "version": version, "connections": bound}
    return member.client.post(f"{flow}/deployments/", body)


def _at_work(member: Member, flow: str) -> dict[str, Any]:
    return {row["environment"]: row for row in member.client.get(f"{flow}/at-work/").json()["items"]}


def test_the_list_says_how_much_each_version_differs_from_the_one_before(admin: Member) -> None:
    flow = _flow(admin)
    for drawn in (BY_HAND, document(fixed("a", x=2)), document(fixed("a", x=2), fixed("b", y=1))):
        _published(admin, flow, drawn)

    whole = admin.client.get(f"{flow}/versions/").json()["items"]
    page = admin.client.get(f"{flow}/versions/?limit=1").json()

    assert [row["changes"] for row in whole] == [
        {**NONE, "added": 1, "edges": 1},
        {**NONE, "changed": 1, "fields": 1},
        None,
    ]
    assert page["items"] == whole[:1]


def test_the_draft_is_compared_with_a_version(admin: Member) -> None:
    flow = _flow(admin)
    _published(admin, flow, BY_HAND)
    before = admin.client.get(f"{flow}/versions/1/diff/draft/").json()
    admin.client.patch(f"{flow}/", {"document": document(fixed("a", x="new"))})

    found = admin.client.get(f"{flow}/versions/1/diff/draft/").json()

    assert before["counts"] == NONE
    assert found["changed"] == {
        "a": [{"pointer": "/params/rules/x/value", "kind": "changed", "before": 1, "after": "new"}]
    }
    assert admin.client.get(f"{flow}/versions/2/diff/draft/").status_code == 404


def test_where_a_flow_works_is_shown_for_every_environment(admin: Member, acme: Tenant) -> None:
    flow = _flow(admin)
    _published(admin, flow, BY_HAND)
    _published(admin, flow, document(fixed("a", x=2)))
    first = _deploy(admin, flow, acme).json()
    _deploy(admin, flow, acme, version=2)

    found = _at_work(admin, flow)

    assert list(found) == ["sandbox", "development", "qa", "production"]
    assert found["sandbox"]["deployment"]["version"] == 2
    assert found["sandbox"]["earlier"]["version"] == 1
    assert found["sandbox"]["earlier"]["connections"] == first["connections"]
    assert found["production"] == {
        "environment": "production",
        "deployment": None,
        "earlier": None,
        "last_run": None,
        "runs_day": 0,
        "failed_day": 0,
        "kept": 0,
    }


def test_the_runs_of_a_day_and_what_a_pause_keeps_are_counted(admin: Member, acme: Tenant, house: House) -> None:  # noqa: F811
    flow = _flow(admin)
    _published(admin, flow, BY_HAND)
    _deploy(admin, flow, acme)
    started = admin.client.post(f"{flow}/run/", {"environment": "sandbox", "body": {}}).json()["run"]
    house.until(lambda: Run.objects.of(acme).get(id=started).status == "succeeded", "the run has ended")
    admin.client.post(f"{flow}/deployments/sandbox/pause/")
    kept = admin.client.post(f"{flow}/run/", {"environment": "sandbox", "body": {}}).json()["run"]

    found = _at_work(admin, flow)["sandbox"]
    [listed] = admin.client.get(f"{BASE}/flows/").json()["items"]

    assert (found["runs_day"], found["failed_day"], found["kept"]) == (2, 0, 1)
    assert (found["last_run"]["id"], found["last_run"]["status"]) == (kept, "queued")
    assert listed["last_run"] == found["last_run"]
    assert (listed["failed_day"], listed["systems"], listed["steps"]) == (0, ["stub"], 2)


def test_a_flow_taken_out_of_work_starts_no_more_until_it_is_deployed_again(
    admin: Member,
    acme: Tenant,
    house: House,  # noqa: F811
) -> None:
    flow = _flow(admin)
    _published(admin, flow, BY_HAND)
    _deploy(admin, flow, acme)
    admin.client.post(f"{flow}/deployments/sandbox/pause/")
    kept = admin.client.post(f"{flow}/run/", {"environment": "sandbox", "body": {}}).json()["run"]

    ended = admin.client.post(f"{flow}/deployments/sandbox/end/")
    refused = admin.client.post(f"{flow}/run/", {"environment": "sandbox", "body": {}})
    waiting = _at_work(admin, flow)["sandbox"]
    _deploy(admin, flow, acme)

    assert ended.status_code == 204
    assert code_of(refused) == (409, "not_deployed")
    assert (waiting["deployment"], waiting["kept"], waiting["earlier"]["version"]) == (None, 1, 1)
    house.until(lambda: Run.objects.of(acme).get(id=kept).status == "succeeded", "the kept event has been carried")
    assert AuditEntry.objects.of(acme).filter(action="flow.taken_out_of_work").count() == 1
    assert admin.client.post(f"{flow}/deployments/qa/end/").status_code == 404


def test_the_address_of_a_flow_taken_out_of_work_stays_its_own(admin: Member, acme: Tenant) -> None:
    drawn = document(call("read", "read_thing", {"id": "1"}), trigger=WEBHOOK)
    flow = _flow(admin, drawn)
    _published(admin, flow, drawn)
    first = _deploy(admin, flow, acme).json()["webhook_url"]

    admin.client.post(f"{flow}/deployments/sandbox/end/")
    again = _deploy(admin, flow, acme).json()["webhook_url"]

    assert first == again
    assert TriggerState.objects.of(acme).count() == 1


def test_only_who_may_deploy_there_takes_a_flow_out_of_work(
    admin: Member, new_member: Callable[[str], Member], acme: Tenant, stranger: Member
) -> None:
    flow = _flow(admin)
    _published(admin, flow, BY_HAND)
    _deploy(admin, flow, acme)
    _deploy(admin, flow, acme, environment="production")

    answers = [
        new_member("analyst").client.post(f"{flow}/deployments/production/end/"),
        new_member("viewer").client.post(f"{flow}/deployments/sandbox/end/"),
    ]

    assert {code_of(answer) for answer in answers} == {(403, "permission_needed")}
    assert stranger.client.post(f"{flow}/deployments/sandbox/end/").status_code == 404
    assert stranger.client.get(f"{flow}/at-work/").status_code == 404
    assert Deployment.objects.of(acme).filter(active=True).count() == 2


def test_a_connection_of_a_version_is_not_lost_by_ending_it(admin: Member, acme: Tenant) -> None:
    flow = _flow(admin)
    _published(admin, flow, BY_HAND)
    bound = _deploy(admin, flow, acme).json()["connections"]
    admin.client.post(f"{flow}/deployments/sandbox/end/")

    back = admin.client.post(f"{flow}/rollback/", {"environment": "sandbox"})

    assert (back.status_code, back.json()["connections"]) == (201, bound)
    assert Connection.objects.of(acme).count() == 1
