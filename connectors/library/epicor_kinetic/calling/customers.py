"""Customers: found by number, id, external id or e-mail (their own or a contact's), made once, changed.

A new customer without an id of its own gets one that follows from who it is, so that two tries can never make two.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from connectors.library.epicor_kinetic.calling.erp import Erp, Row
from connectors.library.epicor_kinetic.calling.values import told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http
from connectors.sdk.operation import Found

COLUMNS = (
    "CustNum", "CustID", "Name", "Address1", "Address2", "Address3", "City", "State", "Zip", "Country", "CountryNum",
    "PhoneNum", "EMailAddress", "TermsCode", "CurrencyCode", "CreditHold", "Inactive", "ExternalID",
)  # fmt: skip
_MATCHES = ("CustNum", "CustID", "ExternalID", "EMailAddress")
_OWN_INPUTS = ("ContactEMails", "Company")


async def find_customer(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    by, rows = await _matching(Erp(http), inputs)
    shown = [_told(row, inputs) for row in rows]
    return {
        "found": bool(rows),
        "matched_by": by,
        "count": len(rows),
        "Customer": shown[0] if shown else None,
        "Customers": shown,
    }


async def create_customer(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """`found` is never incomplete: a customer is one record, written in one request."""
    erp = Erp(http)
    return _told(await _create(erp, inputs), inputs)


async def find_created_customer(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of create_customer left: the customer of this id and name."""
    row = await Erp(http).first("Customers", {"CustID": cust_id_of(http, inputs)})
    if row is None:
        return None
    if str(row["Name"]).strip().casefold() != str(inputs["Name"]).strip().casefold():
        raise Rejected(
            f"Customer ID {row['CustID']} belongs to {row['Name']!r} already.",
            code="duplicate",
            field="Customer.CustID",
        )
    return Found(_told(row, inputs))


