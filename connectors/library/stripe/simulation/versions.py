"""Objects as a given API version shows them.

Called for every answer (the caller's version) and every event (the endpoint's version). Objects are kept in the
shape of the default version; this module adds what older versions had and drops private bookkeeping fields.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.library.stripe.simulation.problems import invalid
from connectors.library.stripe.simulation.records import Record, Records

FORMAT = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z_]+)?")
BASIL = "2025-03-31"
NO_NESTED_LISTS = "2022-11-15"


def checked(version: str) -> str:
    if not FORMAT.fullmatch(version):
        message = f"Invalid Stripe-Version: {version[:60]}. It looks like 2026-06-24.dahlia."
        raise invalid(message)
    return version


def render(value: Any, version: str, records: Records) -> Any:
    if isinstance(value, list):
        return [render(entry, version, records) for entry in value]
    if not isinstance(value, dict):
        return value
    shown = {name: render(child, version, records) for name, child in value.items() if not name.startswith("_")}
    if version[:10] < BASIL:
        shown.update(_before_basil(value, version, records))
    return shown


def _before_basil(value: Record, version: str, records: Records) -> Record:
    kind = value.get("object")
    if value.get("deleted"):
        return {}
    if kind == "charge":
        return {"invoice": value.get("_invoice")} | _nested(value, version, records, "refunds", "charge")
    if kind == "payment_intent":
        nested = _nested(value, version, records, "charges", "payment_intent")
        return {"invoice": value.get("_invoice")} | nested
    if kind == "invoice":
        return _older_invoice(value, records)
    if kind == "line_item":
        return _older_line(value, records)
    if kind == "subscription":
        items = value["items"]["data"]
        first: Record = items[0] if items else {}
        return {name: first.get(name) for name in ("current_period_start", "current_period_end")}
    return {}


def _nested(value: Record, version: str, records: Records, collection: str, field: str) -> Record:
    if version[:10] >= NO_NESTED_LISTS:
        return {}
    rows = records.where(collection, field, value["id"], newest_first=True)
    data = [render(row, BASIL, records) for row in rows]
    url = f"/v1/{collection}?{field}={value['id']}"
    return {collection: {"object": "list", "data": data, "has_more": False, "url": url}}


def _older_invoice(value: Record, records: Records) -> Record:
    payments = records.where("invoice_payments", "invoice", value["id"])
    intent_id = payments[-1]["payment"].get("payment_intent") if payments else None
    intent = records.get("payment_intents", intent_id) if intent_id else None
    return {
        "payment_intent": intent_id,
        "charge": intent["latest_charge"] if intent else None,
        "paid": value["status"] == "paid",
        "subscription": value.get("_subscription"),
        "tax": None,
        "total_tax_amounts": [],
        "discount": None,
    }


def _older_line(value: Record, records: Records) -> Record:
    details = (value.get("pricing") or {}).get("price_details") or {}
    price = records.get("prices", details["price"]) if details.get("price") else None
    kind = "subscription" if (value.get("parent") or {}).get("type") == "subscription_item_details" else "invoiceitem"
    return {"price": price, "type": kind, "tax_amounts": [], "plan": None}
