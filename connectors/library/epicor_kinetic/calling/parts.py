"""Parts and stock, read.

Called through `operations.py`. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.calling.erp import Erp, Row
from connectors.library.epicor_kinetic.calling.values import literal, number, told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http

_PARTS = "Erp.BO.PartSvc"
_TOLD = ("PartNum", "PartDescription", "TypeCode", "ClassID", "ProdCode", "IUM", "SalesUM", "UnitPrice",
         "PricePerCode", "NonStock", "InActive", "WebPart", "NetWeight", "NetWeightUOM", "UPCCode1", "TaxCatID",
         "SysRevID")  # fmt: skip
_STOCK = ("WarehouseCode", "OnHandQty", "AllocatedQty", "ReservedQty", "NonNettableQty", "MinimumQty", "SafetyQty")


async def get_part(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    row = await Erp(http).first("Parts", {"PartNum": inputs["PartNum"]})
    if row is None:
        raise Rejected(f"There is no part {inputs['PartNum']!r}.", code="part_unknown", field="Part.PartNum")
    return told(row, _TOLD)


async def list_parts(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    conditions = []
    if inputs.get("WebPart") is not None:
        conditions.append(f"WebPart eq {literal(inputs['WebPart'])}")
    if not inputs.get("include_inactive"):
        conditions.append("InActive eq false")
    if inputs.get("starts_with"):
        conditions.append(f"startswith(PartNum, {literal(inputs['starts_with'])})")
    if inputs.get("changed_after"):
        conditions.append(f"SysRevID gt {int(inputs['changed_after'])}")
    # Rows added while we page must not push others to a page that was read already.
    options = {"$filter": " and ".join(conditions) or None, "$orderby": "PartNum", "$select": ",".join(_TOLD)}
    rows, more = await Erp(http).pages(_PARTS, "Parts", options, int(inputs.get("max_items", 1000)))
    return {"items": [told(row, _TOLD) for row in rows], "has_more": more}


async def find_stock(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """On hand and what of it is free, per warehouse and in all."""
    erp = Erp(http)
    wanted = {column: inputs[column] for column in ("PartNum", "WarehouseCode") if inputs.get(column)}
    rows = await erp.find("PartWhses", wanted, order="WarehouseCode")
    if not rows and await erp.first("Parts", {"PartNum": inputs["PartNum"]}) is None:
        raise Rejected(f"There is no part {inputs['PartNum']!r}.", code="part_unknown", field="Part.PartNum")
    warehouses = [{**told(row, _STOCK), "AvailableQty": number(_free(row), "AvailableQty")} for row in rows]
    return {
        "PartNum": rows[0]["PartNum"] if rows else inputs["PartNum"],
        "OnHandQty": number(sum((_quantity(row, "OnHandQty") for row in rows), Decimal(0)), "OnHandQty"),
        "AvailableQty": number(sum((_free(row) for row in rows), Decimal(0)), "AvailableQty"),
        "Warehouses": warehouses,
    }


def _quantity(row: Row, column: str) -> Decimal:
    return Decimal(str(row.get(column) or 0))


def _free(row: Row) -> Decimal:
    held = sum((_quantity(row, column) for column in ("AllocatedQty", "ReservedQty", "NonNettableQty")), Decimal(0))
    return _quantity(row, "OnHandQty") - held
