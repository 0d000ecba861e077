"""The wire: sends one HTTP request within its bounds and brings the answer back, or says whether anything was sent.

Used by the gateway only. One pooled session for the world behind the guard, one for the own sandbox; redirects are
followed by hand, each checked anew, and credentials never go to another host.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import aiohttp
from yarl import URL

from connectors.gateway.guard import AllowList, Guard, GuardedResolver, OutboundRefused, Reach
from connectors.sdk.errors import LimitReached
from connectors.sdk.http import HttpAnswer
from ipaas.book.kill_points import reached

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_SECONDS = 10.0
# Shorter than what servers keep idle connections open, so that a write seldom meets one that is just being closed.
_KEEP_ALIVE_SECONDS = 4.0


class NotSent(Exception):
    """The request did not reach the system: nothing happened there."""


class AnswerLost(Exception):
    """The request was sent (or may have been) and no usable answer came back."""


@dataclass(slots=True)
class WireRequest:
    """One request, ready to go. `auth_headers` are dropped when a redirect leads to another host."""

    method: str
    url: str
    reach: Reach
    headers: Mapping[str, str] = field(default_factory=dict)
    auth_headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    writes: bool = False
    timeout_seconds: float = 30.0
    max_bytes: int = 10_000_000


class Wire:
    """The sessions of one event loop."""

    def __init__(self, allow: AllowList) -> None:
        self.guard = Guard(allow)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def send(self, request: WireRequest) -> HttpAnswer:
        """Send and return the answer, after at most three redirects.

        Raises:
            OutboundRefused: The guard said no; nothing was sent.
            NotSent: No connection could be made; nothing was sent.
            AnswerLost: Sent, and nobody knows more.
            LimitReached: The answer is larger than allowed.
        """
        for _ in range(_MOST_REDIRECTS + 1):
            url = URL(request.url, encoded=True)
            self.guard.check(url, request.reach)
            answer = await self._exchange(request, url)
            following = self._redirected(request, url, answer)
            if following is None:
                return answer
            request = following
        raise OutboundRefused(f"More than {_MOST_REDIRECTS} redirects were answered.", code="too_many_redirects")

    def _redirected(self, request: WireRequest, url: URL, answer: HttpAnswer) -> WireRequest | None:
        """The request that a redirect asks for, or None when the answer stands as it is."""
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not location:
            return None
        target = url.join(URL(location, encoded=True))
        if (
            url.scheme == "https"
            and target.scheme != "https"
            and not self.guard.allow.has_host(target.host or "", target.port)
        ):
            raise OutboundRefused("A redirect leads from https to http.", code="redirect_refused")
        same_host = (target.host, target.port) == (url.host, url.port) or (
            target.host == url.host and target.scheme == "https" and target.port == 443
        )
        method, body = request.method, request.body
        if answer.status == 303 and method != "HEAD":
            method, body = "GET", None
        elif method not in ("GET", "HEAD") and (answer.status in (301, 302) or not same_host):
            # What these mean for a write is understood differently everywhere, and a write must not wander.
            return None
        headers = request.headers if body is not None else _without_body(request.headers)
        auth = request.auth_headers if same_host else {}
        return replace(request, url=str(target), method=method, body=body, headers=headers, auth_headers=auth)

    async def _exchange(self, request: WireRequest, url: URL) -> HttpAnswer:
        progress = SimpleNamespace(sent=False, writes=request.writes)
        session = self._session(request.reach.sandbox_prefix is not None)
        try:
            async with session.request(
                request.method,
                url,
                data=request.body,
                headers={**request.headers, **request.auth_headers},
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=request.timeout_seconds, sock_connect=_CONNECT_SECONDS),
                trace_request_ctx=progress,
            ) as response:
                body = await _bounded(response, request.max_bytes)
                if request.writes:
                    reached("answer_received")
                headers = {name.lower(): value for name, value in response.headers.items()}
                return HttpAnswer(response.status, headers, body)
        except LimitReached as limit:
            if request.writes:
                raise AnswerLost(limit.message) from limit
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _failure(error, progress.sent, request.timeout_seconds) from error

    def _session(self, sandbox: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(sandbox)
        if session is None:
            resolver = None if sandbox else GuardedResolver(self.guard)
            connector = aiohttp.TCPConnector(
                limit=0, resolver=resolver, use_dns_cache=sandbox, keepalive_timeout=_KEEP_ALIVE_SECONDS
            )
            session = self._sessions[sandbox] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_progress_trace()],
                skip_auto_headers=("User-Agent", "Content-Type"),
            )
            # aiohttp would quietly send PUT and DELETE again after a broken connection; repeating is for the ledger.
            session._retry_connection = False
        return session

    async def close(self) -> None:
        """Close every connection."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()


def _without_body(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "content-type"}


async def _bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body, given up as soon as it is known to be too large (also while it is being unpacked)."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > most:
            response.close()
            raise LimitReached(
                "max_response_bytes",
                most,
                f"The answer is larger than {most} bytes.",
                hint="Ask for fewer rows at a time.",
            )
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _failure(error: Exception, sent: bool, timeout_seconds: float) -> NotSent | AnswerLost | OutboundRefused:
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return OutboundRefused("The address is not a valid URL.", code="url_refused")
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError | ssl.SSLError):
        return NotSent("The system's certificate is not trusted or the secure connection failed.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return NotSent(f"The name {error.host} cannot be resolved.")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError) or not sent:
        return NotSent("No connection to the system could be made.")
    if isinstance(error, TimeoutError):
        return AnswerLost(f"No answer came within {timeout_seconds:g} s.")
    return AnswerLost("The connection broke before a whole answer came.")


def _progress_trace() -> aiohttp.TraceConfig:
    """Notes on the request's own context when a connection was given to it: from then on something may be sent."""
    trace = aiohttp.TraceConfig()

    async def connected(session: Any, context: SimpleNamespace, params: Any) -> None:
        context.trace_request_ctx.sent = True

    async def headers_sent(session: Any, context: SimpleNamespace, params: Any) -> None:
        if context.trace_request_ctx.writes:
            # The body follows in the same turn of the loop, so two turns later all of it is with the system's kernel.
            loop = asyncio.get_running_loop()
            later: Callable[[], Any] = lambda: loop.call_soon(reached, "request_sent")  # noqa: E731
            loop.call_soon(later)

    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    trace.on_request_headers_sent.append(headers_sent)
    return trace
