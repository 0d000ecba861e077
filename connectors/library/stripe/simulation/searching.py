"""The search query language: clauses over fields and metadata, joined by AND or by OR.

Families offer `search` for their collection through `found`. Real searches lag behind by about a minute; this one
does not, and never finds what the language cannot say.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from connectors.library.stripe.simulation.desk import Desk
from connectors.library.stripe.simulation.problems import invalid
from connectors.library.stripe.simulation.records import Record

CLAUSE = re.compile(
    r"""\s*(?P<negated>-)?(?P<field>[a-z_.]+)(?:\[(?P<kq>["'])(?P<key>[^"']{1,40})(?P=kq)\])?\s*
        (?P<operator>:|~|>=|<=|>|<)\s*
        (?:(?P<vq>["'])(?P<text>(?:\\.|(?!(?P=vq)).)*)(?P=vq)|(?P<bare>null|true|false|-?[0-9]{1,15}))""",
    re.VERBOSE | re.IGNORECASE,
)
WHOLE = re.compile(r"-?[0-9]{1,15}")
JOINT = re.compile(r"\s+(AND|OR)\s+|\s+", re.IGNORECASE)

FIELDS: dict[str, frozenset[str]] = {
    "customers": frozenset(("created", "email", "metadata", "name", "phone")),
    "charges": frozenset(
        (
            "amount",
            "created",
            "currency",
            "customer",
            "disputed",
            "metadata",
            "payment_method_details.card.brand",
            "payment_method_details.card.last4",
            "refunded",
            "status",
        )
    ),
    "payment_intents": frozenset(("amount", "created", "currency", "customer", "metadata", "status")),
    "invoices": frozenset(("created", "currency", "customer", "metadata", "number", "status", "subscription", "total")),
    "products": frozenset(("active", "created", "description", "metadata", "name", "shippable", "url")),
    "prices": frozenset(("active", "created", "currency", "lookup_key", "metadata", "product", "type")),
    "subscriptions": frozenset(("canceled_at", "created", "metadata", "status")),
}
# Words in these fields are matched as a part of the text, whatever their case.
LOOSE = frozenset(("email", "name", "description"))
COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}
Test = Callable[[Record], bool]


def found(desk: Desk, collection: str, url: str) -> dict[str, Any]:
    test = parsed(desk.params.need_text("query"), collection)
    limit = desk.params.integer("limit", least=1, most=100) or 10
    start = _page_start(desk.params.text("page"))
    rows = [row for row in desk.records.all(collection, newest_first=True) if not row.get("_deleted") and test(row)]
    more = start + limit < len(rows)
    following = base64.urlsafe_b64encode(str(start + limit).encode()).decode() if more else None
    page = rows[start : start + limit]
    return {"object": "search_result", "data": page, "has_more": more, "next_page": following, "url": url}


def _page_start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(token.encode()).decode()))
    except ValueError:
        raise invalid("This page token was not made by a search.", param="page") from None


def parsed(query: str, collection: str) -> Test:
    tests: list[Test] = []
    joints: set[str] = set()
    place = 0
    while True:
        match = CLAUSE.match(query, place)
        if not match:
            message = f"The search query cannot be read from character {place + 1} on: {query[place : place + 60]}"
            raise invalid(message, param="query")
        tests.append(_test(match, collection))
        place = match.end()
        if not query[place:].strip():
            break
        joint = JOINT.match(query, place)
        if not joint:
            raise invalid("Clauses are joined by AND or OR.", param="query")
        joints.add((joint.group(1) or "AND").upper())
        place = joint.end()
    if len(tests) > 10 or len(joints) > 1:
        raise invalid("A query holds at most ten clauses and either AND or OR, not both.", param="query")
    everyone = any if joints == {"OR"} else all
    return lambda record: everyone(test(record) for test in tests)


def _test(match: re.Match[str], collection: str) -> Test:
    name, key, operator = match["field"].lower(), match["key"], match["operator"]
    if name not in FIELDS[collection] or (name == "metadata") != (key is not None):
        message = f"Field {name} cannot be searched here. Use one of: {', '.join(sorted(FIELDS[collection]))}"
        raise invalid(message, param="query")
    quoted = re.sub(r"\\(.)", r"\1", match["text"]) if match["text"] is not None else None
    holds = _holds(name, key, operator, quoted if quoted is not None else match["bare"], quoted is None)
    return (lambda record: not holds(record)) if match["negated"] else holds


def _holds(name: str, key: str | None, operator: str, wanted: str, bare: bool) -> Test:
    def holds(record: Record) -> bool:
        value = _value(record, name, key)
        if bare and wanted.lower() == "null":
            return value is None
        if value is None:
            return False
        if operator in COMPARE:
            return bool(WHOLE.fullmatch(wanted)) and isinstance(value, int) and COMPARE[operator](value, int(wanted))
        if isinstance(value, bool):
            return str(value).lower() == wanted.lower()
        if operator == "~":
            return len(wanted) >= 3 and wanted.lower() in str(value).lower()
        if name in LOOSE:
            return str(value).lower() == wanted.lower()
        return str(value) == wanted

    return holds


def _value(record: Record, name: str, key: str | None) -> Any:
    if key is not None:
        return record["metadata"].get(key)
    if name == "subscription":
        return record.get("_subscription")
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
