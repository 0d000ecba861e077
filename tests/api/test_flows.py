"""Flows over HTTP: drafts that may have problems, and are never lost to somebody else's change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from flows import publishing
from flows.models import Deployment, Flow, Run
from ipaas.accounts.models import AuditEntry, Environment, Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, connection, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import WEBHOOK, call, document, edge, fixed, node
from tests.flows.house import House

pytestmark = pytest.mark.usefixtures("stub_registry")
READS = document(call("read", "read_thing", {"id": "1"}))


def create(member: Member, drawn: Any = None, **more: Any) -> dict[str, Any]:
    """A flow made over HTTP."""
    body = {"name": "Orders", **({"document": drawn} if drawn is not None else {}), **more}
    answer = member.client.post(f"{BASE}/flows/", body)
    assert answer.status_code == 201, answer.json()
    made: dict[str, Any] = answer.json()
    return made


def deployed(tenant: Tenant, member: Member, flow: dict[str, Any]) -> Deployment:
    """The flow's draft, published and put to work in the sandbox."""
    row = Flow.objects.of(tenant).get(id=flow["id"])
    version = publishing.publish(row, member.user, "")
    environment = Environment.objects.get(tenant=tenant, name="sandbox")
    bound = dict.fromkeys(row.draft["connections"], connection(tenant, name=flow["id"]).id)
    return publishing.deploy(publishing.Deploy(version, environment, bound, member.user))


def test_a_flow_is_created_shown_listed_and_found(admin: Member, acme: Tenant) -> None:
    made = create(admin, READS, description="Reads one thing")

    shown = admin.client.get(f"{BASE}/flows/{made['id']}/").json()
    listed = admin.client.get(f"{BASE}/flows/").json()
    found = admin.client.get(f"{BASE}/flows/?q=reads ONE").json()["items"]
    absent = admin.client.get(f"{BASE}/flows/?q=nothing").json()["items"]

    assert shown == made
    assert made["document"] == READS
    assert made["problems"] == []
    assert made["trigger"] == {"type": "manual", "connector": None, "event": None}
    assert (made["latest_version"], made["deployments"], made["problems_count"]) == (None, [], 0)
    assert made["updated_by"] == {"id": str(admin.user.pk), "name": "Admin"}
    assert [row["id"] for row in listed["items"]] == [made["id"]]
    assert listed["next"] is None
    assert "document" not in listed["items"][0]
    assert [row["id"] for row in found] == [made["id"]]
    assert absent == []
    assert AuditEntry.objects.of(acme).get(action="flow.created").target_id == made["id"]


def test_a_flow_begins_with_an_empty_draft_and_what_it_lacks(admin: Member) -> None:
    made = create(admin)

    assert made["document"]["nodes"] == []
    assert [problem["code"] for problem in made["problems"]] == ["no_trigger"]


def test_a_draft_with_problems_is_kept_with_them(admin: Member) -> None:
    drawn = document(call("read", "no_such_operation"), call("write", "create_keyed", {"name": "{{ steps.x.y }}"}))

    made = create(admin, drawn)
    shown = admin.client.get(f"{BASE}/flows/{made['id']}/").json()

    assert shown["document"] == drawn
    assert {(problem["code"], problem["pointer"]) for problem in shown["problems"]} == {
        ("unknown_operation", "/nodes/1/params/operation"),
        ("unknown_step", "/nodes/2/params/input/name"),
    }
    assert shown["problems_count"] == 2


def test_a_saved_draft_comes_back_exactly_as_it_was_drawn(admin: Member) -> None:
    drawn = {**READS, "layout": {"start": {"x": -1.5, "y": 2e3}, "read": {"x": 0, "y": 0}}}
    drawn["nodes"] = [*READS["nodes"], fixed("text", a="𝄞 ü \\u0000 é", b=[1, 2.5, None, {"c": []}])]
    made = create(admin)

    saved = admin.client.patch(f"{BASE}/flows/{made['id']}/", {"document": drawn, "draft_etag": made["draft_etag"]})

    assert saved.status_code == 200
    assert saved.json()["document"] == drawn
    assert saved.json()["draft_etag"] != made["draft_etag"]
    assert admin.client.get(f"{BASE}/flows/{made['id']}/").json()["document"] == drawn


