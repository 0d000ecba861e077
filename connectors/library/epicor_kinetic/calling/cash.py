"""Cash receipts: groups, deposits on orders, money applied to invoices, posting, reversal.

A receipt is known by its customer and its CheckRef (the payment's id elsewhere); with one that is there already,
nothing is written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.library.epicor_kinetic.calling.customers import need_customer
from connectors.library.epicor_kinetic.calling.erp import Erp, Row, tableset
from connectors.library.epicor_kinetic.calling.orders import need_order
from connectors.library.epicor_kinetic.calling.values import midnight, number, same_amount, told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http
from connectors.sdk.operation import Found

_RECEIPTS = "Erp.BO.CashRecSvc"
_POST = "Erp.PROC.CashRecPostSvc"
_GROUP_TOLD = (
    "GroupID",
    "BankAcctID",
    "TranDate",
    "ActiveUserID",
    "TotalCashReceived",
    "TotalApplied",
    "UnappliedBalance",
)
_HEAD_TOLD = (
    "GroupID", "HeadNum", "TranType", "CheckRef", "CustNum", "CustID", "OrderNum", "TranDate", "CurrencyCode",
    "DocTranAmt", "TranAmt", "DocAppliedAmt", "DocUnAppliedAmt", "Posted", "Reference", "ReverseRef",
)  # fmt: skip
_HEAD = ("CurrencyCode", "Reference", "Comment", "ExternalID", "PayMethodReference")
_DTL_TOLD = ("InvoiceNum", "DocTranAmt", "DocDiscount")


async def ensure_cash_group(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    wanted = {"GroupID": inputs["GroupID"]}
    group, created = await erp.first("CashGrps", wanted), False
    if group is None:
        row = {**wanted, "BankAcctID": inputs["BankAcctID"]}
        if inputs.get("TranDate"):
            row["TranDate"] = midnight(inputs["TranDate"])
        try:
            group, created = await erp.create("CashGrps", row), True
        except Rejected as error:
            # Somebody made the same group between our look and our write.
            group = await erp.first("CashGrps", wanted) if error.detail.get("status") == 409 else None
            if group is None:
                raise
    if str(group["BankAcctID"]).casefold() != str(inputs["BankAcctID"]).casefold():
        raise Rejected(
            f"Cash group {group['GroupID']} is for bank account {group['BankAcctID']}, not {inputs['BankAcctID']}.",
            code="group_differs",
            hint="Use another GroupID for each bank account.",
            field="CashGrp.BankAcctID",
        )
    return {"created": created, **told(group, _GROUP_TOLD)}


async def create_deposit(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    erp = Erp(http)
    order = await need_order(erp, inputs)
    customer = {"CustNum": order["CustNum"], "CustID": order["CustomerCustID"]}
    head = await _existing(erp, inputs, customer["CustNum"])
    if head is None:
        # A deposit is in the order's currency, which need not be the customer's.
        currency = inputs.get("CurrencyCode") or order.get("CurrencyCode")
        head = await _create_head(erp, {**inputs, "CurrencyCode": currency}, customer, "Deposit")
    return _answer(head, inputs)


async def find_created_deposit(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of create_deposit left."""
    erp = Erp(http)
    head = await _existing(erp, inputs, (await need_order(erp, inputs))["CustNum"])
    return None if head is None else Found(_answer(head, inputs))


