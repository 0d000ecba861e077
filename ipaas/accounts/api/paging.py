"""Pages of lists by signed cursors: `{"items": […], "next": cursor or null}` with `?cursor=` and `?limit=`.

A cursor remembers the last row's place in the order, not a number of rows, so that pages stay right while rows come and
go. Called by every list view; cursors are signed, so nobody can make one up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from ipaas.accounts.api.problems import Problem, bad_parameter

USUAL = 50
MOST = 200
_LONGEST_CURSOR = 2000
_SALT = "ipaas.cursor"
_Row = TypeVar("_Row", bound=Model)


def paginate(request: Any, queryset: QuerySet[_Row], order: Sequence[str] = ("-id",)) -> tuple[list[_Row], str | None]:
    """One page of rows in an order of fields that are never null, and the cursor of the next page.

    The primary key is added to the order, so that it is total. A cursor of another list or order is a 400 problem.
    """
    fields = list(order)
    key = queryset.model._meta.pk.name
    if key not in [field.lstrip("-") for field in fields]:
        fields.append(f"-{key}" if fields[-1].startswith("-") else key)
    name = f"{queryset.model._meta.label_lower}:{','.join(fields)}"
    limit = limit_of(request)
    if cursor := request.query_params.get("cursor"):
        queryset = queryset.filter(_after(fields, _opened(cursor, name, len(fields))))
    rows = list(queryset.order_by(*fields)[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], _sealed(rows[limit - 1], fields, name)


def limit_of(request: Any) -> int:
    """The wanted size of a page."""
    text = request.query_params.get("limit")
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise bad_parameter("limit", f"Give a whole number from 1 to {MOST}.")
    return int(text)


def _after(fields: list[str], values: list[Any]) -> Q:
    """Rows behind the cursor: later in the first field, or equal there and later in the second, and so on."""
    found = Q()
    equal: dict[str, Any] = {}
    for field, value in zip(fields, values, strict=True):
        name = field.lstrip("-")
        later = "lt" if field.startswith("-") else "gt"
        found |= Q(**equal, **{f"{name}__{later}": value})
        equal[name] = value
    return found


def _sealed(row: Model, fields: list[str], name: str) -> str:
    values = [_plain(_read(row, field.lstrip("-"))) for field in fields]
    return signing.dumps([name, *values], salt=_SALT, compress=True)


def _read(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _opened(cursor: str, name: str, count: int) -> list[Any]:
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise signing.BadSignature
        whose, *values = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        whose, values = "", []
    if whose != name or len(values) != count:
        raise Problem(
            400, "bad_cursor", "The cursor is not one of this list.", hint="Use `next` as it was, or begin without it."
        )
    return [datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value for value in values]
