"""`expand[]`: ids in an answer replaced by the objects they name.

Called by the front desk on every answer. It knows which fields hold ids of what, and which extra lists an object
can bring along; anything else is refused as Stripe refuses it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from connectors.library.stripe.simulation.problems import invalid
from connectors.library.stripe.simulation.records import Record, Records

DEEPEST = 4

# Prefix of an id -> collection it lives in.
HOMES = {
    "cus": "customers",
    "ch": "charges",
    "py": "charges",
    "pi": "payment_intents",
    "pm": "payment_methods",
    "card": "payment_methods",
    "re": "refunds",
    "pyr": "refunds",
    "dp": "disputes",
    "du": "disputes",
    "in": "invoices",
    "ii": "invoiceitems",
    "inpay": "invoice_payments",
    "sub": "subscriptions",
    "prod": "products",
    "price": "prices",
    "txn": "balance_transactions",
    "po": "payouts",
    "cs": "checkout_sessions",
    "cn": "credit_notes",
}

_EXPANDABLE_WORDS = (
    "balance_transaction charge customer default_payment_method default_price default_source "
    "failure_balance_transaction invoice latest_charge latest_invoice payment_intent payment_method "
    "payout price product refund source subscription"
)
EXPANDABLE = frozenset(_EXPANDABLE_WORDS.split())


def _rows(collection: str, field: str) -> Callable[[Records, Record], list[Record]]:
    return lambda records, record: records.where(collection, field, record["id"], newest_first=True)


def _session_lines(records: Records, session: Record) -> list[Record]:
    return session["_items"]


def _payments(records: Records, invoice: Record) -> list[Record]:
    return records.where("invoice_payments", "invoice", invoice["id"])


# Lists that are left out of an object unless asked for.
INCLUDABLE: dict[tuple[str, str], tuple[str, Callable[[Records, Record], list[Record]]]] = {
    ("checkout.session", "line_items"): ("/v1/checkout/sessions/{id}/line_items", _session_lines),
    ("charge", "refunds"): ("/v1/charges/{id}/refunds", _rows("refunds", "charge")),
    ("customer", "subscriptions"): ("/v1/customers/{id}/subscriptions", _rows("subscriptions", "customer")),
    ("invoice", "payments"): ("/v1/invoice_payments?invoice={id}", _payments),
}


def expand(records: Records, answer: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The answer with each path filled in; the answer itself is left as it was."""
    if not paths:
        return answer
    result = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        # The word that opens a list does not count towards the depth.
        depth = len(steps) - 1 if steps[0] == "data" else len(steps)
        if depth > DEEPEST:
            message = f"You cannot expand more than {DEEPEST} levels of a property: {path}"
            raise invalid(message, param="expand[]")
        _walk(records, result, steps, path)
    return result


def _walk(records: Records, place: Any, steps: list[str], path: str) -> None:
    if isinstance(place, list):
        for entry in place:
            _walk(records, entry, steps, path)
        return
    if not steps or not isinstance(place, dict):
        return
    step, rest = steps[0], steps[1:]
    extra = INCLUDABLE.get((place.get("object", ""), step))
    if extra and step not in place:
        _include(records, place, step, extra)
    elif step not in place:
        raise _refused(step, path)
    value = place[step]
    if isinstance(value, str):
        place[step] = value = _resolved(records, step, value, path)
    elif isinstance(value, list) and value and isinstance(value[0], str):
        place[step] = value = [_resolved(records, step, entry, path) for entry in value]
    elif not rest and not extra and value is not None and step not in EXPANDABLE and step != "data":
        raise _refused(step, path)
    _walk(records, value, rest, path)


def _include(
    records: Records, place: Record, step: str, extra: tuple[str, Callable[[Records, Record], list[Record]]]
) -> None:
    url, rows_of = extra
    rows = rows_of(records, place)
    place[step] = {
        "object": "list",
        "data": copy.deepcopy(rows[:10]),
        "has_more": len(rows) > 10,
        "url": url.format(id=place["id"]),
    }


def _resolved(records: Records, step: str, identifier: str, path: str) -> Any:
    home = HOMES.get(identifier.partition("_")[0])
    if step not in EXPANDABLE and step not in ("balance_transactions",):
        raise _refused(step, path)
    record = records.get(home, identifier) if home else None
    if record is not None and record.get("_deleted"):
        return {"id": identifier, "object": record["object"], "deleted": True}
    return copy.deepcopy(record) if record is not None else identifier


def _refused(step: str, path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({step}) in {path}.", param="expand")
