"""The parts of a manifest: ways to sign in, limits, the lines of the error table.

Built by `manifest.load_manifest`, read by the gateway; immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

AuthKind = Literal[
    "api_key", "basic", "bearer", "oauth2_client_credentials", "oauth2_authorization_code", "token_login", "none"
]
ErrorClass = Literal["try_again", "reconnect_needed", "rejected", "uncertain", "ok"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Applied:
    """What a credential adds to every request: texts with places."""

    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    query: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class LoginSpec:
    """How `token_login` turns a credential into a token: a declared request or a function of operations.py."""

    function: str | None = None
    method: str = "POST"
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    json: Any = None
    form: Mapping[str, str] | None = None
    token: str = "access_token"
    expires_in: str | None = None
    lifetime_seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Token:
    """What a login function answers. `lifetime_seconds` None: the manifest's own figure counts."""

    token: str
    lifetime_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class AuthSpec:
    """One way to sign in that a connection may choose. `fields` is the JSON Schema of the sealed credential."""

    kind: AuthKind
    title: str
    description: str = ""
    fields: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    apply: Applied = Applied()
    token: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    login: LoginSpec | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the gateway keeps to, per connection. `operation_seconds` bounds a whole operation of several requests."""

    requests_per_second: float = 10.0
    concurrency: int = 10
    timeout_seconds: float = 30.0
    max_response_bytes: int = 10_000_000
    operation_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a value in the answer's body (`path`) or of a header (`name`)."""

    path: str
    test: Literal["equals", "not_equals", "in", "present", "contains"]
    value: Any


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One line of the error table: what an answer looks like, and what it means."""

    error_class: ErrorClass
    statuses: tuple[str, ...] = ()
    body: tuple[Condition, ...] = ()
    header: tuple[Condition, ...] = ()
    operations: frozenset[str] = frozenset()
    code: str = ""
    message: str = ""
    field: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class MessagePaths:
    """Where the default table finds the system's own words in an answer's body."""

    message: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
