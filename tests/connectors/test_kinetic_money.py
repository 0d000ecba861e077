"""Money through the Kinetic connector: deposits, receipts, posting, reversal, invoices and journals, to the cent."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from connectors.sdk.errors import Rejected, TryAgain
from tests.connectors.kinetic_server import LINES, PACKAGE, Kinetic, running


@pytest.fixture
async def kinetic() -> AsyncIterator[Kinetic]:
    async with running() as made:
        yield made


async def test_a_deposit_is_seen_on_the_order_and_credited_on_its_invoice(kinetic: Kinetic) -> None:
    deposit = await kinetic.a_deposit("998.00")
    order = await kinetic.call("get_sales_order", OrderNum=deposit["OrderNum"])
    assert order["DocDepositBal"] == 998

    invoice = await _invoiced(kinetic, order["OrderNum"])

    assert (invoice["DocInvoiceAmt"], invoice["DocDepositCredit"], invoice["DocInvoiceBal"]) == (998, 998, 0)
    assert invoice["OpenInvoice"] is False
    assert (await kinetic.call("get_sales_order", OrderNum=order["OrderNum"]))["DocDepositBal"] == 0


async def _invoiced(kinetic: Kinetic, order: int) -> Any:
    pack = {"OrderNum": order, "ShipStatus": "SHIPPED"}
    lines = [{"OrderLine": 1, "OrderRelNum": 1, "OurInventoryShipQty": 2}]
    await kinetic.send("Erp.BO.CustShipSvc/CustShips", {**pack, "ShipDtls": lines})
    await kinetic.send("Erp.BO.InvcGrpSvc/InvcGrps", {"GroupID": "INV1"})
    made = {"service": "Erp.BO.ARInvoiceSvc", "method": "GetShipments", "parameters": {"groupID": "INV1"}}
    number = (await kinetic.call("call_method", **made))["returnObj"]["InvcHead"][0]["InvoiceNum"]
    posting = {"ds": {"ARInvoicePostParam": [{"GroupID": "INV1"}]}}
    await kinetic.call("call_method", service="Erp.PROC.ARInvoicePostSvc", method="RunDirect", parameters=posting)
    return await kinetic.call("get_invoice", InvoiceNum=number)


async def test_a_deposit_is_in_the_currency_of_its_order(kinetic: Kinetic) -> None:
    order = await kinetic.call(
        "create_sales_order", CustID="ACMEPUMP", PONum="ch_1", CurrencyCode="EUR", OrderDtls=LINES
    )
    await kinetic.call("ensure_cash_group", GroupID="S1", BankAcctID="STRIPE")

    deposit = await kinetic.call(
        "create_deposit", GroupID="S1", OrderNum=order["OrderNum"], DocTranAmt="998", CheckRef="ch_1"
    )

    assert (deposit["CurrencyCode"], deposit["DocTranAmt"], deposit["TranAmt"]) == ("EUR", 998, 1077.84)
    assert (await kinetic.call("get_sales_order", OrderNum=order["OrderNum"]))["DocDepositBal"] == 998


async def test_a_payment_reference_of_another_amount_is_refused(kinetic: Kinetic) -> None:
    deposit = await kinetic.a_deposit()

    with pytest.raises(Rejected) as refused:
        await kinetic.call(
            "create_deposit", GroupID="S260821", OrderNum=deposit["OrderNum"], DocTranAmt=99, CheckRef="ch_1"
        )

    assert refused.value.code == "check_ref_used"
    assert len(kinetic.server.ledger("CashRecs")) == 1


async def test_a_group_is_posted_by_the_agent_a_little_later(kinetic: Kinetic) -> None:
    deposit = await kinetic.a_deposit()

    asked = await kinetic.call("post_cash_group", GroupID="S260821")
    meanwhile = await kinetic.call("post_cash_group", GroupID="S260821")
    kinetic.server.wait(10)
    after = await kinetic.call("post_cash_group", GroupID="S260821")

    assert (asked["submitted"], asked["waiting_receipts"]) == (True, [deposit["HeadNum"]])
    assert (meanwhile["submitted"], meanwhile["posting"]) == (False, True)
    assert (after["submitted"], after["posting"], after["posted_receipts"]) == (False, False, [deposit["HeadNum"]])


async def test_a_group_that_somebody_has_open_is_tried_again(kinetic: Kinetic) -> None:
    order = await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="ch_1", OrderDtls=LINES)

    with pytest.raises(TryAgain) as locked:
        await kinetic.call(
            "create_deposit", GroupID="JSMITH1", OrderNum=order["OrderNum"], DocTranAmt=1, CheckRef="ch_1"
        )

    assert locked.value.code == "locked_by_another_user"
    assert "jsmith" in locked.value.message


async def test_a_group_of_another_bank_account_is_refused(kinetic: Kinetic) -> None:
    await kinetic.call("ensure_cash_group", GroupID="S1", BankAcctID="STRIPE")

    with pytest.raises(Rejected) as refused:
        await kinetic.call("ensure_cash_group", GroupID="S1", BankAcctID="MAIN")

    assert refused.value.code == "group_differs"


async def test_a_posted_deposit_is_reversed_and_the_order_owes_again(kinetic: Kinetic) -> None:
    deposit = await kinetic.a_deposit()
    await kinetic.call("post_cash_group", GroupID="S260821")
    kinetic.server.wait(10)

    back = await kinetic.call("reverse_cash_receipt", HeadNum=deposit["HeadNum"], ReverseDate="2026-08-25")

    assert (back["DocTranAmt"], back["ReverseRef"], back["TranDate"]) == (-100, deposit["HeadNum"], "2026-08-25")
    assert (await kinetic.call("get_sales_order", OrderNum=deposit["OrderNum"]))["DocDepositBal"] == 0


async def test_open_invoices_are_listed_for_one_customer(kinetic: Kinetic) -> None:
    mine = await kinetic.call("list_open_invoices", CustID="ACMEPUMP")
    others = await kinetic.call("list_open_invoices", CustID="NWFARMS")

    assert [invoice["InvoiceNum"] for invoice in mine["items"]] == [10001]
    assert others == {"items": [], "has_more": False}


async def test_a_journal_out_of_balance_is_refused_before_anything_is_sent(kinetic: Kinetic) -> None:
    with pytest.raises(Rejected) as refused:
        await kinetic.call(
            "create_gl_journal",
            GroupID="PAY1",
            Description="Payout",
            CommentText="po_1",
            GLJrnDtlMnls=[
                {"GLAccount": "1010|00|00", "DebitAmount": "0.30"},
                {"GLAccount": "1015|00|00", "CreditAmount": "0.1"},
                {"GLAccount": "1015|00|00", "CreditAmount": "0.19"},
            ],
        )

    assert refused.value.code == "out_of_balance"
    assert kinetic.server.asked == []


def test_the_operations_send_exact_numbers_or_refuse() -> None:
    values = importlib.import_module(f"{PACKAGE}.calling.values")

    assert values.number("19.99", "x") == 19.99
    assert values.number("20.00", "x") == 20
    assert Decimal(repr(values.number("123456789.12345", "x"))) == Decimal("123456789.12345")
    with pytest.raises(Rejected):
        values.number("12345678901234567.89", "x")
    with pytest.raises(Rejected):
        values.number("1,5", "x")
