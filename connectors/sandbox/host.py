"""The raw ASGI application at /sandbox/<tenant>/<system>/…: simulated systems as real HTTP servers.

Mounted by asgi beside Django, whose request stack would cost more than the simulated system. It shows faults exactly
where a real system would: before it has done anything, after it has, or by falling silent.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from connectors.sandbox import deliveries, situation, visits
from connectors.sandbox.situation import Fault, Situation
from connectors.sandbox.systems import simulator_of
from connectors.sandbox.visits import Visit, Visited, visit_all
from connectors.sdk.simulator import MemoryStore, SimRequest, SimResponse
from ipaas.book.writer import get_writer

_MOST_BODY_BYTES = 20 * 1024 * 1024
_SILENCE_SECONDS = 45.0  # longer than any client of ours waits
_LONGEST_SILENCE_SECONDS = 300.0
_SLOW_SECONDS = 5.0
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class _BodyTooLarge(Exception):
    """More was sent than a simulated system takes."""


async def sandbox_app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one HTTP request to a simulated system."""
    _, _, slug, system, *rest = scope["path"].split("/", 4)
    found = situation.known(slug) or await asyncio.to_thread(situation.read, slug)
    simulator = simulator_of(system) if found is not None else None
    if found is None or simulator is None:
        await _send(send, _nobody_here(slug, system, found))
        return
    try:
        body = await _body(receive)
    except _BodyTooLarge:
        await _send(send, SimResponse.json(413, {"error": f"The sandbox takes at most {_MOST_BODY_BYTES} bytes."}))
        return
    except ConnectionResetError:
        return
    request = _request(scope, found, system, "/" + (rest[0] if rest else ""), body)
    visit = Visit(
        tenant_id=found.tenant_id,
        system=system,
        simulator=simulator,
        request=request,
        now=found.now(datetime.now(UTC)),
        faults=found.faults_for(system, request.method, request.path),
        must_seed=system not in found.seeded,
    )
    visited = await _visit(visit)
    if visit.must_seed:
        situation.forget(slug)
    if visited.has_deliveries:
        deliveries.wake()
    response = await _as_faulted(visit, visited, receive)
    if response is None:
        await _hang_up(receive, send)
        return
    await _send(send, response, head=request.method == "HEAD")


async def _visit(visit: Visit) -> Visited:
    """Reads are answered beside the writer as long as they prove to change nothing."""
    if visit.request.method in _READS and not visit.faults and not visit.must_seed:
        response = await asyncio.to_thread(visits.peek, visit)
        if response is not None:
            return Visited(response)
    visited: Visited = await get_writer().submit(visit_all, visit)
    return visited


async def _as_faulted(visit: Visit, visited: Visited, receive: Any) -> SimResponse | None:
    """The answer after the fault had its way with it; None is silence."""
    fault = visited.fault
    if fault is None:
        return visited.response
    if fault.kind in ("timeout_before_commit", "timeout_after_commit"):
        await _stay_silent(fault, receive)
        return None
    if fault.kind == "slow":
        await asyncio.sleep(min(fault.number("seconds", _SLOW_SECONDS), _LONGEST_SILENCE_SECONDS))
        return visited.response
    kind = "server_error" if fault.kind == "error_after_commit" else fault.kind
    response = visit.simulator(MemoryStore()).fault(kind, visit.request)
    if kind == "rate_limited" and "retry_after_seconds" in fault.match:
        kept = {name: value for name, value in response.headers.items() if name.lower() != "retry-after"}
        response.headers = {**kept, "Retry-After": f"{fault.number('retry_after_seconds', 1):g}"}
    return response


async def _stay_silent(fault: Fault, receive: Any) -> None:
    """Hold the connection open without a word, until the time is over or the client has had enough."""
    seconds = min(fault.number("seconds", _SILENCE_SECONDS), _LONGEST_SILENCE_SECONDS)
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _hang_up(receive: Any, send: Any) -> None:
    """Drop the connection without an answer.

    Under uvicorn `receive` belongs to the object that holds the socket. Elsewhere an answer that breaks off inside its
    body is the nearest thing ASGI can say.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0)
        return
    await send({"type": "http.response.start", "status": 502, "headers": [(b"content-length", b"1000000")]})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


async def _body(receive: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST_BODY_BYTES:
            raise _BodyTooLarge
        if not message.get("more_body", False):
            return b"".join(parts)


def _request(scope: dict[str, Any], found: Situation, system: str, path: str, body: bytes) -> SimRequest:
    query = scope.get("query_string", b"").decode("utf-8", "replace")
    return SimRequest(
        method=scope["method"].upper(),
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
        base_url=f"{settings.SANDBOX_BASE_URL}/sandbox/{found.slug}/{system}",
    )


def _nobody_here(slug: str, system: str, found: Situation | None) -> SimResponse:
    what = f"no simulated system called {system!r}" if found is not None else f"no tenant called {slug!r}"
    return SimResponse.json(404, {"error": f"The sandbox has {what}."})


async def _send(send: Any, response: SimResponse, *, head: bool = False) -> None:
    headers = [
        (name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in response.headers.items()
    ]
    bodiless = response.status in (204, 304)
    if not bodiless and all(name != b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head or bodiless else response.body})
