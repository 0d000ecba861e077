"""Rules of AR invoices and credit memos, their groups, and shipments that become invoices.

An invoice of an order takes the order's deposit as credit when it is posted; posting itself is in `posting`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulation.customers import check_codes, need_customer
from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, method, rules
from connectors.library.epicor_kinetic.simulation.methods import answer, dataset, get_new
from connectors.library.epicor_kinetic.simulation.orders import extended, places_of, rate_of, recalculate
from connectors.library.epicor_kinetic.simulation.parts import need_part
from connectors.library.epicor_kinetic.simulation.problems import business
from connectors.library.epicor_kinetic.simulation.tables import TABLES
from connectors.library.epicor_kinetic.simulation.values import Row, coerce, money
from connectors.library.epicor_kinetic.simulation.writing import insert

_INVOICES = "Erp.BO.ARInvoiceSvc"
_ZERO = Decimal(0)


def need_invoice_group(desk: Desk, group_id: Any) -> Row:
    group = desk.book.get("InvcGrp", group_id) if group_id else None
    if group is None:
        raise business(f"Invoice group '{str(group_id)[:20]}' does not exist.", "InvcHead", "GroupID")
    if group["PostInProcess"]:
        raise business(f"Invoice group '{group['GroupID']}' is being posted.", "InvcGrp", "PostInProcess")
    if group["ActiveUserID"] and group["ActiveUserID"].casefold() != desk.user.casefold():
        text = f"Invoice group '{group['GroupID']}' is locked by user '{group['ActiveUserID']}'."
        raise business(text, "InvcGrp", "ActiveUserID")
    return group


@rules("InvcGrp")
class InvoiceGroupRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        year, month = desk.today.split("-")[:2]
        row.update(InvoiceDate=desk.today, CreatedBy=desk.user, FiscalYear=int(year), FiscalPeriod=int(month))

    def removing(self, desk: Desk, row: Row) -> None:
        if desk.book.find("InvcHead", "GroupID", row["GroupID"]):
            raise business("A group with invoices cannot be deleted.", "InvcGrp", "GroupID")


@rules("InvcHead")
class InvoiceRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        year, month = desk.today.split("-")[:2]
        row.update(OpenInvoice=True, InvoiceType="MIS", InvoiceDate=desk.today, ApplyDate=desk.today,
                   CurrencyCode="USD", FiscalYear=int(year), FiscalPeriod=int(month), ExchangeRate=Decimal(1),
                   EntryPerson=desk.user)  # fmt: skip

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        if old is not None and old["Posted"]:
            raise business("A posted invoice cannot be changed; enter a credit memo.", "InvcHead", "Posted")
        row["GroupID"] = need_invoice_group(desk, row["GroupID"])["GroupID"]
        customer = need_customer(desk, "InvcHead", row)
        row["SoldToCustNum"] = row["SoldToCustNum"] or row["CustNum"]
        row["TermsCode"] = row["TermsCode"] or customer["TermsCode"]
        check_codes(desk, "InvcHead", row, old)
        self._check_references(desk, row)
        if row["CreditMemo"] and not row["CMType"]:
            row["CMType"] = "M"
        row["DueDate"] = row["DueDate"] or self._due(desk, row)
        row["ExchangeRate"] = rate_of(desk, row["CurrencyCode"])
        count_lines(desk, row)

    def _check_references(self, desk: Desk, row: Row) -> None:
        if row["OrderNum"]:
            order = desk.book.get("OrderHed", row["OrderNum"])
            if order is None:
                raise business(f"Order {row['OrderNum']} does not exist.", "InvcHead", "OrderNum")
            if order["CustNum"] != row["CustNum"]:
                raise business(f"Order {row['OrderNum']} belongs to another customer.", "InvcHead", "OrderNum")
            row["PONum"] = row["PONum"] or order["PONum"]
        if row["InvoiceRef"]:
            invoice = desk.book.get("InvcHead", row["InvoiceRef"])
            if invoice is None or invoice["CustNum"] != row["CustNum"]:
                text = f"Invoice {row['InvoiceRef']} is not an invoice of this customer."
                raise business(text, "InvcHead", "InvoiceRef")

    def _due(self, desk: Desk, row: Row) -> str:
        terms = desk.book.get("Terms", row["TermsCode"])
        start = date.fromisoformat(row["InvoiceDate"] or desk.today)
        try:
            return (start + timedelta(days=int(terms["NumberOfDays"]) if terms else 0)).isoformat()
        except OverflowError:
            raise business("The invoice date is not valid.", "InvcHead", "InvoiceDate") from None

    def removing(self, desk: Desk, row: Row) -> None:
        if row["Posted"]:
            raise business("A posted invoice cannot be deleted.", "InvcHead", "Posted")


@rules("InvcDtl")
class InvoiceLineRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(LineType="PART", PricePerCode="E", SalesUM="EA")

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        header = self._open(desk, row)
        if row["PartNum"]:
            part = need_part(desk, "InvcDtl", row["PartNum"], selling=False)
            row["PartNum"] = part["PartNum"]
            row["LineDesc"] = row["LineDesc"] or part["PartDescription"]
        if not row["LineDesc"]:
            raise business("A line needs a part or a description.", "InvcDtl", "LineDesc")
        row["CustNum"] = header["CustNum"]
        quantity = row["SellingShipQty"] or row["OurShipQty"]
        if header["CreditMemo"] and quantity > 0:
            # What a credit memo takes back counts against the customer's debt.
            quantity = -quantity
        row["SellingShipQty"] = row["OurShipQty"] = quantity
        row["DocUnitPrice"] = row["DocUnitPrice"] or row["UnitPrice"]
        row["DocExtPrice"] = extended(row, quantity, places_of(desk, header["CurrencyCode"])) - row["DocDiscount"]
        row["UnitPrice"] = money(row["DocUnitPrice"] * header["ExchangeRate"], 5)
        row["ExtPrice"] = money(row["DocExtPrice"] * header["ExchangeRate"], 2)

    def _open(self, desk: Desk, row: Row) -> Row:
        header = desk.book.get("InvcHead", row["InvoiceNum"])
        if header is None:
            raise business(f"Invoice {row['InvoiceNum']} does not exist.", "InvcDtl", "InvoiceNum")
        if header["Posted"]:
            raise business("A posted invoice cannot be changed; enter a credit memo.", "InvcDtl", "InvoiceNum")
        return header

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        self.removed(desk, row)

    def removing(self, desk: Desk, row: Row) -> None:
        self._open(desk, row)

    def removed(self, desk: Desk, row: Row) -> None:
        header = desk.book.get("InvcHead", row["InvoiceNum"])
        if header is not None:
            count_lines(desk, header)
            desk.book.save("InvcHead", header)


def count_lines(desk: Desk, row: Row) -> None:
    """The amount of an invoice that is not posted, and the deposit it will take."""
    lines = desk.book.find("InvcDtl", "InvoiceNum", row["InvoiceNum"]) if row["InvoiceNum"] else []
    row["DocInvoiceAmt"] = sum((line["DocExtPrice"] for line in lines), _ZERO)
    order = desk.book.get("OrderHed", row["OrderNum"]) if row["OrderNum"] else None
    wanted = row["DocInvoiceAmt"] > 0 and order is not None and not row["CreditMemo"]
    row["DocDepositCredit"] = min(order["DocDepositBal"], row["DocInvoiceAmt"]) if wanted and order else _ZERO
    row["DocInvoiceBal"] = row["DocUnpostedBal"] = row["DocInvoiceAmt"] - row["DocDepositCredit"]
    for name in ("InvoiceAmt", "InvoiceBal", "UnpostedBal", "DepositCredit"):
        row[name] = money(row[f"Doc{name}"] * row["ExchangeRate"], 2)


def credit_deposits(desk: Desk, invoice: Row) -> None:
    """Use the order's deposits, oldest first, for what the invoice takes of them."""
    left = invoice["DocDepositCredit"]
    if not left or not invoice["OrderNum"]:
        return
    heads = [head for head in desk.book.find("CashHead", "OrderNum", invoice["OrderNum"])
             if head["TranType"] == "Deposit" and not head["ReverseRef"] and not head["ReverseDate"]]  # fmt: skip
    for head in heads:
        taken = min(left, head["DocTranAmt"] - head["DocDepApplied"])
        if taken > 0:
            left -= taken
            used = {"DocDepApplied": head["DocDepApplied"] + taken, "InvoiceNum": invoice["InvoiceNum"],
                    "DocAppliedAmt": head["DocAppliedAmt"] + taken,
                    "DocUnAppliedAmt": head["DocUnAppliedAmt"] - taken}  # fmt: skip
            used["AppliedAmt"] = money(used["DocAppliedAmt"] * head["ExchangeRate"], 2)
            used["UnAppliedAmt"] = money(used["DocUnAppliedAmt"] * head["ExchangeRate"], 2)
            desk.book.save("CashHead", {**head, **used})
    recalculate(desk, invoice["OrderNum"])


