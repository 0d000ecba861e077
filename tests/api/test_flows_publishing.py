"""Publishing and deploying over HTTP: only sound documents, only fitting connections, only by those who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors.models import Connection
from flows.models import Deployment, TriggerState, Version
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.api.test_flows import create
from tests.api.working import BASE, code_of, connection
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import WEBHOOK, call, document, edge, fixed, node

pytestmark = pytest.mark.usefixtures("stub_registry")
HOOKED = document(call("read", "read_thing", {"id": "1"}), trigger=WEBHOOK)


@pytest.fixture
def stub(acme: Tenant) -> Connection:
    """A connection of the sandbox."""
    return connection(acme)


@pytest.fixture
def flow(admin: Member) -> str:
    """The address of a flow with one version, which needs a connection."""
    path = f"{BASE}/flows/{create(admin, HOOKED)['id']}"
    assert admin.client.post(f"{path}/versions/", {"message": "first"}).status_code == 201
    return path


def _deploy(member: Member, flow: str, connection_id: str, **more: Any) -> Any:
    body = {"environment": "sandbox", "version": 1, "connections": {"stub": connection_id}, **more}
    return member.client.post(f"{flow}/deployments/", body)


@pytest.mark.parametrize(
    ("drawn", "code", "pointer"),
    [
        (
            document(fixed("a", x=1), fixed("b", x=1), edges=[edge("start", "a"), edge("a", "b"), edge("b", "a")]),
            "cycle",
            "/edges/1",
        ),
        (document(fixed("a", x=1), edges=[edge("start", "ghost")]), "unknown_node", "/edges/0/to"),
        (document(call("a", "make_coffee")), "unknown_operation", "/nodes/1/params/operation"),
        (document(fixed("a", x=1), connector="atlantis"), "unknown_connector", "/connections/stub/connector"),
        (
            document(node("a", "map", {"rules": [{"target": "x", "expression": "1 +"}]})),
            "expression_syntax",
            "/nodes/1/params/rules/0/expression",
        ),
        (document(node("a", "teleport")), "unknown_kind", "/nodes/1/kind"),
    ],
)
def test_a_draft_with_errors_is_not_published_and_each_names_its_place(
    admin: Member, acme: Tenant, drawn: Any, code: str, pointer: str
) -> None:
    made = create(admin, drawn)

    answer = admin.client.post(f"{BASE}/flows/{made['id']}/versions/", {})

    assert code_of(answer) == (422, "document_refused")
    assert (code, pointer) in [(error["code"], error["pointer"]) for error in answer.json()["errors"]]
    assert all(error["message"] for error in answer.json()["errors"])
    assert Version.objects.of(acme).count() == 0


def test_versions_are_numbered_and_never_change(admin: Member, flow: str) -> None:
    admin.client.patch(f"{flow}/", {"document": document(fixed("other", x=1))})
    second = admin.client.post(f"{flow}/versions/", {"message": "second"}).json()

    listed = admin.client.get(f"{flow}/versions/").json()["items"]

    assert (second["number"], second["document"]["nodes"][1]["id"]) == (2, "other")
    assert [(row["number"], row["message"]) for row in listed] == [(2, "second"), (1, "first")]
    assert ["document" in row for row in listed] == [False, False]
    assert admin.client.get(f"{flow}/versions/1/").json()["document"] == HOOKED
    assert admin.client.get(f"{flow}/versions/9/").status_code == 404
    assert listed[0]["created_by"]["name"] == "Admin"
    assert admin.client.get(f"{flow}/").json()["latest_version"] == 2


def test_the_difference_of_two_versions_names_every_field(admin: Member) -> None:
    made = create(admin, document(fixed("a", x=1), fixed("b", y=1), business_key="{{ trigger.body.id }}"))
    path = f"{BASE}/flows/{made['id']}"
    admin.client.post(f"{path}/versions/", {})
    changed = document(fixed("a", x=2), fixed("c", z=1), business_key="{{ trigger.body.key }}")
    admin.client.patch(f"{path}/", {"document": {**changed, "layout": {"a": {"x": 5, "y": 5}}}})
    admin.client.post(f"{path}/versions/", {})

    found = admin.client.get(f"{path}/versions/1/diff/2/").json()

    assert (found["added"], found["removed"]) == (["c"], ["b"])
    assert found["changed"] == {"a": [{"pointer": "/params/rules/x/value", "kind": "changed", "before": 1, "after": 2}]}
    assert (found["edges_added"], found["edges_removed"]) == ([edge("a", "c")], [edge("a", "b")])
    assert [row["pointer"] for row in found["settings"]] == ["/business_key"]
    assert admin.client.get(f"{path}/versions/1/diff/1/").json()["changed"] == {}
    assert admin.client.get(f"{path}/versions/1/diff/9/").status_code == 404


def test_a_deployment_binds_connections_and_gets_an_address_that_stays(
    admin: Member, acme: Tenant, flow: str, stub: Connection
) -> None:
    first = _deploy(admin, flow, stub.id)
    admin.client.post(f"{flow}/versions/", {})
    second = _deploy(admin, flow, stub.id, version=2)

    listed = admin.client.get(f"{flow}/deployments/").json()["items"]

    assert (first.status_code, second.status_code) == (201, 201)
    token = TriggerState.objects.of(acme).get().token
    assert first.json()["webhook_url"] == second.json()["webhook_url"]
    assert first.json()["webhook_url"].endswith(f"/hooks/{token}")
    assert first.json()["connections"] == {"stub": stub.id}
    assert [(row["version"], row["active"]) for row in listed] == [(2, True), (1, False)]
    assert [row["webhook_url"] is None for row in listed] == [False, True]
    assert [row["version"] for row in admin.client.get(f"{flow}/").json()["deployments"]] == [2]
    assert AuditEntry.objects.of(acme).filter(action="flow.deployed").count() == 2


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({}, "connection_not_bound"),
        ({"stub": "con_nowhere"}, "connection_not_bound"),
        ({"stub": "of production"}, "connection_not_bound"),
        ({"stub": "of another tenant"}, "connection_not_bound"),
        ({"stub": "of another connector"}, "connection_of_other_connector"),
        ({"stub": "fitting", "ghost": "fitting"}, "unknown_connection"),
    ],
)
def test_a_binding_that_does_not_fit_is_refused_and_nothing_is_deployed(
    admin: Member, acme: Tenant, globex: Tenant, flow: str, bound: dict[str, str], code: str
) -> None:
    rows = {
        "fitting": connection(acme).id,
        "of production": connection(acme, "production").id,
        "of another tenant": connection(globex).id,
        "of another connector": connection(acme, connector="http", name="other").id,
    }
    connections = {alias: rows.get(name, name) for alias, name in bound.items()}

    answer = admin.client.post(
        f"{flow}/deployments/", {"environment": "sandbox", "version": 1, "connections": connections}
    )

    assert code_of(answer) == (422, "connections_refused")
    [error] = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, f"/connections/{list(bound)[-1] if bound else 'stub'}")
    assert Deployment.objects.of(acme).count() == 0
    assert TriggerState.objects.of(acme).count() == 0


def test_only_a_version_that_exists_is_deployed(admin: Member, flow: str, stub: Connection) -> None:
    assert code_of(_deploy(admin, flow, stub.id, version=2)) == (404, "not_found")
    assert [_deploy(admin, flow, stub.id, version=value).status_code for value in (0, -1, 2**40, "x")] == [422] * 4
    assert _deploy(admin, flow, stub.id, environment="moon").status_code == 422


def test_an_analyst_deploys_to_the_sandbox_and_to_no_other_environment(
    admin: Member, new_member: Callable[[str], Member], acme: Tenant, flow: str, stub: Connection
) -> None:
    analyst = new_member("analyst")
    production = connection(acme, "production")
    assert _deploy(admin, flow, production.id, environment="production").status_code == 201

    sandbox = _deploy(analyst, flow, stub.id)
    refused = [
        _deploy(analyst, flow, production.id, environment="production"),
        analyst.client.post(f"{flow}/rollback/", {"environment": "production"}),
        analyst.client.post(f"{flow}/deployments/production/pause/"),
        analyst.client.post(f"{flow}/deployments/production/resume/"),
    ]

    assert sandbox.status_code == 201
    assert {code_of(answer) for answer in refused} == {(403, "permission_needed")}
    live = Deployment.objects.of(acme).get(environment__name="production")
    assert (live.active, live.paused_at) == (True, None)


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("sales", 403), ("operator", 201)])
def test_roles_decide_who_deploys(
    new_member: Callable[[str], Member], acme: Tenant, flow: str, stub: Connection, role: str, status: int
) -> None:
    member = new_member(role)

    assert _deploy(member, flow, stub.id).status_code == status
    live = connection(acme, "production")
    assert _deploy(member, flow, live.id, environment="production").status_code == status


def test_a_deployment_is_paused_and_resumed(admin: Member, flow: str, stub: Connection) -> None:
    _deploy(admin, flow, stub.id)

    paused = admin.client.post(f"{flow}/deployments/sandbox/pause/")
    shown = admin.client.get(f"{flow}/").json()["deployments"][0]["paused"]
    resumed = admin.client.post(f"{flow}/deployments/sandbox/resume/")

    assert (paused.status_code, paused.json()["paused"], shown) == (200, True, True)
    assert (resumed.status_code, resumed.json()["paused"]) == (200, False)
    assert admin.client.post(f"{flow}/deployments/qa/pause/").status_code == 404
    assert admin.client.post(f"{flow}/deployments/moon/pause/").status_code == 404


def test_a_rollback_puts_the_version_before_to_work_with_its_own_connections(
    admin: Member, acme: Tenant, flow: str, stub: Connection
) -> None:
    other = connection(acme, name="newer")
    _deploy(admin, flow, stub.id)
    admin.client.post(f"{flow}/versions/", {})
    _deploy(admin, flow, other.id, version=2)

    back = admin.client.post(f"{flow}/rollback/", {"environment": "sandbox"})
    forward = admin.client.post(f"{flow}/rollback/", {"environment": "sandbox"})

    assert back.status_code == 201
    assert (back.json()["version"], back.json()["connections"]) == (1, {"stub": stub.id})
    assert (forward.json()["version"], forward.json()["connections"]) == (2, {"stub": other.id})


def test_there_is_nothing_to_roll_back_to_before_the_second_version(
    admin: Member, acme: Tenant, flow: str, stub: Connection
) -> None:
    _deploy(admin, flow, stub.id)
    _deploy(admin, flow, stub.id)

    answer = admin.client.post(f"{flow}/rollback/", {"environment": "sandbox"})

    assert code_of(answer) == (409, "nothing_to_roll_back_to")
    assert Deployment.objects.of(acme).get(active=True).version.number == 1


def test_a_rollback_to_a_connection_that_is_gone_is_refused(
    admin: Member, acme: Tenant, flow: str, stub: Connection
) -> None:
    other = connection(acme, name="newer")
    _deploy(admin, flow, stub.id)
    admin.client.post(f"{flow}/versions/", {})
    _deploy(admin, flow, other.id, version=2)
    stub.delete()

    answer = admin.client.post(f"{flow}/rollback/", {"environment": "sandbox"})

    assert code_of(answer) == (422, "connections_refused")
    assert Deployment.objects.of(acme).get(active=True).version.number == 2
