"""Signatures of webhooks: verifying what systems send, and signing like them for simulators and tests.

Works on the raw bytes as they arrived, compares in constant time, accepts several secrets while one is being replaced.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

SignatureKind = Literal["timestamped_hmac", "hmac", "shared_secret", "none"]

_ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1, "sha512": hashlib.sha512}
_MOST_CANDIDATES = 20


class SignatureRefused(Exception):
    """The event is not proven to come from the system. `code` is stable, the text names no secret."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class SignatureSpec:
    """How a system signs.

    Attributes:
        kind: `timestamped_hmac` (`t=…,v1=…` over `"{t}.{body}"`, as Stripe), `hmac` (over the body), `shared_secret`
            (the secret itself in a header), `none` (never verifies: only a connection that accepts unsigned events
            takes them).
        header: Header that carries the signature or the secret.
        secret: Name of the credential field that holds the secret.
        tolerance_seconds: Timestamped only: how old an event may be.
        algorithm: sha256, sha1 or sha512.
        encoding: How a `hmac` is written: hex or base64.
        prefix: Text before a `hmac`, for example `sha256=`.
    """

    kind: SignatureKind
    header: str = ""
    secret: str = ""
    tolerance_seconds: float = 300.0
    algorithm: str = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""


def verify(spec: SignatureSpec, secrets: Sequence[str], headers: Mapping[str, str], raw: bytes, now: float) -> None:
    """Return when one of the secrets proves the event; otherwise raise.

    Args:
        spec: How the system signs.
        secrets: The signing secrets in force; empty ones are ignored.
        headers: The request's headers, any case.
        raw: The body's bytes as they arrived.
        now: Seconds since 1970.

    Raises:
        SignatureRefused: Missing, malformed, too old or wrong signature, or no secret to verify with.
    """
    if spec.kind == "none":
        raise SignatureRefused(
            "unsigned", "This trigger's events are unsigned and the connection does not accept that."
        )
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureRefused("secret_missing", "The connection holds no signing secret to verify the event with.")
    given = _header(headers, spec.header)
    if not given:
        raise SignatureRefused("signature_missing", f"The header {spec.header} is missing.")
    if spec.kind == "timestamped_hmac":
        _verify_timestamped(spec, usable, given, raw, now)
    elif spec.kind == "hmac":
        _verify_hmac(spec, usable, given, raw)
    elif not any(_same(secret.encode(), given.encode("utf-8", "surrogateescape")) for secret in usable):
        raise SignatureRefused("signature_wrong", f"The secret in the header {spec.header} is not the connection's.")


def sign(spec: SignatureSpec, secret: str, raw: bytes, now: float) -> dict[str, str]:
    """The headers with which the system would sign these bytes at this moment (seconds since 1970)."""
    if spec.kind == "none":
        return {}
    if spec.kind == "shared_secret":
        return {spec.header: secret}
    if spec.kind == "hmac":
        return {spec.header: spec.prefix + _encoded(_mac(spec, secret, raw), spec.encoding)}
    timestamp = str(int(now))
    return {spec.header: f"t={timestamp},v1={_mac(spec, secret, timestamp.encode() + b'.' + raw).hex()}"}


def _verify_timestamped(spec: SignatureSpec, secrets: Sequence[str], given: str, raw: bytes, now: float) -> None:
    timestamp, candidates = _parts(spec, given)
    # Only age is checked, as the senders' own libraries do: clocks that run ahead are common and harmless.
    if now - int(timestamp) > spec.tolerance_seconds:
        raise SignatureRefused(
            "signature_expired",
            f"The event was signed {int(now) - int(timestamp)} s ago; at most {spec.tolerance_seconds:g} s are fine.",
        )
    signed = timestamp.encode() + b"." + raw
    macs = [_mac(spec, secret, signed) for secret in secrets]
    if not any(_same(mac, candidate) for mac in macs for candidate in candidates):
        raise SignatureRefused("signature_wrong", f"No signature in the header {spec.header} fits the event.")


def _parts(spec: SignatureSpec, given: str) -> tuple[str, list[bytes]]:
    timestamp = ""
    candidates: list[bytes] = []
    for part in given.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            timestamp = value
        elif name == "v1" and len(candidates) < _MOST_CANDIDATES:
            candidates.append(_unhexed(value))
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15) or not candidates:
        raise SignatureRefused("signature_malformed", f"The header {spec.header} is not of the form t=…,v1=…")
    return timestamp, candidates


def _verify_hmac(spec: SignatureSpec, secrets: Sequence[str], given: str, raw: bytes) -> None:
    if not given.startswith(spec.prefix):
        raise SignatureRefused("signature_malformed", f"The header {spec.header} does not begin with {spec.prefix!r}.")
    text = given[len(spec.prefix) :].strip()
    candidate = _unhexed(text) if spec.encoding == "hex" else _unbased(text)
    if not any(_same(_mac(spec, secret, raw), candidate) for secret in secrets):
        raise SignatureRefused("signature_wrong", f"The signature in the header {spec.header} does not fit the event.")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name) or headers.get(name.lower())
    if value is not None:
        return value
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def _mac(spec: SignatureSpec, secret: str, data: bytes) -> bytes:
    return hmac.new(secret.encode(), data, _ALGORITHMS[spec.algorithm]).digest()


def _encoded(mac: bytes, encoding: str) -> str:
    return mac.hex() if encoding == "hex" else base64.b64encode(mac).decode()


def _unhexed(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _unbased(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)
