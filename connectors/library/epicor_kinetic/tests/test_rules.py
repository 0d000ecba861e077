"""Business rules of the simulated company, each refusal with Epicor's table and field, and nothing kept after it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.library.epicor_kinetic.tests.scenes import Scene, where

CUSTOMERS, ORDERS = "Erp.BO.CustomerSvc/Customers", "Erp.BO.SalesOrderSvc/SalesOrders"
RECEIPTS, GROUPS = "Erp.BO.CashRecSvc/CashRecs", "Erp.BO.CashGrpSvc/CashGrps"
JOURNALS = "Erp.BO.GLJournalEntrySvc/GLJournalEntries"
LINE = {"PartNum": "PUMP-100", "SellingQuantity": 1, "DocUnitPrice": 1}


def order_with(**line: Any) -> dict[str, Any]:
    return {"CustNum": 102, "OrderDtls": [LINE, {**LINE, **line}]}


@pytest.mark.parametrize(
    "address, body, status, table, field",
    [
        (CUSTOMERS, {"Name": "No id"}, 400, "Customer", "CustID"),
        (CUSTOMERS, {"CustID": "X"}, 400, "Customer", "Name"),
        (CUSTOMERS, {"CustID": "acmepump", "Name": "Twin"}, 409, "Customer", "CustID"),
        (CUSTOMERS, {"CustID": "X" * 11, "Name": "Long"}, 400, "Customer", "CustID"),
        (CUSTOMERS, {"CustID": "X", "Name": "X", "TermsCode": "N99"}, 400, "Customer", "TermsCode"),
        (CUSTOMERS, {"CustID": "X", "Name": "X", "CountryNum": 999}, 400, "Customer", "CountryNum"),
        (CUSTOMERS, {"CustID": "X", "Name": "X", "NoSuchColumn": 1}, 400, "", ""),
        (CUSTOMERS, {"CustID": 5, "Name": "X"}, 400, "", ""),
        (ORDERS, {}, 400, "OrderHed", "CustNum"),
        (ORDERS, {"CustNum": 9999}, 400, "OrderHed", "CustNum"),
        (ORDERS, {"CustNum": 107}, 400, "OrderHed", "CustNum"),
        (ORDERS, {"CustNum": 102, "ShipToNum": "NOWHERE"}, 400, "OrderHed", "ShipToNum"),
        (ORDERS, {"CustNum": 102, "PONum": "x" * 51}, 400, "OrderHed", "PONum"),
        (ORDERS, order_with(PartNum="NOPE"), 400, "OrderDtl", "PartNum"),
        (ORDERS, order_with(PartNum="PUMP-090"), 400, "OrderDtl", "PartNum"),
        (ORDERS, order_with(SellingQuantity=0), 400, "OrderDtl", "SellingQuantity"),
        (ORDERS, order_with(DocUnitPrice=-1), 400, "OrderDtl", "DocUnitPrice"),
        (ORDERS, {"CustNum": 102, "OHOrderMscs": [{"MiscCode": "XXX"}]}, 400, "OHOrderMsc", "MiscCode"),
        (GROUPS, {"GroupID": "TOOLONGFOR", "BankAcctID": "MAIN"}, 400, "CashGrp", "GroupID"),
        (GROUPS, {"GroupID": "G", "BankAcctID": "NONE"}, 400, "CashGrp", "BankAcctID"),
        (GROUPS, {"GroupID": "jsmith1", "BankAcctID": "MAIN"}, 409, "CashGrp", "GroupID"),
        (RECEIPTS, {"GroupID": "NONE", "CustNum": 102, "DocTranAmt": 1}, 400, "CashHead", "GroupID"),
        (RECEIPTS, {"GroupID": "JSMITH1", "CustNum": 102, "DocTranAmt": 1}, 400, "CashGrp", "ActiveUserID"),
        ("Erp.BO.ARInvoiceSvc/ARInvoices", {"GroupID": "NONE", "CustNum": 102}, 400, "InvcHead", "GroupID"),
        (JOURNALS, {"GroupID": "NONE", "Description": "x"}, 400, "GLJrnHed", "GroupID"),
    ],
)  # fmt: skip
def test_a_rule_is_told_with_table_and_field_and_nothing_is_kept(
    address: str, body: dict[str, Any], status: int, table: str, field: str
) -> None:
    scene = Scene()
    before = scene.store.collections()

    error = scene.refused("POST", address, body)

    assert where(error) == (status, table, field)
    assert scene.store.collections() == before


def test_totals_are_the_servers_own_work() -> None:
    scene = Scene()

    made = scene.order(
        TaxRegionCode="IL",
        DocOrderAmt=1,
        OrderDtls=[
            {"PartNum": "GAUGE-700", "SellingQuantity": 3, "DocUnitPrice": 27.4375, "DiscountPercent": 10},
            {"PartNum": "HOSE-310", "SellingQuantity": 250, "DocUnitPrice": 6.375, "PricePerCode": "C"},
        ],
        OHOrderMscs=[{"MiscCode": "FRT", "DocMiscAmt": 12.345}],
    )

    lines = scene.rows("Erp.BO.SalesOrderSvc/OrderDtls", filter=f"OrderNum eq {made['OrderNum']}", orderby="OrderLine")
    assert [(line["DocExtPriceDtl"], line["DocDiscount"]) for line in lines] == [
        (Decimal("82.31"), Decimal("8.23")),
        (Decimal("15.94"), 0),
    ]
    assert made["DocTotalCharges"] == Decimal("98.25")
    assert made["DocTotalDiscount"] == Decimal("8.23")
    assert made["DocTotalMisc"] == Decimal("12.35")
    assert made["DocTotalTax"] == Decimal("5.63")
    assert made["DocOrderAmt"] == Decimal("108.00")


def test_amounts_follow_the_places_of_their_currency_and_the_rate() -> None:
    scene = Scene()

    yen = scene.order(CurrencyCode="JPY", OrderDtls=[{**LINE, "SellingQuantity": 3, "DocUnitPrice": 333.5}])
    dinar = scene.order(CurrencyCode="KWD", OrderDtls=[{**LINE, "DocUnitPrice": 1.2345}])

    assert (yen["DocOrderAmt"], yen["OrderAmt"]) == (1001, Decimal("6.71"))
    assert (dinar["DocOrderAmt"], dinar["OrderAmt"]) == (Decimal("1.235"), Decimal("4.01"))


def test_a_line_brings_its_release_and_the_release_follows_it() -> None:
    scene = Scene()
    order = scene.order()
    key = f"Erp.BO.SalesOrderSvc/OrderDtls('EPIC06',{order['OrderNum']},1)"

    scene.ask("PATCH", key, {"SellingQuantity": 5})

    [release] = scene.rows("Erp.BO.SalesOrderSvc/OrderRels", filter=f"OrderNum eq {order['OrderNum']}")
    assert (release["OurReqQty"], release["Plant"], release["WarehouseCode"]) == (5, "MfgSys", "MAIN")
    assert scene.ask("GET", f"{ORDERS}('EPIC06',{order['OrderNum']})")["DocOrderAmt"] == 2495
    scene.ask("DELETE", key)
    assert scene.rows("Erp.BO.SalesOrderSvc/OrderRels") == []
    assert scene.ask("GET", f"{ORDERS}('EPIC06',{order['OrderNum']})")["DocOrderAmt"] == 0


def test_an_order_goes_with_all_that_it_contains() -> None:
    scene = Scene()
    number = scene.order(OHOrderMscs=[{"MiscCode": "FRT", "DocMiscAmt": 1}])["OrderNum"]

    scene.ask("DELETE", f"{ORDERS}('EPIC06',{number})")

    ledger = scene.simulator.ledger()
    assert [ledger[name] for name in ("SalesOrders", "OrderDtls", "OrderRels", "OHOrderMscs")] == [[], [], [], []]


def test_a_closed_order_takes_no_change_until_it_is_opened_again() -> None:
    scene = Scene()
    number = scene.order()["OrderNum"]
    scene.ask("POST", "Erp.BO.SalesOrderSvc/CloseOrder", {"orderNum": number})

    line = scene.refused("POST", "Erp.BO.SalesOrderSvc/OrderDtls", {**LINE, "OrderNum": number})
    head = scene.refused("PATCH", f"{ORDERS}('EPIC06',{number})", {"OrderComment": "late"})

    assert where(line) == (400, "OrderDtl", "OrderNum")
    assert where(head) == (400, "OrderHed", "OpenOrder")
    scene.ask("POST", "Erp.BO.SalesOrderSvc/ReopenOrder", {"orderNum": number})
    scene.ask("PATCH", f"{ORDERS}('EPIC06',{number})", {"OrderComment": "late"})


def test_a_record_read_before_another_change_is_not_overwritten() -> None:
    scene = Scene()
    address = f"{CUSTOMERS}('EPIC06',102)"
    read = scene.ask("GET", address)
    scene.ask("PATCH", address, {"City": "Moline"})

    error = scene.refused("PATCH", address, {"City": "Bettendorf", "SysRevID": int(read["SysRevID"])})

    assert "modified by another user" in error["ErrorMessage"]
    assert scene.ask("GET", address)["City"] == "Moline"


def test_nothing_is_kept_before_master_update() -> None:
    scene = Scene()
    service = "Erp.BO.SalesOrderSvc/"
    before = scene.store.collections()

    ds = scene.ask("POST", service + "GetNewOrderHed", {"ds": {}})["parameters"]["ds"]
    ds["OrderHed"][0]["CustomerCustID"] = "ACMEPUMP"
    changed = scene.send("POST", f"/api/v2/odata/EPIC06/{service}ChangeSoldToID", _plain({"ds": ds}))

    assert changed.status == 200
    assert scene.store.collections() == before


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def test_update_ext_keeps_the_good_rows_and_tells_the_bad_ones_with_200() -> None:
    scene = Scene()
    rows = [{"CustID": "GOOD", "Name": "Good", "RowMod": "A"}, {"CustID": "ACMEPUMP", "Name": "Bad", "RowMod": "A"}]

    answer = scene.ask("POST", "Erp.BO.CustomerSvc/UpdateExt", {"ds": {"Customer": rows}})

    assert answer["parameters"]["errorsOccurred"] is True
    assert [row["CustID"] for row in answer["parameters"]["ds"]["Customer"]] == ["GOOD"]
    [problem] = answer["returnObj"]["BOUpdError"]
    assert (problem["TableName"], problem["FieldName"]) == ("Customer", "CustID")


def test_a_row_is_removed_by_its_row_mod() -> None:
    scene = Scene()
    made = scene.ask("POST", CUSTOMERS, {"CustID": "GONE", "Name": "Gone"})
    row = {"CustNum": int(made["CustNum"]), "RowMod": "D"}

    scene.ask("POST", "Erp.BO.CustomerSvc/Update", {"ds": {"Customer": [row]}})

    assert scene.refused("GET", f"{CUSTOMERS}('EPIC06',{made['CustNum']})")["HttpStatus"] == 404


def test_columns_of_the_customers_own_are_kept() -> None:
    scene = Scene()

    scene.ask("PATCH", f"{CUSTOMERS}('EPIC06',102)", {"StripeCustomerID_c": "cus_1", "Score_c": 1.5, "Web_c": True})
    [found] = scene.rows(CUSTOMERS, filter="StripeCustomerID_c eq 'cus_1'")

    assert (found["Score_c"], found["Web_c"]) == ("1.5", True)


def test_a_group_is_posted_when_the_clock_has_moved_and_is_closed_until_then() -> None:
    scene = Scene()
    scene.ask("POST", GROUPS, {"GroupID": "G1", "BankAcctID": "MAIN"})
    receipt = {"GroupID": "G1", "CustNum": 102, "TranType": "PayInv", "DocTranAmt": 338, "CheckRef": "c1"}
    head = scene.ask("POST", RECEIPTS, {**receipt, "CashDtls": [{"InvoiceNum": 10001, "DocTranAmt": 338}]})
    invoice = "Erp.BO.ARInvoiceSvc/ARInvoices('EPIC06',10001)"
    assert (scene.ask("GET", invoice)["DocUnpostedBal"], scene.ask("GET", invoice)["DocInvoiceBal"]) == (0, 338)

    posting = {"ds": {"CashRecPostParam": [{"GroupID": "G1"}]}}
    task = scene.ask("POST", "Erp.PROC.CashRecPostSvc/SubmitToAgent", posting)["parameters"]["agentTaskNum"]

    assert where(scene.refused("POST", RECEIPTS, {**receipt, "CheckRef": "c2"})) == (400, "CashGrp", "PostInProcess")
    assert scene.ask("GET", f"Ice.BO.SysTaskSvc/SysTasks('EPIC06',{task})")["TaskStatus"] == "ACTIVE"
    scene.wait(6)
    assert scene.ask("GET", f"Ice.BO.SysTaskSvc/SysTasks('EPIC06',{task})")["TaskStatus"] == "COMPLETE"
    paid = scene.ask("GET", invoice)
    assert (paid["DocInvoiceBal"], paid["OpenInvoice"]) == (0, False)
    late = scene.refused("PATCH", f"{RECEIPTS}('EPIC06','G1',{head['HeadNum']})", {"CheckRef": "other"})
    assert where(late) == (400, "CashHead", "Posted")


def test_more_than_was_received_or_owed_is_not_applied() -> None:
    scene = Scene()
    scene.ask("POST", GROUPS, {"GroupID": "G1", "BankAcctID": "MAIN"})
    receipt = {"GroupID": "G1", "CustNum": 102, "TranType": "PayInv", "CheckRef": "c1"}

    short = {**receipt, "DocTranAmt": 10, "CashDtls": [{"InvoiceNum": 10001, "DocTranAmt": 11}]}
    over = {**receipt, "DocTranAmt": 400, "CashDtls": [{"InvoiceNum": 10001, "DocTranAmt": 339}]}
    stranger = {**receipt, "CustNum": 103, "DocTranAmt": 1, "CashDtls": [{"InvoiceNum": 10001, "DocTranAmt": 1}]}

    assert where(scene.refused("POST", RECEIPTS, short)) == (400, "CashDtl", "DocTranAmt")
    assert where(scene.refused("POST", RECEIPTS, over)) == (400, "CashDtl", "DocTranAmt")
    assert where(scene.refused("POST", RECEIPTS, stranger)) == (400, "CashDtl", "InvoiceNum")
    assert scene.rows(RECEIPTS) == []


def test_a_deposit_needs_an_order_of_the_customer() -> None:
    scene = Scene()
    scene.ask("POST", GROUPS, {"GroupID": "G1", "BankAcctID": "MAIN"})
    order = scene.order()
    deposit = {"GroupID": "G1", "TranType": "Deposit", "DocTranAmt": 5, "CustNum": 103, "CheckRef": "c"}

    assert where(scene.refused("POST", RECEIPTS, deposit)) == (400, "CashHead", "OrderNum")
    other = scene.refused("POST", RECEIPTS, {**deposit, "OrderNum": order["OrderNum"]})
    assert where(other) == (400, "CashHead", "OrderNum")


def test_a_credit_memo_counts_against_what_is_owed() -> None:
    scene = Scene()
    scene.ask("POST", "Erp.BO.InvcGrpSvc/InvcGrps", {"GroupID": "CM1"})

    memo = {"GroupID": "CM1", "CustNum": 102, "CreditMemo": True, "InvoiceRef": 10001}
    lines = [{"PartNum": "VALVE-220", "SellingShipQty": 1, "DocUnitPrice": 84.5}]
    made = scene.ask("POST", "Erp.BO.ARInvoiceSvc/ARInvoices", {**memo, "InvcDtls": lines})

    assert made["DocInvoiceAmt"] == made["DocInvoiceBal"] == Decimal("-84.5")


def test_a_journal_that_does_not_balance_is_refused_whole() -> None:
    scene = Scene()
    scene.ask("POST", "Erp.BO.GLJrnGrpSvc/GLJrnGrps", {"GroupID": "J1"})
    lines = [{"GLAccount": "1010|00|00", "DebitAmount": 10}, {"GLAccount": "1015|00|00", "CreditAmount": 9.99}]

    body = {"GroupID": "J1", "Description": "x", "GLJrnDtlMnls": lines}
    error = scene.refused("POST", JOURNALS, body)
    closed = [{"GLAccount": "9999|00|00", "DebitAmount": 10}]
    unknown = scene.refused("POST", JOURNALS, {**body, "GLJrnDtlMnls": closed})

    assert "debit 10.00, credit 9.99" in error["ErrorMessage"]
    assert where(unknown) == (400, "GLJrnDtlMnl", "GLAccount")
    assert scene.rows(JOURNALS) == []


def test_stock_moves_by_adjustment_and_shipment_only_as_far_as_there_is_any() -> None:
    scene = Scene()
    row = {"PartNum": "PUMP-100", "WareHseCode": "MAIN", "AdjustQuantity": -2, "ReasonCode": "COUNT"}
    adjust = "Erp.BO.InventoryQtyAdjSvc/SetInventoryQtyAdj"

    scene.ask("POST", adjust, {"ds": {"InventoryQtyAdj": [row]}})
    error = scene.refused("POST", adjust, {"ds": {"InventoryQtyAdj": [{**row, "AdjustQuantity": -100}]}})
    direct = scene.refused("PATCH", "Erp.BO.PartSvc/PartWhses('EPIC06','PUMP-100','MAIN')", {"OnHandQty": 9})
    found = scene.ask("POST", "Erp.BO.PartOnHandWhseSvc/GetPartOnHandWhse", {"partNum": "PUMP-100"})

    assert where(error) == where(direct) == (400, "PartWhse", "OnHandQty")
    stocks = {each["WarehouseCode"]: each["QuantityOnHand"] for each in found["returnObj"]["PartOnHandWhse"]}
    assert stocks == {"MAIN": 40, "WEST": 8}
