"""The preview over HTTP: the sample it computes with, what it refuses, and who may look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows import samples
from flows.models import Flow, LookupTable
from flows.records.lookup_tables import replace_rows
from ipaas.accounts.models import Environment, EnvironmentVariable, Tenant
from tests.api.conftest import Member
from tests.api.test_flows import create
from tests.api.working import BASE, code_of
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import call, document, node

pytestmark = pytest.mark.usefixtures("stub_registry")
ORDER = document(
    call("read", "read_thing", {"id": "{{ trigger.body.id }}"}),
    node("order", "map", {"rules": [{"target": "Name", "source": "steps.read.name"}]}),
)


def preview(member: Member, flow: dict[str, Any], node: str, **more: Any) -> Any:
    return member.client.post(f"{BASE}/flows/{flow['id']}/preview/", {"node": node, **more})


def test_a_step_of_the_saved_draft_is_previewed(admin: Member) -> None:
    flow = create(admin, ORDER)
    sample = {"trigger": {"body": {"id": "7"}}, "steps": {"read": {"name": "Ada"}}}

    answer = preview(admin, flow, "order", sample=sample).json()

    assert answer["output"] == {"Name": "Ada"}
    assert answer["rows"] == [{"target": "Name", "value": "Ada", "source": "steps.read.name"}]
    assert answer["scope"]["trigger"]["body"] == {"id": "7"}
    assert answer["scope"]["steps"]["read"] == {"name": "Ada"}
    assert (answer["error"], answer["findings"], answer["missing"]) == (None, [], [])


def test_the_document_on_screen_counts_over_the_saved_one(admin: Member) -> None:
    flow = create(admin)

    answer = preview(admin, flow, "read", document=ORDER, sample={"trigger": {"body": {"id": "7"}}}).json()

    assert answer["input"] == {"id": "7"}


def test_samples_of_the_flow_are_used_where_the_request_gives_none(admin: Member, acme: Tenant) -> None:
    flow = create(admin, ORDER)
    row = Flow.objects.of(acme).get(id=flow["id"])
    samples.put(row, "start", {"id": "9"}, True)
    samples.put(row, "read", {"name": "Grace"}, True)

    order = preview(admin, flow, "order").json()
    read = preview(admin, flow, "read").json()

    assert order["output"] == {"Name": "Grace"}
    assert (read["input"], read["output"]) == ({"id": "9"}, {"name": "Grace"})


def test_lookup_tables_and_variables_of_the_sandbox_are_read(admin: Member, acme: Tenant) -> None:
    table = LookupTable.objects.of(acme).create(tenant=acme, name="parts", title="Parts")
    replace_rows(table, [("A", "PART-A")])
    sandbox = Environment.objects.get(tenant=acme, name="sandbox")
    EnvironmentVariable.objects.create(environment=sandbox, name="PLANT", value="MAIN")
    flow = create(admin, document(node("find", "lookup", {"table": "parts", "key": "{{ trigger.body.sku }}"})))
    asked = [{"id": "a", "text": "env.PLANT", "as": "expression"}]

    answer = preview(admin, flow, "find", sample={"trigger": {"body": {"sku": "A"}}}, expressions=asked).json()

    assert (answer["output"], answer["expressions"]) == ("PART-A", [{"id": "a", "value": "MAIN"}])
    assert "env" not in answer["scope"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"node": "nobody"}, "/node"),
        ({}, "/node"),
        ({"node": "read", "document": {"nodes": 5}}, "/nodes"),
        ({"node": "read", "document": {"nodes": [{"id": 5}]}}, "/nodes/0"),
        ({"node": "read", "sample": {"steps": []}}, "/sample/steps"),
        ({"node": "read", "expressions": [{"id": "a", "text": "x", "as": "poem"}]}, "/expressions/0/as"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(admin: Member, body: dict[str, Any], pointer: str) -> None:
    flow = create(admin, ORDER)

    answer = admin.client.post(f"{BASE}/flows/{flow['id']}/preview/", body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_any_half_drawn_step_answers(admin: Member) -> None:
    flow = create(admin)
    kinds = ["trigger", "map", "lookup", "condition", "call", "for_each", "validate", "respond", "fail"]
    odd: list[Any] = [None, [], "text", {"rules": 5, "branches": 5, "items": 5, "key": {}, "schema": 5, "input": []}]
    drawn = [
        {"schema": 1, "nodes": [{"id": "a", "kind": kind, "params": params, "parent": "a"}], "edges": []}
        for kind in kinds
        for params in odd
    ]

    answers = [preview(admin, flow, "a", document=each).status_code for each in drawn]

    assert answers == [200] * len(drawn)


def test_whoever_may_view_may_preview_and_strangers_find_nothing(
    admin: Member, stranger: Member, new_member: Callable[[str], Member]
) -> None:
    flow = create(admin, ORDER)

    seen = preview(new_member("viewer"), flow, "order")
    hidden = preview(stranger, flow, "order")

    assert seen.status_code == 200
    assert code_of(hidden) == (404, "not_found")
