"""Rules of customer shipments: what leaves a warehouse for an order, ready to be invoiced when shipped.

Asked by `writing`. Invoices of shipments are made in `invoices`.
"""

from __future__ import annotations

from connectors.library.epicor_kinetic.simulation.callouts import announce
from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, rules
from connectors.library.epicor_kinetic.simulation.parts import move_stock
from connectors.library.epicor_kinetic.simulation.problems import business
from connectors.library.epicor_kinetic.simulation.values import Row


@rules("ShipHead")
class PackRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(ShipDate=desk.today, ShipStatus="OPEN", EntryPerson=desk.user, Plant=desk.plant)

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        order = desk.book.get("OrderHed", row["OrderNum"])
        if order is None or not order["OpenOrder"]:
            raise business(f"Order {row['OrderNum']} is not an open order.", "ShipHead", "OrderNum")
        if order["OrderHeld"]:
            raise business(f"Order {row['OrderNum']} is on hold and cannot be shipped.", "ShipHead", "OrderNum")
        if old is not None and old["ShipStatus"] == "SHIPPED":
            raise business(f"Pack {row['PackNum']} is shipped and cannot be changed.", "ShipHead", "ShipStatus")
        if row["ShipStatus"] not in ("OPEN", "FREIGHTED", "SHIPPED"):
            raise business("ShipStatus must be OPEN, FREIGHTED or SHIPPED.", "ShipHead", "ShipStatus")
        row["CustNum"] = order["CustNum"]
        row["ShipViaCode"] = row["ShipViaCode"] or order["ShipViaCode"]
        row["ReadyToInvoice"] = row["ShipStatus"] == "SHIPPED"

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        if row["ShipStatus"] == "SHIPPED" and (old is None or old["ShipStatus"] != "SHIPPED"):
            announce(desk, "shipment.shipped", "ShipHead", row, old)

    def removing(self, desk: Desk, row: Row) -> None:
        raise business("A pack cannot be deleted.", "ShipHead", "PackNum")


@rules("ShipDtl")
class PackLineRules(TableRules):
    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        pack = desk.book.get("ShipHead", row["PackNum"])
        if pack is None or pack["Invoiced"]:
            raise business(f"Pack {row['PackNum']} cannot be changed.", "ShipDtl", "PackNum")
        if old is not None:
            raise business("A pack line cannot be changed.", "ShipDtl", "PackLine")
        row["OrderNum"] = row["OrderNum"] or pack["OrderNum"]
        line = desk.book.get("OrderDtl", row["OrderNum"], row["OrderLine"])
        if line is None:
            raise business(f"Order line {row['OrderLine']} does not exist.", "ShipDtl", "OrderLine")
        release = desk.book.get("OrderRel", row["OrderNum"], row["OrderLine"], row["OrderRelNum"] or 1)
        if release is None:
            raise business(f"Release {row['OrderRelNum']} does not exist.", "ShipDtl", "OrderRelNum")
        shipped = release["OurStockShippedQty"] + row["OurInventoryShipQty"]
        if row["OurInventoryShipQty"] <= 0 or shipped > release["OurReqQty"]:
            raise business("The quantity does not fit what is left to ship.", "ShipDtl", "OurInventoryShipQty")
        row.update(CustNum=pack["CustNum"], PartNum=line["PartNum"], LineDesc=line["LineDesc"],
                   OrderRelNum=release["OrderRelNum"])  # fmt: skip
        row["WarehouseCode"] = row["WarehouseCode"] or release["WarehouseCode"]

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        part = desk.book.get("Part", row["PartNum"])
        if part is not None and not part["NonStock"]:
            move_stock(desk, row["PartNum"], row["WarehouseCode"], -row["OurInventoryShipQty"])
        release = desk.book.get("OrderRel", row["OrderNum"], row["OrderLine"], row["OrderRelNum"])
        if release is not None:
            total = release["OurStockShippedQty"] + row["OurInventoryShipQty"]
            done = {"OurStockShippedQty": total, "SellingStockShippedQty": total}
            desk.book.save("OrderRel", {**release, **done, "OpenRelease": total < release["OurReqQty"]})

    def removing(self, desk: Desk, row: Row) -> None:
        raise business("A pack line cannot be deleted.", "ShipDtl", "PackLine")
