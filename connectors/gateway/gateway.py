"""The one door to the world: calls operations of connections, tests connections, verifies webhooks.

One gateway per process (`gateway()`), used by the runner, subscriptions and the connections' own use cases.
It never calls outside without the guard, and never lets a secret into a result, a record or an error.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from django.conf import settings

from connectors import health, status
from connectors.gateway.bound import Bindings, Bound
from connectors.gateway.calls import Call
from connectors.gateway.guard import AllowList
from connectors.gateway.http import GatewayHttp
from connectors.gateway.login import log_in
from connectors.gateway.looking import look
from connectors.gateway.orders import CallOrder, CallResult
from connectors.gateway.records import Recorder
from connectors.gateway.signin import SignIn
from connectors.gateway.wire import Wire
from connectors.models import Connection, ConnectionStatus
from connectors.registry import registry
from connectors.sdk.errors import AuthorMustFix, Defect, IpaasError, ReconnectNeeded, TryAgain
from connectors.sdk.operation import Operation
from connectors.sdk.signatures import SignatureRefused, verify
from connectors.sdk.triggers import TriggerSpec
from connectors.threads import in_thread

_log = logging.getLogger(__name__)
_PAUSED_SECONDS = 60.0
_TOUCH_SECONDS = 60.0
_CLOSE_SECONDS = 5.0
_TELL_SECONDS = 3.0

when_refused: list[Callable[[str, str, dict[str, Any]], Any]] = []
"""Told (in a thread) when a system no longer accepts a connection: tenant id, connection id, the error."""


class _Inside:
    """What belongs to one event loop: sessions, opened connections, paces, sign-ins."""

    def __init__(self, allow: AllowList) -> None:
        self.wire = Wire(allow)
        self.bindings = Bindings(self._sign_in)
        self.telling: set[asyncio.Future[Any]] = set()
        self.touched_at: dict[str, float] = {}
        self.tally = health.Tally()
        self.tell_later: asyncio.TimerHandle | None = None

    async def call(self, bound: Bound, order: CallOrder) -> CallResult:
        """One call; a mistake of ours becomes a Defect that carries the record."""
        operation = _operation(bound, order.operation)
        call = Call(bound, operation, order, lambda recorder, seconds: self._http(bound, operation, recorder, seconds))
        try:
            output = await call.go()
            self._count(bound, call)
            return CallResult(output, call.recorder.record)
        except IpaasError as error:
            self._count(bound, call, error)
            raise
        except Exception as error:
            _log.exception("calling %s of %s failed", operation.name, bound.connector.name)
            defect = Defect(f"Calling {operation.name} failed: {type(error).__name__}", code="gateway_defect")
            defect.record = call.recorder.record
            raise defect from error

    def _count(self, bound: Bound, call: Call, error: IpaasError | None = None) -> None:
        """Count a call that really asked the system; what was counted is told a little later, all at once."""
        if not call.recorder.record["exchanges"]:
            return
        self.tally.note(str(bound.row.tenant_id), bound.connection_id, error)
        if self.tell_later is None:
            self.tell_later = asyncio.get_running_loop().call_later(_TELL_SECONDS, self.tell)

    def tell(self) -> None:
        """Have noted what was counted."""
        self.tell_later = None
        if counts := self.tally.take():
            self._note_in_thread(health.record, counts)

    def _http(self, bound: Bound, operation: Operation, recorder: Recorder, seconds: float) -> GatewayHttp:
        return GatewayHttp(bound, self.wire, recorder, operation.name, seconds, bound.sign_in)

    def _sign_in(self, bound: Bound) -> SignIn:
        kind = bound.auth.kind
        oauth = None
        if kind.startswith("oauth2_"):

            async def oauth(renew: bool) -> Mapping[str, Any]:
                from connectors.oauth import credentials_for

                return await credentials_for(bound.row, renew=renew)

        login = (lambda: log_in(bound, self.wire)) if kind == "token_login" else None
        return SignIn(bound.auth, bound.credential, bound.config, login, oauth)

    def refused(self, bound: Bound, error: ReconnectNeeded) -> None:
        """Have the connection marked, without keeping the caller waiting."""
        self.bindings.forget(bound.connection_id)
        for listener in when_refused:
            self._note_in_thread(listener, str(bound.row.tenant_id), bound.connection_id, error.to_dict())

    def works(self, bound: Bound) -> None:
        """Have it noted that the system took the credential, once."""
        bound.row.status = ConnectionStatus.OK
        self._note_in_thread(
            status.mark_ok, str(bound.row.tenant_id), bound.connection_id, "It worked when it was last used."
        )

    def used(self, bound: Bound) -> None:
        """Have the time of use noted, at most once a minute."""
        now = time.monotonic()
        if now - self.touched_at.get(bound.connection_id, -_TOUCH_SECONDS) >= _TOUCH_SECONDS:
            self.touched_at[bound.connection_id] = now
            self._note_in_thread(status.touched, str(bound.row.tenant_id), [bound.connection_id])

    def _note_in_thread(self, work: Callable[..., Any], *arguments: Any) -> None:
        future = asyncio.ensure_future(in_thread(work, *arguments))
        self.telling.add(future)
        future.add_done_callback(self._told)

    def _told(self, future: asyncio.Future[Any]) -> None:
        self.telling.discard(future)
        if not future.cancelled() and (error := future.exception()) is not None:
            _log.error("the state of a connection could not be noted", exc_info=error)

    async def close(self) -> None:
        """Finish what is being noted, then close every connection."""
        if self.tell_later is not None:
            self.tell_later.cancel()
            self.tell()
        if self.telling:
            await asyncio.wait(self.telling, timeout=_CLOSE_SECONDS)
        await self.wire.close()


class Gateway:
    """Calls the outside. One for a process; what is bound to an event loop is kept per loop and ends with it."""

    def __init__(self, allow: Sequence[str] | None = None) -> None:
        self._allow = AllowList(settings.IPAAS_OUTBOUND_ALLOW if allow is None else allow)
        self._insides: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Inside] = weakref.WeakKeyDictionary()
        self._closers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = weakref.WeakKeyDictionary()

    async def call(self, order: CallOrder) -> CallResult:
        """Call one operation.

        Raises:
            IpaasError: With `record` where a request was made or prepared.
        """
        inside = await self._inside()
        bound = await inside.bindings.get(order.tenant_id, order.connection_id)
        _refuse_by_status(bound)
        inside.used(bound)
        try:
            result = await inside.call(bound, order)
        except ReconnectNeeded as error:
            inside.refused(bound, error)
            raise
        if bound.row.status == ConnectionStatus.UNTESTED:
            inside.works(bound)
        return result

    async def look(self, order: CallOrder) -> list[dict[str, Any]]:
        """The first request or requests that a call would send, masked; nothing is sent (see `looking`).

        Raises:
            IpaasError: The connection cannot be opened, or the input does not fit the operation.
        """
        inside = await self._inside()
        bound = await inside.bindings.get(order.tenant_id, order.connection_id)
        return await look(bound, _operation(bound, order.operation), order, inside.wire)

    async def test(self, connection: Connection) -> dict[str, Any]:
        """Whether a connection works: `{"ok", "message", "account"?, "asked"?, "error"?}`; it does not raise.

        `asked` says what was asked and how the system answered: operation, method, address, status, milliseconds.
        """
        inside = await self._inside()
        try:
            bound = await inside.bindings.open(connection)
            name = bound.connector.manifest.test_operation
            if name is None:
                if bound.sign_in is not None:
                    await bound.sign_in.authorise()
                return {
                    "ok": True,
                    "message": "The settings are complete; there is nothing to call for a test.",
                }
            sample = _operation(bound, name).sample
            order = CallOrder(str(connection.tenant_id), str(connection.id), name, sample.input if sample else {})
            result = await inside.call(bound, order)
        except IpaasError as error:
            return {"ok": False, "message": error.message, "error": error.to_dict(), **_asked(error.record)}
        account = _account_of(result.output)
        message = f"Connected to {bound.connector.manifest.title}."
        return {"ok": True, "message": message, **({"account": account} if account else {}), **_asked(result.record)}

    async def verify(
        self,
        connection: Connection,
        trigger: TriggerSpec,
        secrets: Sequence[str],
        headers: Mapping[str, str],
        raw: bytes,
        now: float,
    ) -> None:
        """Return when a webhook is proven to come from the connection's system, or unsigned ones are accepted.

        Raises:
            SignatureRefused: It is not.
        """
        verify_webhook(connection.config, trigger, secrets, headers, raw, now)

    def effect_class(self, connector: str, operation: str) -> str:
        """The effect class of an operation; `unsafe` for what is not known."""
        if connector not in registry():
            return "unsafe"
        found = registry().get(connector).manifest.operations.get(operation)
        return "unsafe" if found is None else found.effect

    def forget(self, connection_id: str | None = None) -> None:
        """Read a connection (or all) again when it is next used; may be called from any thread."""
        for inside in list(self._insides.values()):
            inside.bindings.forget(connection_id)

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        inside = self._insides.pop(asyncio.get_running_loop(), None)
        if inside is not None:
            await inside.close()

    async def _inside(self) -> _Inside:
        loop = asyncio.get_running_loop()
        inside = self._insides.get(loop)
        if inside is None:
            inside = self._insides[loop] = _Inside(self._allow)
            # An open generator is how asyncio lets us clean up when a loop ends, also that of a short asyncio.run.
            closer = self._closers[loop] = self._until_the_end()
            await anext(closer)
        return inside

    async def _until_the_end(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.close()


def verify_webhook(
    config: Mapping[str, Any],
    trigger: TriggerSpec,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    raw: bytes,
    now: float,
) -> None:
    """Verify a webhook as a connection with these settings wants it; see `Gateway.verify`."""
    if config.get("accept_unsigned") is True and not [secret for secret in secrets if secret]:
        return
    spec = trigger.bound_to(config).signature
    if spec is None:
        raise SignatureRefused(
            "unsigned", "This system does not sign its events; the connection has to accept unsigned events explicitly."
        )
    if spec.kind == "none" and config.get("accept_unsigned") is True:
        return
    verify(spec, secrets, headers, raw, now)


def _operation(bound: Bound, name: str) -> Operation:
    operation = bound.connector.manifest.operations.get(name)
    if operation is None:
        raise AuthorMustFix(
            f"{bound.connector.manifest.title} has no operation {name}.",
            code="operation_unknown",
            hint="Choose another operation in the step.",
        )
    return operation


def _refuse_by_status(bound: Bound) -> None:
    if bound.row.status == "paused":
        raise TryAgain(f"The connection {bound.row.name} is paused.", _PAUSED_SECONDS, code="connection_paused")
    if bound.row.status == "broken":
        detail = bound.row.status_detail or {}
        raise ReconnectNeeded(
            f"The connection {bound.row.name} has to be mended: {detail.get('message', 'it was refused')}",
            code="connection_broken",
            hint="Enter a working credential, or test the connection once the system accepts it again.",
        )


def _asked(record: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a test asked last and how that was answered, of the call's masked record."""
    exchanges = (record or {}).get("exchanges") or []
    if not record or not exchanges:
        return {}
    shown = ("method", "url", "status", "duration_ms")
    return {"asked": {"operation": record["operation"], **{name: exchanges[-1].get(name) for name in shown}}}


def _account_of(output: Any) -> str | None:
    if not isinstance(output, dict):
        return None
    found = (output.get(name) for name in ("account", "name", "email", "id"))
    return next((str(value) for value in found if isinstance(value, str | int) and value), None)


_gateway: Gateway | None = None
_lock = threading.Lock()


def gateway() -> Gateway:
    """The process's gateway."""
    global _gateway
    with _lock:
        if _gateway is None:
            _gateway = Gateway()
        return _gateway


def forget_connection(connection_id: str) -> None:
    """The connection was changed: read it again when it is next used; may be called from any thread."""
    gateway().forget(connection_id)
