"""Sales orders: made the way the order entry screen makes them, and continued where an earlier try stopped.

An order is known by the customer and its PO number, its lines by their POLine, its charges by code and description.
Whatever of these is there already is never written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.library.epicor_kinetic.calling.customers import need_customer
from connectors.library.epicor_kinetic.calling.erp import Erp, Row, tableset
from connectors.library.epicor_kinetic.calling.values import decimal, midnight, number, told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http
from connectors.sdk.operation import Found

_ORDERS = "Erp.BO.SalesOrderSvc"
_CHILDREN = ("OrderDtls", "OHOrderMscs")
_DAYS = ("OrderDate", "NeedByDate", "RequestDate")
_HEADER = (
    "PONum", *_DAYS, "ShipToNum", "TermsCode", "ShipViaCode", "CurrencyCode", "OrderComment", "ShipComment",
    "InvoiceComment", "TaxRegionCode", "SalesRepList", "OrderHeld", "UseOTS", "OTSName", "OTSAddress1", "OTSAddress2",
    "OTSAddress3", "OTSCity", "OTSState", "OTSZIP", "OTSCountryNum", "WebOrder",
)  # fmt: skip
_LINE = ("LineDesc", "OrderComment", "NeedByDate", "RequestDate", "TaxCatID", "ProdCode")
_TOLD = (
    "OrderNum", "CustNum", "CustomerCustID", "PONum", "OrderDate", "NeedByDate", "TermsCode", "CurrencyCode",
    "OpenOrder", "OrderHeld", "VoidOrder", "DocTotalCharges", "DocTotalMisc", "DocTotalTax", "DocTotalDiscount",
    "DocOrderAmt", "OrderAmt", "DocDepositBal", "OrderComment",
)  # fmt: skip
_LINE_TOLD = (
    "OrderLine", "POLine", "PartNum", "LineDesc", "SellingQuantity", "SalesUM", "DocUnitPrice", "DiscountPercent",
    "DocDiscount", "DocExtPriceDtl", "OpenLine",
)  # fmt: skip
_CHARGE_TOLD = ("SeqNum", "MiscCode", "Description", "DocMiscAmt")


async def create_sales_order(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    erp = Erp(http)
    customer = await _customer(erp, inputs)
    _check_input(erp, inputs)
    order = await _existing(erp, inputs, customer)
    if order is None:
        await _check_parts(erp, inputs)
        order_number = await _create_header(erp, inputs, customer)
        order = {"OrderNum": order_number, "OrderDtls": [], "OHOrderMscs": []}
    for key, line in missing_lines(inputs, order):
        await _add_line(erp, order["OrderNum"], customer["CustNum"], key, line)
    for charge in missing_charges(inputs, order):
        await _add_charge(erp, order["OrderNum"], customer["CustNum"], charge)
    return answer(await need_order(erp, {"OrderNum": order["OrderNum"]}), inputs)


async def find_created_order(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of create_sales_order left, and whether anything is missing of it."""
    erp = Erp(http)
    order = await _existing(erp, inputs, await _customer(erp, inputs))
    if order is None:
        return None
    missing = missing_lines(inputs, order) or missing_charges(inputs, order)
    return Found(answer(order, inputs), complete=not missing)


