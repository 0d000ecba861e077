"""Rules of parts and stock, list prices with quantity breaks, and quantity adjustments.

Asked by `writing` and by the rules of orders and shipments. Stock moves only through here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulation.callouts import announce
from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, method, rules
from connectors.library.epicor_kinetic.simulation.methods import answer
from connectors.library.epicor_kinetic.simulation.problems import business
from connectors.library.epicor_kinetic.simulation.tables import COMPANY
from connectors.library.epicor_kinetic.simulation.values import Row, coerce

_ADJUST = "Erp.BO.InventoryQtyAdjSvc"


def need_part(desk: Desk, table: str, number: Any, *, selling: bool = True) -> Row:
    """The part that a row names; to be sold it must be active."""
    part = desk.book.get("Part", number) if number else None
    if part is None:
        raise business(f"Part '{str(number)[:60]}' is not valid.", table, "PartNum")
    if selling and part["InActive"]:
        raise business(f"Part '{part['PartNum']}' is inactive.", table, "PartNum")
    if selling and part["OnHold"]:
        raise business(f"Part '{part['PartNum']}' is on hold.", table, "PartNum")
    return part


def price_of(desk: Desk, part: Row, quantity: Decimal) -> Decimal:
    """The web price list's price for the quantity, else the part's own price."""
    entry = desk.book.get("PriceLstParts", "WEB", part["PartNum"], part["SalesUM"])
    if entry is None:
        return part["UnitPrice"]
    price = entry["BasePrice"]
    for step in range(1, 6):
        if entry[f"QtyBreak{step}"] and quantity >= entry[f"QtyBreak{step}"]:
            price = entry[f"UnitPrice{step}"] or price
    return price


@rules("Part")
class PartRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(TypeCode="P", IUM="EA", PUM="EA", SalesUM="EA", UOMClassID="COUNT", PricePerCode="E",
                   SellingFactor=Decimal(1), PurchasingFactor=Decimal(1), CostMethod="A")  # fmt: skip

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        if row["TypeCode"] not in ("M", "P", "K"):
            raise business("TypeCode must be M, P or K.", "Part", "TypeCode")

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        announce(desk, "part.created" if old is None else "part.updated", "Part", row, old)

    def removing(self, desk: Desk, row: Row) -> None:
        if desk.book.find("OrderDtl", "PartNum", row["PartNum"]):
            raise business(f"Part '{row['PartNum']}' is used and cannot be deleted.", "Part", "PartNum")


@rules("PartWhse")
class StockRules(TableRules):
    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        need_part(desk, "PartWhse", row["PartNum"], selling=False)
        if desk.book.get("Warehse", row["WarehouseCode"]) is None:
            raise business(f"Warehouse '{row['WarehouseCode']}' is not valid.", "PartWhse", "WarehouseCode")
        if old is not None and old["OnHandQty"] != row["OnHandQty"]:
            raise business("Stock is changed by a quantity adjustment.", "PartWhse", "OnHandQty")


def move_stock(desk: Desk, part: str, warehouse: str, quantity: Decimal) -> None:
    """Add to the stock of a part in a warehouse (a negative quantity takes away)."""
    stock = desk.book.get("PartWhse", part, warehouse)
    if stock is None:
        raise business(f"Part '{part}' is not kept in warehouse '{warehouse}'.", "PartWhse", "WarehouseCode")
    if stock["OnHandQty"] + quantity < 0:
        raise business(f"There is not enough of part '{part}' in warehouse '{warehouse}'.", "PartWhse", "OnHandQty")
    kept = desk.book.save("PartWhse", {**stock, "OnHandQty": stock["OnHandQty"] + quantity})
    announce(desk, "stock.changed", "PartWhse", kept, stock)


@method("Erp.BO.PartOnHandWhseSvc", "GetPartOnHandWhse")
def on_hand(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    part = need_part(desk, "PartOnHandWhse", parameters.get("partNum"), selling=False)
    rows = []
    for stock in desk.book.children("PartWhse", part):
        warehouse = desk.book.get("Warehse", stock["WarehouseCode"]) or {}
        rows.append({
            "Company": COMPANY, "PartNum": part["PartNum"], "WarehouseCode": stock["WarehouseCode"],
            "Plant": warehouse.get("Plant", ""), "WarehouseDesc": warehouse.get("Description", ""),
            "PrimaryBinNum": stock["PrimBinNum"], "QuantityOnHand": stock["OnHandQty"],
            "AllocQty": stock["AllocatedQty"], "IUM": part["IUM"], "SysRowID": stock["SysRowID"], "RowMod": "",
        })  # fmt: skip
    return answer(desk, returned={"PartOnHandWhse": rows})


@method(_ADJUST, "GetInventoryQtyAdj")
def get_adjustment(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    part = need_part(desk, "InventoryQtyAdj", parameters.get("partNum"), selling=False)
    stocks = desk.book.children("PartWhse", part)
    first = stocks[0] if stocks else {"WarehouseCode": "", "OnHandQty": Decimal(0), "PrimBinNum": ""}
    row = {"Company": COMPANY, "PartNum": part["PartNum"], "WareHseCode": first["WarehouseCode"],
           "BinNum": first["PrimBinNum"], "AdjustQuantity": Decimal(0), "OnHandQty": first["OnHandQty"],
           "ReasonCode": "", "ReasonType": "M", "TransDate": f"{desk.today}T00:00:00", "UnitOfMeasure": part["IUM"],
           "LotNum": "", "Reference": "", "RowMod": "U"}  # fmt: skip
    return answer(desk, returned={"InventoryQtyAdj": [row]})


@method(_ADJUST, "PreSetInventoryQtyAdj")
def check_adjustment(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    return answer(desk, parameters={"requiresUserInput": False, "ds": parameters.get("ds")})


@method(_ADJUST, "SetInventoryQtyAdj")
def adjust(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    given = parameters.get("ds")
    rows = given.get("InventoryQtyAdj") if isinstance(given, dict) else None
    row = rows[-1] if isinstance(rows, list) and rows and isinstance(rows[-1], dict) else None
    if row is None:
        raise business("The tableset holds no InventoryQtyAdj row.", "InventoryQtyAdj")
    part = need_part(desk, "InventoryQtyAdj", row.get("PartNum"), selling=False)
    reason = desk.book.get("Reason", "M", row.get("ReasonCode"))
    if reason is None:
        raise business(f"Reason '{str(row.get('ReasonCode'))[:20]}' is not valid.", "InventoryQtyAdj", "ReasonCode")
    quantity = coerce("AdjustQuantity", "d", row.get("AdjustQuantity"))
    if quantity == 0:
        raise business("The quantity to adjust must not be zero.", "InventoryQtyAdj", "AdjustQuantity")
    move_stock(desk, part["PartNum"], str(row.get("WareHseCode") or ""), quantity)
    return answer(desk, parameters={"partTranPKs": f"{COMPANY}~{desk.store.next_number('TranNum')}", "ds": given})