@method(_INVOICES, "GetNewInvcHeadType")
def get_new_invoice(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    group = need_invoice_group(desk, parameters.get("groupID"))
    made = get_new(desk, TABLES["InvcHead"], parameters)
    kind = str(parameters.get("invoiceType") or "MIS")[:3].upper()
    row = made["parameters"]["ds"]["InvcHead"][-1]
    row.update(GroupID=group["GroupID"], InvoiceType=kind, CreditMemo=kind == "CRM")
    return made


@method(_INVOICES, "GetShipments")
def get_shipments(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    """Make an invoice of each shipment that is ready; of one pack when `packNum` is given."""
    group = need_invoice_group(desk, parameters.get("groupID"))
    wanted = coerce("packNum", "i", parameters.get("packNum"))
    packs = [pack for pack in desk.book.all("ShipHead") if not pack["Invoiced"] and pack["ReadyToInvoice"]]
    made = []
    for pack in packs:
        if not wanted or pack["PackNum"] == wanted:
            made.append(_invoice_of(desk, group, pack))
            desk.book.save("ShipHead", {**pack, "Invoiced": True})
    return answer(desk, returned=dataset(desk, TABLES["InvcHead"], made), parameters={"grpTotalInvAmt": len(made)})


def _invoice_of(desk: Desk, group: Row, pack: Row) -> Row:
    order = desk.book.get("OrderHed", pack["OrderNum"]) or {}
    lines = []
    for shipped in desk.book.children("ShipDtl", pack):
        line = desk.book.get("OrderDtl", shipped["OrderNum"], shipped["OrderLine"]) or {}
        lines.append({"PartNum": shipped["PartNum"], "LineDesc": shipped["LineDesc"],
                      "SellingShipQty": shipped["OurInventoryShipQty"], "DocUnitPrice": line.get("DocUnitPrice", _ZERO),
                      "PricePerCode": line.get("PricePerCode", "E"), "PackNum": pack["PackNum"],
                      "PackLine": shipped["PackLine"], "OrderNum": shipped["OrderNum"],
                      "OrderLine": shipped["OrderLine"], "OrderRelNum": shipped["OrderRelNum"]})  # fmt: skip
        desk.book.save("ShipDtl", {**shipped, "Invoiced": True})
    head = {"GroupID": group["GroupID"], "InvoiceType": "SHP", "CustNum": pack["CustNum"], "OrderNum": pack["OrderNum"],
            "CurrencyCode": order.get("CurrencyCode", "USD"), "TermsCode": order.get("TermsCode", ""),
            "InvcDtls": lines}  # fmt: skip
    return insert(desk, TABLES["InvcHead"], head)
