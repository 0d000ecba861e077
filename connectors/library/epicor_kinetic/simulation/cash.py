"""Rules of cash groups and cash receipts: locks, deposits on orders, money applied to invoices, reversal.

Receipts count as soon as they are entered (deposit balances, unposted balances of invoices); posting makes them final.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulation.callouts import announce
from connectors.library.epicor_kinetic.simulation.customers import need_customer
from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, method, rules
from connectors.library.epicor_kinetic.simulation.methods import (
    answer,
    dataset,
    get_new,
    pending_row,
    show,
    tableset,
)
from connectors.library.epicor_kinetic.simulation.orders import places_of, rate_of, recalculate
from connectors.library.epicor_kinetic.simulation.problems import business, duplicate
from connectors.library.epicor_kinetic.simulation.tables import TABLES
from connectors.library.epicor_kinetic.simulation.values import Row, coerce, money

_RECEIPTS = "Erp.BO.CashRecSvc"
TYPES = ("PayInv", "Deposit", "UnApp")
_ZERO = Decimal(0)


def need_group(desk: Desk, table: str, group_id: Any) -> Row:
    """The cash group of a receipt; it must exist and be free."""
    group = desk.book.get("CashGrp", group_id) if group_id else None
    if group is None:
        raise business(f"Cash receipt group '{str(group_id)[:20]}' does not exist.", table, "GroupID")
    if group["PostInProcess"]:
        raise business(f"Cash receipt group '{group['GroupID']}' is being posted.", "CashGrp", "PostInProcess")
    if group["ActiveUserID"] and group["ActiveUserID"].casefold() != desk.user.casefold():
        text = f"Cash receipt group '{group['GroupID']}' is locked by user '{group['ActiveUserID']}'."
        raise business(text, "CashGrp", "ActiveUserID")
    return group


@rules("CashGrp")
class GroupRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        year, month = desk.today.split("-")[:2]
        row.update(TranDate=desk.today, CreatedBy=desk.user, FiscalYear=int(year), FiscalPeriod=int(month),
                   FiscalCalendarID="MAIN")  # fmt: skip

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        if old is not None and old["PostInProcess"]:
            raise business(f"Cash receipt group '{row['GroupID']}' is being posted.", "CashGrp", "PostInProcess")
        if old is not None and old["ActiveUserID"] not in ("", desk.user, row["ActiveUserID"]):
            text = f"Cash receipt group '{row['GroupID']}' is locked by user '{old['ActiveUserID']}'."
            raise business(text, "CashGrp", "ActiveUserID")
        if row["BankAcctID"] and desk.book.get("BankAcct", row["BankAcctID"]) is None:
            raise business(f"Bank account '{row['BankAcctID']}' is not valid.", "CashGrp", "BankAcctID")
        if not row["BankAcctID"]:
            raise business("BankAcctID is required.", "CashGrp", "BankAcctID")

    def removing(self, desk: Desk, row: Row) -> None:
        if desk.book.find("CashHead", "GroupID", row["GroupID"]):
            raise business("A group with receipts cannot be deleted.", "CashGrp", "GroupID")


@rules("CashHead")
class ReceiptRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        group = desk.book.get("CashGrp", row["GroupID"]) if row["GroupID"] else None
        row.update(TranType="PayInv", CurrencyCode="USD", ExchangeRate=Decimal(1), TranDate=desk.today)
        if group is not None:
            row.update(
                {name: group[name] for name in ("TranDate", "FiscalYear", "FiscalPeriod", "BankAcctID", "PMUID")}
            )

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        if old is not None and old["Posted"]:
            raise business("A posted cash receipt cannot be changed; reverse it.", "CashHead", "Posted")
        group = need_group(desk, "CashHead", row["GroupID"])
        row["GroupID"] = group["GroupID"]
        if row["TranType"] not in TYPES:
            raise business(f"Receipt type '{row['TranType'][:20]}' is not valid.", "CashHead", "TranType")
        if not row["CustNum"] and row["CustID"]:
            found = desk.book.find("Customer", "CustID", row["CustID"])
            row["CustNum"] = found[0]["CustNum"] if found else 0
        row["CustID"] = need_customer(desk, "CashHead", row)["CustID"]
        if desk.book.get("Currency", row["CurrencyCode"]) is None:
            raise business(f"Currency '{row['CurrencyCode']}' is not valid.", "CashHead", "CurrencyCode")
        _settle_amount(desk, row, old)
        if row["TranAmt"] == 0 or (row["TranAmt"] < 0 and not row["ReverseRef"]):
            raise business("The amount of a receipt must be greater than zero.", "CashHead", "TranAmt")
        if row["TranType"] == "Deposit":
            _check_order(desk, row)
        count(desk, row)
        if row["UnAppliedAmt"] * row["TranAmt"] < 0:
            raise business("More is applied than was received.", "CashHead", "DocTranAmt")

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        for number in {row["OrderNum"], old["OrderNum"] if old else 0} - {0}:
            recalculate(desk, number)
        count_group(desk, row["GroupID"])
        announce(desk, "cash_receipt.created" if old is None else "cash_receipt.updated", "CashHead", row, old)

    def removing(self, desk: Desk, row: Row) -> None:
        need_group(desk, "CashHead", row["GroupID"])
        if row["Posted"]:
            raise business("A posted cash receipt cannot be deleted; reverse it.", "CashHead", "Posted")
        for detail in desk.book.children("CashDtl", row):
            desk.book.remove("CashDtl", detail)
            count_invoice(desk, detail["InvoiceNum"])

    def removed(self, desk: Desk, row: Row) -> None:
        if row["OrderNum"]:
            recalculate(desk, row["OrderNum"])
        count_group(desk, row["GroupID"])


@rules("CashDtl")
class AppliedRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        head = _head(desk, row)
        row.update(TranDate=head["TranDate"], CheckRef=head["CheckRef"], CustNum=head["CustNum"], TranType="PayInv",
                   FiscalYear=head["FiscalYear"], FiscalPeriod=head["FiscalPeriod"],
                   ExchangeRate=head["ExchangeRate"])  # fmt: skip
        invoice = desk.book.get("InvcHead", row["InvoiceNum"])
        if invoice is not None:
            row["DocInvoiceBal"] = row["InvoiceBal"] = invoice["DocUnpostedBal"]
            row["DocTranAmt"] = min(invoice["DocUnpostedBal"], head["DocUnAppliedAmt"])

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        head = _head(desk, row)
        if head["Posted"]:
            raise business("A posted cash receipt cannot be changed; reverse it.", "CashDtl", "Posted")
        need_group(desk, "CashDtl", head["GroupID"])
        invoice = need_invoice(desk, row["InvoiceNum"])
        if invoice["CustNum"] != head["CustNum"]:
            raise business("The invoice belongs to another customer.", "CashDtl", "InvoiceNum")
        was = (old["DocTranAmt"] + old["DocDiscount"]) if old else _ZERO
        if row["DocTranAmt"] == 0 and row["TranAmt"] != 0:
            row["DocTranAmt"] = row["TranAmt"]
        row["DocTranAmt"] = money(row["DocTranAmt"], places_of(desk, invoice["CurrencyCode"]))
        if row["DocTranAmt"] + row["DocDiscount"] - was > invoice["DocUnpostedBal"]:
            text = f"The amount is more than the balance {invoice['DocUnpostedBal']:f} of invoice {row['InvoiceNum']}."
            raise business(text, "CashDtl", "DocTranAmt")
        if row["DocTranAmt"] - (old["DocTranAmt"] if old else _ZERO) > head["DocUnAppliedAmt"]:
            raise business("The amount is more than what is left of the receipt.", "CashDtl", "DocTranAmt")
        row["TranAmt"] = money(row["DocTranAmt"] * head["ExchangeRate"], 2)
        row["Discount"] = money(row["DocDiscount"] * head["ExchangeRate"], 2)

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        count_invoice(desk, row["InvoiceNum"])
        head = _head(desk, row)
        count(desk, head)
        desk.book.save("CashHead", head)
        count_group(desk, head["GroupID"])

    def removing(self, desk: Desk, row: Row) -> None:
        if row["Posted"]:
            raise business("A posted cash receipt cannot be changed; reverse it.", "CashDtl", "Posted")

    def removed(self, desk: Desk, row: Row) -> None:
        self.saved(desk, row, row)


def _head(desk: Desk, row: Row) -> Row:
    head = desk.book.get("CashHead", row["GroupID"], row["HeadNum"])
    if head is None:
        raise business(f"Cash receipt {row['HeadNum']} does not exist.", "CashDtl", "HeadNum")
    return head


def need_invoice(desk: Desk, number: int) -> Row:
    invoice = desk.book.get("InvcHead", number)
    if invoice is None:
        raise business(f"Invoice {number} does not exist.", "CashDtl", "InvoiceNum")
    if not invoice["Posted"] or not invoice["OpenInvoice"]:
        state = "closed" if invoice["Posted"] else "not posted"
        raise business(f"Invoice {number} is {state}; money cannot be applied to it.", "CashDtl", "InvoiceNum")
    return invoice


def _check_order(desk: Desk, row: Row) -> None:
    order = desk.book.get("OrderHed", row["OrderNum"]) if row["OrderNum"] else None
    if order is None:
        raise business(f"A deposit needs a valid order; {row['OrderNum']} is none.", "CashHead", "OrderNum")
    if order["CustNum"] != row["CustNum"]:
        raise business(f"Order {row['OrderNum']} belongs to another customer.", "CashHead", "OrderNum")


def _settle_amount(desk: Desk, row: Row, old: Row | None) -> None:
    """The amount may be given in the document's or the base currency's column; the one that differs counts."""
    was = old or {"DocTranAmt": _ZERO, "TranAmt": _ZERO}
    row["ExchangeRate"] = rate_of(desk, row["CurrencyCode"])
    if row["DocTranAmt"] == was["DocTranAmt"] and row["TranAmt"] != was["TranAmt"]:
        row["DocTranAmt"] = row["TranAmt"] / row["ExchangeRate"]
    row["DocTranAmt"] = money(row["DocTranAmt"], places_of(desk, row["CurrencyCode"]))
    row["TranAmt"] = row["ReceiptAmt"] = money(row["DocTranAmt"] * row["ExchangeRate"], 2)
    row["ReceiptCurrencyCode"] = row["ReceiptCurrencyCode"] or row["CurrencyCode"]


def count(desk: Desk, row: Row) -> None:
    """How much of a receipt is applied."""
    details = desk.book.children("CashDtl", row) if row["HeadNum"] else []
    row["DocAppliedAmt"] = sum((detail["DocTranAmt"] for detail in details), _ZERO) + row["DocDepApplied"]
    row["DocUnAppliedAmt"] = row["DocTranAmt"] - row["DocAppliedAmt"]
    for name in ("AppliedAmt", "UnAppliedAmt"):
        row[name] = money(row[f"Doc{name}"] * row["ExchangeRate"], 2)
    row["UnallocatedAmt"], row["AllocatedAmt"] = row["UnAppliedAmt"], row["AppliedAmt"]


def count_group(desk: Desk, group_id: str) -> None:
    group = desk.book.get("CashGrp", group_id)
    if group is None:
        return
    heads = desk.book.find("CashHead", "GroupID", group_id)
    group["TotalCashReceived"] = sum((head["TranAmt"] for head in heads), _ZERO)
    group["TotalApplied"] = sum((head["AppliedAmt"] for head in heads), _ZERO)
    group["UnappliedBalance"] = group["TotalCashReceived"] - group["TotalApplied"]
    desk.book.save("CashGrp", group)


def count_invoice(desk: Desk, number: int) -> None:
    """What is left of an invoice: posted receipts lower its balance, entered ones its unposted balance."""
    invoice = desk.book.get("InvcHead", number)
    if invoice is None:
        return
    details = desk.book.find("CashDtl", "InvoiceNum", number)
    paid = {posted: sum((each["DocTranAmt"] + each["DocDiscount"] for each in details if each["Posted"] or not posted),
                        _ZERO) for posted in (True, False)}  # fmt: skip
    owed = invoice["DocInvoiceAmt"] - invoice["DocDepositCredit"]
    invoice["DocInvoiceBal"], invoice["DocUnpostedBal"] = owed - paid[True], owed - paid[False]
    for name in ("InvoiceBal", "UnpostedBal"):
        invoice[name] = money(invoice[f"Doc{name}"] * invoice["ExchangeRate"], 2)
    invoice["OpenInvoice"] = not invoice["Posted"] or invoice["DocInvoiceBal"] != 0
    invoice["ClosedDate"] = None if invoice["OpenInvoice"] else desk.today
    desk.book.save("InvcHead", invoice)


@method(_RECEIPTS, "GetNewCashHeadType")
def get_new_receipt(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    group_id, kind = parameters.get("groupID"), parameters.get("tranType")
    if kind not in TYPES:
        raise business(f"Receipt type '{str(kind)[:20]}' is not valid.", "CashHead", "TranType")
    need_group(desk, "CashHead", group_id if isinstance(group_id, str) else None)
    made = get_new(desk, TABLES["CashHead"], parameters)
    made["parameters"]["ds"]["CashHead"][-1]["TranType"] = kind
    return made


@method(_RECEIPTS, "GetCustomerInfo")
def customer_info(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    found = desk.book.find("Customer", "CustID", str(parameters.get("custID") or ""))
    if not found:
        raise business(f"Customer '{str(parameters.get('custID'))[:20]}' does not exist.", "CashHead", "CustID")
    row = pending_row(ds, "CashHead")
    row.update(CustNum=found[0]["CustNum"], CustID=found[0]["CustID"], CurrencyCode=found[0]["CurrencyCode"])
    return answer(desk, parameters={"ds": ds})


@method(_RECEIPTS, "ChangeTranAmtCashHead")
def change_amount(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    row = pending_row(ds, "CashHead")
    row["DocTranAmt"] = row["TranAmt"] = coerce("proposedTranAmt", "d", parameters.get("proposedTranAmt"))
    return answer(desk, parameters={"ds": ds})


@method(_RECEIPTS, "GetNewCashDtl")
def get_new_applied(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    need_invoice(desk, coerce("invoiceNum", "i", parameters.get("invoiceNum")))
    return get_new(desk, TABLES["CashDtl"], parameters)


@method(_RECEIPTS, "OnChangedCashApplied")
def change_applied(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    row = pending_row(ds, "CashDtl")
    row["DocTranAmt"] = row["TranAmt"] = coerce("proposedCashApplied", "d", parameters.get("proposedCashApplied"))
    return answer(desk, parameters={"ds": ds})


@method("Erp.BO.ReverseCashReceiptSvc", "ReverseCashReceipt")
@method(_RECEIPTS, "ReverseCashReceipt")
def reverse(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    """A second receipt with the amount turned round; what the first one paid is open again."""
    number = coerce("headNum", "i", parameters.get("headNum"))
    old = next(iter(desk.book.find("CashHead", "HeadNum", number)), None)
    if old is None:
        raise business(f"Cash receipt {number} does not exist.", "CashHead", "HeadNum")
    if old["ReverseRef"]:
        raise business(f"Cash receipt {number} is itself a reversal.", "CashHead", "ReverseRef")
    if old["ReverseDate"]:
        raise duplicate("CashHead", "ReverseDate", f"Cash receipt {number} is reversed already.")
    if old["DocDepApplied"]:
        raise business(f"Deposit {number} is credited on an invoice.", "CashHead", "DocDepApplied")
    group = need_group(desk, "CashHead", parameters.get("groupID") or old["GroupID"])
    day = coerce("reverseDate", "t", parameters.get("reverseDate")) or desk.today
    made = {**old, "GroupID": group["GroupID"], "HeadNum": desk.store.next_number("HeadNum", 301), "SysRowID": "",
            "ReverseRef": number, "TranDate": day, "Posted": False,
            "Reference": str(parameters.get("reason") or "")[:50]}  # fmt: skip
    for name in ("DocTranAmt", "TranAmt", "ReceiptAmt"):
        made[name] = -old[name]
    desk.book.save("CashHead", {**old, "ReverseDate": day, "ReversedReason": made["Reference"]})
    for detail in desk.book.children("CashDtl", old):
        turned = {"DocTranAmt": -detail["DocTranAmt"], "TranAmt": -detail["TranAmt"],
                  "DocDiscount": -detail["DocDiscount"], "Discount": -detail["Discount"]}  # fmt: skip
        back = {**detail, "GroupID": made["GroupID"], "HeadNum": made["HeadNum"], "SysRowID": "", "Posted": False}
        desk.book.save("CashDtl", {**back, **turned})
        count_invoice(desk, detail["InvoiceNum"])
    count(desk, made)
    kept = desk.book.save("CashHead", made)
    if old["OrderNum"]:
        recalculate(desk, old["OrderNum"])
    count_group(desk, made["GroupID"])
    announce(desk, "cash_receipt.reversed", "CashHead", kept)
    return answer(
        desk, returned=dataset(desk, TABLES["CashHead"], [kept]), parameters={"row": show(desk, "CashHead", old)}
    )