async def find_sales_order(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    wanted = {column: inputs[column] for column in ("OrderNum", "PONum", "CustNum") if inputs.get(column)}
    if inputs.get("CustID") and "CustNum" not in wanted:
        wanted["CustNum"] = (await need_customer(erp, inputs))["CustNum"]
    if not wanted:
        raise Rejected("Give OrderNum or PONum.", code="match_missing", field="OrderHed.PONum")
    rows = await erp.find("SalesOrders", wanted, expand=_CHILDREN, order="OrderNum")
    shown = [answer(row, {}) for row in rows]
    return {"found": bool(rows), "count": len(rows), "SalesOrder": shown[0] if shown else None, "SalesOrders": shown}


async def get_sales_order(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return answer(await need_order(Erp(http), inputs), {})


async def hold_sales_order(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    order = await need_order(erp, inputs)
    changes: dict[str, Any] = {"OrderHeld": inputs.get("OrderHeld", True)}
    if inputs.get("OrderComment") and inputs["OrderComment"] not in str(order.get("OrderComment") or ""):
        changes["OrderComment"] = "\n".join(filter(None, (order.get("OrderComment"), inputs["OrderComment"])))
    if any(order.get(column) != value for column, value in changes.items()):
        await erp.change("SalesOrders", (order["OrderNum"],), changes)
    return answer({**order, **changes}, {})


async def need_order(erp: Erp, inputs: Mapping[str, Any]) -> Row:
    order = await erp.first("SalesOrders", {"OrderNum": inputs["OrderNum"]}, expand=_CHILDREN)
    if order is None:
        raise Rejected(f"There is no order {inputs['OrderNum']}.", code="order_unknown", field="OrderHed.OrderNum")
    return order


def answer(order: Row, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """An order as outputs have it; with the difference to what the caller expected it to come to."""
    custom = tuple(name for name in inputs if name.endswith("_c"))
    found = {
        **told(order, (*_TOLD, *custom)),
        "CustID": order.get("CustomerCustID"),
        "OrderDtls": [told(line, _LINE_TOLD) for line in order.get("OrderDtls") or []],
        "OHOrderMscs": [told(charge, _CHARGE_TOLD) for charge in order.get("OHOrderMscs") or []],
    }
    found.pop("CustomerCustID", None)
    if inputs.get("DocOrderAmt") is not None:
        expected = decimal(inputs["DocOrderAmt"], "DocOrderAmt")
        found["AmountDifference"] = number(decimal(order["DocOrderAmt"], "DocOrderAmt") - expected, "DocOrderAmt")
    return found


def missing_lines(inputs: Mapping[str, Any], order: Row) -> list[tuple[str, Mapping[str, Any]]]:
    """The lines of the input that the order lacks, by their POLine; refuses an order that is somebody else's."""
    wanted = dict(_keyed(inputs))
    there = {str(line.get("POLine") or ""): line for line in order["OrderDtls"] or []}
    for key, line in there.items():
        if key not in wanted or str(wanted[key]["PartNum"]).casefold() != str(line["PartNum"]).casefold():
            raise Rejected(
                f"Order {order['OrderNum']} has the PO number {inputs['PONum']!r} already, with other lines.",
                code="po_number_used",
                hint="Use a PO number that is this order's alone, for example the number of the payment.",
                field="OrderHed.PONum",
                detail={"OrderNum": order["OrderNum"]},
            )
    return [(key, line) for key, line in wanted.items() if key not in there]


def missing_charges(inputs: Mapping[str, Any], order: Row) -> list[Mapping[str, Any]]:
    there = [(row["MiscCode"], row["Description"]) for row in order["OHOrderMscs"] or []]
    codes = {code for code, _ in there}
    return [
        charge
        for charge in inputs.get("OHOrderMscs") or []
        # Without a description of its own the server gives the charge the code's.
        if ((charge["MiscCode"], charge["Description"]) not in there if charge.get("Description")
            else charge["MiscCode"] not in codes)
    ]  # fmt: skip


def _keyed(inputs: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(str(line.get("POLine") or index), line) for index, line in enumerate(inputs["OrderDtls"], 1)]


async def _customer(erp: Erp, inputs: Mapping[str, Any]) -> Row:
    return await need_customer(erp, inputs)


async def _existing(erp: Erp, inputs: Mapping[str, Any], customer: Row) -> Row | None:
    """The customer's order with this PO number that is not void; the oldest, if people made more."""
    wanted = {"PONum": inputs["PONum"], "CustNum": customer["CustNum"]}
    rows = await erp.find("SalesOrders", wanted, expand=_CHILDREN, order="OrderNum")
    return next((row for row in rows if not row.get("VoidOrder")), None)


def _check_input(erp: Erp, inputs: Mapping[str, Any]) -> None:
    """What must be known before anything is written."""
    if inputs.get("Company") not in (None, "", erp.company):
        raise Rejected(
            f"The order is for company {inputs['Company']}, the connection is for {erp.company}.",
            code="company_differs",
            field="OrderHed.Company",
        )
    keys = [key for key, _ in _keyed(inputs)]
    if len(set(keys)) < len(keys):
        raise Rejected("Each line needs a POLine of its own.", code="line_key_repeated", field="OrderDtl.POLine")
    charges = [(charge["MiscCode"], charge.get("Description")) for charge in inputs.get("OHOrderMscs") or []]
    if len(set(charges)) < len(charges):
        text = "Charges with the same MiscCode need different descriptions."
        raise Rejected(text, code="charge_repeated", field="OHOrderMsc.Description")
    for line in inputs["OrderDtls"]:
        if decimal(_quantity(line), "OrderDtl.SellingQuantity") <= 0:
            text = f"The quantity of {line['PartNum']} must be greater than zero."
            raise Rejected(text, code="quantity_invalid", field="OrderDtl.SellingQuantity")


async def _check_parts(erp: Erp, inputs: Mapping[str, Any]) -> None:
    """Refuse an order with an unknown or inactive part before its header is written."""
    wanted = list(dict.fromkeys(str(line["PartNum"]) for line in inputs["OrderDtls"]))
    found = await erp.find_any("Parts", "PartNum", wanted)
    known = {str(row["PartNum"]).casefold(): row for row in found}
    for part in wanted:
        row = known.get(part.casefold())
        if row is None or row.get("InActive"):
            what = "is not known" if row is None else "is inactive"
            raise Rejected(
                f"Part {part!r} {what} in Kinetic.",
                code="part_invalid",
                hint="Correct the part number in the mapping or the lookup table, or enter the part in Kinetic.",
                field="OrderDtl.PartNum",
            )


async def _create_header(erp: Erp, inputs: Mapping[str, Any], customer: Row) -> int:
    ds = tableset(await erp.ask(_ORDERS, "GetNewOrderHed", {"ds": {}}))
    ds["OrderHed"][-1]["CustomerCustID"] = customer["CustID"]
    ds = tableset(await erp.ask(_ORDERS, "ChangeSoldToID", {"ds": ds}))
    ds["OrderHed"][-1]["CustNum"] = customer["CustNum"]
    ds = tableset(await erp.ask(_ORDERS, "ChangeCustomer", {"ds": ds}))
    row = ds["OrderHed"][-1]
    row.update({column: inputs[column] for column in _HEADER if inputs.get(column) is not None})
    row.update({column: midnight(inputs[column]) for column in _DAYS if inputs.get(column)})
    row.update({column: value for column, value in inputs.items() if column.endswith("_c")})
    kept = tableset(await _master_update(erp, "OrderHed", customer["CustNum"], 0, ds))
    return int(kept["OrderHed"][0]["OrderNum"])


async def _add_line(erp: Erp, order: int, customer: int, key: str, line: Mapping[str, Any]) -> None:
    ds = tableset(await erp.ask(_ORDERS, "GetNewOrderDtl", {"orderNum": order, "ds": {}}))
    part = {"partNum": line["PartNum"], "uomCode": line.get("SalesUM", ""), "SysRowID": _NO_ROW, "rowType": "",
            "lSubstitutePartExist": False, "lIsPhantom": False, "salesKitView": False, "removeKitComponents": False,
            "suppressUserPrompts": True, "getPartXRefInfo": True, "checkPartRevisionChange": False,
            "checkChangeKitParent": False, "ds": ds}  # fmt: skip
    ds = tableset(await erp.ask(_ORDERS, "ChangePartNumMaster", part))
    priced = line.get("DocUnitPrice") is not None
    quantity = number(_quantity(line), "OrderDtl.SellingQuantity")
    wanted = {"ipSellingQuantity": quantity, "chkSellQty": False, "negInvTest": False, "chgSellQty": True,
              "chgDiscPer": True, "suppressUserPrompts": True, "lKeepUnitPrice": priced, "pcPartNum": line["PartNum"],
              "pcWhseCode": "", "pcBinNum": "", "pcLotNum": "", "pcDimCode": ds["OrderDtl"][-1].get("SalesUM", ""),
              "pdDimConvFactor": 1, "ds": ds}  # fmt: skip
    ds = tableset(await erp.ask(_ORDERS, "ChangeSellingQtyMaster", wanted))
    row = ds["OrderDtl"][-1]
    row["POLine"] = key
    row.update({column: line[column] for column in _LINE if line.get(column) is not None})
    row.update({column: midnight(line[column]) for column in _DAYS if line.get(column)})
    row.update({column: value for column, value in line.items() if column.endswith("_c")})
    if priced:
        price = number(line["DocUnitPrice"], "OrderDtl.DocUnitPrice")
        row.update(LockPrice=True, DocUnitPrice=price, DocDspUnitPrice=price)
    if line.get("DiscountPercent") is not None:
        row["DiscountPercent"] = number(line["DiscountPercent"], "OrderDtl.DiscountPercent")
    await _master_update(erp, "OrderDtl", customer, order, ds)


async def _add_charge(erp: Erp, order: int, customer: int, charge: Mapping[str, Any]) -> None:
    ds = tableset(await erp.ask(_ORDERS, "GetNewOHOrderMsc", {"orderNum": order, "orderLine": 0, "ds": {}}))
    row = ds["OHOrderMsc"][-1]
    row["MiscCode"] = charge["MiscCode"]
    row["DocMiscAmt"] = number(charge["DocMiscAmt"], "OHOrderMsc.DocMiscAmt")
    if charge.get("Description"):
        row["Description"] = charge["Description"]
    await _master_update(erp, "OHOrderMsc", customer, order, ds)


async def _master_update(erp: Erp, table: str, customer: int, order: int, ds: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {"lCheckForOrderChangedMsg": False, "lcheckForResponse": False, "cTableName": table,
                  "iCustNum": customer, "iOrderNum": order, "lweLicensed": False, "ds": ds}  # fmt: skip
    return await erp.write(_ORDERS, "MasterUpdate", parameters)


def _quantity(line: Mapping[str, Any]) -> Any:
    return line["SellingQuantity"] if line.get("SellingQuantity") is not None else line.get("OrderQty")


_NO_ROW = "00000000-0000-0000-0000-000000000000"