def test_notes_on_the_canvas_are_kept_and_change_nothing_about_the_flow(admin: Member) -> None:
    note = {"id": "n1", "text": "Ask Ana", "x": 0, "y": -80, "width": 240, "height": 96, "color": "yellow"}
    made = create(admin, READS)

    saved = admin.client.patch(f"{BASE}/flows/{made['id']}/", {"document": {**READS, "notes": [note]}}).json()

    assert saved["document"]["notes"] == [note]
    assert saved["problems"] == made["problems"]


def test_a_change_to_a_draft_that_somebody_else_has_saved_since_is_refused(admin: Member) -> None:
    made = create(admin, READS)
    theirs = {"document": document(fixed("a", b=1)), "draft_etag": made["draft_etag"]}
    admin.client.patch(f"{BASE}/flows/{made['id']}/", theirs)

    mine = admin.client.patch(
        f"{BASE}/flows/{made['id']}/", {"name": "Mine", "document": READS, "draft_etag": made["draft_etag"]}
    )

    assert code_of(mine) == (409, "draft_conflict")
    now = admin.client.get(f"{BASE}/flows/{made['id']}/").json()
    assert (now["name"], now["document"]) == ("Orders", theirs["document"])


def test_name_and_description_change_without_touching_the_draft(admin: Member) -> None:
    made = create(admin, READS)

    changed = admin.client.patch(f"{BASE}/flows/{made['id']}/", {"name": "New", "description": ""}).json()

    assert (changed["name"], changed["description"]) == ("New", "")
    assert (changed["document"], changed["draft_etag"]) == (READS, made["draft_etag"])


