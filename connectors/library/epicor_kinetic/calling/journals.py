"""General ledger journals: entered whole, balanced to the cent before anything is sent.

Called through `operations.py`. Nothing is posted here: that is for the people of the ERP.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.calling.erp import Erp, Row
from connectors.library.epicor_kinetic.calling.values import decimal, midnight, number, told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http
from connectors.sdk.operation import Found

_TOLD = ("BookID", "FiscalYear", "JournalCode", "JournalNum", "GroupID", "JEDate", "Description", "CommentText",
         "TotDebit", "TotCredit", "Posted")  # fmt: skip
_LINE_TOLD = ("JournalLine", "GLAccount", "Description", "DebitAmount", "CreditAmount")


async def create_gl_journal(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    erp = Erp(http)
    lines = [_line(line, index) for index, line in enumerate(inputs["GLJrnDtlMnls"], 1)]
    _check_balance(inputs)
    journal = await _existing(erp, inputs)
    if journal is None:
        await _ensure_group(erp, inputs)
        journal = await erp.create("GLJournalEntries", _row(inputs, lines))
    return _answer(journal)


async def find_created_journal(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of create_gl_journal left: the journal of the group with this reference."""
    journal = await _existing(Erp(http), inputs)
    return None if journal is None else Found(_answer(journal))


async def _existing(erp: Erp, inputs: Mapping[str, Any]) -> Row | None:
    wanted = {"GroupID": inputs["GroupID"], "CommentText": inputs["CommentText"]}
    return await erp.first("GLJournalEntries", wanted, expand=("GLJrnDtlMnls",))


def _check_balance(inputs: Mapping[str, Any]) -> None:
    sums = {
        column: sum(
            (decimal(line.get(column) or 0, f"GLJrnDtlMnl.{column}") for line in inputs["GLJrnDtlMnls"]), Decimal(0)
        )
        for column in ("DebitAmount", "CreditAmount")
    }
    if sums["DebitAmount"] != sums["CreditAmount"]:
        raise Rejected(
            f"The journal does not balance: debit {sums['DebitAmount']}, credit {sums['CreditAmount']}.",
            code="out_of_balance",
            hint="Debit and credit of all lines must come to the same.",
            field="GLJrnDtlMnl.DebitAmount",
        )


def _line(line: Mapping[str, Any], index: int) -> dict[str, Any]:
    debit = decimal(line.get("DebitAmount") or 0, "GLJrnDtlMnl.DebitAmount")
    credit = decimal(line.get("CreditAmount") or 0, "GLJrnDtlMnl.CreditAmount")
    if (debit > 0) == (credit > 0) or debit < 0 or credit < 0:
        raise Rejected(
            f"Line {index} needs either a debit or a credit greater than zero.",
            code="journal_line_invalid",
            field="GLJrnDtlMnl.DebitAmount",
        )
    made = {"GLAccount": line["GLAccount"], "Description": line.get("Description") or ""}
    side = "DebitAmount" if debit else "CreditAmount"
    return {**made, side: number(debit or credit, f"GLJrnDtlMnl.{side}")}


async def _ensure_group(erp: Erp, inputs: Mapping[str, Any]) -> None:
    wanted = {"GroupID": inputs["GroupID"]}
    if await erp.first("GLJrnGrps", wanted) is None:
        row: dict[str, Any] = dict(wanted)
        if inputs.get("JEDate"):
            row["JEDate"] = midnight(inputs["JEDate"])
        try:
            await erp.create("GLJrnGrps", row)
        except Rejected as error:
            if error.detail.get("status") != 409:
                raise


def _row(inputs: Mapping[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = ("GroupID", "Description", "CommentText", "CurrencyCode", "BookID", "JournalCode")
    row: dict[str, Any] = {column: inputs[column] for column in wanted if inputs.get(column) is not None}
    if inputs.get("JEDate"):
        row["JEDate"] = midnight(inputs["JEDate"])
    return {**row, "GLJrnDtlMnls": lines}


def _answer(journal: Row) -> dict[str, Any]:
    return {
        **told(journal, _TOLD),
        "GLJrnDtlMnls": [told(line, _LINE_TOLD) for line in journal.get("GLJrnDtlMnls") or []],
    }
