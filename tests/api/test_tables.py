"""Lookup tables over HTTP: kept by people, read by running flows, moved in and out as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows.models import LookupRow, LookupTable
from flows.records import lookup_tables
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.api.working import BASE, code_of, house  # noqa: F401  a fixture
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.documents import document, node
from tests.flows.house import House

PARTS = f"{BASE}/lookup-tables/parts/"


@pytest.fixture
def parts(admin: Member) -> str:
    """A table of two rows; its address."""
    made = admin.client.post(f"{BASE}/lookup-tables/", {"name": "parts", "title": "Parts"})
    assert made.status_code == 201
    _replace(admin, {"pump": "PUMP-100", "seal": "SEAL-415"})
    return PARTS


def _replace(member: Member, rows: dict[str, str]) -> Any:
    return member.client.put(f"{PARTS}rows/", {"rows": [{"key": key, "value": rows[key]} for key in rows]})


def _rows(member: Member, query: str = "") -> dict[str, str]:
    answer = member.client.get(f"{PARTS}rows/?{query}")
    assert answer.status_code == 200
    return {row["key"]: row["value"] for row in answer.json()["items"]}


def _csv(member: Member, text: str | bytes) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return member.client.generic("PUT", f"{PARTS}csv/", raw, content_type="text/csv")


def test_a_table_is_created_shown_listed_changed_and_removed(admin: Member, acme: Tenant) -> None:
    made = admin.client.post(f"{BASE}/lookup-tables/", {"name": "parts", "title": "Parts", "key_title": "Product"})
    changed = admin.client.patch(PARTS, {"title": "Part numbers"})
    listed = admin.client.get(f"{BASE}/lookup-tables/").json()["items"]
    removed = admin.client.delete(PARTS)

    assert made.status_code == 201
    assert (made.json()["key_title"], made.json()["value_title"], made.json()["rows_count"]) == ("Product", "Value", 0)
    assert (changed.json()["title"], changed.json()["key_title"]) == ("Part numbers", "Product")
    assert [(row["name"], row["title"]) for row in listed] == [("parts", "Part numbers")]
    assert removed.status_code == 204
    assert admin.client.get(PARTS).status_code == 404
    entries = AuditEntry.objects.of(acme).filter(target_type="lookup_table")
    actions = entries.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["lookup_table.created", "lookup_table.changed", "lookup_table.removed"]


def test_a_name_is_taken_once_in_a_tenant(admin: Member, stranger: Member, parts: str) -> None:
    again = admin.client.post(f"{BASE}/lookup-tables/", {"name": "parts", "title": "Other"})
    elsewhere = stranger.client.post("/api/v1/tenants/globex/lookup-tables/", {"name": "parts", "title": "Theirs"})

    assert code_of(again) == (409, "name_taken")
    assert elsewhere.status_code == 201
    assert admin.client.get(parts).json()["title"] == "Parts"


@pytest.mark.parametrize("name", ["", "Parts", "1parts", "a-b", "a b", "x" * 41, "ä"])
def test_a_name_that_no_flow_can_write_is_refused(admin: Member, acme: Tenant, name: str) -> None:
    answer = admin.client.post(f"{BASE}/lookup-tables/", {"name": name, "title": "x"})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/name"]
    assert LookupTable.objects.of(acme).count() == 0


def test_rows_are_replaced_as_a_whole(admin: Member, parts: str) -> None:
    answer = _replace(admin, {"motor": "MOTOR-500"})

    assert (answer.status_code, answer.json()["rows_count"]) == (200, 1)
    assert _rows(admin) == {"motor": "MOTOR-500"}


def test_some_rows_are_set_and_others_removed(admin: Member, acme: Tenant, parts: str) -> None:
    answer = admin.client.patch(
        f"{parts}rows/", {"set": {"pump": "PUMP-200", "hose": "HOSE-310"}, "remove": ["seal", "absent"]}
    )

    assert answer.json()["rows_count"] == 2
    assert _rows(admin) == {"hose": "HOSE-310", "pump": "PUMP-200"}
    detail = AuditEntry.objects.of(acme).get(action="lookup_table.rows_changed").detail
    assert detail == {"name": "parts", "set": ["hose", "pump"], "removed": ["seal", "absent"]}


@pytest.mark.parametrize(
    "rows",
    [
        [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
        [{"key": "", "value": "1"}],
        [{"key": "x" * 256, "value": "1"}],
        [{"key": "a", "value": "x" * 2001}],
        [{"key": "a"}],
        [{"key": "a", "value": None}],
        "rows",
        [["a", "b"]],
    ],
)
def test_rows_that_cannot_be_kept_are_refused_and_the_old_ones_stay(admin: Member, parts: str, rows: Any) -> None:
    answer = admin.client.put(f"{parts}rows/", {"rows": rows})

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert _rows(admin) == {"pump": "PUMP-100", "seal": "SEAL-415"}


def test_a_key_that_is_only_too_long_in_a_change_is_refused(admin: Member, parts: str) -> None:
    for body in ({"set": {"x" * 256: "1"}}, {"set": {"": "1"}}, {"set": {"a": 5.5, "b": None}}, {"remove": "pump"}):
        assert admin.client.patch(f"{parts}rows/", body).status_code == 422
    assert _rows(admin) == {"pump": "PUMP-100", "seal": "SEAL-415"}


def test_more_rows_than_a_table_holds_are_refused(admin: Member, parts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup_tables, "MOST_ROWS", 3)

    whole = _replace(admin, {str(n): "x" for n in range(4)})
    part = admin.client.patch(f"{parts}rows/", {"set": {"a": "1", "b": "2"}})
    swapped = admin.client.patch(f"{parts}rows/", {"set": {"a": "1", "b": "2"}, "remove": ["pump"]})

    assert [code_of(answer) for answer in (whole, part)] == [(422, "rows_refused")] * 2
    assert swapped.status_code == 200
    assert _rows(admin) == {"a": "1", "b": "2", "seal": "SEAL-415"}


def test_rows_come_in_pages_by_key_and_by_their_beginning(admin: Member, parts: str) -> None:
    rows = {f"k{n:03}": str(n) for n in range(120)}
    _replace(admin, {**rows, "Other": "1"})

    first = admin.client.get(f"{parts}rows/?limit=100").json()
    second = admin.client.get(f"{parts}rows/?limit=100&cursor={first['next']}").json()

    found = [row["key"] for row in [*first["items"], *second["items"]]]
    assert found == sorted([*rows, "Other"])
    assert second["next"] is None
    assert list(_rows(admin, "q=k11")) == [f"k11{n}" for n in range(10)]
    assert list(_rows(admin, "q=other")) == ["Other"]
    assert _rows(admin, "q=%25") == {}


def test_a_table_goes_out_as_csv_and_comes_in_again(admin: Member, parts: str) -> None:
    rows = {"a,b": 'say "x"', "c;d": "two\nlines", "ü𝄞": "", "=1+1": "@x"}
    _replace(admin, rows)

    out = admin.client.get(f"{parts}csv/")
    _replace(admin, {})
    back = _csv(admin, out.content)

    assert out["Content-Type"] == "text/csv; charset=utf-8"
    assert out["Content-Disposition"] == 'attachment; filename="parts.csv"'
    assert out.content.startswith(b"key,value\r\n")
    assert (back.status_code, back.json()["rows_count"]) == (200, 4)
    assert _rows(admin) == rows


@pytest.mark.parametrize(
    "text",
    [
        "key,value\npump,PUMP-1\nseal,SEAL-1\n",
        "pump,PUMP-1\r\nseal,SEAL-1",
        "Key;Value\r\npump;PUMP-1\r\nseal;SEAL-1\r\n",
        "\ufeffkey;value\npump;PUMP-1\nseal;SEAL-1",
        'pump,"PUMP-1"\n\n seal , SEAL-1 \n',
    ],
)
def test_a_spreadsheets_csv_is_read_whatever_its_habits(admin: Member, parts: str, text: str) -> None:
    answer = _csv(admin, text)

    assert answer.status_code == 200, answer.json()
    assert _rows(admin) == {"pump": "PUMP-1", "seal": "SEAL-1"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("pump,PUMP-1,blue\n", "Line 1 has 3 columns"),
        ("key,value\npump\n", "Line 2 has 1 columns"),
        ("key,value\npump,1\npump,2\n", "“pump”"),
        ("key,value\n,1\n", "no key"),
        ("pump,a\x00b\n", "NUL"),
        ('pump,"never closed\n' + "x" * 200_000, "not CSV"),
    ],
)
def test_a_csv_that_cannot_be_kept_is_refused_and_the_old_rows_stay(
    admin: Member, parts: str, text: str, word: str
) -> None:
    answer = _csv(admin, text)

    assert code_of(answer) == (422, "rows_refused")
    assert word in answer.json()["detail"]
    assert _rows(admin) == {"pump": "PUMP-100", "seal": "SEAL-415"}


def test_a_body_that_is_no_csv_text_is_refused(admin: Member, parts: str) -> None:
    assert code_of(_csv(admin, b"pump,\xff\xfe")) == (400, "not_utf8")
    assert code_of(_csv(admin, b"x" * (9 * 1024 * 1024)))[0] == 413
    assert admin.client.put(f"{parts}csv/", {"a": 1}).status_code == 415
    assert _rows(admin) == {"pump": "PUMP-100", "seal": "SEAL-415"}


def test_words_changed_while_rows_change_never_take_the_revision_back(admin: Member, acme: Tenant, parts: str) -> None:
    before = LookupTable.objects.of(acme).get().revision
    stale = LookupTable.objects.of(acme).get()

    admin.client.patch(parts, {"title": "New"})
    _replace(admin, {"a": "1"})
    lookup_tables.change_rows(stale, {"b": "2"}, [])

    assert LookupTable.objects.of(acme).get().revision == before + 2


def test_a_running_flow_sees_a_changed_row_at_once(house: House, admin: Member, parts: str) -> None:  # noqa: F811
    look = node("look", "lookup", {"table": "parts", "key": "{{ trigger.body }}", "on_missing": "fail"})
    deployment = house.deploy(document(look))

    first = house.wait(house.start(deployment, "pump"))
    _replace(admin, {"pump": "PUMP-200"})
    second = house.wait(house.start(deployment, "pump"))
    admin.client.patch(f"{parts}rows/", {"remove": ["pump"]})
    third = house.wait(house.start(deployment, "pump"))

    assert house.outputs(first.id)["look"] == "PUMP-100"
    assert house.outputs(second.id)["look"] == "PUMP-200"
    assert third.status == "failed"
    assert "pump" in third.error["message"]


def test_a_flow_whose_table_is_gone_says_so(house: House, admin: Member, parts: str) -> None:  # noqa: F811
    look = node("look", "lookup", {"table": "parts", "key": "pump"})
    deployment = house.deploy(document(look))
    admin.client.delete(parts)

    run = house.wait(house.start(deployment))

    assert run.status == "failed"
    assert "parts" in run.error["message"]


def test_roles_decide_who_keeps_tables(new_member: Callable[[str], Member], parts: str) -> None:
    viewer = new_member("viewer")

    answers = [
        viewer.client.post(f"{BASE}/lookup-tables/", {"name": "x", "title": "x"}),
        viewer.client.patch(parts, {"title": "x"}),
        viewer.client.delete(parts),
        viewer.client.put(f"{parts}rows/", {"rows": []}),
        viewer.client.patch(f"{parts}rows/", {}),
        _csv(viewer, "a,b"),
    ]

    assert {code_of(answer) for answer in answers} == {(403, "permission_needed")}
    assert _rows(viewer) == {"pump": "PUMP-100", "seal": "SEAL-415"}


def test_a_table_of_another_tenant_is_not_there(stranger: Member, parts: str) -> None:
    for path in (parts, "/api/v1/tenants/globex/lookup-tables/parts/"):
        answers = [stranger.client.get(f"{path}{rest}") for rest in ("", "rows/", "csv/")]
        answers += [stranger.client.delete(path), stranger.client.patch(f"{path}rows/", {"remove": ["pump"]})]
        assert {answer.status_code for answer in answers} == {404}
    assert LookupRow.objects.count() == 2
