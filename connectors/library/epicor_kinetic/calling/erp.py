"""Kinetic's REST version 2 as the operations use it: rows found by their values, methods called, records written.

Knows addresses, headers and the two ways of reading; knows no business. Lost answers and refusals are the gateway's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.library.epicor_kinetic.calling.values import all_equal, literal
from connectors.sdk.errors import Rejected, TryAgain
from connectors.sdk.http import Http

PAGE = 100
_AT_ONCE = 20
_MOST_FOUND = 5000
Row = dict[str, Any]
_CUSTOMERS = "Erp.BO.CustomerSvc"
# Entity set: service, table, the tables of the service's tableset, and what a row's children are found by.
SETS: dict[str, tuple[str, str]] = {
    "Customers": (_CUSTOMERS, "Customer"),
    "CustCnts": ("Erp.BO.CustCntSvc", "CustCnt"),
    "SalesOrders": ("Erp.BO.SalesOrderSvc", "OrderHed"),
    "CashGrps": ("Erp.BO.CashGrpSvc", "CashGrp"),
    "CashRecs": ("Erp.BO.CashRecSvc", "CashHead"),
    "ARInvoices": ("Erp.BO.ARInvoiceSvc", "InvcHead"),
    "InvcGrps": ("Erp.BO.InvcGrpSvc", "InvcGrp"),
    "GLJrnGrps": ("Erp.BO.GLJrnGrpSvc", "GLJrnGrp"),
    "GLJournalEntries": ("Erp.BO.GLJournalEntrySvc", "GLJrnHed"),
    "Parts": ("Erp.BO.PartSvc", "Part"),
    "PartWhses": ("Erp.BO.PartSvc", "PartWhse"),
    "Countries": ("Erp.BO.CountrySvc", "Country"),
    "Companies": ("Erp.BO.CompanySvc", "Company"),
}
# Children that GetRows answers beside the rows, with the columns that belong to the row above.
_CHILDREN: dict[str, tuple[str, tuple[str, ...]]] = {
    "OrderDtls": ("OrderDtl", ("OrderNum",)),
    "OHOrderMscs": ("OHOrderMsc", ("OrderNum",)),
    "CashDtls": ("CashDtl", ("GroupID", "HeadNum")),
    "InvcDtls": ("InvcDtl", ("InvoiceNum",)),
    "GLJrnDtlMnls": ("GLJrnDtlMnl", ("JournalCode", "JournalNum", "FiscalYear")),
    "PartWhses": ("PartWhse", ("PartNum",)),
}
# Some sites refuse plain OData reads of large services with this; their GetRows works.
_HEAVY = "unexpected internal problem"


class Erp:
    """One operation's view of the server."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self.company = str(http.config["company"])

    async def find(
        self, entity_set: str, wanted: Mapping[str, Any], *, expand: tuple[str, ...] = (), order: str = ""
    ) -> list[Row]:
        """All rows with these values (a look-up of few rows, not a list), with the children named in `expand`."""
        options = {"$filter": all_equal(wanted), "$expand": ",".join(expand) or None, "$orderby": order or None}
        where = " AND ".join(_sql_equal(column, value) for column, value in wanted.items())
        return await self._found(entity_set, options, where, expand)

    async def find_any(self, entity_set: str, column: str, values: Sequence[str]) -> list[Row]:
        """The rows that have one of these values in a column."""
        rows: list[Row] = []
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            options = {"$filter": " or ".join(f"{column} eq {literal(value)}" for value in some), "$orderby": column}
            where = " OR ".join(_sql_equal(column, value) for value in some)
            rows += await self._found(entity_set, options, where, ())
        return rows

    async def first(self, entity_set: str, wanted: Mapping[str, Any], *, expand: tuple[str, ...] = ()) -> Row | None:
        rows = await self.find(entity_set, wanted, expand=expand)
        return rows[0] if rows else None

    async def query(self, service: str, entity_set: str, options: Mapping[str, Any]) -> list[Row]:
        """One page of an OData read."""
        path = self._path(service, entity_set)
        answer = await self.http.request("GET", path, query=options, headers=self._headers())
        rows = (answer.json() or {}).get("value")
        if not isinstance(rows, list):
            raise TryAgain(f"{service}/{entity_set} answered without rows.", code="answer_malformed")
        return rows

    async def pages(
        self, service: str, entity_set: str, options: Mapping[str, Any], most: int
    ) -> tuple[list[Row], bool]:
        """Rows of all pages up to `most`, and whether there are more. Pages end with a short one."""
        rows: list[Row] = []
        while len(rows) <= most:
            window = {"$top": min(PAGE, most + 1 - len(rows)), "$skip": len(rows)}
            page = await self.query(service, entity_set, {**options, **window})
            rows += page
            if len(page) < window["$top"]:
                break
        return rows[:most], len(rows) > most

    async def ask(self, service: str, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method that keeps nothing: defaults, look-ups, what the screen does while one types."""
        return await self._call(service, method, parameters, writes=False)

    async def write(self, service: str, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method that keeps something."""
        return await self._call(service, method, parameters, writes=True)

    async def create(self, entity_set: str, row: Mapping[str, Any]) -> Row:
        path = self._path(SETS[entity_set][0], entity_set)
        answer = await self.http.request("POST", path, json={"Company": self.company, **row}, headers=self._headers())
        made: Row = answer.json() or {}
        return made

    async def change(self, entity_set: str, keys: tuple[Any, ...], changes: Mapping[str, Any]) -> None:
        key = ",".join(quote(literal(value), safe="'") for value in (self.company, *keys))
        path = f"{self._path(SETS[entity_set][0], entity_set)}({key})"
        await self.http.request("PATCH", path, json=dict(changes), headers=self._headers())

    async def send(self, method: str, service: str, rest: str, body: Mapping[str, Any] | None = None) -> Any:
        path = self._path(service, rest)
        answer = await self.http.request(method, path, json=body, headers=self._headers())
        return answer.json()

    async def _call(self, service: str, method: str, parameters: Mapping[str, Any], *, writes: bool) -> dict[str, Any]:
        path = self._path(service, method)
        answer = await self.http.request("POST", path, json=dict(parameters), headers=self._headers(), writes=writes)
        result = answer.json()
        if not isinstance(result, dict):
            raise TryAgain(f"{service}/{method} answered no object.", code="answer_malformed")
        _check_rows(result)
        return result

    async def _found(
        self, entity_set: str, options: Mapping[str, Any], where: str, expand: tuple[str, ...]
    ) -> list[Row]:
        """Rows by an OData read, or by GetRows where the site refuses OData reads of the service."""
        service, table = SETS[entity_set]
        try:
            return (await self.pages(service, entity_set, options, _MOST_FOUND))[0]
        except TryAgain as error:
            if _HEAVY not in error.message:
                raise
        return await self._rows_by_method(service, table, where, expand)

    async def _rows_by_method(self, service: str, table: str, where: str, expand: tuple[str, ...]) -> list[Row]:
        parameters = {f"whereClause{table}": where, "pageSize": 0, "absolutePage": 0}
        answer = await self.ask(service, "GetRows", parameters)
        found = answer.get("returnObj") or {}
        rows: list[Row] = found.get(table) or []
        for name in expand:
            child, keys = _CHILDREN[name]
            for row in rows:
                row[name] = [each for each in found.get(child) or [] if all(each[key] == row[key] for key in keys)]
        return rows

    def _path(self, service: str, rest: str) -> str:
        return f"/api/v2/odata/{quote(self.company, safe='')}/{service}/{rest}"

    def _headers(self) -> dict[str, str]:
        plant = self.http.config.get("plant")
        settings = {"Company": self.company, **({"Plant": plant} if plant else {})}
        return {"CallSettings": json.dumps(settings)}


def tableset(answer: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The tableset of a method's answer."""
    found = (answer.get("parameters") or {}).get("ds")
    if not isinstance(found, dict):
        raise TryAgain("The method answered without its tableset.", code="answer_malformed")
    return found


def _sql_equal(column: str, value: Any) -> str:
    text = str(value).replace("'", "''")
    return f"{column} = '{text}'"


def _check_rows(result: Mapping[str, Any]) -> None:
    """HTTP success is not business success: UpdateExt tells what failed in a table of its answer."""
    returned = result.get("returnObj")
    problems = returned.get("BOUpdError") if isinstance(returned, dict) else None
    errors = [problem for problem in problems or [] if problem.get("ErrorLevel", "Error") == "Error"]
    if errors:
        first = errors[0]
        field = ".".join(filter(None, (first.get("TableName"), first.get("FieldName"))))
        raise Rejected(
            "; ".join(str(problem.get("ErrorText") or "refused") for problem in errors)[:1000],
            code=str(first.get("ErrorType") or "BOUpdError"),
            field=field or None,
        )
