"""Signing in: turns a connection's credential into the headers and query fields of a request.

Used by the gateway's HTTP client. Tokens of `token_login` live in this process only, one sign-in at a time per
connection; OAuth tokens come from `connectors.oauth`, which keeps and renews them for all processes.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sdk.errors import ReconnectNeeded
from connectors.sdk.manifest import AuthSpec, Token
from connectors.sdk.values import fill, pick, places, text_of
from ipaas.book.cards import MASK

_RENEW_BEFORE = 0.1
_MOST_RENEW_BEFORE_SECONDS = 60.0

SignInFn = Callable[[], Awaitable[Token]]
"""Performs the declared or coded login of one connection."""
OAuthFn = Callable[[bool], Awaitable[Mapping[str, Any]]]
"""The credential with a valid `access_token`; True asks for a new one."""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What goes with every request. Its repr shows nothing."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


class SignIn:
    """The authorisation of one connection in this process."""

    def __init__(
        self,
        auth: AuthSpec,
        credential: Mapping[str, Any],
        config: Mapping[str, Any],
        log_in: SignInFn | None = None,
        oauth: OAuthFn | None = None,
    ) -> None:
        self._auth = auth
        self._credential = credential
        self._config = config
        self._log_in = log_in
        self._oauth = oauth
        self._lock = asyncio.Lock()
        self._token: str = ""
        self._token_until = 0.0
        self._fixed = self._of(credential) if auth.kind in ("none", "api_key", "basic", "bearer") else None

    @property
    def renewable(self) -> bool:
        """Whether a refused sign-in may be cured by a new token."""
        return self._fixed is None

    async def authorise(self) -> Authorisation:
        """What the next request is to carry.

        Raises:
            CallFailed: Signing in did not succeed.
        """
        if self._fixed is not None:
            return self._fixed
        if self._oauth is not None:
            found = await self._oauth(False)
            return self._of({**found, "token": found.get("access_token", "")})
        if time.monotonic() >= self._token_until:
            async with self._lock:
                if time.monotonic() >= self._token_until:
                    await self._renew()
        return self._of({**self._credential, "token": self._token})

    def shown(self) -> Authorisation:
        """What a request carries, for people to look at: nothing is signed in for, a token's place is masked."""
        return self._fixed if self._fixed is not None else self._of({**self._credential, "token": MASK})

    async def renew(self, refused: Authorisation) -> Authorisation:
        """A new authorisation after this one was refused; when somebody has renewed it meanwhile, that one."""
        if self._oauth is not None:
            found = await self._oauth(True)
            return self._of({**found, "token": found.get("access_token", "")})
        async with self._lock:
            if not self._token or self._token in refused.secrets:
                await self._renew()
        return self._of({**self._credential, "token": self._token})

    async def _renew(self) -> None:
        assert self._log_in is not None
        assert self._auth.login is not None
        token = await self._log_in()
        if not token.token:
            raise ReconnectNeeded("Signing in brought no token.", code="login_without_token")
        lifetime = token.lifetime_seconds or self._auth.login.lifetime_seconds
        self._token = token.token
        self._token_until = time.monotonic() + lifetime - min(lifetime * _RENEW_BEFORE, _MOST_RENEW_BEFORE_SECONDS)

    def _of(self, credential: Mapping[str, Any]) -> Authorisation:
        def look_up(name: str) -> Any:
            if name.startswith("config."):
                return self._config.get(name.removeprefix("config."))
            return credential.get(name)

        headers = self._own_headers(credential)
        for name, template in self._auth.apply.headers.items():
            if all(look_up(place) not in (None, "") for place in places(template)):
                headers[fill(name, look_up)] = fill(template, look_up)
        query = {name: fill(template, look_up) for name, template in self._auth.apply.query.items()}
        # What comes from the credential itself is known to the masker; a token that was signed in for is not.
        token = text_of(credential.get("token"))
        return Authorisation(headers, query, (token,) if token else ())

    def _own_headers(self, credential: Mapping[str, Any]) -> dict[str, str]:
        kind = self._auth.kind
        if kind == "basic":
            pair = f"{text_of(credential.get('username'))}:{text_of(credential.get('password'))}"
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        if kind == "bearer" or kind.startswith("oauth2_"):
            return {"Authorization": f"Bearer {text_of(credential.get('token'))}"}
        return {}


def token_of(auth: AuthSpec, answer: Any) -> Token:
    """The token of a declared login's answer."""
    assert auth.login is not None
    lifetime = pick(answer, auth.login.expires_in) if auth.login.expires_in else None
    try:
        seconds = float(lifetime) if lifetime is not None else None
    except (TypeError, ValueError):
        seconds = None
    return Token(text_of(pick(answer, auth.login.token)), seconds)


def login_values(template: Any, look_up: Callable[[str], Any]) -> Any:
    """A declared login's body with its places filled in, at any depth."""
    if isinstance(template, str):
        return fill(template, look_up)
    if isinstance(template, Mapping):
        return {name: login_values(inner, look_up) for name, inner in template.items()}
    if isinstance(template, list):
        return [login_values(inner, look_up) for inner in template]
    return template
