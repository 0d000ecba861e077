"""The evidence of calls, made fit to be kept: secrets, sign-in headers and card numbers masked, bodies cut.

The gateway makes one record per call; the journal and the effect ledger keep it. Nothing unmasked leaves this module.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from connectors.sdk.errors import IpaasError
from ipaas.book.cards import MASK, mask_cards
from ipaas.book.packing import dumps

MOST_BODY_BYTES = 64 * 1024
_SLACK = 2 * 1024
_SHORTEST_SECRET = 4
_HEADER = re.compile(
    r"authorization|cookie|secret|password|passwd|token|signature|api-?key|access-?key|app-?key|session", re.IGNORECASE
)
_FIELD = re.compile(
    r'("(?:[a-z_]*(?:password|passwd|secret|access_?token|refresh_?token|id_?token|api_?key|app_?key|private_?key)'
    r'|cvv|cvc|cvn|pin|track_?data|session_?id)"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)
_FORM_FIELD = re.compile(
    r"((?:^|[&?\[])(?:[a-z_]*(?:password|passwd|secret|access_?token|refresh_?token|api_?key|app_?key)|cvv|cvc|cvn)\]?=)[^&]+",
    re.IGNORECASE,
)


def _spellings(secret: Any) -> frozenset[str]:
    if not isinstance(secret, str) or len(secret) < _SHORTEST_SECRET:
        return frozenset()
    encoded = base64.b64encode(secret.encode()).decode()
    quoted = orjson.dumps(secret).decode()[1:-1]
    return frozenset({secret, quote(secret, safe=""), quote_plus(secret), encoded, quoted})


class Masker:
    """Masks the secrets of one connection wherever they occur, and whatever is secret by its name."""

    def __init__(self, spellings: frozenset[str] = frozenset()) -> None:
        self._spellings = spellings
        ordered = sorted(spellings, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        self._latest: tuple[tuple[str, ...], Masker] | None = None

    @classmethod
    def of(cls, secrets: Iterable[Any]) -> Masker:
        """A masker of these values, in all the spellings that requests give them."""
        return cls(frozenset().union(*map(_spellings, secrets)))

    def also(self, secrets: tuple[str, ...]) -> Masker:
        """A masker that knows these too (a token that was just signed in for); the latest one is kept."""
        if self._spellings.issuperset(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET):
            return self
        if self._latest is None or self._latest[0] != secrets:
            self._latest = (secrets, Masker(self._spellings.union(*map(_spellings, secrets))))
        return self._latest[1]

    def text(self, text: str) -> str:
        """The text without secrets and card numbers."""
        if self._secrets is not None:
            text = self._secrets.sub(MASK, text)
        return mask_cards(text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers with the values of sign-in headers masked by name and everything else by value."""
        return {
            name: MASK if _HEADER.search(name) and not _HEADER_EXEMPT.search(name) else self.text(value)
            for name, value in headers.items()
        }

    def body(self, body: bytes | None) -> str:
        """A body as text, at most 64 KB of it, with secret fields masked by name."""
        if not body:
            return ""
        # Cut with some slack first, so that a secret on the edge is masked before the final cut.
        text = body[: MOST_BODY_BYTES + _SLACK].decode("utf-8", "replace")
        text = _FORM_FIELD.sub(rf"\1{MASK}", _FIELD.sub(rf'\1"{MASK}"', self.text(text)))
        if len(body) > MOST_BODY_BYTES:
            shown = text[: max(0, min(MOST_BODY_BYTES, len(text) - _SLACK))]
            return shown + f"… (cut; {len(body)} bytes in all)"
        return text

    def value(self, value: Any) -> Any:
        """A JSON value with everything secret masked; too large a value becomes its cut text."""
        raw = dumps(value)
        text = self.body(raw)
        if len(raw) > MOST_BODY_BYTES:
            return {"cut": text}
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return {"masked": text}

    def output(self, value: Any) -> Any:
        """An output as it may be kept: a secret or card number that a system repeats stays out of the book."""
        return value if self.holds_nothing_in(dumps(value)) else self.plain(value)

    def plain(self, value: Any) -> Any:
        """A JSON value with secrets and card numbers masked in its texts; the same value where there are none."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.plain(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(inner) for inner in value]
        return value

    def holds_nothing_in(self, raw: bytes) -> bool:
        """A quick look: no secret and no card number is in these bytes."""
        text = raw.decode("utf-8", "replace")
        return self.text(text) == text


_HEADER_EXEMPT = re.compile(r"^(?:idempotency-key|x-.*idempotency.*|ratelimit.*|x-ratelimit.*)$", re.IGNORECASE)


def mask_error(error: IpaasError, masker: Masker) -> None:
    """Take secrets out of the texts of an error: systems like to repeat what they were sent."""
    error.message = masker.text(error.message)
    error.args = (error.message,)
    error.hint = masker.text(error.hint) if error.hint else error.hint
    error.field = masker.text(error.field) if error.field else error.field
    error.code = masker.text(error.code)
    error.detail = {name: masker.plain(value) for name, value in error.detail.items()}


class Recorder:
    """Gathers the record of one call."""

    def __init__(self, masker: Masker, connection: str, connector: str, operation: str, effect_class: str) -> None:
        self.masker = masker
        self.record: dict[str, Any] = {
            "connection": connection,
            "connector": connector,
            "operation": operation,
            "effect_id": None,
            "effect_class": effect_class,
            "idempotency_key": None,
            "reused": False,
            "found": False,
            "exchanges": [],
        }

    def widen(self, secrets: tuple[str, ...]) -> None:
        """From now on mask these as well."""
        self.masker = self.masker.also(secrets)

    def sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, Any]:
        """Note a request; the returned entry takes the answer."""
        entry: dict[str, Any] = {
            "method": method,
            "url": self.masker.text(url),
            "request_headers": self.masker.headers(headers),
            "request_body": self.masker.body(body),
            "status": None,
            "response_headers": {},
            "response_body": "",
            "duration_ms": None,
        }
        self.record["exchanges"].append(entry)
        return entry

    def answered(self, entry: dict[str, Any], status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Note the answer to a request."""
        entry["status"] = status
        entry["response_headers"] = self.masker.headers(headers)
        entry["response_body"] = self.masker.body(body)
