"""Where a value came from, over HTTP: what a version reads, and the stages of one rule in one run."""

from __future__ import annotations

from typing import Any

from flows.models import LookupRow, LookupTable
from ipaas.accounts.models import Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import document, node
from tests.flows.house import House

# ruff: noqa: F811
RULES: list[dict[str, Any]] = [
    {
        "target": "Lines[].Part",
        "source": "trigger.body.lines[].sku",
        "transforms": [{"fn": "upper"}, {"fn": "lookup", "table": "parts"}],
    },
    {"target": "Note", "source": "trigger.body.note", "default": "none"},
    {"target": "Never", "source": "trigger.body.note", "when": "trigger.body.note"},
]
COPY = [{"target": "text", "source": "trigger.body.text"}]
BODY = {"lines": [{"sku": "a"}, {"sku": "b"}]}


def _run(house: House, tenant: Tenant, drawn: dict[str, Any]) -> str:
    table = LookupTable.objects.of(tenant).create(name="parts", title="Parts")
    LookupRow.objects.create(table=table, key="A", value="PUMP")
    LookupRow.objects.create(table=table, key="B", value="HOSE")
    run_id = house.start(house.deploy(drawn), BODY)
    house.wait(run_id)
    return run_id


def test_a_rule_tells_its_value_after_each_transform(house: House, admin: Member, acme: Tenant) -> None:
    drawn = document(node("order", "map", {"rules": RULES}))
    run_id = _run(house, acme, drawn)
    index = [n["id"] for n in drawn["nodes"]].index("order")

    answer = admin.client.get(
        f"{BASE}/runs/{run_id}/provenance/", {"step": "order", "pointer": f"/nodes/{index}/params/rules/0"}
    ).json()

    assert answer["read"] == ["a", "b"]
    assert [(stage["fn"], stage["value"]) for stage in answer["stages"]] == [
        ("upper", ["A", "B"]),
        ("lookup", ["PUMP", "HOSE"]),
    ]
    assert answer["value"] == ["PUMP", "HOSE"]
    assert (answer["skipped"], answer["error"]) == (False, None)


def test_defaults_and_conditions_are_told(house: House, admin: Member, acme: Tenant) -> None:
    drawn = document(node("order", "map", {"rules": RULES}))
    run_id = _run(house, acme, drawn)
    index = [n["id"] for n in drawn["nodes"]].index("order")

    def ask(rule: int) -> Any:
        pointer = f"/nodes/{index}/params/rules/{rule}"
        return admin.client.get(f"{BASE}/runs/{run_id}/provenance/", {"step": "order", "pointer": pointer}).json()

    assert (ask(1)["read"], ask(1)["value"]) == (None, "none")
    assert ask(2)["skipped"] is True


def test_inside_a_for_each_a_rule_is_told_for_its_item(house: House, admin: Member, acme: Tenant) -> None:
    inner = node("part", "map", {"rules": [{"target": "Sku", "source": "item.sku"}]}, parent="each")
    drawn = document(node("each", "for_each", {"items": "trigger.body.lines"}))
    drawn["nodes"].append(inner)
    run_id = _run(house, acme, drawn)
    pointer = f"/nodes/{len(drawn['nodes']) - 1}/params/rules/0"

    answer = admin.client.get(f"{BASE}/runs/{run_id}/provenance/", {"step": "each[1].part", "pointer": pointer})

    assert answer.json()["value"] == "b"


def test_what_a_version_reads_comes_with_its_places(house: House, admin: Member, acme: Tenant) -> None:
    run_id = _run(house, acme, document(node("order", "map", {"rules": RULES})))

    items = admin.client.get(f"{BASE}/runs/{run_id}/reads/").json()["items"]

    assert [(item["node"], item["target"]) for item in items if item["node"] == "order"] == [
        ("order", ["Lines", None, "Part"]),
        ("order", ["Note"]),
        ("order", ["Never"]),
    ]
    assert items[-1]["when"] == [["trigger", "body", "note"]]


def test_what_is_not_there_is_refused_in_words(house: House, admin: Member, acme: Tenant) -> None:
    run_id = _run(house, acme, document(node("order", "map", {"rules": RULES})))
    address = f"{BASE}/runs/{run_id}/provenance/"

    assert code_of(admin.client.get(address)) == (404, "not_told")
    assert code_of(admin.client.get(address, {"step": "order", "pointer": "/nodes/99"})) == (404, "not_told")
    assert code_of(admin.client.get(address, {"step": "x[9].order", "pointer": "/nodes/1/params/rules/0"})) == (
        404,
        "not_told",
    )


def test_another_tenant_is_told_nothing(house: House, admin: Member, stranger: Member, acme: Tenant) -> None:
    run_id = _run(house, acme, document(node("order", "map", {"rules": RULES})))

    for path in ("reads/", "provenance/?step=order&pointer=/nodes/1/params/rules/0"):
        assert admin.client.get(f"{BASE}/runs/{run_id}/{path}").status_code == 200
        assert stranger.client.get(f"/api/v1/tenants/globex/runs/{run_id}/{path}").status_code == 404


def test_a_value_over_256_kb_is_read_when_it_is_asked_for(house: House, admin: Member, stranger: Member) -> None:
    big = "x" * 300_000
    run_id = house.start(house.deploy(document(node("done", "map", {"rules": COPY}))), {"text": big})
    house.wait(run_id)

    def outputs(query: str) -> list[Any]:
        rows = admin.client.get(f"{BASE}/runs/{run_id}/facts/{query}").json()["items"]
        return [fact["output"] for row in rows for fact in row["facts"] if fact["type"] == "step_succeeded"]

    [reference] = outputs("?values=apart")
    assert outputs("") == [{"text": big}]
    assert reference["bytes"] > 300_000
    asked = {"id": reference["$value"]}
    assert admin.client.get(f"{BASE}/runs/{run_id}/values/", asked).json()["value"] == {"text": big}
    assert code_of(admin.client.get(f"{BASE}/runs/{run_id}/values/", {"id": "no"})) == (404, "not_found")
    assert stranger.client.get(f"/api/v1/tenants/globex/runs/{run_id}/values/", asked).status_code == 404
