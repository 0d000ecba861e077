"""Whatever request a try is cut off at, before or after Kinetic kept it, a later try ends with each thing once."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.gateway.answers import Lost
from connectors.sdk.errors import TryAgain
from tests.connectors.kinetic_server import Kinetic, running

ORDER: dict[str, Any] = {
    "CustID": "ACMEPUMP",
    "PONum": "ch_crash",
    "OrderDate": "2026-08-21",
    "OrderDtls": [
        {"PartNum": "PUMP-100", "SellingQuantity": 2, "DocUnitPrice": "499.00"},
        {"PartNum": "SEAL-415", "SellingQuantity": 3, "DocUnitPrice": "38.25"},
        {"PartNum": "PUMP-100", "SellingQuantity": 1, "DocUnitPrice": "450.12345"},
    ],
    "OHOrderMscs": [{"MiscCode": "FRT", "DocMiscAmt": "35.25"}, {"MiscCode": "TAX", "DocMiscAmt": "12.00"}],
}
CUSTOMER: dict[str, Any] = {"ExternalID": "cus_crash", "EMailAddress": "crash@buyers.example", "Name": "Crash Test"}
MEMO: dict[str, Any] = {
    "GroupID": "REF1",
    "CustID": "ACMEPUMP",
    "ExternalID": "re_crash",
    "InvcDtls": [{"PartNum": "SEAL-415", "SellingShipQty": 2, "DocUnitPrice": "38.25"}],
}
JOURNAL: dict[str, Any] = {
    "GroupID": "PAY1",
    "Description": "Payout",
    "CommentText": "po_crash",
    "GLJrnDtlMnls": [
        {"GLAccount": "1010|00|00", "DebitAmount": "10.10"},
        {"GLAccount": "1015|00|00", "CreditAmount": "10.10"},
    ],
}


async def cut_off(kinetic: Kinetic, place: int, kept: bool, name: str, inputs: dict[str, Any]) -> bool:
    """Try once, cut off at the n-th request of the try; whether it came to that."""
    kinetic.server.cut_at = len(kinetic.server.asked) + place
    kinetic.server.cut_kept = kept
    with pytest.raises((Lost, TryAgain)) as failed:
        await kinetic.call(name, **inputs)
    kinetic.server.cut_at = 0
    return failed.type is not None


async def requests_of(name: str, inputs: dict[str, Any], prepare: Any = None) -> int:
    async with running() as kinetic:
        given = {**inputs, **(await prepare(kinetic) if prepare else {})}
        before = len(kinetic.server.asked)
        await kinetic.call(name, **given)
        return len(kinetic.server.asked) - before


async def every_cut(name: str, inputs: dict[str, Any], check: Any, prepare: Any = None) -> int:
    """Cut a try at every one of its requests, both ways; each time a later try must put everything right."""
    count = await requests_of(name, inputs, prepare)
    for kept in (True, False):
        for place in range(1, count + 1):
            async with running() as kinetic:
                given = {**inputs, **(await prepare(kinetic) if prepare else {})}
                assert await cut_off(kinetic, place, kept, name, given)
                first = await kinetic.resume(name, **given)
                again = await kinetic.resume(name, **given)
                check(kinetic, first, again)
    return count


async def test_an_order_is_there_once_with_each_line_once() -> None:
    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [order] = kinetic.server.ledger("SalesOrders", PONum="ch_crash")
        lines = kinetic.server.ledger("OrderDtls", OrderNum=order["OrderNum"])
        charges = kinetic.server.ledger("OHOrderMscs", OrderNum=order["OrderNum"])
        assert [(line["POLine"], line["PartNum"], line["SellingQuantity"], line["DocUnitPrice"]) for line in lines] == [
            ("1", "PUMP-100", 2, 499),
            ("2", "SEAL-415", 3, 38.25),
            ("3", "PUMP-100", 1, 450.12345),
        ]
        assert [(charge["MiscCode"], charge["DocMiscAmt"]) for charge in charges] == [("FRT", 35.25), ("TAX", 12)]
        assert order["DocOrderAmt"] == 1610.12
        assert first["OrderNum"] == again["OrderNum"] == order["OrderNum"]
        assert len(kinetic.server.ledger("OrderRels", OrderNum=order["OrderNum"])) == 3

    assert await every_cut("create_sales_order", ORDER, check) == 24


async def test_a_customer_is_there_once() -> None:
    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [customer] = kinetic.server.ledger("Customers", EMailAddress="crash@buyers.example")
        assert customer["ExternalID"] == "cus_crash"
        assert first["CustNum"] == again["CustNum"] == customer["CustNum"]

    assert await every_cut("find_or_create_customer", CUSTOMER, check) == 4


async def test_a_customer_that_was_found_by_e_mail_is_linked_once() -> None:
    known = {**CUSTOMER, "EMailAddress": "orders@nwfarms.example"}

    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [customer] = kinetic.server.ledger("Customers", ExternalID="cus_crash")
        assert customer["CustID"] == "NWFARMS"
        assert customer["Name"] == "Northwest Farms Cooperative"
        assert first["CustNum"] == again["CustNum"] == customer["CustNum"]

    assert await every_cut("find_or_create_customer", known, check) == 3


async def test_a_created_customer_is_there_once() -> None:
    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        assert len(kinetic.server.ledger("Customers", Name="Crash Test")) == 1
        assert first["CustID"] == again["CustID"]

    assert await every_cut("create_customer", CUSTOMER, check) == 1


async def an_order_and_a_group(kinetic: Kinetic) -> dict[str, Any]:
    order = await kinetic.call("create_sales_order", **ORDER)
    await kinetic.call("ensure_cash_group", GroupID="S260821", BankAcctID="STRIPE", TranDate="2026-08-21")
    return {"OrderNum": order["OrderNum"]}


async def test_a_deposit_is_there_once() -> None:
    deposit = {"GroupID": "S260821", "DocTranAmt": "1610.12", "CheckRef": "ch_crash"}

    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [receipt] = kinetic.server.ledger("CashRecs", CheckRef="ch_crash")
        [order] = kinetic.server.ledger("SalesOrders", PONum="ch_crash")
        assert receipt["DocTranAmt"] == order["DocDepositBal"] == 1610.12
        assert first["HeadNum"] == again["HeadNum"] == receipt["HeadNum"]

    assert await every_cut("create_deposit", deposit, check, an_order_and_a_group) == 6


async def a_group(kinetic: Kinetic) -> dict[str, Any]:
    await kinetic.call("ensure_cash_group", GroupID="S260821", BankAcctID="STRIPE")
    return {}


async def test_a_receipt_pays_its_invoice_once() -> None:
    receipt = {
        "GroupID": "S260821",
        "CustID": "ACMEPUMP",
        "DocTranAmt": "338.00",
        "CheckRef": "ch_invoice",
        "Invoices": [{"InvoiceNum": 10001, "DocTranAmt": "338.00"}],
    }

    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [head] = kinetic.server.ledger("CashRecs", CheckRef="ch_invoice")
        [detail] = kinetic.server.ledger("CashDtls", HeadNum=head["HeadNum"])
        assert (detail["InvoiceNum"], detail["DocTranAmt"], head["DocUnAppliedAmt"]) == (10001, 338, 0)
        assert first["CashDtls"] == again["CashDtls"] == [{"InvoiceNum": 10001, "DocTranAmt": 338, "DocDiscount": 0}]

    assert await every_cut("create_cash_receipt", receipt, check, a_group) == 10


async def test_a_receipt_is_reversed_once() -> None:
    async def a_deposit(kinetic: Kinetic) -> dict[str, Any]:
        given = await an_order_and_a_group(kinetic)
        deposit = {"GroupID": "S260821", "DocTranAmt": 100, "CheckRef": "ch_back", **given}
        return {"HeadNum": (await kinetic.call("create_deposit", **deposit))["HeadNum"]}

    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        receipts = kinetic.server.ledger("CashRecs", CheckRef="ch_back")
        assert [receipt["DocTranAmt"] for receipt in receipts] == [100, -100]
        assert first["HeadNum"] == again["HeadNum"] == receipts[1]["HeadNum"]

    assert await every_cut("reverse_cash_receipt", {"Reason": "Refunded"}, check, a_deposit) == 3


async def test_a_credit_memo_is_there_once() -> None:
    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [memo] = kinetic.server.ledger("ARInvoices", ExternalID="re_crash")
        assert memo["DocInvoiceAmt"] == -76.5
        assert len(kinetic.server.ledger("InvcDtls", InvoiceNum=memo["InvoiceNum"])) == 1
        assert first["InvoiceNum"] == again["InvoiceNum"]

    assert await every_cut("create_credit_memo", MEMO, check) == 5


async def test_a_journal_is_there_once() -> None:
    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        [journal] = kinetic.server.ledger("GLJournalEntries", CommentText="po_crash")
        assert (journal["TotDebit"], journal["TotCredit"]) == (10.1, 10.1)
        assert len(kinetic.server.ledger("GLJrnDtlMnls", JournalNum=journal["JournalNum"])) == 2
        assert first["JournalNum"] == again["JournalNum"]

    assert await every_cut("create_gl_journal", JOURNAL, check) == 4


async def test_a_group_is_there_once() -> None:
    def check(kinetic: Kinetic, first: Any, again: Any) -> None:
        assert len(kinetic.server.ledger("CashGrps", GroupID="S260821")) == 1
        assert again["created"] is False

    assert await every_cut("ensure_cash_group", {"GroupID": "S260821", "BankAcctID": "STRIPE"}, check) == 2
