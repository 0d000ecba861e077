"""OAuth 2.0 for connections: client credentials, authorization code with PKCE, and refresh.

Asked by the gateway for a valid token (`credentials_for`) and by the API for a person's sign-in (`begin`, `complete`).
Tokens are sealed with the credential. Only one process refreshes a connection at a time: it holds a lease on the row,
the others wait for what it brings, so a refresh token that may be used once is used once.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import Q

from connectors import status, vault
from connectors.gateway.guard import AllowList, OutboundRefused, Reach, reach_of
from connectors.gateway.wire import AnswerLost, NotSent, Wire, WireRequest
from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.errors import AuthorMustFix, LimitReached, ReconnectNeeded, TryAgain
from connectors.sdk.http import HttpAnswer
from connectors.sdk.manifest import AuthSpec
from connectors.sdk.retry_after import parse_retry_after
from connectors.sdk.values import fill, text_of
from ipaas.book.ids import new_id

CLIENT_CREDENTIALS = "oauth2_client_credentials"
AUTHORIZATION_CODE = "oauth2_authorization_code"
KINDS = (CLIENT_CREDENTIALS, AUTHORIZATION_CODE)

_LEASE_SECONDS = 40.0
_TIMEOUT_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_EARLY_SECONDS = 60.0  # a token is renewed while it still works
_JUST_NOW_SECONDS = 5.0  # a token this young cannot be the one that was refused
_USUAL_LIFETIME_SECONDS = 3600.0
_MOST_ANSWER_BYTES = 1_000_000
_MOST_KEPT = 1000
# Answers that say that trying the same again is pointless (RFC 6749 section 5.2).
_FINAL = frozenset(
    {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"}
)


@dataclass(frozen=True)
class Authorisation:
    """A sign-in that has begun: where to send the person, and what to keep until they come back."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class _Endpoint:
    """A connection's token endpoint with its texts filled in. Its repr shows no secret."""

    auth: AuthSpec
    url: str
    authorize_url: str
    reach: Reach
    config: Mapping[str, Any]


_kept: OrderedDict[str, tuple[int, dict[str, Any]]] = OrderedDict()


async def credentials_for(connection: Connection, renew: bool = False) -> dict[str, Any]:
    """The opened credential of a connection; for OAuth with a valid `access_token`.

    Args:
        connection: Any state of the row; what matters is read again.
        renew: The last token was refused: bring a new one, unless somebody has just brought one.

    Raises ReconnectNeeded (the connection is then marked broken) or TryAgain.
    """
    if connection.auth_kind not in KINDS:
        _, credential = await _read(connection)
        return credential
    kept = _kept.get(connection.id)
    if kept is not None and not renew and kept[0] == connection.revision and _is_valid(kept[1]):
        return kept[1]
    row, credential = await _read(connection)
    if (renew and _age_seconds(credential) > _JUST_NOW_SECONDS) or not _is_valid(credential):
        row, credential = await _renewed(row, credential)
    _kept[row.id] = (row.revision, credential)
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return credential


def begin(connection: Connection, credential: Mapping[str, Any], redirect_uri: str) -> Authorisation:
    """Where to send a person to sign in at the outside system; PKCE with S256."""
    endpoint = _endpoint(connection)
    if connection.auth_kind != AUTHORIZATION_CODE or not endpoint.authorize_url:
        raise AuthorMustFix("This connection does not sign in through a browser.", code="no_browser_sign_in")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": text_of(credential.get("client_id")),
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **_scope(endpoint.auth),
        **_texts(endpoint, "authorize_params"),
    }
    joint = "&" if urlsplit(endpoint.authorize_url).query else "?"
    return Authorisation(f"{endpoint.authorize_url}{joint}{urlencode(query)}", state, verifier)


