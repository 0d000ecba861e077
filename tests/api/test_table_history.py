"""The history of lookup tables, the way back, the conflict of two people, and who reads a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.models import LookupChange
from flows.records import lookup_tables
from ipaas.accounts.models import Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import document, node
from tests.flows.house import House

PARTS = f"{BASE}/lookup-tables/parts/"
LOOK = node("look", "lookup", {"table": "parts", "key": "{{ trigger.body }}", "on_missing": "fail"})


@pytest.fixture
def parts(admin: Member) -> str:
    """A table of two rows; its address."""
    admin.client.post(f"{BASE}/lookup-tables/", {"name": "parts", "title": "Parts"})
    admin.client.patch(f"{PARTS}rows/", {"set": {"pump": "PUMP-100", "seal": "SEAL-415"}})
    return PARTS


def _sheet(member: Member) -> Any:
    answer = member.client.get(f"{PARTS}sheet/")
    assert answer.status_code == 200
    return answer.json()


def _history(member: Member) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = member.client.get(f"{PARTS}history/").json()["items"]
    return items


def test_each_change_says_who_how_and_how_many_rows(admin: Member, parts: str) -> None:
    admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-200", "hose": "H"}, "remove": ["seal"]})
    admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-300"}, "how": "imported"})

    told = [(row["how"], row["added"], row["changed"], row["removed"], row["revision"]) for row in _history(admin)]

    assert told == [("imported", 0, 1, 0, 4), ("edited", 1, 1, 1, 3), ("edited", 2, 0, 0, 2)]
    assert {row["by"] for row in _history(admin)} == {admin.user.name or admin.user.email}


def test_a_change_shows_its_rows_before_and_after(admin: Member, parts: str) -> None:
    admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-200", "hose": "H"}, "remove": ["seal"]})

    answer = admin.client.get(f"{parts}history/{_history(admin)[0]['id']}/").json()

    assert sorted((row["key"], row["before"], row["after"]) for row in answer["rows"]) == [
        ("hose", None, "H"),
        ("pump", "PUMP-100", "PUMP-200"),
        ("seal", "SEAL-415", None),
    ]


def test_a_change_that_changes_nothing_leaves_no_entry_and_no_new_revision(admin: Member, parts: str) -> None:
    answer = admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-100"}, "remove": ["absent"]})

    assert answer.json()["revision"] == 2
    assert len(_history(admin)) == 1


def test_restoring_undoes_a_change_and_every_later_one_and_can_be_taken_back(admin: Member, parts: str) -> None:
    admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-200"}, "remove": ["seal"]})
    admin.client.put(f"{parts}rows/", {"rows": [{"key": "motor", "value": "M"}]})
    before_both = _history(admin)[1]["id"]

    answer = admin.client.post(f"{parts}history/{before_both}/restore/", {})

    assert answer.status_code == 200
    assert _sheet(admin) == {"revision": 5, "rows": [["pump", "PUMP-100"], ["seal", "SEAL-415"]]}
    newest = _history(admin)[0]
    assert (newest["how"], newest["added"], newest["changed"], newest["removed"]) == ("restored", 2, 0, 1)
    admin.client.post(f"{parts}history/{newest['id']}/restore/", {})
    assert _sheet(admin)["rows"] == [["motor", "M"]]


def test_a_change_on_top_of_an_old_revision_is_refused_and_nothing_is_written(admin: Member, parts: str) -> None:
    admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-200"}, "revision": 2})

    late = admin.client.patch(f"{parts}rows/", {"set": {"pump": "PUMP-999"}, "revision": 2})

    assert code_of(late) == (409, "table_moved")
    assert _sheet(admin) == {"revision": 3, "rows": [["pump", "PUMP-200"], ["seal", "SEAL-415"]]}


def test_ten_thousand_rows_come_in_one_answer(admin: Member, parts: str) -> None:
    rows = {f"k{number:05}": str(number) for number in range(10_000)}
    admin.client.patch(f"{parts}rows/", {"set": rows, "remove": ["pump", "seal"]})

    sheet = _sheet(admin)

    assert len(sheet["rows"]) == 10_000
    assert sheet["rows"][0] == ["k00000", "0"]
    assert sheet["rows"][-1] == ["k09999", "9999"]


def test_only_the_last_changes_are_kept(
    admin: Member, acme: Tenant, parts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_tables, "MOST_CHANGES", 3)

    for number in range(5):
        admin.client.patch(f"{parts}rows/", {"set": {"pump": str(number)}})

    assert [row["revision"] for row in _history(admin)] == [7, 6, 5]
    assert LookupChange.objects.of(acme).count() == 3


def test_a_table_says_which_drafts_and_deployed_versions_read_it(
    house: House,  # noqa: F811
    admin: Member,
    parts: str,
) -> None:
    deployment = house.deploy(document(LOOK))
    rules = [{"target": "PartNum", "source": "trigger.body", "transforms": [{"fn": "lookup", "table": "parts"}]}]
    mapped = document(node("order", "map", {"rules": rules}))
    made = admin.client.post(f"{BASE}/flows/", {"name": "A draft", "document": mapped}).json()

    used_by = admin.client.get(parts).json()["used_by"]

    draft = {"id": "order", "title": "order", "target": "PartNum"}
    look = {"id": "look", "title": "look", "target": ""}
    told = [(user["flow"]["id"], user["version"], user["environments"], user["steps"]) for user in used_by]
    assert (made["id"], None, [], [draft]) in told
    assert (deployment.flow_id, 1, [deployment.environment.name], [look]) in told
    listed = admin.client.get(f"{BASE}/lookup-tables/").json()["items"]
    assert [(row["name"], row["flows_count"]) for row in listed] == [("parts", 2)]


def test_a_changed_draft_is_read_again(admin: Member, parts: str) -> None:
    made = admin.client.post(f"{BASE}/flows/", {"name": "A draft", "document": document(LOOK)}).json()
    before = admin.client.get(parts).json()["used_by"]

    admin.client.patch(f"{BASE}/flows/{made['id']}/", {"document": document()})

    assert [user["flow"]["name"] for user in before] == ["A draft"]
    assert admin.client.get(parts).json()["used_by"] == []


def test_who_reads_a_table_costs_no_query_per_flow(admin: Member, parts: str) -> None:
    for number in range(3):
        admin.client.post(f"{BASE}/flows/", {"name": f"Flow {number}", "document": document(LOOK)})
    with CaptureQueriesContext(connection) as few:
        admin.client.get(parts)
    for number in range(3, 12):
        admin.client.post(f"{BASE}/flows/", {"name": f"Flow {number}", "document": document(LOOK)})

    with CaptureQueriesContext(connection) as many:
        answer = admin.client.get(parts)

    assert len(answer.json()["used_by"]) == 12
    assert len(many) <= len(few)


def test_roles_and_tenants_are_kept_apart(
    new_member: Callable[[str], Member], admin: Member, stranger: Member, parts: str
) -> None:
    change = _history(admin)[0]["id"]

    refused = new_member("viewer").client.post(f"{parts}history/{change}/restore/", {})
    elsewhere = stranger.client.get(f"{parts}history/{change}/")

    assert code_of(refused) == (403, "permission_needed")
    assert elsewhere.status_code == 404
    assert len(_history(admin)) == 1
