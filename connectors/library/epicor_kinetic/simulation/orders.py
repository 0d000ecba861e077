"""Rules of sales orders: headers, lines, releases, miscellaneous charges, and the totals they come to.

Totals are the server's own work: whatever a caller sends for them is ignored. Deposits come from the cash receipts.
"""

from __future__ import annotations

from decimal import Decimal

from connectors.library.epicor_kinetic.simulation.callouts import announce
from connectors.library.epicor_kinetic.simulation.customers import check_codes, need_customer
from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, rules
from connectors.library.epicor_kinetic.simulation.parts import need_part, price_of
from connectors.library.epicor_kinetic.simulation.problems import business
from connectors.library.epicor_kinetic.simulation.tables import TABLES
from connectors.library.epicor_kinetic.simulation.values import Row, money

_PER = {"E": Decimal(1), "C": Decimal(100), "M": Decimal(1000)}
_ZERO = Decimal(0)


def places_of(desk: Desk, currency: str) -> int:
    row = desk.book.get("Currency", currency)
    return int(row["DecimalsGeneral"]) if row else 2


def rate_of(desk: Desk, currency: str) -> Decimal:
    row = desk.book.get("Currency", currency)
    return row["ExchangeRate"] if row else Decimal(1)


def extended(row: Row, quantity: Decimal, places: int) -> Decimal:
    """Quantity times price, per each, hundred or thousand."""
    return money(quantity * row["DocUnitPrice"] / _PER.get(row["PricePerCode"], Decimal(1)), places)


@rules("Currency")
class CurrencyRules(TableRules):
    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        if not Decimal("0.00001") <= row["ExchangeRate"] <= 100_000:
            raise business("The exchange rate must be between 0.00001 and 100000.", "Currency", "ExchangeRate")
        if not 0 <= row["DecimalsGeneral"] <= 5:
            raise business("The number of decimals must be between 0 and 5.", "Currency", "DecimalsGeneral")


@rules("OrderHed")
class OrderRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(OpenOrder=True, OrderDate=desk.today, CurrencyCode="USD", ExchangeRate=Decimal(1), LockRate=False,
                   ReadyToCalc=True, EntryPerson=desk.user, RateGrpCode="MAIN", OrderStatus="OPEN")  # fmt: skip

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        if old is not None and old["VoidOrder"]:
            raise business(f"Order {row['OrderNum']} is void and cannot be changed.", "OrderHed", "VoidOrder")
        if old is not None and not old["OpenOrder"] and not row["OpenOrder"]:
            raise business(f"Order {row['OrderNum']} is closed and cannot be changed.", "OrderHed", "OpenOrder")
        customer = need_customer(desk, "OrderHed", row)
        if old is None:
            self._take_from(row, customer)
            if customer["CreditHold"] and not row["CreditOverride"]:
                text = f"Customer '{customer['CustID']}' is on credit hold. The order cannot be entered."
                raise business(text, "OrderHed", "CustNum")
            if customer["Inactive"]:
                raise business(f"Customer '{customer['CustID']}' is inactive.", "OrderHed", "CustNum")
        elif old["CustNum"] != row["CustNum"] and desk.book.children("OrderDtl", old):
            raise business("The customer of an order with lines cannot be changed.", "OrderHed", "CustNum")
        check_codes(desk, "OrderHed", row, old)
        if row["ShipToNum"] and desk.book.get("ShipTo", row["ShipToCustNum"], row["ShipToNum"]) is None:
            text = f"Ship-to '{row['ShipToNum']}' does not exist for customer '{customer['CustID']}'."
            raise business(text, "OrderHed", "ShipToNum")
        if row["UseOTS"] and not row["OTSName"]:
            raise business("A one-time ship-to needs a name.", "OrderHed", "OTSName")
        row["CustomerCustID"] = customer["CustID"]
        row["ExchangeRate"] = row["ExchangeRate"] if row["LockRate"] else rate_of(desk, row["CurrencyCode"])
        total(desk, row)

    def _take_from(self, row: Row, customer: Row) -> None:
        taken = {"TermsCode": "TermsCode", "ShipViaCode": "ShipViaCode", "TaxRegionCode": "TaxRegionCode",
                 "SalesRepList": "SalesRepCode", "BTCustNum": "CustNum", "ShipToCustNum": "CustNum"}  # fmt: skip
        for column, source in taken.items():
            row[column] = row[column] or customer[source]

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        announce(desk, "order.created" if old is None else "order.updated", "OrderHed", row, old)

    def removing(self, desk: Desk, row: Row) -> None:
        if desk.book.find("CashHead", "OrderNum", row["OrderNum"]):
            raise business("The order has cash receipts and cannot be deleted.", "OrderHed", "OrderNum")
        if desk.book.find("InvcHead", "OrderNum", row["OrderNum"]):
            raise business("The order has invoices and cannot be deleted.", "OrderHed", "OrderNum")


