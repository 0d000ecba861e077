"""Requests that make half sense: real services, real columns, often good values, sometimes anything.

Used by the robustness tests; the same seed gives the same requests.
"""

from __future__ import annotations

import json
import random
from typing import Any

from connectors.library.epicor_kinetic.simulation.desk import METHODS
from connectors.library.epicor_kinetic.simulation.tables import CHILDREN, SERVICES, TABLES, Table
from connectors.library.epicor_kinetic.tests.scenes import V1, V2, Scene
from connectors.sdk.simulator import SimRequest

GOOD: dict[str, list[Any]] = {
    "CustNum": [101, 102, 103], "OrderNum": [5001, 5002], "OrderLine": [1, 2], "GroupID": ["G1"], "OrderRelNum": [1],
    "PartNum": ["PUMP-100", "SEAL-415"], "InvoiceNum": [10001, 10002], "HeadNum": [301, 302], "TermsCode": ["N30"],
    "CurrencyCode": ["USD", "JPY"], "BankAcctID": ["MAIN"], "TranType": ["Deposit", "PayInv"], "MiscCode": ["FRT"],
    "GLAccount": ["1010|00|00"], "Description": ["d"], "CustID": ["ACMEPUMP", "A1", "A2"], "Name": ["n"],
    "WarehouseCode": ["MAIN"], "PackNum": [1001], "ShipStatus": ["SHIPPED"], "TypeCode": ["P"], "CustomerType": ["CUS"],
    "ShipViaCode": ["UPS"], "TerritoryID": ["WEB"], "GroupCode": ["WEB"], "TaxRegionCode": ["IL"], "ShipToNum": [""],
    "CountryNum": [1], "ReverseRef": [0], "JournalNum": [1], "BookID": ["MAIN"], "FiscalYear": [2026],
}  # fmt: skip
ANYTHING: list[Any] = [
    None, "", {}, [], -1, 1e300, 10**17, 1e-9, True, "x" * 2000, "2026-02-30", "0001-01-01T00:00:00Z", -5e14,
    "9999-12-31T23:59:59-14:00", 999999999999.99999,
]  # fmt: skip
_PARAMETERS = ("custNum", "orderNum", "groupID", "headNum", "invoiceNum", "partNum", "custID", "packNum", "tranType",
               "ipSellingQuantity", "proposedTranAmt", "proposedCashApplied", "reverseDate", "orderLine")  # fmt: skip
_POSTING = {"CashRecPostParam": [{"GroupID": "G1"}], "ARInvoicePostParam": [{"GroupID": "G1"}]}


def furnished() -> Scene:
    """A company with groups, orders and somebody who wants to be told of everything."""
    scene = Scene()
    scene.ask("POST", "Erp.BO.CashGrpSvc/CashGrps", {"GroupID": "G1", "BankAcctID": "MAIN"})
    for address in ("Erp.BO.InvcGrpSvc/InvcGrps", "Erp.BO.GLJrnGrpSvc/GLJrnGrps"):
        scene.ask("POST", address, {"GroupID": "G1"})
    scene.order()
    scene.order()
    scene.ask("POST", "Ice.BO.BpmCalloutSvc/Callouts", {"Url": "http://x/1", "Events": ["*"]})
    return scene


class HalfSense:
    def __init__(self, seed: int, headers: dict[str, str]) -> None:
        self.dice = random.Random(seed)
        self.headers = headers

    def request(self, scene: Scene) -> SimRequest:
        service = self.dice.choice(list(SERVICES))
        tables = [TABLES[name] for name in SERVICES[service]]
        base = self.dice.choice([V1, V2]) + service
        chance = self.dice.random()
        if tables and chance < 0.4:
            table = self.dice.choice(tables)
            return self._asked("POST", f"{base}/{table.entity_set}", self.row(table))
        if tables and chance < 0.55:
            table = self.dice.choice(tables)
            key = self._key(scene, table)
            return self._asked(self.dice.choice(["PATCH", "PATCH", "GET", "DELETE"]), f"{base}/{key}", self.row(table))
        names = [name for owner, name in METHODS if owner == service]
        names += ["Update", "UpdateExt", "GetByID", "GetRows", "GetList", *(f"GetNew{table.name}" for table in tables)]
        return self._asked("POST", f"{base}/{self.dice.choice(names)}", self._parameters(tables))

    def row(self, table: Table, depth: int = 0) -> dict[str, Any]:
        columns = self.dice.sample(list(table.columns), min(len(table.columns), self.dice.randint(0, 12)))
        wanted = dict.fromkeys(
            [*columns, *(name for name in (*table.required, *table.keys) if self.dice.random() < 0.9)]
        )
        row = {name: self._value(name, table.columns[name]) for name in wanted if name not in ("SysRowID", "SysRevID")}
        if table.of is None and self.dice.random() < 0.8:
            row.pop(table.number or "", None)
        for child in CHILDREN[table.name] if depth < 2 else ():
            if self.dice.random() < 0.4:
                row[child.entity_set] = [self.row(child, depth + 1) for _ in range(self.dice.randint(0, 2))]
        return row

    def _value(self, column: str, kind: str) -> Any:
        chance = self.dice.random()
        if column in GOOD and chance < 0.85:
            return self.dice.choice(GOOD[column])
        if chance > 0.93:
            return self.dice.choice(ANYTHING)
        usual = {"s": ["", "a", "G1"], "i": [-1, 0, 3], "l": [0], "d": [0, 1, 2.5, -3, 1e12, 0.00001], "g": [""],
                 "b": [True, False],
                 "t": ["2026-08-21", "2026-08-21T00:00:00Z", None, "0001-01-01", "9999-12-31"]}  # fmt: skip
        return self.dice.choice(usual[kind])

    def _parameters(self, tables: list[Table]) -> dict[str, Any]:
        ds: dict[str, Any] = dict(_POSTING)
        for table in tables:
            mods = [self.dice.choice(["A", "A", "U", "D", "", "X", 5]) for _ in range(self.dice.randint(0, 2))]
            ds[table.name] = [{**self.row(table), "RowMod": mod} for mod in mods]
        parameters: dict[str, Any] = {"ds": ds, "cTableName": self.dice.choice(["OrderHed", "OrderDtl", "OHOrderMsc"])}
        for name in _PARAMETERS:
            known = GOOD.get(name[0].upper() + name[1:], [1])
            parameters[name] = self.dice.choice(known if self.dice.random() < 0.8 else ANYTHING)
        return parameters

    def _key(self, scene: Scene, table: Table) -> str:
        rows = scene.store.list(table.entity_set) or [{"Company": "EPIC06"}]
        row = self.dice.choice(rows)
        return (
            f"{table.entity_set}({','.join(_literal(row.get(name), table.columns[name]) for name in table.all_keys)})"
        )

    def _asked(self, method: str, path: str, body: dict[str, Any]) -> SimRequest:
        return SimRequest(method, path, (), self.headers, json.dumps(body).encode())


def _literal(value: Any, kind: str) -> str:
    text = str(value or "")
    return "'" + text.replace("'", "''") + "'" if kind == "s" else text
