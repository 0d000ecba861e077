"""OData as the simulated server reads it: filters, keys, pages, and no exception whatever comes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.library.epicor_kinetic.simulation.filters import read_filter, read_where
from connectors.library.epicor_kinetic.simulation.problems import EpicorProblem
from connectors.library.epicor_kinetic.simulation.tables import TABLES
from connectors.library.epicor_kinetic.tests.scenes import V2, Scene

CUSTOMERS = "Erp.BO.CustomerSvc/Customers"
ROW: dict[str, Any] = {
    **TABLES["OrderHed"].new_row(),
    "OrderNum": 5001,
    "CustNum": 102,
    "PONum": "PO's 7",
    "OrderDate": "2026-08-21",
    "DocOrderAmt": Decimal("19.99"),
    "OpenOrder": True,
    "WebOrderID_c": "W1",
}


@pytest.mark.parametrize(
    "text, holds",
    [
        ("PONum eq 'PO''s 7'", True),
        ("PONum eq 'po''S 7'", True),
        ("PONum ne 'x' and (OrderNum gt 5000 or OrderNum eq 1)", True),
        ("not (OrderNum eq 5001)", False),
        ("OpenOrder", True),
        ("OpenOrder eq false or VoidOrder eq false", True),
        ("contains(PONum,'s 7') and startswith(PONum, 'PO') and endswith(PONum,'7')", True),
        ("substringof('s 7', PONum)", True),
        ("tolower(PONum) eq 'po''s 7'", True),
        ("DocOrderAmt eq 19.99", True),
        ("DocOrderAmt gt 19.989999", True),
        ("OrderDate eq 2026-08-21", True),
        ("OrderDate ge 2026-08-21T00:00:00-05:00", True),
        ("OrderDate ge 2026-08-21T00:00:00Z", True),
        ("OrderDate le 2026-08-21T00:00:00Z", False),
        ("OrderDate eq datetime'2026-08-21T00:00:00'", True),
        ("RequestDate eq null", True),
        ("RequestDate lt 2026-01-01", False),
        ("5001 eq OrderNum", True),
        ("5000 lt OrderNum", True),
        ("WebOrderID_c eq 'W1'", True),
    ],
)
def test_a_filter_means_what_odata_says(text: str, holds: bool) -> None:
    assert read_filter(text, TABLES["OrderHed"]).passes(ROW) is holds


@pytest.mark.parametrize(
    "text, holds",
    [
        ("OrderNum = '5001' AND PONum = 'PO''s 7'", True),
        ("OrderNum <> 5001", False),
        ("PONum LIKE 'PO%' and OpenOrder = true", True),
        ("OrderHed.OrderDate >= '2026-08-21' BY OrderNum", True),
        ("PONum = 'a' OR CustNum = 102", True),
    ],
)
def test_a_where_clause_means_what_sql_says(text: str, holds: bool) -> None:
    assert read_where(text, TABLES["OrderHed"]).passes(ROW) is holds


@pytest.mark.parametrize(
    "text",
    [
        "ponum eq 'x'",
        "NoSuchField eq 1",
        "PONum eq 5",
        "PONum eq",
        "PONum 'x'",
        "(PONum eq 'x'",
        "PONum eq 'x",
        "PONum = 'x'",
        "magic(PONum) eq 'x'",
        "contains(OrderNum, 'x')",
        "OrderDate eq 2026-13-45",
        "(" * 60 + "OpenOrder" + ")" * 60,
        "PONum eq 'x' and",
    ],
)
def test_what_cannot_be_read_is_an_odata_error(text: str) -> None:
    error = Scene().refused("GET", "Erp.BO.SalesOrderSvc/SalesOrders", filter=text)

    assert (error["HttpStatus"], error["ErrorType"]) == (400, "Microsoft.OData.ODataException")


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_filter_text_raises_anything_but_epicors_error(text: str) -> None:
    _reads_or_refuses(text)


TOKENS = ["PONum", "OrderNum", "OrderDate", "OpenOrder", "eq", "and", "or", "not", "(", ")", ",", "'a'", "1",
          "-1.5", "null", "true", "contains", "2026-08-21", "=", "LIKE", "guid'x'", "datetime'2026-99-99'",
          "9" * 40]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=12))
@settings(max_examples=300, deadline=None)
def test_no_order_of_words_raises_anything_but_epicors_error(words: list[str]) -> None:
    _reads_or_refuses(" ".join(words))


def _reads_or_refuses(text: str) -> None:
    for read in (read_filter, read_where):
        assert _read(read, text) in (True, False, 400)


def _read(read: Any, text: str) -> bool | int:
    try:
        found: bool = read(text, TABLES["OrderHed"]).passes(ROW)
    except EpicorProblem as problem:
        return problem.status
    return found


def test_a_page_has_a_hundred_rows_unless_asked_otherwise() -> None:
    scene = Scene()
    for number in range(120):
        scene.ask("POST", "Erp.BO.PartSvc/Parts", {"PartNum": f"Z{number:03}", "PartDescription": "Z"})
    parts = "Erp.BO.PartSvc/Parts"

    counted = scene.ask("GET", parts, filter="startswith(PartNum,'Z')", count="true", orderby="PartNum desc")

    assert len(counted["value"]) == 100
    assert counted["@odata.count"] == 120
    assert counted["value"][0]["PartNum"] == "Z119"
    assert len(scene.rows(parts, top="500")) == 130


def test_columns_are_chosen_and_children_expanded() -> None:
    scene = Scene()
    scene.order()

    [order] = scene.rows(
        "Erp.BO.SalesOrderSvc/SalesOrders",
        select="OrderNum,DocOrderAmt",
        expand="OrderDtls($select=PartNum),OHOrderMscs",
    )

    assert order == {"OrderNum": 5001, "DocOrderAmt": 998, "OrderDtls": [{"PartNum": "PUMP-100"}], "OHOrderMscs": []}


@pytest.mark.parametrize(
    "key", ["'EPIC06',102", "Company='EPIC06',CustNum=102", "CustNum=102,Company='EPIC06'", " 'epic06' , 102 "]
)
def test_a_record_is_read_by_its_key(key: str) -> None:
    assert Scene().ask("GET", f"{CUSTOMERS}({key})")["CustID"] == "ACMEPUMP"


@pytest.mark.parametrize(
    "key", ["'EPIC06'", "102", "'EPIC06','102'", "EPIC06,102", "'EPIC06',102,3", "", "'EPIC06',x=1"]
)
def test_a_key_of_another_shape_is_refused(key: str) -> None:
    assert Scene().refused("GET", f"{CUSTOMERS}({key})")["HttpStatus"] == 400


def test_a_part_number_with_a_slash_and_a_quote_is_a_key() -> None:
    scene = Scene()
    scene.ask("POST", "Erp.BO.PartSvc/Parts", {"PartNum": "3/4' (NPT)", "PartDescription": "Nipple"})

    assert scene.ask("GET", "Erp.BO.PartSvc/Parts('EPIC06','3/4'' (NPT)')")["PartDescription"] == "Nipple"
    assert scene.ask("GET", "Erp.BO.PartSvc/Parts('EPIC06','BRACKET/10')/PartWhses")["value"][0]["OnHandQty"] == 64


def test_decimals_come_back_exactly_as_they_went_in() -> None:
    scene = Scene()

    scene.ask("PATCH", "Erp.BO.PartSvc/Parts('EPIC06','SEAL-415')", {"UnitPrice": 0.1})
    response = scene.send("GET", V2 + "Erp.BO.PartSvc/Parts('EPIC06','SEAL-415')", query={"$select": "UnitPrice"})

    assert response.body == b'{"UnitPrice":0.1}'


def test_get_rows_tells_whether_there_is_more() -> None:
    scene = Scene()

    asked = {"whereClauseCustomer": "CustNum >= 101 BY CustID", "pageSize": 5, "absolutePage": 2}
    found = scene.ask("POST", "Erp.BO.CustomerSvc/GetRows", asked)

    assert [row["CustNum"] for row in found["returnObj"]["Customer"]] == [106, 107]
    assert found["parameters"] == {"morePages": False}
