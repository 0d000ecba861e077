"""Rules of general ledger journals: groups, headers, lines with known accounts, debit equal to credit.

Asked by `writing`; a journal that comes whole must balance at once, lines that come singly only when posted.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, method, rules
from connectors.library.epicor_kinetic.simulation.methods import answer
from connectors.library.epicor_kinetic.simulation.problems import business
from connectors.library.epicor_kinetic.simulation.values import Row, money

_ZERO = Decimal(0)
_KEYS = ("BookID", "FiscalYear", "FiscalYearSuffix", "JournalCode", "JournalNum", "FiscalCalendarID")


@rules("GLJrnGrp")
class JournalGroupRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        year, month = desk.today.split("-")[:2]
        row.update(JEDate=desk.today, CreatedBy=desk.user, FiscalYear=int(year), FiscalPeriod=int(month), BookID="MAIN",
                   JournalCode="GJ")  # fmt: skip

    def removing(self, desk: Desk, row: Row) -> None:
        if desk.book.find("GLJrnHed", "GroupID", row["GroupID"]):
            raise business("A group with journals cannot be deleted.", "GLJrnGrp", "GroupID")


@rules("GLJrnHed")
class JournalRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update({name: row[name] or value for name, value in _usual(desk).items()})
        row.update(JEDate=desk.today, CurrencyCode="USD", EnteredBy=desk.user, CreateDate=desk.today)

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        group = desk.book.get("GLJrnGrp", row["GroupID"])
        if group is None:
            raise business(f"Journal group '{row['GroupID']}' does not exist.", "GLJrnHed", "GroupID")
        if group["ActiveUserID"] and group["ActiveUserID"].casefold() != desk.user.casefold():
            text = f"Journal group '{group['GroupID']}' is locked by user '{group['ActiveUserID']}'."
            raise business(text, "GLJrnGrp", "ActiveUserID")
        if old is not None and old["Posted"]:
            raise business("A posted journal cannot be changed.", "GLJrnHed", "Posted")
        if desk.book.get("Currency", row["CurrencyCode"]) is None:
            raise business(f"Currency '{row['CurrencyCode']}' is not valid.", "GLJrnHed", "CurrencyCode")
        day = row["JEDate"] or desk.today
        row["FiscalPeriod"] = row["FiscalPeriod"] or int(day.split("-")[1])

    def completed(self, desk: Desk, row: Row) -> None:
        check_balance(row)


@rules("GLJrnDtlMnl")
class JournalLineRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update({name: row[name] or value for name, value in _usual(desk).items()})
        row.update(COACode="MAIN")

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        head = _head(desk, row)
        if head is None or head["Posted"]:
            raise business("The journal does not exist or is posted.", "GLJrnDtlMnl", "JournalNum")
        account = desk.book.get("GLAccount", row["COACode"], row["GLAccount"])
        if account is None or not account["Active"]:
            raise business(f"GL account '{row['GLAccount'][:60]}' is not valid.", "GLJrnDtlMnl", "GLAccount")
        for index, segment in enumerate(account["GLAccount"].split("|")[:5], 1):
            row[f"SegValue{index}"] = segment
        if row["DebitAmount"] < 0 or row["CreditAmount"] < 0 or (row["DebitAmount"] and row["CreditAmount"]):
            raise business("A line is either a debit or a credit, not negative.", "GLJrnDtlMnl", "DebitAmount")
        if row["DebitAmount"] or row["CreditAmount"]:
            row["TransAmt"] = row["DebitAmount"] - row["CreditAmount"]
        if row["TransAmt"] == 0:
            raise business("The amount must not be zero.", "GLJrnDtlMnl", "TransAmt")
        row["TransAmt"] = row["DocTransAmt"] = money(row["TransAmt"], 2)
        row["DebitAmount"], row["CreditAmount"] = max(row["TransAmt"], _ZERO), max(-row["TransAmt"], _ZERO)
        row.update(GroupID=head["GroupID"], JEDate=head["JEDate"], FiscalPeriod=head["FiscalPeriod"])

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        self.removed(desk, row)

    def removed(self, desk: Desk, row: Row) -> None:
        head = _head(desk, row)
        if head is not None:
            lines = desk.book.children("GLJrnDtlMnl", head)
            head["TotDebit"] = sum((line["DebitAmount"] for line in lines), _ZERO)
            head["TotCredit"] = sum((line["CreditAmount"] for line in lines), _ZERO)
            desk.book.save("GLJrnHed", head)


def check_balance(head: Row) -> None:
    """A journal that comes whole must balance."""
    if head["TotDebit"] != head["TotCredit"]:
        text = f"The journal is out of balance: debit {head['TotDebit']:f}, credit {head['TotCredit']:f}."
        raise business(text, "GLJrnHed", "TotDebit")


@method("Erp.BO.GLJrnGrpSvc", "PostGroup")
def post_group(desk: Desk, parameters: dict[str, Any]) -> dict[str, Any]:
    group_id = str(parameters.get("groupID") or "")
    heads = [head for head in desk.book.find("GLJrnHed", "GroupID", group_id) if not head["Posted"]]
    if not heads:
        raise business(f"Journal group '{group_id[:20]}' holds nothing to post.", "GLJrnGrp", "GroupID")
    for head in heads:
        check_balance(head)
        desk.book.save("GLJrnHed", {**head, "Posted": True, "PostedDate": desk.today})
        for line in desk.book.children("GLJrnDtlMnl", head):
            desk.book.save("GLJrnDtlMnl", {**line, "Posted": True, "PostedDate": desk.today})
    return answer(desk, parameters={"posted": len(heads)})


def _usual(desk: Desk) -> dict[str, Any]:
    return {"BookID": "MAIN", "FiscalYear": int(desk.today[:4]), "JournalCode": "GJ", "FiscalCalendarID": "MAIN"}


def _head(desk: Desk, row: Row) -> Row | None:
    return desk.book.get("GLJrnHed", *(row[name] for name in _KEYS))