async def update_customer(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    row = await need_customer(erp, inputs)
    changes = await _columns(erp, {key: value for key, value in inputs.items() if key not in ("CustNum", "CustID")})
    if "NewCustID" in changes:
        changes["CustID"] = changes.pop("NewCustID")
    if any(row.get(column) != value for column, value in changes.items()):
        await erp.change("Customers", (row["CustNum"],), changes)
        row = await need_customer(erp, {"CustNum": row["CustNum"]})
    return _told(row, inputs)


async def find_or_create_customer(
    http: Http, inputs: Mapping[str, Any], found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    erp = Erp(http)
    by, row = await _the_one(erp, inputs)
    if row is None:
        try:
            return _answer(await _create(erp, inputs), None, created=True, inputs=inputs)
        except Rejected as error:
            # Somebody was faster: the id follows from the same e-mail or external id, so it is the same customer.
            row = await erp.first("Customers", {"CustID": cust_id_of(http, inputs)}) if _taken(error) else None
            if row is None:
                raise
            by = "CustID"
    await _link(erp, row, inputs)
    return _answer(row, by, created=False, inputs=inputs)


async def find_matching_customer(http: Http, inputs: Mapping[str, Any]) -> Found | None:
    """What an earlier try of find_or_create_customer found or made."""
    by, row = await _the_one(Erp(http), inputs)
    if row is None:
        return None
    linked = not inputs.get("ExternalID") or bool(row.get("ExternalID"))
    return Found(_answer(row, by, created=False, inputs=inputs), complete=linked)


async def need_customer(erp: Erp, inputs: Mapping[str, Any]) -> Row:
    """The customer that CustNum or CustID names."""
    wanted = {column: inputs[column] for column in ("CustNum", "CustID") if inputs.get(column)}
    if not wanted:
        raise Rejected("Give CustNum or CustID.", code="customer_missing", field="Customer.CustID")
    row = await erp.first("Customers", wanted)
    if row is None:
        which = " and ".join(f"{column} {value}" for column, value in wanted.items())
        field = f"Customer.{next(iter(wanted))}"
        raise Rejected(f"There is no customer with {which}.", code="customer_unknown", field=field)
    return row


def cust_id_of(http: Http, inputs: Mapping[str, Any]) -> str:
    """The id given, or one of ten characters that follows from the external id, e-mail or name and postal code."""
    if inputs.get("CustID"):
        return str(inputs["CustID"])
    parts = [inputs.get("ExternalID") or inputs.get("EMailAddress") or ""]
    if not parts[0]:
        parts = [str(inputs.get(column) or "") for column in ("Name", "Zip", "Address1")]
    digest = hashlib.sha256("\n".join(parts).strip().casefold().encode()).digest()
    prefix = str(http.config.get("customer_id_prefix") or "W")[:4].upper()
    return (prefix + base64.b32encode(digest).decode())[:10]


async def _the_one(erp: Erp, inputs: Mapping[str, Any]) -> tuple[str | None, Row | None]:
    by, rows = await _matching(erp, inputs)
    if len(rows) > 1:
        ids = ", ".join(str(row["CustID"]) for row in rows[:10])
        raise Rejected(
            f"{len(rows)} customers have this {by}: {ids}.",
            code="customer_ambiguous",
            hint="Set ExternalID on the right one in Kinetic, or give its CustID.",
            field=f"Customer.{by}",
        )
    return by, rows[0] if rows else None


async def _matching(erp: Erp, inputs: Mapping[str, Any]) -> tuple[str | None, list[Row]]:
    """The customers that the first telling of the given values finds."""
    given = [column for column in _MATCHES if inputs.get(column)]
    if not given:
        raise Rejected("Give CustNum, CustID, ExternalID or EMailAddress.", code="match_missing", field="EMailAddress")
    for column in given:
        rows = await erp.find("Customers", {column: inputs[column]}, order="CustNum")
        if rows:
            return column, rows
    if inputs.get("EMailAddress") and inputs.get("ContactEMails", True):
        contacts = await erp.find("CustCnts", {"EMailAddress": inputs["EMailAddress"]}, order="CustNum")
        numbers = dict.fromkeys(contact["CustNum"] for contact in contacts)
        rows = [row for number in numbers for row in await erp.find("Customers", {"CustNum": number})]
        if rows:
            return "ContactEMail", rows
    return None, []


async def _create(erp: Erp, inputs: Mapping[str, Any]) -> Row:
    columns = await _columns(erp, inputs)
    defaults = dict(erp.http.config.get("customer_defaults") or {})
    return await erp.create("Customers", {**defaults, **columns, "CustID": cust_id_of(erp.http, inputs)})


async def _columns(erp: Erp, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The input as columns; a country code becomes Kinetic's own number and name."""
    columns = {name: value for name, value in inputs.items() if value is not None and name not in _OWN_INPUTS}
    country = columns.get("Country")
    if country and not columns.get("CountryNum") and len(str(country)) == 2:
        row = await erp.first("Countries", {"ISOCode": str(country).upper()})
        if row is not None:
            columns.update(CountryNum=row["CountryNum"], Country=row["Description"])
    return columns


async def _link(erp: Erp, row: Row, inputs: Mapping[str, Any]) -> None:
    """Note the outside id on a customer that has none, so that it is found by it from now on."""
    external = inputs.get("ExternalID")
    if external and not row.get("ExternalID"):
        await erp.change("Customers", (row["CustNum"],), {"ExternalID": external})
        row["ExternalID"] = external


def _taken(error: Rejected) -> bool:
    return error.detail.get("status") == 409


def _answer(row: Row, by: str | None, *, created: bool, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"created": created, "matched_by": by, **_told(row, inputs)}


def _told(row: Row, inputs: Mapping[str, Any]) -> dict[str, Any]:
    custom = tuple(name for name in inputs if name.endswith("_c"))
    return told(row, (*COLUMNS, *custom))
