"""AR invoices read, and credit memos entered in one request with all their lines.

Called through `operations.py`. Nothing is posted here: that is for the people of the ERP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.library.epicor_kinetic.calling.customers import need_customer
from connectors.library.epicor_kinetic.calling.erp import Erp, Row
from connectors.library.epicor_kinetic.calling.values import all_equal, midnight, number, same_amount, told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http
from connectors.sdk.operation import Found

_TOLD = (
    "InvoiceNum", "InvoiceType", "CreditMemo", "GroupID", "CustNum", "OrderNum", "PONum", "InvoiceRef", "InvoiceDate",
    "DueDate", "TermsCode", "CurrencyCode", "DocInvoiceAmt", "DocInvoiceBal", "DocUnpostedBal", "DocDepositCredit",
    "OpenInvoice", "Posted", "ExternalID", "Description",
)  # fmt: skip
_LINE_TOLD = ("InvoiceLine", "PartNum", "LineDesc", "SellingShipQty", "DocUnitPrice", "DocExtPrice")
_HEAD = ("OrderNum", "InvoiceRef", "PONum", "CurrencyCode", "Description", "InvoiceComment", "TermsCode")


async def get_invoice(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    row = await Erp(http).first("ARInvoices", {"InvoiceNum": inputs["InvoiceNum"]}, expand=("InvcDtls",))
    if row is None:
        text = f"There is no invoice {inputs['InvoiceNum']}."
        raise Rejected(text, code="invoice_unknown", field="InvcHead.InvoiceNum")
    return answer(row)


async def list_open_invoices(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    wanted: dict[str, Any] = {"OpenInvoice": True, "Posted": True}
    if inputs.get("CustNum") or inputs.get("CustID"):
        wanted["CustNum"] = (await need_customer(erp, inputs))["CustNum"]
    if inputs.get("OrderNum"):
        wanted["OrderNum"] = inputs["OrderNum"]
    options = {"$filter": all_equal(wanted), "$orderby": "InvoiceNum", "$expand": "InvcDtls"}
    rows, more = await erp.pages("Erp.BO.ARInvoiceSvc", "ARInvoices", options, int(inputs.get("max_items", 1000)))
    return {"items": [answer(row) for row in rows], "has_more": more}


async def create_credit_memo(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    erp = Erp(http)
    customer = await need_customer(erp, inputs)
    memo = await _existing(erp, inputs, customer)
    if memo is None:
        await _ensure_group(erp, inputs)
        memo = await erp.create("ARInvoices", _row(inputs, customer))
    return answer(memo)


async def find_created_credit_memo(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of create_credit_memo left; it is one record, so never a part."""
    erp = Erp(http)
    memo = await _existing(erp, inputs, await need_customer(erp, inputs))
    return None if memo is None else Found(answer(memo))


def answer(row: Row) -> dict[str, Any]:
    return {**told(row, _TOLD), "InvcDtls": [told(line, _LINE_TOLD) for line in row.get("InvcDtls") or []]}


async def _existing(erp: Erp, inputs: Mapping[str, Any], customer: Row) -> Row | None:
    wanted = {"ExternalID": inputs["ExternalID"], "CustNum": customer["CustNum"], "CreditMemo": True}
    memo = await erp.first("ARInvoices", wanted, expand=("InvcDtls",))
    expected = inputs.get("DocInvoiceAmt")
    if memo is not None and expected is not None and not same_amount(-memo["DocInvoiceAmt"], expected):
        raise Rejected(
            f"Credit memo {memo['InvoiceNum']} has ExternalID {inputs['ExternalID']!r} already, over "
            f"{-memo['DocInvoiceAmt']}.",
            code="external_id_used",
            field="InvcHead.ExternalID",
        )
    return memo


async def _ensure_group(erp: Erp, inputs: Mapping[str, Any]) -> None:
    wanted = {"GroupID": inputs["GroupID"]}
    if await erp.first("InvcGrps", wanted) is None:
        try:
            await erp.create("InvcGrps", wanted)
        except Rejected as error:
            if error.detail.get("status") != 409:
                raise


def _row(inputs: Mapping[str, Any], customer: Row) -> dict[str, Any]:
    row = {"GroupID": inputs["GroupID"], "CreditMemo": True, "InvoiceType": "CRM", "CustNum": customer["CustNum"],
           "ExternalID": inputs["ExternalID"], "InvcDtls": [_line(line) for line in inputs["InvcDtls"]]}  # fmt: skip
    row.update({column: inputs[column] for column in _HEAD if inputs.get(column) is not None})
    row.update({column: value for column, value in inputs.items() if column.endswith("_c")})
    if inputs.get("InvoiceDate"):
        row["InvoiceDate"] = row["ApplyDate"] = midnight(inputs["InvoiceDate"])
    return row


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    """Quantities of a credit memo go back to us, so they are negative."""
    quantity = number(line.get("SellingShipQty", 1), "InvcDtl.SellingShipQty")
    row: dict[str, Any] = {"SellingShipQty": -abs(quantity)}
    row["DocUnitPrice"] = number(line["DocUnitPrice"], "InvcDtl.DocUnitPrice")
    row.update({column: line[column] for column in ("PartNum", "LineDesc") if line.get(column)})
    return row