class _OfOrder(TableRules):
    """Rules that all parts of an order share: it must be open, and its totals follow."""

    table = ""

    def header(self, desk: Desk, row: Row) -> Row:
        header = desk.book.get("OrderHed", row["OrderNum"])
        if header is None:
            raise business(f"Order {row['OrderNum']} does not exist.", self.table, "OrderNum")
        if not header["OpenOrder"] or header["VoidOrder"]:
            raise business(f"Order {row['OrderNum']} is closed and cannot be changed.", self.table, "OrderNum")
        return header

    def removing(self, desk: Desk, row: Row) -> None:
        self.header(desk, row)

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        recalculate(desk, row["OrderNum"])

    def removed(self, desk: Desk, row: Row) -> None:
        recalculate(desk, row["OrderNum"])


@rules("OrderDtl")
class LineRules(_OfOrder):
    table = "OrderDtl"

    def defaults(self, desk: Desk, row: Row) -> None:
        header = self.header(desk, row)
        row.update(OpenLine=True, LineType="PART", SellingFactor=Decimal(1), PricePerCode="E",
                   CustNum=header["CustNum"], NeedByDate=header["NeedByDate"],
                   RequestDate=header["RequestDate"])  # fmt: skip

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        header = self.header(desk, row)
        if old is not None and not old["OpenLine"]:
            raise business(f"Line {row['OrderLine']} is closed.", "OrderDtl", "OpenLine")
        part = need_part(desk, "OrderDtl", row["PartNum"], selling=old is None or old["PartNum"] != row["PartNum"])
        row["PartNum"] = part["PartNum"]
        for column, source in {"LineDesc": "PartDescription", "IUM": "IUM", "SalesUM": "SalesUM",
                               "ProdCode": "ProdCode", "TaxCatID": "TaxCatID"}.items():  # fmt: skip
            row[column] = row[column] or part[source]
        _settle_quantities(row, old)
        if row["SellingQuantity"] <= 0:
            raise business("The quantity must be greater than zero.", "OrderDtl", "SellingQuantity")
        _settle_price(row, old)
        if row["DocUnitPrice"] < 0:
            raise business("The unit price must not be negative.", "OrderDtl", "DocUnitPrice")
        row["PricePerCode"] = row["PricePerCode"] or "E"
        places, rate = places_of(desk, header["CurrencyCode"]), header["ExchangeRate"]
        row["DocExtPriceDtl"] = extended(row, row["SellingQuantity"], places)
        if row["DiscountPercent"] and (old is None or row["DocDiscount"] == old["DocDiscount"]):
            row["DocDiscount"] = money(row["DocExtPriceDtl"] * row["DiscountPercent"] / 100, places)
        row["UnitPrice"] = row["DspUnitPrice"] = money(row["DocUnitPrice"] * rate, 5)
        row["ExtPriceDtl"] = money(row["DocExtPriceDtl"] * rate, 2)
        row["Discount"] = money(row["DocDiscount"] * rate, 2)

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        _release(desk, row, old)
        super().saved(desk, row, old)


def _settle_quantities(row: Row, old: Row | None) -> None:
    """The selling and the order quantity are one, whichever a caller sets; the factor between units is one here."""
    was = old or {"SellingQuantity": _ZERO, "OrderQty": _ZERO}
    if row["SellingQuantity"] == was["SellingQuantity"] and row["OrderQty"] != was["OrderQty"]:
        row["SellingQuantity"] = row["OrderQty"]
    row["OrderQty"] = row["SellingQuantity"]


def _settle_price(row: Row, old: Row | None) -> None:
    """The price may be set in the document's or the display column; the one that differs from before counts."""
    was = old or {"DocUnitPrice": _ZERO, "DocDspUnitPrice": _ZERO}
    if row["DocUnitPrice"] == was["DocUnitPrice"] and row["DocDspUnitPrice"] != was["DocDspUnitPrice"]:
        row["DocUnitPrice"] = row["DocDspUnitPrice"]
    row["DocDspUnitPrice"] = row["DocUnitPrice"]


def _release(desk: Desk, line: Row, old: Row | None) -> None:
    """Every line has a release of its own; a single release follows the line's quantity and dates."""
    releases = desk.book.children("OrderRel", line)
    header = desk.book.get("OrderHed", line["OrderNum"]) or {}
    followed = {"OurReqQty": line["OrderQty"], "SellingReqQty": line["SellingQuantity"], "PartNum": line["PartNum"],
                "OurStockQty": line["OrderQty"], "SellingStockQty": line["SellingQuantity"],
                "NeedByDate": line["NeedByDate"], "ReqDate": line["RequestDate"]}  # fmt: skip
    if not releases:
        part = desk.book.get("Part", line["PartNum"]) or {}
        stocks = desk.book.children("PartWhse", part) if part else []
        release = TABLES["OrderRel"].new_row()
        release.update(
            OrderNum=line["OrderNum"], OrderLine=line["OrderLine"], OrderRelNum=1, OpenRelease=True, FirmRelease=True,
            LineType="PART", Plant=desk.plant, WarehouseCode=stocks[0]["WarehouseCode"] if stocks else "",
            ShipToNum=header.get("ShipToNum", ""), ShipViaCode=header.get("ShipViaCode", ""), **followed,
        )  # fmt: skip
        desk.book.save("OrderRel", release)
    elif len(releases) == 1 and releases[0]["OpenRelease"]:
        desk.book.save("OrderRel", {**releases[0], **followed})


