"""The authorised HTTP client of one call: what coded and declared operations send through.

One instance per call. It signs in, keeps to the connection's pace and deadline, records every exchange, applies the
error rules, and knows whether anything was written there so far.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Unpack
from urllib.parse import quote

from connectors.gateway.answers import Lost, judge
from connectors.gateway.bound import Bound
from connectors.gateway.declared import Prepared
from connectors.gateway.guard import OutboundRefused
from connectors.gateway.records import Recorder
from connectors.gateway.signin import Authorisation, SignIn
from connectors.gateway.wire import AnswerLost, NotSent, Wire, WireRequest
from connectors.sdk.errors import LimitReached, ReconnectNeeded, Rejected, TryAgain
from connectors.sdk.http import HttpAnswer, RequestOptions
from connectors.sdk.retry_after import parse_retry_after
from connectors.sdk.values import fill, form_text, places
from ipaas.book.packing import dumps

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_LOADED = frozenset({429, 503})
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# These belong to the connection itself; another value would make one request look like two.
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "upgrade", "trailer"})


class GatewayHttp:
    """Implements `connectors.sdk.http.Http` for one call of one connection."""

    def __init__(
        self,
        bound: Bound,
        wire: Wire,
        recorder: Recorder,
        operation: str,
        seconds: float,
        sign_in: SignIn | None = None,
    ) -> None:
        self._bound = bound
        self._wire = wire
        self._recorder = recorder
        self._operation = operation
        self._deadline = time.monotonic() + seconds
        self._sign_in = sign_in
        self._renewed = False
        self._turns_paid = 0
        self.key: str | None = None
        self.sent = 0
        """Write requests that may have left."""
        self.made = 0
        """Write requests that were answered with success."""

    # --- the protocol -------------------------------------------------------------------------------------------

    @property
    def config(self) -> Mapping[str, Any]:
        """The connection's settings that are no secret."""
        return self._bound.config

    @property
    def idempotency_key(self) -> str | None:
        """The key of this effect."""
        return self.key

    @property
    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)

    async def request(self, method: str, path: str, **options: Unpack[RequestOptions]) -> HttpAnswer:
        """See `connectors.sdk.http.Http.request`."""
        method = method.upper()
        form = options.get("form")
        prepared = Prepared(
            method,
            path,
            query=dict(options.get("query") or {}),
            headers=dict(options.get("headers") or {}),
            json=options.get("json"),
            form=None if form is None else dict(form),
            text=options.get("text"),
        )
        writes = options.get("writes")
        writes = method not in _READING if writes is None else writes
        return await self._checked(prepared, writes=writes, check=options.get("check", True))

    async def send(self, prepared: Prepared, *, writes: bool) -> HttpAnswer:
        """Send a declared request, with the error rules applied."""
        return await self._checked(prepared, writes=writes, check=True)

    async def take_turn(self, patience_seconds: float) -> None:
        """Wait for the first request's turn before the ledger is told that it is about to go."""
        await self._bound.pace.turn(patience_seconds)
        self._turns_paid += 1

    # --- one exchange -------------------------------------------------------------------------------------------

    async def _checked(self, prepared: Prepared, *, writes: bool, check: bool) -> HttpAnswer:
        answer = await self._authorised(prepared, writes)
        now = time.time()
        wait = parse_retry_after(answer.headers, now) if answer.status in _LOADED else None
        if wait:
            self._bound.pace.pause(wait)
        if check:
            judge(self._bound.connector.manifest, self._operation, answer, writes=writes, now=now)
        if writes and (check or not 400 <= answer.status < 500):
            self.made += 1
        return answer

    async def _authorised(self, prepared: Prepared, writes: bool) -> HttpAnswer:
        """Send with the connection's sign-in; a refused token is renewed once per call."""
        if self._sign_in is None:
            return await self._exchange(prepared, Authorisation(), writes)
        authorisation = await self._sign_in.authorise()
        answer = await self._exchange(prepared, authorisation, writes)
        if self._renewed or not self._sign_in.renewable or not self._is_refused(answer):
            return answer
        self._renewed = True
        authorisation = await self._sign_in.renew(authorisation)
        return await self._exchange(prepared, authorisation, writes)

    def _is_refused(self, answer: HttpAnswer) -> bool:
        try:
            judge(self._bound.connector.manifest, self._operation, answer, writes=False, now=0.0)
        except ReconnectNeeded:
            return True
        except Exception:
            return False
        return False

    async def _exchange(self, prepared: Prepared, authorisation: Authorisation, writes: bool) -> HttpAnswer:
        remaining = self._deadline - time.monotonic()
        if self._turns_paid:
            self._turns_paid -= 1
        else:
            await self._bound.pace.turn(max(0.0, remaining))
            remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TryAgain("The operation took longer than it may.", code="operation_timeout")
        request = self._wire_request(prepared, authorisation, writes, remaining)
        self._recorder.widen(authorisation.secrets)
        headers = {**request.headers, **request.auth_headers}
        entry = self._recorder.sent(request.method, request.url, headers, request.body)
        started = time.perf_counter()
        try:
            answer = await self._send(request)
        except (Lost, TryAgain, LimitReached, OutboundRefused) as failure:
            entry["error"] = str(failure)
            raise
        finally:
            entry["duration_ms"] = round((time.perf_counter() - started) * 1000, 2)
        self._recorder.answered(entry, answer.status, answer.headers, answer.body)
        return answer

    async def _send(self, request: WireRequest) -> HttpAnswer:
        if request.writes:
            self.sent += 1
        try:
            return await self._wire.send(request)
        except (NotSent, OutboundRefused) as error:
            if request.writes:
                self.sent -= 1
            if isinstance(error, OutboundRefused):
                raise
            raise TryAgain(str(error), code="no_connection", hint="Nothing was sent; the system may be down.") from None
        except AnswerLost as error:
            again = TryAgain(str(error), code="answer_lost", hint="The system may be slow or may have failed.")
            if request.writes:
                raise Lost(again) from None
            raise again from None

    def _wire_request(
        self, prepared: Prepared, authorisation: Authorisation, writes: bool, remaining: float
    ) -> WireRequest:
        bound = self._bound
        limits = bound.pace.limits
        headers, body = self._headers(prepared), None
        if prepared.json is not None:
            body = dumps(prepared.json)
            headers.setdefault("Content-Type", "application/json")
        elif prepared.text is not None:
            body = prepared.text.encode()
            if not any(name.lower() == "content-type" for name in headers):
                headers["Content-Type"] = "text/plain; charset=utf-8"
        elif prepared.form is not None:
            body = form_text(prepared.form).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return WireRequest(
            method=prepared.method,
            url=self._url(prepared, authorisation),
            reach=bound.reach,
            headers=headers,
            auth_headers=authorisation.headers,
            body=body,
            writes=writes,
            timeout_seconds=min(remaining, limits.timeout_seconds),
            max_bytes=limits.max_response_bytes,
        )

    def _headers(self, prepared: Prepared) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        config = self._bound.config
        for name, template in self._bound.connector.manifest.headers.items():
            values = {place: config.get(place.removeprefix("config.")) for place in places(template)}
            if all(value not in (None, "") for value in values.values()):
                headers[name] = fill(template, values.__getitem__)
        for name, value in prepared.headers.items():
            headers[name] = _checked_header(name, value)
        return headers

    def _url(self, prepared: Prepared, authorisation: Authorisation) -> str:
        path = prepared.path
        if path.startswith(("https://", "http://")):
            url = path
        else:
            split = path.partition("?")
            url = self._bound.base_url + quote(split[0], safe=_PATH_SAFE) + split[1] + split[2]
        query = form_text({**prepared.query, **authorisation.query})
        if query:
            url += ("&" if "?" in url else "?") + query
        return url


def _checked_header(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
        raise Rejected(f"{name[:80]!r} is no header that a request may set.", code="input_invalid")
    if any((ord(character) < 32 and character != "\t") or ord(character) == 127 for character in value):
        raise Rejected(f"The value for the header {name} holds a control character.", code="input_invalid")
    return value
