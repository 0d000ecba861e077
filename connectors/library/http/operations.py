"""Requests whose method, path and body the flow decides; the effect class is the operation's, not the method's.

Called by the gateway with an authorised client that reaches the connection's own host only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http, HttpAnswer

_GONE = (404, 410)
_KEPT_BACK = frozenset({"set-cookie", "set-cookie2"})


async def get(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Send GET."""
    return await _send(http, "GET", inputs)


async def request_idempotent(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Send PUT or DELETE; a DELETE of what is gone is what was wanted."""
    method = inputs["method"]
    try:
        return await _send(http, method, inputs)
    except Rejected as error:
        if method == "DELETE" and error.detail.get("status") in _GONE:
            return {"status": error.detail["status"], "headers": {}, "body": None}
        raise


async def request_keyed(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Send POST with the effect's key in the header that the connection names."""
    header = http.config.get("idempotency_header") or "Idempotency-Key"
    headers = {**(inputs.get("headers") or {}), header: http.idempotency_key or ""}
    return await _send(http, "POST", {**inputs, "headers": headers})


async def request_unsafe(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Send POST or PATCH."""
    return await _send(http, inputs["method"], inputs)


async def _send(http: Http, method: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    headers = dict(inputs.get("headers") or {})
    path = str(inputs["path"])
    if not path.startswith(("/", "https://", "http://")):
        path = f"/{path}"
    body = inputs.get("body")
    if isinstance(body, str):
        answer = await http.request(method, path, query=inputs.get("query"), text=body, headers=headers)
    else:
        answer = await http.request(method, path, query=inputs.get("query"), json=body, headers=headers)
    return _output(answer)


def _output(answer: HttpAnswer) -> dict[str, Any]:
    headers = {name: value for name, value in answer.headers.items() if name not in _KEPT_BACK}
    return {"status": answer.status, "headers": headers, "body": _body(answer)}


def _body(answer: HttpAnswer) -> Any:
    """Parsed where it is JSON; what claims to be JSON and is not counts as a lost answer."""
    if not answer.body:
        return None
    if "json" in answer.headers.get("content-type", ""):
        return answer.json()
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return answer.text