@rules("OrderRel")
class ReleaseRules(_OfOrder):
    table = "OrderRel"

    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(OpenRelease=True, FirmRelease=True, Plant=desk.plant)

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        self.header(desk, row)
        if desk.book.get("OrderDtl", row["OrderNum"], row["OrderLine"]) is None:
            raise business(f"Line {row['OrderLine']} does not exist.", "OrderRel", "OrderLine")


class _Charge(_OfOrder):
    """A charge beside the parts, such as freight; a negative amount is a rebate."""

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        header = self.header(desk, row)
        code = desk.book.get("MiscChrg", row["MiscCode"])
        if code is None:
            raise business(f"Miscellaneous charge '{row['MiscCode']}' is not valid.", self.table, "MiscCode")
        row["Description"] = row["Description"] or code["Description"]
        row["FreqCode"] = row["FreqCode"] or "F"
        row["DocMiscAmt"] = money(row["DocMiscAmt"], places_of(desk, header["CurrencyCode"]))
        row["MiscAmt"] = money(row["DocMiscAmt"] * header["ExchangeRate"], 2)


@rules("OHOrderMsc")
class HeaderChargeRules(_Charge):
    table = "OHOrderMsc"


@rules("OrderMsc")
class LineChargeRules(_Charge):
    table = "OrderMsc"


def recalculate(desk: Desk, order_number: int) -> None:
    """Keep a header whose totals follow its parts."""
    header = desk.book.get("OrderHed", order_number)
    if header is not None:
        before = dict(header)
        total(desk, header)
        if header != before:
            desk.book.save("OrderHed", header)


def total(desk: Desk, row: Row) -> None:
    """Set the totals of a header from its lines, charges, tax region and deposits."""
    rate, places = row["ExchangeRate"] or Decimal(1), places_of(desk, row["CurrencyCode"])
    lines = [line for line in desk.book.find("OrderDtl", "OrderNum", row["OrderNum"]) if not line["VoidLine"]]
    charges = [charge for name in ("OHOrderMsc", "OrderMsc")
               for charge in desk.book.find(name, "OrderNum", row["OrderNum"])]  # fmt: skip
    goods = sum((line["DocExtPriceDtl"] for line in lines), _ZERO)
    discount = sum((line["DocDiscount"] for line in lines), _ZERO)
    misc = sum((charge["DocMiscAmt"] for charge in charges), _ZERO)
    region = desk.book.get("TaxRgn", row["TaxRegionCode"]) if row["TaxRegionCode"] else None
    tax = money((goods - discount) * region["Percent"] / 100, places) if region and row["ReadyToCalc"] else _ZERO
    document = {"TotalCharges": goods, "TotalDiscount": discount, "TotalMisc": misc, "TotalTax": tax,
                "OrderAmt": goods - discount + misc + tax, "DepositBal": _deposits(desk, row)}  # fmt: skip
    for name, amount in document.items():
        row[f"Doc{name}"] = amount
        row[name] = money(amount * rate, 2)
    _tax_row(desk, row, region, goods - discount, tax)


def _deposits(desk: Desk, row: Row) -> Decimal:
    """What was paid on the order and is not on an invoice yet; counted from the entry of a receipt on."""
    if not row["OrderNum"]:
        return _ZERO
    receipts = desk.book.find("CashHead", "OrderNum", row["OrderNum"])
    return sum(
        (each["DocTranAmt"] - each["DocDepApplied"] for each in receipts if each["TranType"] == "Deposit"), _ZERO
    )


def _tax_row(desk: Desk, row: Row, region: Row | None, base: Decimal, tax: Decimal) -> None:
    for old in desk.book.find("HedTaxSum", "OrderNum", row["OrderNum"]):
        desk.book.remove("HedTaxSum", old)
    if region is not None and tax:
        summary = TABLES["HedTaxSum"].new_row()
        summary.update(OrderNum=row["OrderNum"], TaxCode="SALES", RateCode=region["TaxRegionCode"],
                       Percent=region["Percent"], Description=region["Description"],
                       DocTaxableAmt=base, TaxableAmt=base, DocTaxAmt=tax,
                       TaxAmt=tax)  # fmt: skip
        desk.book.save("HedTaxSum", summary)


def list_price(desk: Desk, part: Row, quantity: Decimal, currency: str) -> Decimal:
    """What the server would charge by itself, in the document's currency."""
    return money(price_of(desk, part, quantity) / rate_of(desk, currency), 5)
