"""Declared operations: the request that a manifest and an input make, the output that an answer makes, page by page.

Used by the gateway for every operation with a `request`; sends through the `Http` client like coded operations do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urljoin, urlsplit

from connectors.sdk.errors import Rejected
from connectors.sdk.http import HttpAnswer
from connectors.sdk.operation import Operation, PagingSpec, RequestSpec
from connectors.sdk.values import fill, pick, places, quote_segment

_DEFAULT_MAX_ITEMS = 1000
_MOST_PAGES = 10_000
_NEXT_LINK = re.compile(r"""<([^>]*)>\s*;[^,]*?\brel\s*=\s*"?next"?""", re.IGNORECASE)


@dataclass(slots=True)
class Prepared:
    """A request made of an input, still without credentials."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    form: dict[str, Any] | None = None
    text: str | None = None


class Sender(Protocol):
    """What performs a prepared request."""

    @property
    def idempotency_key(self) -> str | None:
        """The key of the effect."""
        ...

    async def send(self, prepared: Prepared, *, writes: bool) -> HttpAnswer:
        """Send it, with the error rules applied."""
        ...


def prepare(operation: Operation, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> Prepared:
    """The request of a declared operation.

    Raises:
        Rejected: An input field cannot stand where the request needs it.
    """
    spec = operation.request
    assert spec is not None
    used = {"max_items"} if operation.paging is not None else set()

    def look_up(name: str) -> Any:
        if name.startswith("config."):
            return config.get(name.removeprefix("config."))
        used.add(name.partition(".")[0])
        return pick(inputs, name)

    prepared = Prepared(spec.method, _path(spec, look_up))
    for name, source in spec.query.items():
        if source.startswith("="):
            prepared.query[name] = source[1:]
            continue
        used.add(source)
        if inputs.get(source) is not None:
            prepared.query[name] = inputs[source]
    for name, template in spec.headers.items():
        values = {place: look_up(place) for place in places(template)}
        if all(value not in (None, "") for value in values.values()):
            prepared.headers[name] = fill(template, values.__getitem__)
    _body(spec, prepared, inputs, used)
    return prepared


def _path(spec: RequestSpec, look_up: Any) -> str:
    def segment(name: str) -> Any:
        try:
            return quote_segment(look_up(name))
        except ValueError:
            raise Rejected(
                f"The value of {name} cannot stand in the request's path.",
                code="input_invalid",
                field="/" + name.replace(".", "/"),
                hint="Give a value that is not empty and is not a dot.",
            ) from None

    return fill(spec.path, segment, str)


def _body(spec: RequestSpec, prepared: Prepared, inputs: Mapping[str, Any], used: set[str]) -> None:
    if spec.body.format == "none":
        return
    fields: Any = {name: value for name, value in inputs.items() if name not in used}
    if spec.body.field is not None:
        fields = inputs.get(spec.body.field)
    if spec.body.format == "json":
        prepared.json = fields if fields is not None else {}
    else:
        prepared.form = fields if isinstance(fields, dict) else {}


def output_of(operation: Operation, answer: HttpAnswer) -> Any:
    """The output that an answer makes; an empty answer is an empty object."""
    if operation.answer == "none":
        return {}
    if operation.answer == "text":
        return answer.text
    value = answer.json()
    return {} if value is None else pick(value, operation.pick)


async def perform(operation: Operation, sender: Sender, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
    """Perform a declared operation and return its output."""
    prepared = prepare(operation, config, inputs)
    assert operation.request is not None
    header = operation.request.idempotency_header
    if header is not None and sender.idempotency_key is not None:
        prepared.headers[header] = sender.idempotency_key
    if operation.paging is not None:
        most = inputs.get("max_items") or _DEFAULT_MAX_ITEMS
        return await _gather(operation, operation.paging, sender, prepared, most)
    return output_of(operation, await sender.send(prepared, writes=operation.writes))


async def _gather(operation: Operation, paging: PagingSpec, sender: Sender, prepared: Prepared, most: int) -> Any:
    """Ask for page after page until the list ends, enough rows are there, or the system stops moving on."""
    items: list[Any] = []
    if paging.page_size is not None:
        given = prepared.query.get(paging.page_size)
        size = given if isinstance(given, int) and given > 0 else paging.size
        prepared.query[paging.page_size] = min(size, most)
    if paging.style == "page" and paging.page is not None:
        prepared.query[paging.page] = paging.first
    has_more = False
    for _ in range(_MOST_PAGES):
        answer = await sender.send(prepared, writes=False)
        body = answer.json()
        rows = pick(body, paging.items)
        rows = rows if isinstance(rows, list) else []
        items.extend(rows)
        following = _next_page(paging, prepared, answer, body, rows, len(items))
        has_more = following is not None
        if following is None or len(items) >= most:
            break
        prepared = following
    return {"items": items[:most], "has_more": has_more or len(items) > most}


def _next_page(
    paging: PagingSpec, asked: Prepared, answer: HttpAnswer, body: Any, rows: list[Any], gathered: int
) -> Prepared | None:
    """The request for the next page, or None after the last."""
    if paging.style == "next_url":
        link = pick(body, paging.next) if paging.next else _link(answer)
        if not isinstance(link, str) or not link:
            return None
        return _same_unless_new(asked, _at_url(asked, link))
    if not rows:
        return None
    query = dict(asked.query)
    if paging.style == "cursor_last_id":
        last = pick(rows[-1], paging.id)
        if last is None or (paging.more is not None and pick(body, paging.more) is not True):
            return None
        if paging.more is None and _short(paging, asked, rows):
            return None
        query[paging.cursor or ""] = last
    elif paging.style == "cursor":
        token = pick(body, paging.next)
        if token in (None, ""):
            return None
        query[paging.cursor or ""] = token
    else:
        total = pick(body, paging.total) if paging.total else None
        if gathered >= total if isinstance(total, int) else _short(paging, asked, rows):
            return None
        if paging.style == "offset":
            query[paging.offset or ""] = int(query.get(paging.offset or "", 0)) + len(rows)
        else:
            query[paging.page or ""] = int(query[paging.page or ""]) + 1
    return _same_unless_new(asked, Prepared(asked.method, asked.path, query, asked.headers, asked.json, asked.form))


def _short(paging: PagingSpec, asked: Prepared, rows: list[Any]) -> bool:
    wanted = asked.query.get(paging.page_size) if paging.page_size else paging.size
    return len(rows) < int(wanted or paging.size)


def _same_unless_new(asked: Prepared, following: Prepared) -> Prepared | None:
    # A system that names the same page again would keep us for ever.
    return None if (following.path, following.query) == (asked.path, asked.query) else following


def _link(answer: HttpAnswer) -> str | None:
    found = _NEXT_LINK.search(answer.headers.get("link", ""))
    return found.group(1) if found else None


def _at_url(asked: Prepared, link: str) -> Prepared:
    """The page at a link, absolute or relative; its query replaces ours."""
    if urlsplit(link).scheme:
        return Prepared(asked.method, link, {}, asked.headers)
    if link.startswith("?"):
        return Prepared(asked.method, asked.path, dict(parse_qsl(link[1:], keep_blank_values=True)), asked.headers)
    return Prepared(asked.method, urljoin(asked.path, link), {}, asked.headers)
