"""Webhooks in: a raw ASGI application at /hooks/<token>, without Django's stack, answering only after the commit.

Signature first, over the bytes as they came; then the body; then intake. A sender gets 202 with the run, 200 with the
first run for a duplicate, or a problem document that says what to mend.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.conf import settings

from connectors.gateway import SignatureRefused, verify_webhook
from connectors.threads import in_thread
from flows import live
from flows.events import BodyRefused, parse_body
from flows.intake import Arrival, admit
from flows.triggers.paths import value_at
from flows.triggers.routes import Address, Listened, Route, route_of
from ipaas.book.cards import mask_body
from ipaas.book.writer import get_writer

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_METHODS = ("POST", "PUT")
_REPLY_SECONDS = 25.0
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_OURS = frozenset({"content-length", "transfer-encoding", "connection", "x-ipaas-run"})
_WITHOUT_BODY = (204, 304)
_NOT_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})

when_heard: list[Callable[[str, dict[str, Any]], bool]] = []
"""Told in a thread of an event that somebody listens for: the listening's id, received_at, headers, query and body."""


class Refusal(Exception):
    """An answer other than success, as a problem document."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}


async def webhook_app(scope: Scope, receive: Receive, send: Send) -> None:
    """One webhook request."""
    try:
        status, body, headers = await _answer(scope, receive)
    except Refusal as refusal:
        problem = {"type": "about:blank", "title": refusal.code.replace("_", " "), "status": refusal.status}
        body = orjson.dumps({**problem, "code": refusal.code, "detail": refusal.detail})
        status, headers = refusal.status, {"content-type": "application/problem+json", **refusal.headers}
    headers = {"content-length": str(len(body)), **headers}
    raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw_headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(scope: Scope, receive: Receive) -> tuple[int, bytes, dict[str, str]]:
    if scope["method"] not in _METHODS:
        raise Refusal(405, "method_not_allowed", "Webhooks are sent by POST.", {"allow": ", ".join(_METHODS)})
    route = await route_of(scope["path"].removeprefix("/hooks/").strip("/"))
    if route is None:
        raise Refusal(404, "not_found", "Nothing is deployed at this address.")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    raw = await _read(receive, headers)
    _check_signature(route, headers, raw)
    body = _parsed(raw, headers)
    event_type = value_at(body, route.spec.event_type) if route.spec.event_type else None
    if route.events and event_type is not None and event_type not in route.events:
        return 200, orjson.dumps({"ignored": str(event_type)[:200]}), {"content-type": "application/json"}
    if isinstance(route, Listened):
        return await _heard(route, scope, headers, raw)
    if get_writer().is_behind:
        raise Refusal(429, "busy", "Intake is behind; send the event again shortly.", {"retry-after": "5"})
    return await _admit(route, scope, headers, raw, body)


async def _read(receive: Receive, headers: dict[str, str]) -> bytes:
    """The whole body, refused as soon as it is known to be over the limit."""
    most = settings.EVENT_MAX_BYTES
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "disconnected", "The sender hung up before the body was complete.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(most: int) -> Refusal:
    return Refusal(413, "too_large", f"An event may have at most {most} bytes (IPAAS_EVENT_MAX_BYTES).")


def _check_signature(route: Address, headers: dict[str, str], raw: bytes) -> None:
    try:
        verify_webhook(route.config, route.spec, route.secrets, headers, raw, time.time())
    except SignatureRefused as refused:
        raise Refusal(401, "signature_refused", str(refused)) from None


def _parsed(raw: bytes, headers: dict[str, str]) -> Any:
    try:
        return parse_body(raw, headers.get("content-type", "application/json"))
    except BodyRefused as refused:
        raise Refusal(400, "invalid_body", str(refused)) from None


async def _admit(
    route: Route, scope: Scope, headers: dict[str, str], raw: bytes, body: Any
) -> tuple[int, bytes, dict[str, str]]:
    arrival = Arrival(
        deployed=route.deployed,
        source="webhook",
        dedupe_key=_dedupe_key(route, raw, body),
        received_at=datetime.now(UTC),
        meta={
            "content_type": headers.get("content-type", "application/json"),
            "headers": _kept(route, headers),
            "query": dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))),
        },
        body=raw,
        paused=route.paused,
    )
    if route.deployed.replies and not route.paused:
        return await _admit_and_reply(arrival)
    admitted = await admit(arrival)
    status = 200 if admitted.duplicate else 202
    return status, orjson.dumps({"run": admitted.run_id}), {"content-type": "application/json"}


async def _heard(
    route: Listened, scope: Scope, headers: dict[str, str], raw: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """Nothing is deployed here, so the event makes no run; whoever listens for it gets it."""
    event = {
        "received_at": datetime.now(UTC),
        "headers": _kept(route, headers),
        "query": dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))),
        "body": _parsed(mask_body(raw), headers),
    }
    for listener in when_heard:
        if await in_thread(listener, route.listening_id, event):
            await live.heard(route.tenant_id, route.listening_id)
    return 202, orjson.dumps({"listening": route.listening_id}), {"content-type": "application/json"}


async def _admit_and_reply(arrival: Arrival) -> tuple[int, bytes, dict[str, str]]:
    """The flow answers for itself; a duplicate, or a flow that takes too long, is answered with the run."""
    admitted, reply = await live.with_reply(lambda run_id: admit(arrival, run_id=run_id), _REPLY_SECONDS)
    if reply is None:
        status = 200 if admitted.duplicate else 202
        return status, orjson.dumps({"run": admitted.run_id}), {"content-type": "application/json"}
    return _reply_of(reply, admitted.run_id)


def _reply_of(reply: dict[str, Any], run_id: str) -> tuple[int, bytes, dict[str, str]]:
    """The flow's own answer as HTTP can carry it: headers are data of events, so they may hold anything."""
    status, body = int(reply.get("status", 200)), reply.get("body")
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
    given = {str(name).lower(): str(value) for name, value in (reply.get("headers") or {}).items()}
    headers = {name: _line(value) for name, value in given.items() if _NAME.fullmatch(name) and name not in _OURS}
    if status in _WITHOUT_BODY:
        content = b""
    return status, content, {"content-type": kind, "x-ipaas-run": run_id, **headers}


def _line(value: str) -> str:
    """A header's value on one line, in the characters that a header may have."""
    printable = "".join(each if each.isprintable() else " " for each in value)
    return printable.encode("latin-1", "replace").decode("latin-1")


def _dedupe_key(route: Route, raw: bytes, body: Any) -> str:
    found = value_at(body, route.spec.event_id) if route.spec.event_id else None
    if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
        return str(found)
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def _kept(route: Address, headers: dict[str, str]) -> dict[str, str]:
    """The headers without what may hold a secret: sign-in headers and the one that carries a shared secret."""
    secret_header = route.spec.signature.header.lower() if route.spec.signature is not None else ""
    return {name: value for name, value in headers.items() if name not in _NOT_KEPT and name != secret_header}
