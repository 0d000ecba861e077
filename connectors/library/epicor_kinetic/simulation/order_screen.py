"""The methods behind the order entry screen: what it calls while a person types, and the write at the end.

Nothing is kept before MasterUpdate; the Change methods only fill in the tableset they are given.
"""

from __future__ import annotations

from typing import Any

from connectors.library.epicor_kinetic.simulation.desk import Desk, method
from connectors.library.epicor_kinetic.simulation.methods import (
    Tableset,
    answer,
    apply,
    dataset,
    get_new,
    pending_row,
    show,
    tableset,
)
from connectors.library.epicor_kinetic.simulation.orders import list_price
from connectors.library.epicor_kinetic.simulation.parts import need_part
from connectors.library.epicor_kinetic.simulation.problems import business, odata
from connectors.library.epicor_kinetic.simulation.tables import TABLES
from connectors.library.epicor_kinetic.simulation.values import Row, coerce

_ORDERS = "Erp.BO.SalesOrderSvc"
_TAKEN = {"TermsCode": "TermsCode", "ShipViaCode": "ShipViaCode", "CurrencyCode": "CurrencyCode",
          "TaxRegionCode": "TaxRegionCode", "SalesRepList": "SalesRepCode"}  # fmt: skip


def _customer_into(desk: Desk, ds: Tableset, row: dict[str, Any], customer: Row) -> dict[str, Any]:
    row.update(CustNum=customer["CustNum"], CustomerCustID=customer["CustID"], BTCustNum=customer["CustNum"],
               ShipToCustNum=customer["CustNum"])  # fmt: skip
    row.update({column: customer[source] or row.get(column) for column, source in _TAKEN.items()})
    return answer(desk, parameters={"ds": ds})


def _by_number(desk: Desk, number: Any) -> Row:
    customer = desk.book.get("Customer", coerce("CustNum", "i", number))
    if customer is None:
        raise business(f"Customer number {str(number)[:20]} does not exist.", "OrderHed", "CustNum")
    return customer


def _by_id(desk: Desk, cust_id: Any) -> Row:
    found = desk.book.find("Customer", "CustID", str(cust_id or ""))
    if not found:
        raise business(f"Customer '{str(cust_id)[:20]}' does not exist.", "OrderHed", "CustomerCustID")
    return found[0]


