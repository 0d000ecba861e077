"""Looking at what a call would send, without sending it: the first request of an operation, with secrets masked.

Asked by the gateway. Requests are made by the same code as real ones; the client that they are given keeps them and
stops there. No turn is taken, nothing is in the ledger, no token is signed in for.
"""

from __future__ import annotations

from typing import Any, NoReturn

from connectors.gateway import declared
from connectors.gateway.bound import Bound
from connectors.gateway.calls import checked_inputs
from connectors.gateway.declared import Prepared
from connectors.gateway.http import GatewayHttp
from connectors.gateway.orders import CallOrder
from connectors.gateway.records import Recorder, mask_error
from connectors.gateway.signin import Authorisation
from connectors.gateway.wire import Wire
from connectors.sdk.errors import Defect, IpaasError
from connectors.sdk.operation import Operation

_KEY = "made-when-it-is-sent"
_SHOWN = ("method", "url", "request_headers", "request_body")


class _Looked(BaseException):
    """The request is known; whatever waits for its answer ends here, also code that catches every exception."""


class _LookingHttp(GatewayHttp):
    """Prepares requests like the real client, and refuses to send them."""

    async def take_turn(self, patience_seconds: float) -> None:
        return None

    async def _authorised(self, prepared: Prepared, writes: bool) -> NoReturn:
        authorisation = self._sign_in.shown() if self._sign_in is not None else Authorisation()
        request = self._wire_request(prepared, authorisation, writes, 0.0)
        headers = {**request.headers, **request.auth_headers}
        self._recorder.sent(request.method, request.url, headers, request.body)
        raise _Looked


async def look(bound: Bound, operation: Operation, order: CallOrder, wire: Wire) -> list[dict[str, Any]]:
    """The requests that an operation would begin with: method, url, request_headers, request_body, all masked.

    Raises:
        IpaasError: The input does not fit the operation.
    """
    recorder = Recorder(bound.masker, bound.row.name, bound.connector.name, operation.name, operation.effect)
    http = _LookingHttp(bound, wire, recorder, operation.name, 1.0, bound.sign_in)
    http.key = _KEY if operation.writes else None
    try:
        inputs, _ = checked_inputs(bound, operation, order.inputs)
        await _perform(bound, operation, http, inputs)
    except _Looked:
        pass
    except IpaasError as error:
        mask_error(error, recorder.masker)
        raise
    return [{name: entry[name] for name in _SHOWN} for entry in recorder.record["exchanges"]]


async def _perform(bound: Bound, operation: Operation, http: GatewayHttp, inputs: dict[str, Any]) -> None:
    if operation.request is not None:
        await declared.perform(operation, http, bound.config, inputs)
        return
    function = bound.connector.function(operation.name)
    assert function is not None
    try:
        await function(http, inputs)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        name = f"{bound.connector.name}.{operation.name}"
        defect = Defect(f"The connector's code for {name} failed: {error}", code="connector_defect")
        raise defect from None
