"""A real OAuth 2.0 server for tests: client credentials, authorization code with PKCE, rotating refresh tokens.

Strict as the standard: codes and refresh tokens work once, and using a refresh token twice is counted as theft.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

CLIENT = ("desk-client", "desk-client-secret")


class Authority:
    """The server's state and its ASGI application."""

    def __init__(self) -> None:
        self.lifetime = 3600
        self.delay = 0.0
        self.broken: tuple[int, bytes] | None = None
        self.requests: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh_tokens: set[str] = set()
        self.used: set[str] = set()
        self.thefts = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["path"] == "/oauth/authorize":
            location = self._authorize(dict(parse_qsl(scope["query_string"].decode())))
            await _answer(send, 302, b"", [(b"location", location.encode())])
            return
        form = dict(parse_qsl(body.decode()))
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append(form | {"authorization": headers.get("authorization", "")})
        await asyncio.sleep(self.delay)
        if self.broken is not None:
            await _answer(send, self.broken[0], self.broken[1], [])
            return
        status, answer = self._token(form)
        await _answer(send, status, orjson.dumps(answer), [(b"content-type", b"application/json")])

    def _authorize(self, query: dict[str, str]) -> str:
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if (form.get("client_id"), form.get("client_secret", CLIENT[1])) != CLIENT:
            return 401, {"error": "invalid_client", "error_description": "Who are you?"}
        match form.get("grant_type"):
            case "client_credentials":
                return 200, self._grant(refreshable=False)
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                return self._refresh(form.get("refresh_token", ""))
        return 400, {"error": "unsupported_grant_type"}

    def _exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "The code is not valid."}
        return 200, self._grant(refreshable=True)

    def _refresh(self, token: str) -> tuple[int, dict[str, Any]]:
        if token in self.used:
            self.thefts += 1
        if token not in self.refresh_tokens:
            return 400, {"error": "invalid_grant", "error_description": "The sign-in was revoked."}
        self.refresh_tokens.remove(token)
        self.used.add(token)
        return 200, self._grant(refreshable=True)

    def _grant(self, *, refreshable: bool) -> dict[str, Any]:
        found: dict[str, Any] = {"access_token": f"at_{secrets.token_urlsafe(12)}", "expires_in": self.lifetime}
        if refreshable:
            found["refresh_token"] = f"rt_{secrets.token_urlsafe(12)}"
            self.refresh_tokens.add(found["refresh_token"])
        return found | {"token_type": "Bearer"}


async def _answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