async def complete(connection: Connection, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """Exchange the code that a person brought back for tokens (to be stored by `connections.store_tokens`)."""
    _, credential = await _read(connection)
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    _kept.pop(connection.id, None)
    return await _ask(_endpoint(connection), credential, grant)


def forget(connection_id: str) -> None:
    """Drop the token held in this process."""
    _kept.pop(connection_id, None)


async def _renewed(row: Connection, credential: dict[str, Any]) -> tuple[Connection, dict[str, Any]]:
    """A new token: brought by us, or by whoever holds the lease.

    1. Take the lease with one conditional UPDATE, or wait until its holder is done or its time is over.
    2. Read again: a token that changed meanwhile is the new one.
    3. Ask the token endpoint, seal what it brings, and give the lease back in the same UPDATE.
    """
    before = credential.get("access_token")
    holder = new_id("lease")
    give_up_at = time.monotonic() + _LEASE_SECONDS + _TIMEOUT_SECONDS
    while not await sync_to_async(_take_lease, thread_sensitive=False)(row, holder):
        if time.monotonic() > give_up_at:
            raise TryAgain("Another process is renewing this connection's token.", 5, code="token_being_renewed")
        await asyncio.sleep(_LOOK_SECONDS)
        row, credential = await _read(row)
        if credential.get("access_token") != before and _is_valid(credential):
            return row, credential
    try:
        row, credential = await _read(row)
        if credential.get("access_token") != before and _is_valid(credential):
            return row, credential
        tokens = await _refresh(row, credential)
        credential = {**credential, **tokens}
        await sync_to_async(_store, thread_sensitive=False)(row, holder, credential)
        return row, credential
    finally:
        await asyncio.shield(sync_to_async(_give_back, thread_sensitive=False)(row, holder))


async def _refresh(row: Connection, credential: Mapping[str, Any]) -> dict[str, Any]:
    if row.auth_kind == CLIENT_CREDENTIALS:
        grant = {"grant_type": "client_credentials"}
    elif credential.get("refresh_token"):
        grant = {"grant_type": "refresh_token", "refresh_token": str(credential["refresh_token"])}
    else:
        error = ReconnectNeeded(
            "The sign-in has run out and cannot be renewed.",
            code="sign_in_needed",
            hint="Sign in again on the connection's page.",
        )
        await _break(row, error)
        raise error
    try:
        return await _ask(_endpoint(row), credential, grant)
    except ReconnectNeeded as error:
        await _break(row, error)
        raise


async def _ask(endpoint: _Endpoint, credential: Mapping[str, Any], grant: Mapping[str, str]) -> dict[str, Any]:
    """One request to the token endpoint, as RFC 6749 has it."""
    form = {**grant, **_texts(endpoint, "token_params")}
    if grant["grant_type"] == "client_credentials":
        form |= _scope(endpoint.auth)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    client_id, client_secret = (text_of(credential.get(name)) for name in ("client_id", "client_secret"))
    if endpoint.auth.token.get("client_auth", "body") == "basic":
        pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": client_id, **({"client_secret": client_secret} if client_secret else {})}
    request = WireRequest(
        "POST",
        endpoint.url,
        endpoint.reach,
        headers=headers,
        body=urlencode(form).encode(),
        timeout_seconds=_TIMEOUT_SECONDS,
        max_bytes=_MOST_ANSWER_BYTES,
    )
    wire = Wire(AllowList(settings.IPAAS_OUTBOUND_ALLOW))
    try:
        answer = await wire.send(request)
    except (NotSent, AnswerLost, LimitReached) as error:
        raise TryAgain(f"The token endpoint did not answer: {error}", 5, code="token_endpoint_unreachable") from None
    except OutboundRefused as error:
        raise AuthorMustFix(error.message, code=error.code, hint=error.hint) from None
    finally:
        await wire.close()
    return _tokens(endpoint, answer)


def _tokens(endpoint: _Endpoint, answer: HttpAnswer) -> dict[str, Any]:
    """What the token endpoint brought; its errors as ours, never with the text of a token."""
    try:
        body = answer.json()
    except TryAgain:
        body = None
    body = body if isinstance(body, dict) else {}
    token = body.get("access_token")
    if answer.ok and isinstance(token, str) and token:
        now = time.time()
        tokens: dict[str, Any] = {
            "access_token": token,
            "obtained_at": now,
            "expires_at": now + _lifetime(endpoint, body),
        }
        if isinstance(body.get("refresh_token"), str):
            tokens["refresh_token"] = body["refresh_token"]
        return tokens
    code = str(body.get("error") or f"http_{answer.status}")[:80]
    if code in _FINAL or answer.status in (400, 401, 403):
        told = str(body.get("error_description") or "The system refused to give a token.")[:300]
        raise ReconnectNeeded(told, code=code, hint="Check the credential, or sign in again on the connection's page.")
    wait = parse_retry_after(answer.headers, time.time())
    raise TryAgain(
        f"The token endpoint answered {answer.status}.", 5.0 if wait is None else wait, code="token_endpoint_failed"
    )


def _lifetime(endpoint: _Endpoint, body: Mapping[str, Any]) -> float:
    try:
        return max(1.0, float(body["expires_in"]))
    except (KeyError, TypeError, ValueError):
        return float(endpoint.auth.token.get("lifetime_seconds", _USUAL_LIFETIME_SECONDS))


def _is_valid(credential: Mapping[str, Any]) -> bool:
    """Whether the token lives long enough for a call; short-lived ones are renewed in their last tenth."""
    expires_at, obtained_at = (float(credential.get(name) or 0.0) for name in ("expires_at", "obtained_at"))
    early = min(_EARLY_SECONDS, (expires_at - obtained_at) / 10)
    return bool(credential.get("access_token")) and time.time() < expires_at - early


def _age_seconds(credential: Mapping[str, Any]) -> float:
    return time.time() - float(credential.get("obtained_at") or 0.0)


def _endpoint(connection: Connection) -> _Endpoint:
    manifest = registry().get(connection.connector).manifest
    auth = manifest.auth_kind(connection.auth_kind)  # type: ignore[arg-type]
    if auth is None or not auth.token.get("url"):
        raise AuthorMustFix(f"{manifest.title} has no token endpoint.", code="no_token_endpoint", pointer="/auth")
    config = dict(connection.config)

    def filled(text: str) -> str:
        return fill(text, lambda name: config.get(name.removeprefix("config.")))

    urls = [filled(str(auth.token.get(name, ""))) for name in ("url", "authorize_url")]
    if connection.simulated:
        base = f"{settings.SANDBOX_BASE_URL}/sandbox/{connection.tenant.slug}/{connection.connector}"
        urls = [base + _below(url, filled(manifest.base_url)) if url else "" for url in urls]
        return _Endpoint(auth, urls[0], urls[1], Reach((), sandbox_prefix=base), config)
    return _Endpoint(auth, urls[0], urls[1], reach_of((), urls[0], config), config)


def _below(url: str, base_url: str) -> str:
    """The path of an address as the simulated system has it."""
    if url.startswith(base_url.rstrip("/") + "/"):
        return url[len(base_url.rstrip("/")) :]
    return urlsplit(url).path or "/"


def _scope(auth: AuthSpec) -> dict[str, str]:
    scopes = auth.token.get("scopes") or []
    joint = str(auth.token.get("scope_separator", " "))
    return {"scope": joint.join(map(str, scopes))} if scopes else {}


def _texts(endpoint: _Endpoint, name: str) -> dict[str, str]:
    given = endpoint.auth.token.get(name) or {}
    config = endpoint.config
    return {
        key: fill(str(text), lambda place: config.get(place.removeprefix("config."))) for key, text in given.items()
    }


async def _read(connection: Connection) -> tuple[Connection, dict[str, Any]]:
    return await sync_to_async(_read_now, thread_sensitive=False)(connection.tenant_id, connection.id)


def _read_now(tenant_id: str, connection_id: str) -> tuple[Connection, dict[str, Any]]:
    row = Connection.objects.of(tenant_id).select_related("tenant").filter(id=connection_id).first()
    if row is None:
        raise AuthorMustFix("The connection does not exist (any more).", code="connection_missing")
    return row, vault.open_sealed(tenant_id, connection_id, row.sealed) if row.sealed else {}


def _take_lease(row: Connection, holder: str) -> bool:
    now = datetime.now(UTC)
    free = Q(refresh_until=None) | Q(refresh_until__lt=now)
    rows = Connection.objects.of(row.tenant_id).filter(free, id=row.id)
    return rows.update(refresh_holder=holder, refresh_until=now + timedelta(seconds=_LEASE_SECONDS)) == 1


def _store(row: Connection, holder: str, credential: Mapping[str, Any]) -> None:
    """Seal the tokens, unless a person has replaced the credential or the lease was lost meanwhile."""
    sealed, key_version = vault.seal(row.tenant_id, row.id, dict(credential))
    Connection.objects.of(row.tenant_id).filter(id=row.id, refresh_holder=holder).update(
        sealed=sealed, key_version=key_version, refresh_holder="", refresh_until=None
    )


def _give_back(row: Connection, holder: str) -> None:
    Connection.objects.of(row.tenant_id).filter(id=row.id, refresh_holder=holder).update(
        refresh_holder="", refresh_until=None
    )


async def _break(row: Connection, error: ReconnectNeeded) -> None:
    _kept.pop(row.id, None)
    await sync_to_async(status.mark_broken, thread_sensitive=False)(row.tenant_id, row.id, error.to_dict())