async def create_cash_receipt(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Header first, then one invoice after the other; what is applied already is left as it is."""
    erp = Erp(http)
    customer = await need_customer(erp, inputs)
    head = await _existing(erp, inputs, customer["CustNum"])
    if head is None:
        kind = "PayInv" if inputs.get("Invoices") else "UnApp"
        head = await _create_head(erp, inputs, customer, kind)
    for invoice in _unapplied(inputs, head):
        await _apply(erp, head, invoice)
    return _answer(await _read(erp, head), inputs)


async def find_created_receipt(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of create_cash_receipt left, and whether an invoice is still to be applied."""
    erp = Erp(http)
    head = await _existing(erp, inputs, (await need_customer(erp, inputs))["CustNum"])
    return None if head is None else Found(_answer(head, inputs), complete=not _unapplied(inputs, head))


async def post_cash_group(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for the posting of what is not posted; asking again while it runs asks nothing."""
    erp = Erp(http)
    group = await erp.first("CashGrps", {"GroupID": inputs["GroupID"]})
    heads = await erp.find("CashRecs", {"GroupID": inputs["GroupID"]}, order="HeadNum")
    if group is None and not heads:
        text = f"There is no cash group {inputs['GroupID']}."
        raise Rejected(text, code="group_unknown", field="CashGrp.GroupID")
    waiting = [head["HeadNum"] for head in heads if not head.get("Posted")]
    running = bool(group and group.get("PostInProcess"))
    task = None
    if waiting and not running:
        ds = (await erp.ask(_POST, "GetNewParameters", {})).get("returnObj") or {"CashRecPostParam": [{"RowMod": "A"}]}
        ds["CashRecPostParam"][0]["GroupID"] = inputs["GroupID"]
        agent = str(http.config.get("system_agent") or "SystemTaskAgent")
        parameters = {"ds": ds, "agentID": agent, "agentSchedNum": 0, "agentTaskNum": 0, "maintProgram": "Ipaas"}
        task = ((await erp.write(_POST, "SubmitToAgent", parameters)).get("parameters") or {}).get("agentTaskNum")
    return {
        "GroupID": inputs["GroupID"],
        "submitted": task is not None,
        "posting": bool(waiting),
        "waiting_receipts": waiting,
        "posted_receipts": [head["HeadNum"] for head in heads if head.get("Posted")],
        "SysTaskNum": task,
    }


async def reverse_cash_receipt(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    erp = Erp(http)
    made = await _reversal(erp, inputs["HeadNum"])
    if made is None:
        parameters: dict[str, Any] = {"headNum": inputs["HeadNum"], "reason": inputs.get("Reason", "")}
        if inputs.get("GroupID"):
            parameters["groupID"] = inputs["GroupID"]
        if inputs.get("ReverseDate"):
            parameters["reverseDate"] = midnight(inputs["ReverseDate"])
        await erp.write(_RECEIPTS, "ReverseCashReceipt", parameters)
        made = await _reversal(erp, inputs["HeadNum"])
    if made is None:
        raise Rejected(
            f"Kinetic made no reversal of receipt {inputs['HeadNum']}.", code="not_reversed", field="CashHead.HeadNum"
        )
    return told(made, _HEAD_TOLD)


async def find_reversal(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of reverse_cash_receipt left."""
    made = await _reversal(Erp(http), inputs["HeadNum"])
    return None if made is None else Found(told(made, _HEAD_TOLD))


async def _reversal(erp: Erp, head_number: int) -> Row | None:
    return await erp.first("CashRecs", {"ReverseRef": head_number})


async def _existing(erp: Erp, inputs: Mapping[str, Any], customer: int) -> Row | None:
    """The customer's receipt with this CheckRef that is not reversed; it must be of the same amount."""
    wanted = {"CheckRef": inputs["CheckRef"], "CustNum": customer}
    rows = await erp.find("CashRecs", wanted, expand=("CashDtls",), order="HeadNum")
    head = next((row for row in rows if not row.get("ReverseRef") and not row.get("ReverseDate")), None)
    if head is not None and not same_amount(head["DocTranAmt"], number(inputs["DocTranAmt"], "CashHead.DocTranAmt")):
        raise Rejected(
            f"Receipt {head['HeadNum']} has CheckRef {inputs['CheckRef']!r} already, over {head['DocTranAmt']}.",
            code="check_ref_used",
            hint="Give every payment a CheckRef of its own.",
            field="CashHead.CheckRef",
            detail={"HeadNum": head["HeadNum"]},
        )
    return head


async def _create_head(erp: Erp, inputs: Mapping[str, Any], customer: Mapping[str, Any], kind: str) -> Row:
    group = inputs["GroupID"]
    ds = tableset(await erp.ask(_RECEIPTS, "GetNewCashHeadType", {"groupID": group, "tranType": kind, "ds": {}}))
    ds = tableset(await erp.ask(_RECEIPTS, "GetCustomerInfo", {"custID": customer["CustID"], "ds": ds}))
    amount = number(inputs["DocTranAmt"], "CashHead.DocTranAmt")
    proposed = {"ipTranAmtType": "DocTranAmt", "proposedTranAmt": amount, "ds": ds}
    ds = tableset(await erp.ask(_RECEIPTS, "ChangeTranAmtCashHead", proposed))
    row = ds["CashHead"][-1]
    row.update(CheckRef=inputs["CheckRef"], CustNum=customer["CustNum"], CustID=customer["CustID"])
    row.update({column: inputs[column] for column in _HEAD if inputs.get(column) is not None})
    row.update({column: value for column, value in inputs.items() if column.endswith("_c")})
    if inputs.get("OrderNum"):
        row["OrderNum"] = inputs["OrderNum"]
    if inputs.get("TranDate"):
        row["TranDate"] = midnight(inputs["TranDate"])
    if inputs.get("CurrencyCode"):
        # In another currency than the base only the document's amount is known.
        row.update(DocTranAmt=amount, ReceiptCurrencyCode=inputs["CurrencyCode"])
    kept = tableset(await erp.write(_RECEIPTS, "Update", {"ds": ds}))
    return {**kept["CashHead"][0], "CashDtls": []}


async def _apply(erp: Erp, head: Row, invoice: Mapping[str, Any]) -> None:
    keys = {"groupID": head["GroupID"], "headNum": head["HeadNum"], "invoiceNum": invoice["InvoiceNum"]}
    ds = tableset(await erp.ask(_RECEIPTS, "GetNewCashDtl", {**keys, "ds": {}}))
    amount = number(invoice["DocTranAmt"], "CashDtl.DocTranAmt")
    ds = tableset(await erp.ask(_RECEIPTS, "OnChangedCashApplied", {"proposedCashApplied": amount, "ds": ds}))
    if invoice.get("DocDiscount") is not None:
        ds["CashDtl"][-1]["DocDiscount"] = number(invoice["DocDiscount"], "CashDtl.DocDiscount")
    await erp.write(_RECEIPTS, "Update", {"ds": ds})


def _unapplied(inputs: Mapping[str, Any], head: Row) -> list[Mapping[str, Any]]:
    there = {detail["InvoiceNum"] for detail in head.get("CashDtls") or []}
    return [invoice for invoice in inputs.get("Invoices") or [] if invoice["InvoiceNum"] not in there]


async def _read(erp: Erp, head: Row) -> Row:
    wanted = {"GroupID": head["GroupID"], "HeadNum": head["HeadNum"]}
    return await erp.first("CashRecs", wanted, expand=("CashDtls",)) or head


def _answer(head: Row, inputs: Mapping[str, Any]) -> dict[str, Any]:
    custom = tuple(name for name in inputs if name.endswith("_c"))
    details = [told(detail, _DTL_TOLD) for detail in head.get("CashDtls") or []]
    return {**told(head, (*_HEAD_TOLD, *custom)), "CashDtls": details}