@method(_ORDERS, "ChangeCustomer")
def change_customer(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    row = pending_row(ds, "OrderHed")
    return _customer_into(desk, ds, row, _by_number(desk, row.get("CustNum")))


@method(_ORDERS, "ChangeSoldToID")
def change_sold_to(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    row = pending_row(ds, "OrderHed")
    return _customer_into(desk, ds, row, _by_id(desk, row.get("CustomerCustID")))


@method(_ORDERS, "ChangeOrderHedCustomerCustID")
def change_cust_id(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    return _customer_into(desk, ds, pending_row(ds, "OrderHed"), _by_id(desk, parameters.get("ipCustID")))


@method(_ORDERS, "ChangeSoldToContact")
def change_contact(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    return answer(desk, parameters={"ds": tableset(parameters)})


@method(_ORDERS, "ChangeShipToID")
def change_ship_to(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    ds = tableset(parameters)
    row = pending_row(ds, "OrderHed")
    number = row.get("ShipToNum")
    if number and desk.book.get("ShipTo", row.get("ShipToCustNum") or row.get("CustNum"), number) is None:
        raise business(f"Ship-to '{str(number)[:20]}' does not exist.", "OrderHed", "ShipToNum")
    return answer(desk, parameters={"ds": ds})


@method(_ORDERS, "GetNewOrderDtl")
def get_new_line(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    return get_new(desk, TABLES["OrderDtl"], parameters)


@method(_ORDERS, "GetNewOHOrderMsc")
def get_new_charge(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    return get_new(desk, TABLES["OHOrderMsc"], parameters)


@method(_ORDERS, "ChangePartNumMaster")
def change_part(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    """Fill the line from the part; a price already locked stays."""
    ds = tableset(parameters)
    row = pending_row(ds, "OrderDtl")
    part = need_part(desk, "OrderDtl", parameters.get("partNum") or row.get("PartNum"))
    price = list_price(desk, part, coerce("SellingQuantity", "d", row.get("SellingQuantity")), _currency(desk, row))
    row.update(PartNum=part["PartNum"], LineDesc=part["PartDescription"], IUM=part["IUM"], SalesUM=part["SalesUM"],
               ProdCode=part["ProdCode"], TaxCatID=part["TaxCatID"], PricePerCode=part["PricePerCode"],
               ListPrice=part["UnitPrice"], DocListPrice=part["UnitPrice"])  # fmt: skip
    if not row.get("LockPrice"):
        row.update(DocUnitPrice=price, DocDspUnitPrice=price)
    out = {"partNum": part["PartNum"], "uomCode": part["SalesUM"], "lSubstitutePartExist": False, "lIsPhantom": False,
           "cDeleteComponentsMessage": "", "questionString": "", "multipleMatch": False, "ds": ds}  # fmt: skip
    return answer(desk, parameters=out)


@method(_ORDERS, "ChangeSellingQtyMaster")
def change_quantity(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    """Set the quantity; unless the price is locked, a quantity break may change it."""
    ds = tableset(parameters)
    row = pending_row(ds, "OrderDtl")
    quantity = coerce("ipSellingQuantity", "d", parameters.get("ipSellingQuantity"))
    if quantity <= 0:
        raise business("The quantity must be greater than zero.", "OrderDtl", "SellingQuantity")
    part = need_part(desk, "OrderDtl", row.get("PartNum"))
    row.update(SellingQuantity=quantity, OrderQty=quantity)
    if not row.get("LockPrice"):
        price = list_price(desk, part, quantity, _currency(desk, row))
        row.update(DocUnitPrice=price, DocDspUnitPrice=price)
    out = {"pcNeqQtyAction": "", "opWarningMsg": "", "cSellingQuantityChangedMsgText": "", "ds": ds}
    return answer(desk, parameters=out)


@method(_ORDERS, "MasterUpdate")
def master_update(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    """Keep what the tableset holds for the named table and those above it."""
    table = parameters.get("cTableName")
    if table not in ("OrderHed", "OrderDtl", "OrderRel", "OHOrderMsc", "OrderMsc"):
        raise odata(f"The parameter cTableName '{str(table)[:40]}' names no table of this service.")
    ds = tableset(parameters)
    rows = apply(desk, _ORDERS, ds)
    if not rows:
        number = coerce("iOrderNum", "i", parameters.get("iOrderNum"))
        found = desk.book.get("OrderHed", number)
        rows = [found] if found else []
    kept = dataset(desk, TABLES["OrderHed"], rows)
    out = {"lContinue": True, "cResponseMsg": "", "cCreditShipAction": "", "cDisplayMsg": "", "cCompliantMsg": "",
           "cAgingMessage": "", "ds": kept}  # fmt: skip
    return answer(desk, parameters=out)


@method(_ORDERS, "CloseOrder")
def close_order(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    row = _order(desk, parameters.get("orderNum"))
    kept = desk.book.save("OrderHed", {**row, "OpenOrder": False, "OrderStatus": "CLOSED"})
    for line in desk.book.find("OrderDtl", "OrderNum", row["OrderNum"]):
        desk.book.save("OrderDtl", {**line, "OpenLine": False})
    return answer(desk, returned={"OrderHed": [show(desk, "OrderHed", kept)]})


@method(_ORDERS, "ReopenOrder")
def reopen_order(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    row = _order(desk, parameters.get("orderNum"))
    kept = desk.book.save("OrderHed", {**row, "OpenOrder": True, "OrderStatus": "OPEN"})
    for line in desk.book.find("OrderDtl", "OrderNum", row["OrderNum"]):
        desk.book.save("OrderDtl", {**line, "OpenLine": True})
    return answer(desk, returned={"OrderHed": [show(desk, "OrderHed", kept)]})


def _order(desk: Desk, number: Any) -> Row:
    row = desk.book.get("OrderHed", coerce("orderNum", "i", number))
    if row is None:
        raise business(f"Order {str(number)[:20]} does not exist.", "OrderHed", "OrderNum")
    return row


def _currency(desk: Desk, line: dict[str, Any]) -> str:
    header = desk.book.get("OrderHed", coerce("OrderNum", "i", line.get("OrderNum")))
    return header["CurrencyCode"] if header else "USD"