@pytest.mark.parametrize(
    ("drawn", "status", "pointer"),
    [
        ([], 422, "/document"),
        ("flow", 422, "/document"),
        ({"nodes": {}}, 422, "/nodes"),
        ({"nodes": [1]}, 422, "/nodes/0"),
        ({"nodes": [{"id": 7, "kind": "map"}]}, 422, "/nodes/0"),
        ({"nodes": [], "edges": [["a", "b"]]}, 422, "/edges/0"),
        ({"nodes": [], "connections": {"a": "stripe"}}, 422, "/connections/a"),
        ({"nodes": [], "connections": []}, 422, "/connections"),
        ({"nodes": [], "settings": "x"}, 422, "/settings"),
        ({"nodes": [], "layout": {"a": 1}}, 422, "/layout/a"),
        ({"nodes": [], "notes": {}}, 422, "/notes"),
        ({"nodes": [], "notes": [{"id": "a"}]}, 422, "/notes/0"),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(
    admin: Member, acme: Tenant, drawn: Any, status: int, pointer: str
) -> None:
    made = create(admin, READS)

    created = admin.client.post(f"{BASE}/flows/", {"name": "x", "document": drawn})
    patched = admin.client.patch(f"{BASE}/flows/{made['id']}/", {"document": drawn})

    for answer in (created, patched):
        assert answer.status_code == status
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert Flow.objects.of(acme).count() == 1
    assert Flow.objects.of(acme).get().draft == READS


def _post(member: Member, path: str, raw: bytes) -> Any:
    return member.client.generic("POST", f"{BASE}/{path}", raw, content_type="application/json")


def _nested(depth: int) -> bytes:
    whole = orjson.dumps(document(node("deep", "map", {"rules": [{"target": "x", "value": "here"}]})))
    return whole.replace(b'"here"', b'{"a":' * depth + b"1" + b"}" * depth)


def test_deep_nesting_is_kept_and_shown_and_can_be_published(admin: Member) -> None:
    made = _post(admin, "flows/", b'{"name": "x", "document": ' + _nested(40) + b"}")
    flow = f"flows/{made.json()['id']}"

    published = [admin.client.post(f"{BASE}/{flow}/versions/", {}).status_code for _ in range(2)]

    assert made.status_code == 201
    assert admin.client.get(f"{BASE}/{flow}/").json()["document"] == orjson.loads(_nested(40))
    assert published == [201, 201]
    assert admin.client.get(f"{BASE}/{flow}/versions/1/diff/2/").status_code == 200


@pytest.mark.parametrize(("depth", "code"), [(220, "too_deep"), (900, "too_deep"), (5000, "malformed_body")])
def test_nesting_beyond_all_reason_is_refused_wherever_it_comes(
    admin: Member, acme: Tenant, depth: int, code: str
) -> None:
    flow = f"flows/{create(admin, READS)['id']}"

    answers = [
        _post(admin, "flows/", b'{"name": "x", "document": ' + _nested(depth) + b"}"),
        _post(admin, f"{flow}/check/", b'{"document": ' + _nested(depth) + b"}"),
        _post(admin, f"{flow}/run/", b'{"environment": "sandbox", "body": ' + _nested(depth) + b"}"),
    ]

    assert {code_of(answer) for answer in answers} == {(400, code)}
    assert Flow.objects.of(acme).count() == 1


def test_a_nul_anywhere_is_refused(admin: Member, acme: Tenant) -> None:
    for body in (
        {"name": "a\x00b"},
        {"name": "x", "document": document(fixed("a", b="c\x00d"))},
        {"name": "x", "document": {"nodes": [], "layout": {"a\x00": {"x": 1}}}},
    ):
        assert code_of(admin.client.post(f"{BASE}/flows/", body)) == (400, "nul_character")
    assert Flow.objects.of(acme).count() == 0


def test_a_huge_document_is_kept_and_one_beyond_the_limit_is_refused(admin: Member, acme: Tenant) -> None:
    nodes = [fixed(f"n{n}", text="x" * 1000) for n in range(1000)]
    huge = create(admin, document(*nodes))
    over = {"name": "x", "document": document(*(fixed(f"n{n}", text="x" * 100_000) for n in range(100)))}

    assert huge["problems"] == []
    assert code_of(admin.client.post(f"{BASE}/flows/", over)) == (413, "too_large")
    assert Flow.objects.of(acme).count() == 1


def test_a_document_is_checked_without_being_saved(admin: Member, acme: Tenant) -> None:
    made = create(admin, READS)
    cycle = document(fixed("a", x=1), fixed("b", x=1), edges=[edge("start", "a"), edge("a", "b"), edge("b", "a")])

    answer = admin.client.post(f"{BASE}/flows/{made['id']}/check/", {"document": cycle})

    assert answer.status_code == 200
    assert {problem["code"] for problem in answer.json()["problems"]} == {"cycle"}
    assert Flow.objects.of(acme).get().draft == READS


@pytest.mark.parametrize("drawn", [{}, {"nodes": 1}, {"nodes": [None]}, {"nodes": [{"kind": "trigger", "params": 3}]}])
def test_anything_at_all_can_be_checked(admin: Member, drawn: Any) -> None:
    made = create(admin, READS)

    answer = admin.client.post(f"{BASE}/flows/{made['id']}/check/", {"document": drawn})

    assert answer.status_code == 200
    assert answer.json()["problems"] != []


def test_a_flow_at_work_is_not_removed_and_a_paused_one_is(admin: Member, acme: Tenant) -> None:
    made = create(admin, document(fixed("a", b=1)))
    deployment = deployed(acme, admin, made)

    refused = admin.client.delete(f"{BASE}/flows/{made['id']}/")
    publishing.pause(deployment)
    removed = admin.client.delete(f"{BASE}/flows/{made['id']}/")

    assert code_of(refused) == (409, "flow_is_deployed")
    assert removed.status_code == 204
    assert admin.client.get(f"{BASE}/flows/{made['id']}/").status_code == 404
    assert admin.client.get(f"{BASE}/flows/").json()["items"] == []
    assert Deployment.objects.of(acme).filter(active=True).count() == 0


def test_a_paused_flow_that_keeps_events_is_not_removed(house: House, admin: Member, acme: Tenant) -> None:  # noqa: F811
    deployment = house.deploy(document(fixed("a", b=1)))
    publishing.pause(deployment)
    path = f"{BASE}/flows/{deployment.flow_id}"
    run_id = admin.client.post(f"{path}/run/", {"environment": "sandbox"}).json()["run"]

    refused = admin.client.delete(f"{path}/")

    assert code_of(refused) == (409, "flow_has_open_runs")
    admin.client.post(f"{path}/deployments/sandbox/resume/")
    assert house.wait(run_id).status == "succeeded"
    admin.client.post(f"{path}/deployments/sandbox/pause/")
    assert admin.client.delete(f"{path}/").status_code == 204
    assert admin.client.get(f"{BASE}/runs/{run_id}/").json()["status"] == "succeeded"


def test_a_flow_is_started_by_hand_where_it_is_deployed(house: House, admin: Member, acme: Tenant) -> None:  # noqa: F811
    drawn = document(node("map", "map", {"rules": [{"target": "n", "source": "trigger.body.n"}]}))
    deployment = house.deploy(drawn)
    path = f"{BASE}/flows/{deployment.flow_id}/run/"

    started = admin.client.post(path, {"environment": "sandbox", "body": {"n": 7}})
    elsewhere = admin.client.post(path, {"environment": "production", "body": {}})
    nowhere = admin.client.post(path, {"environment": "moon"})

    assert started.status_code == 202
    run = house.wait(started.json()["run"])
    assert house.outputs(run.id)["map"] == {"n": 7}
    assert code_of(elsewhere) == (409, "not_deployed")
    assert nowhere.status_code == 422
    assert Run.objects.of(acme).count() == 1
    assert AuditEntry.objects.of(acme).get(action="flow.started").detail == {"run": run.id}


@pytest.mark.parametrize("role", ["viewer", "sales", "operator"])
def test_who_may_not_edit_flows_changes_nothing(
    new_member: Callable[[str], Member], admin: Member, acme: Tenant, role: str
) -> None:
    made = create(admin, READS)
    client = new_member(role).client
    path = f"{BASE}/flows/{made['id']}/"

    answers = [
        client.post(f"{BASE}/flows/", {"name": "x"}),
        client.patch(path, {"name": "x"}),
        client.delete(path),
        client.post(f"{path}versions/", {}),
    ]

    assert {code_of(answer) for answer in answers} == {(403, "permission_needed")}
    assert client.get(path).status_code == 200
    assert admin.client.get(path).json() == made


def test_a_flow_of_another_tenant_is_not_there(admin: Member, stranger: Member) -> None:
    made = create(admin, READS)

    for tenant in ("acme", "globex"):
        path = f"/api/v1/tenants/{tenant}/flows/{made['id']}/"
        answers = [
            stranger.client.get(path),
            stranger.client.patch(path, {"name": "x"}),
            stranger.client.delete(path),
            stranger.client.post(f"{path}check/", {"document": {}}),
            stranger.client.post(f"{path}versions/", {}),
            stranger.client.post(f"{path}deployments/", {"environment": "sandbox", "version": 1}),
            stranger.client.post(f"{path}run/", {"environment": "sandbox"}),
            stranger.client.post(f"{path}rollback/", {"environment": "sandbox"}),
        ]
        assert {answer.status_code for answer in answers} == {404}
    assert admin.client.get(f"{BASE}/flows/{made['id']}/").json() == made


def test_pages_of_flows_are_whole_while_flows_change(admin: Member) -> None:
    made = [create(admin, name=f"Flow {n}")["id"] for n in range(7)]

    first = admin.client.get(f"{BASE}/flows/?limit=3").json()
    admin.client.patch(f"{BASE}/flows/{first['items'][0]['id']}/", {"name": "Changed"})
    second = admin.client.get(f"{BASE}/flows/?limit=3&cursor={first['next']}").json()
    third = admin.client.get(f"{BASE}/flows/?limit=3&cursor={second['next']}").json()

    assert [row["id"] for page in (first, second, third) for row in page["items"]] == made[::-1]
    assert third["next"] is None


def test_a_list_takes_the_same_queries_for_one_flow_and_for_twenty(admin: Member, acme: Tenant) -> None:
    drawn = document(call("read", "read_thing", {"id": "1"}), trigger=WEBHOOK)
    deployed(acme, admin, create(admin, drawn))
    with CaptureQueriesContext(
        database,
    ) as one:
        admin.client.get(f"{BASE}/flows/")
    for _ in range(19):
        deployed(acme, admin, create(admin, drawn))

    with CaptureQueriesContext(database) as twenty:
        rows = admin.client.get(f"{BASE}/flows/").json()["items"]

    assert len(rows) == 20
    assert {len(row["deployments"]) for row in rows} == {1}
    assert len(twenty) <= len(one) <= 9
