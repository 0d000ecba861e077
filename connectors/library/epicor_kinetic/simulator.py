"""The simulated Epicor Kinetic server, as the sandbox hosts it: REST versions 1 and 2 of one company.

The door only: requests go to `simulation.front_desk`. State is kept in the store it is given.
"""

from __future__ import annotations

from typing import Any

from connectors.library.epicor_kinetic.simulation import callouts
from connectors.library.epicor_kinetic.simulation.desk import Desk
from connectors.library.epicor_kinetic.simulation.draft import Draft
from connectors.library.epicor_kinetic.simulation.front_desk import answer_request
from connectors.library.epicor_kinetic.simulation.gatekeeper import API_KEY, PASSWORD, USER, WEBHOOK_SECRET, refused
from connectors.library.epicor_kinetic.simulation.posting import settle_due
from connectors.library.epicor_kinetic.simulation.problems import EpicorProblem, unexpected
from connectors.library.epicor_kinetic.simulation.seeding import seed
from connectors.library.epicor_kinetic.simulation.tables import COMPANY, TABLES
from connectors.library.epicor_kinetic.simulation.values import plain
from connectors.sdk.simulator import Delivery, SimRequest, SimResponse, Simulator

_SHOWN = ("Customer", "CustCnt", "ShipTo", "OrderHed", "OrderDtl", "OrderRel", "OHOrderMsc", "CashGrp", "CashHead",
          "CashDtl", "InvcGrp", "InvcHead", "InvcDtl", "GLJrnHed", "GLJrnDtlMnl", "Part", "PartWhse",
          "ShipHead")  # fmt: skip
# Columns that the console shows even when they are empty.
_ALWAYS = frozenset(
    {
        "CustID",
        "CustNum",
        "Name",
        "EMailAddress",
        "ExternalID",
        "CreditHold",
        "OrderNum",
        "PONum",
        "OpenOrder",
        "OrderHeld",
        "DocOrderAmt",
        "DocDepositBal",
        "OrderLine",
        "POLine",
        "PartNum",
        "SellingQuantity",
        "DocUnitPrice",
        "DocExtPriceDtl",
        "GroupID",
        "HeadNum",
        "CheckRef",
        "DocTranAmt",
        "Posted",
        "DocUnAppliedAmt",
        "InvoiceNum",
        "DocInvoiceAmt",
        "DocInvoiceBal",
        "OpenInvoice",
        "CreditMemo",
        "JournalNum",
        "TotDebit",
        "TotCredit",
        "OnHandQty",
        "AllocatedQty",
        "WarehouseCode",
        "InActive",
    }
)


class KineticSimulator(Simulator):
    system = "epicor_kinetic"

    def handle(self, request: SimRequest) -> SimResponse:
        return answer_request(self.store, request)

    def fault(self, kind: str, request: SimRequest) -> SimResponse:
        if kind == "malformed":
            page = b'{"@odata.context":"https://server/api/v2/odata/EPIC06/$metadata","value":[{"Company":"EPI'
            return SimResponse(200, page, {"Content-Type": "application/json"})
        problem = unexpected()
        headers = {}
        if kind == "unauthorized":
            problem = refused(401, "Invalid username or password.")
        if kind == "rate_limited":
            problem = EpicorProblem(429, "System.Web.HttpException", "Too many requests. Try again later.")
            headers = {"Retry-After": "2"}
        return SimResponse.json(problem.status, problem.body(self.store.token(16)), headers)

    def seed(self) -> None:
        draft = Draft(self.store)
        seed(Desk(draft))
        draft.commit()

    def credentials(self) -> dict[str, str]:
        return {
            "username": USER,
            "password": PASSWORD,
            "api_key": API_KEY,
            "webhook_secret": WEBHOOK_SECRET,
            "host": "kinetic.example.test",
            "instance": "EpicorERP",
            "company": COMPANY,
            "plant": "MfgSys",
        }

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        book = Desk(self.store).book
        found = {}
        for name in _SHOWN:
            table = TABLES[name]
            told = {*table.keys, *(_ALWAYS & set(table.columns))}
            found[table.entity_set] = [
                {column: plain(value) for column, value in row.items() if column in told or value}
                for row in book.all(name)
            ]
        return found

    def sign(self, delivery: Delivery, now: float) -> dict[str, str]:
        return callouts.signed(delivery, now)

    def advance(self, seconds: float) -> None:
        draft = Draft(self.store)
        settle_due(Desk(draft))
        draft.commit()


SIMULATOR = KineticSimulator
