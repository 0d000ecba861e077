"""The list envelope: filters by time, cursors both ways, and page sizes.

Families call `listed` with the rows that fit, newest first. It never sorts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.library.stripe.simulation.desk import Desk
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.problems import invalid, no_such
from connectors.library.stripe.simulation.records import Record

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def in_time(desk: Desk, rows: list[Record], field: str = "created") -> list[Record]:
    """Rows that a `created=` or `created[gte]=` filter lets through."""
    params = desk.params
    if field not in params:
        return rows
    if not isinstance(params.values[field], dict):
        moment = params.need_integer(field)
        return [row for row in rows if row[field] == moment]
    bounds = params.child(field) or Params({})
    bounds.only(COMPARISONS)
    limits = [(COMPARISONS[name], bounds.need_integer(name)) for name in bounds]
    return [row for row in rows if all(holds(row[field], bound) for holds, bound in limits)]


def equal(desk: Desk, rows: list[Record], *names: str) -> list[Record]:
    """Rows whose field equals the parameter of the same name, where it is given."""
    for name in names:
        wanted: Any = desk.params.text(name)
        if wanted is None:
            continue
        if wanted in ("true", "false"):
            rows = [row for row in rows if row.get(name) is (wanted == "true")]
        else:
            rows = [row for row in rows if row.get(name) == wanted]
    return rows


def found_by(desk: Desk, collection: str, *names: str) -> list[Record]:
    """Newest first, by the first of the named parameters that is given, else all."""
    for name in names:
        value = desk.params.text(name)
        if value is not None:
            return equal(desk, desk.records.where(collection, name, value, newest_first=True), *names)
    return desk.records.all(collection, newest_first=True)


def listed(desk: Desk, rows: list[Record], url: str, *, noun: str = "object") -> dict[str, Any]:
    params = desk.params
    limit = params.integer("limit", least=1, most=100) or 10
    after, before = params.text("starting_after"), params.text("ending_before")
    if after and before:
        message = "You cannot use starting_after and ending_before together."
        raise invalid(message, param="ending_before")
    start, stop = 0, len(rows)
    if after:
        start = _place(rows, after, "starting_after", noun) + 1
    if before:
        stop = _place(rows, before, "ending_before", noun)
        start = max(0, stop - limit)
        return _envelope(rows[start:stop], start > 0, url)
    page = rows[start : start + limit]
    return _envelope(page, start + limit < stop, url)


def _place(rows: list[Record], identifier: str, param: str, noun: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == identifier:
            return place
    raise no_such(noun, identifier, param=param, status=400)


def _envelope(page: list[Record], more: bool, url: str) -> dict[str, Any]:
    return {"object": "list", "data": page, "has_more": more, "url": url}


def whole(rows: list[Record], url: str) -> dict[str, Any]:
    """A list that lies inside another object."""
    return {"object": "list", "data": rows, "has_more": False, "url": url}
