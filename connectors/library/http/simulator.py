"""A small collection store over HTTP: `/items` with GET, POST, PUT, PATCH, DELETE, idempotency keys, and `/echo`.

Hosted by the sandbox; stands in for whatever web API a person connects by the HTTP connector.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from connectors.sdk.simulator import Delivery, SimRequest, SimResponse, Simulator

_TOKEN = "sim_http_token_0001"
_USERNAME, _PASSWORD = "simulated", "sim_http_password"
_API_KEY = "sim_http_key_0001"
_WEBHOOK_SECRET = "sim_http_webhook_secret"


class HttpSimulator(Simulator):
    """See the module."""

    system = "http"

    def handle(self, request: SimRequest) -> SimResponse:
        """One request."""
        path = request.path.rstrip("/") or "/"
        if path == "/echo":
            return self._echo(request)
        if not self._signed_in(request):
            return _problem(401, "unauthorized", "The credential is missing or wrong.")
        if path == "/items":
            return self._collection(request)
        if path.startswith("/items/") and path.count("/") == 2:
            return self._item(request, path.rpartition("/")[2])
        return _problem(404, "not_found", f"There is nothing at {path}.")

    def fault(self, kind: str, request: SimRequest) -> SimResponse:
        """How this system fails."""
        if kind == "unauthorized":
            return _problem(401, "unauthorized", "The credential is missing or wrong.")
        if kind == "rate_limited":
            answer = _problem(429, "rate_limited", "Too many requests.")
            answer.headers["Retry-After"] = "1"
            return answer
        if kind == "malformed":
            return SimResponse(200, b'{"id": "1", "na', {"Content-Type": "application/json"})
        return _problem(500, "internal_error", "Something broke.")

    def seed(self) -> None:
        """One item."""
        self._put(str(self.store.next_number("item")), {"name": "First"})

    def credentials(self) -> dict[str, str]:
        """The fake keys; `base_url` is replaced by the sandbox's own address."""
        return {
            "base_url": "https://api.example.com",
            "token": _TOKEN,
            "username": _USERNAME,
            "password": _PASSWORD,
            "api_key": _API_KEY,
            "webhook_secret": _WEBHOOK_SECRET,
        }

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """The items."""
        return {"items": self.store.list("items")}

    def sign(self, delivery: Delivery, now: float) -> dict[str, str]:
        """HMAC-SHA256 of the body in `X-Signature`."""
        secret = str(delivery.signing.get("secret", _WEBHOOK_SECRET))
        return {"X-Signature": hmac.new(secret.encode(), delivery.body, hashlib.sha256).hexdigest()}

    def _signed_in(self, request: SimRequest) -> bool:
        basic = base64.b64encode(f"{_USERNAME}:{_PASSWORD}".encode()).decode()
        given = request.header("authorization")
        return given in (f"Bearer {_TOKEN}", f"Basic {basic}") or request.header("x-api-key") == _API_KEY

    def _echo(self, request: SimRequest) -> SimResponse:
        return SimResponse.json(
            200,
            {
                "method": request.method,
                "path": request.path,
                "query": [list(pair) for pair in request.query],
                "body": request.body.decode("utf-8", "replace"),
            },
        )

    def _collection(self, request: SimRequest) -> SimResponse:
        if request.method == "GET":
            limit = request.param("limit") or "100"
            most = int(limit) if limit.isdigit() else 100
            return SimResponse.json(200, {"items": self.store.list("items")[:most]})
        if request.method != "POST":
            return _problem(405, "method_not_allowed", "Use GET or POST.")
        return self._once(request, self._create)

    def _once(self, request: SimRequest, make: Any) -> SimResponse:
        """Replay what the same idempotency key brought before."""
        key = request.header("idempotency-key")
        digest = hashlib.sha256(request.body).hexdigest()
        known = self.store.get("idempotency_keys", key) if key else None
        if known is not None:
            if known["digest"] != digest:
                return _problem(409, "idempotency_mismatch", "The key was used with another body.")
            return SimResponse.json(known["status"], known["body"], {"Idempotent-Replayed": "true"})
        status, body = make(request)
        if key and status < 300:
            self.store.put("idempotency_keys", key, {"digest": digest, "status": status, "body": body})
        return SimResponse.json(status, body)

    def _create(self, request: SimRequest) -> tuple[int, dict[str, Any]]:
        fields = _fields(request)
        if fields is None:
            return 400, _error("invalid_body", "The body must be a JSON object.")
        return 201, self._put(str(self.store.next_number("item")), fields)

    def _item(self, request: SimRequest, key: str) -> SimResponse:
        known = self.store.get("items", key)
        if request.method == "PUT":
            fields = _fields(request)
            if fields is None:
                return _problem(400, "invalid_body", "The body must be a JSON object.")
            return SimResponse.json(200, self._put(key, fields))
        if known is None:
            return _problem(404, "not_found", f"There is no item {key}.")
        if request.method == "GET":
            return SimResponse.json(200, known)
        if request.method == "PATCH":
            return SimResponse.json(200, self._put(key, {**known, **(_fields(request) or {})}))
        if request.method == "DELETE":
            self.store.delete("items", key)
            return SimResponse(204)
        return _problem(405, "method_not_allowed", "Use GET, PUT, PATCH or DELETE.")

    def _put(self, key: str, fields: dict[str, Any]) -> dict[str, Any]:
        record = {**fields, "id": key}
        self.store.put("items", key, record)
        return record


def _fields(request: SimRequest) -> dict[str, Any] | None:
    try:
        found = request.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _problem(status: int, code: str, message: str) -> SimResponse:
    return SimResponse.json(status, _error(code, message))


SIMULATOR = HttpSimulator
