"""Posting of cash groups and invoice groups: submitted as tasks of the system agent, done a little later.

A task is due some seconds after its submission on the virtual clock; the front desk settles what is due before it
answers anything, and the clock settles it when it moves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.library.epicor_kinetic.simulation.callouts import announce
from connectors.library.epicor_kinetic.simulation.cash import count_invoice, need_group
from connectors.library.epicor_kinetic.simulation.desk import Desk, Method, method
from connectors.library.epicor_kinetic.simulation.invoices import credit_deposits, need_invoice_group
from connectors.library.epicor_kinetic.simulation.methods import answer
from connectors.library.epicor_kinetic.simulation.problems import odata
from connectors.library.epicor_kinetic.simulation.tables import COMPANY, TABLES
from connectors.library.epicor_kinetic.simulation.values import Row

AGENT_SECONDS = 5
_CASH, _INVOICES = "Erp.PROC.CashRecPostSvc", "Erp.PROC.ARInvoicePostSvc"
_PARAMETERS = {_CASH: "CashRecPostParam", _INVOICES: "ARInvoicePostParam"}
_GROUPS = {_CASH: "CashGrp", _INVOICES: "InvcGrp"}


def settle_due(desk: Desk) -> None:
    """Do the tasks whose time has come."""
    for task in desk.store.list("agent_tasks"):
        if datetime.fromisoformat(task["due_at"]) <= desk.now:
            desk.store.delete("agent_tasks", task["id"])
            kept = desk.book.get("SysTask", int(task["id"]))
            if kept is not None:
                history = _post(desk, task["service"], task["group"])
                state = {"TaskStatus": "COMPLETE", "History": history, "EndedOn": desk.today}
                desk.book.save("SysTask", {**kept, **state})


def _group_of(parameters: dict[str, Any], service: str) -> str:
    ds = parameters.get("ds")
    rows = ds.get(_PARAMETERS[service]) if isinstance(ds, dict) else None
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
    group = row.get("GroupID") if row else None
    if not isinstance(group, str) or not group:
        raise odata(f"The tableset needs a {_PARAMETERS[service]} row with a GroupID.")
    return group


def _claimed(desk: Desk, service: str, parameters: dict[str, Any]) -> Row:
    """The group to post, marked so that nobody touches it."""
    group_id = _group_of(parameters, service)
    group = need_group(desk, "CashGrp", group_id) if service == _CASH else need_invoice_group(desk, group_id)
    return desk.book.save(_GROUPS[service], {**group, "PostInProcess": True})


def _submit(service: str) -> Method:
    def submit(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
        group = _claimed(desk, service, parameters)
        number = desk.store.next_number("SysTaskNum", 2001)
        due = desk.now.astimezone(UTC) + timedelta(seconds=AGENT_SECONDS)
        task = {"id": str(number), "service": service, "group": group["GroupID"], "due_at": due.isoformat()}
        desk.store.put("agent_tasks", str(number), task, {})
        row = {**TABLES["SysTask"].new_row(), "SysTaskNum": number, "TaskDescription": f"Post {group['GroupID']}",
               "TaskStatus": "ACTIVE", "SubmitUser": desk.user, "StartedOn": desk.today}  # fmt: skip
        desk.book.save("SysTask", row)
        return answer(desk, parameters={"ds": parameters.get("ds"), "agentTaskNum": number})

    return submit


def _directly(service: str) -> Method:
    def run(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
        group = _claimed(desk, service, parameters)
        _post(desk, service, group["GroupID"])
        return answer(desk, parameters={"ds": parameters.get("ds")})

    return run


def _parameters(service: str) -> Method:
    def get_new(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
        row = {
            "Company": COMPANY,
            "GroupID": "",
            "AgentID": "",
            "AgentTaskNum": 0,
            "SSRSRenderFormat": "",
            "RowMod": "A",
        }
        return answer(desk, returned={_PARAMETERS[service]: [row]})

    return get_new


for _service in (_CASH, _INVOICES):
    method(_service, "SubmitToAgent")(_submit(_service))
    method(_service, "RunDirect")(_directly(_service))
    method(_service, "GetNewParameters")(_parameters(_service))


def _post(desk: Desk, service: str, group_id: str) -> str:
    group = desk.book.get(_GROUPS[service], group_id)
    if group is None:
        return "The group is gone."
    count = _post_cash(desk, group) if service == _CASH else _post_invoices(desk, group)
    now = desk.book.get(_GROUPS[service], group_id)
    if now is not None:
        desk.book.save(_GROUPS[service], {**now, "PostInProcess": False})
    return f"{count} documents posted."


def _post_cash(desk: Desk, group: Row) -> int:
    heads = [head for head in desk.book.find("CashHead", "GroupID", group["GroupID"]) if not head["Posted"]]
    for head in heads:
        kept = desk.book.save("CashHead", {**head, "Posted": True, "GLPosted": True})
        for detail in desk.book.children("CashDtl", head):
            desk.book.save("CashDtl", {**detail, "Posted": True, "GLPosted": True})
            count_invoice(desk, detail["InvoiceNum"])
        announce(desk, "cash_receipt.posted", "CashHead", kept, head)
    return len(heads)


def _post_invoices(desk: Desk, group: Row) -> int:
    invoices = [row for row in desk.book.find("InvcHead", "GroupID", group["GroupID"]) if not row["Posted"]]
    for invoice in invoices:
        desk.book.save("InvcHead", {**invoice, "Posted": True, "GLPosted": True})
        credit_deposits(desk, invoice)
        count_invoice(desk, invoice["InvoiceNum"])
        kept = desk.book.get("InvcHead", invoice["InvoiceNum"]) or invoice
        announce(desk, "invoice.posted", "InvcHead", kept, invoice)
    return len(invoices)


def post_now(desk: Desk, invoice_group: str) -> None:
    """Post an invoice group at once; for the starting data."""
    _post(desk, _INVOICES, invoice_group)
