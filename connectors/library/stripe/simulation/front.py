"""The front desk: who is calling, which version, was this asked before, and which family answers.

Called by the simulator for every request. It owns the order of checks (key, version, parameters, idempotency,
route) and the shape of answers; what happens to objects is up to the families.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from connectors.library.stripe.simulation import routes
from connectors.library.stripe.simulation.desk import ACCOUNT_ID, DEFAULT_VERSION, Desk
from connectors.library.stripe.simulation.expanding import expand
from connectors.library.stripe.simulation.forms import Params, decode, pairs
from connectors.library.stripe.simulation.problems import StripeProblem, invalid, unknown_parameter
from connectors.library.stripe.simulation.records import Record, Records
from connectors.library.stripe.simulation.versions import checked, render
from connectors.sdk.simulator import SimRequest, SimResponse, Store

SECRET_KEY = "sk_test_simulated_51IndustrySupplyDemoKey"
# A restricted key that may only read, to show what a missing permission looks like.
READ_ONLY_KEY = "rk_test_simulated_51IndustrySupplyReadOnly"
KEY_LIFETIME_SECONDS = 24 * 3600
SHAPED_KEY = re.compile(r"(sk|rk|pk)_(test|live)_[A-Za-z0-9_]+")


def answer(store: Store, request: SimRequest) -> SimResponse:
    request_id = f"req_{store.token(14)}"
    records = Records(store)
    desk = Desk(records, int(store.now().timestamp()), request_id=request_id, base_url=request.base_url)
    try:
        _identify(request)
        desk.version = checked(request.headers.get("stripe-version", DEFAULT_VERSION))
        desk.params = Params(_decoded(request))
    except StripeProblem as problem:
        return refusal(problem, desk)
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key is None:
        return _performed(desk, request)
    return _once(desk, request, key)


def _once(desk: Desk, request: SimRequest, key: str) -> SimResponse:
    """Answer a keyed request: the first time by doing it, later from the book of keys."""
    desk.idempotency_key = key
    try:
        if not key or len(key) > 255:
            raise invalid("An Idempotency-Key holds 1 to 255 characters.")
        earlier = _earlier(desk, request, key)
    except StripeProblem as problem:
        return refusal(problem, desk)
    if earlier is not None:
        headers = _headers(desk) | {"Original-Request": earlier["request_id"], "Idempotent-Replayed": "true"}
        return SimResponse(status=earlier["status"], body=earlier["body"].encode(), headers=headers)
    return _performed(desk, request)


def _earlier(desk: Desk, request: SimRequest, key: str) -> Record | None:
    kept = desk.records.get("idempotency_keys", _key_id(key))
    if kept is None or kept["created"] + KEY_LIFETIME_SECONDS <= desk.now:
        return None
    if kept["path"] != request.path:
        message = f"The idempotency key {key} was first used for {kept['path']}. Use another key for {request.path}."
        raise StripeProblem(400, "idempotency_error", message)
    if kept["fingerprint"] != _fingerprint(desk.params):
        message = f"The idempotency key {key} was first used with other parameters. Use another key for this request."
        raise StripeProblem(400, "idempotency_error", message)
    return kept


def _performed(desk: Desk, request: SimRequest) -> SimResponse:
    executed = True
    try:
        shown = _handled(desk, request)
        response = SimResponse(status=200, body=_encoded(shown), headers=_headers(desk))
    except StripeProblem as problem:
        executed = problem.kept
        response = refusal(problem, desk)
    if not executed or request.method == "GET":
        desk.records.discard()
        return response
    if desk.idempotency_key is not None:
        response.headers["Original-Request"] = desk.request_id or ""
        _remember(desk, request, response)
    desk.records.flush()
    return response


def _handled(desk: Desk, request: SimRequest) -> Any:
    match = routes.find(request.method, request.path.rstrip("/")) if "\x00" not in request.path else None
    if match is None:
        message = f"Unrecognized request URL ({request.method}: {request.path}). Check the path and the method."
        raise invalid(message, status=404)
    found, desk.path = match
    if request.headers.get("authorization", "").endswith(READ_ONLY_KEY) and request.method != "GET":
        message = "The provided key does not have the permissions this endpoint needs (a read-only restricted key)."
        raise StripeProblem(403, "invalid_request_error", message, code="more_permissions_required")
    for name in desk.params:
        if name not in found.parameters:
            raise unknown_parameter(name)
    paths = desk.params.strings("expand")
    result = found.handler(desk)
    try:
        result = expand(desk.records, result, paths)
    except StripeProblem:
        desk.records.discard()
        raise
    return render(result, desk.version, desk.records)


def _identify(request: SimRequest) -> None:
    key = _presented_key(request.headers.get("authorization", ""))
    if not key:
        message = "You did not provide an API key. Send it in the Authorization header: Bearer YOUR_SECRET_KEY."
        raise StripeProblem(401, "invalid_request_error", message)
    account = request.headers.get("stripe-account")
    if key not in (SECRET_KEY, READ_ONLY_KEY):
        raise StripeProblem(401, "invalid_request_error", f"Invalid API Key provided: {_hidden(key)}")
    if account and account != ACCOUNT_ID:
        message = f"The provided key does not have access to account '{account}' (or that account does not exist)."
        raise StripeProblem(403, "invalid_request_error", message, code="account_invalid")


def _presented_key(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _hidden(key: str) -> str:
    if not SHAPED_KEY.fullmatch(key) or len(key) < 16:
        return "*" * min(len(key), 12)
    return f"{key[:8]}{'*' * 12}{key[-4:]}"


def _decoded(request: SimRequest) -> dict[str, Any]:
    fields = list(request.query)
    if request.body and request.method in ("POST", "DELETE"):
        kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
        if not kind.startswith("application/x-www-form-urlencoded"):
            message = f"The body must be application/x-www-form-urlencoded; this request sent {kind[:80]}."
            raise invalid(message)
        try:
            fields += pairs(request.body.decode())
        except (UnicodeDecodeError, ValueError):
            raise invalid("The body is not readable as form data in UTF-8.") from None
    return decode(fields)


def refusal(problem: StripeProblem, desk: Desk) -> SimResponse:
    error = {**problem.error, "request_log_url": f"https://dashboard.stripe.com/test/logs/{desk.request_id}"}
    shown = render({"error": error}, desk.version, desk.records)
    headers = _headers(desk)
    if problem.status == 409:
        headers["Stripe-Should-Retry"] = "true"
    return SimResponse(status=problem.status, body=_encoded(shown), headers=headers)


def _headers(desk: Desk) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Request-Id": desk.request_id or "",
        "Stripe-Version": desk.version,
        "Cache-Control": "no-cache, no-store",
    }
    if desk.idempotency_key:
        headers["Idempotency-Key"] = desk.idempotency_key
    return headers


def _remember(desk: Desk, request: SimRequest, response: SimResponse) -> None:
    kept = {
        "id": _key_id(desk.idempotency_key or ""),
        "path": request.path,
        "fingerprint": _fingerprint(desk.params),
        "status": response.status,
        "body": response.body.decode(),
        "request_id": desk.request_id,
        "created": desk.now,
    }
    desk.save("idempotency_keys", kept)


def _key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _fingerprint(params: Params) -> str:
    return hashlib.sha256(json.dumps(params.values, sort_keys=True).encode()).hexdigest()


def _encoded(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()
