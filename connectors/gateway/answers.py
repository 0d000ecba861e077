"""The error table: what an answer means, by the manifest's rules and then by the defaults.

Pure. Tells `Lost` (sent, result unknown) from `TryAgain` (nothing happened there) from `Rejected`; the gateway then
resolves a lost write by its effect class.
"""

from __future__ import annotations

from typing import Any

import orjson

from connectors.sdk.errors import CallFailed, ReconnectNeeded, Rejected, TryAgain
from connectors.sdk.http import HttpAnswer
from connectors.sdk.manifest import Condition, ErrorRule, Manifest
from connectors.sdk.retry_after import parse_retry_after
from connectors.sdk.values import fill, pick, text_of

_MOST_MESSAGE = 500
_NOTHING_DONE = frozenset({408, 425, 429, 503})
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    410: "gone",
    422: "unprocessable",
    429: "rate_limited",
    503: "unavailable",
}


class Lost(Exception):
    """A request was sent and what it did is not known; `error` is how the system or the wire put it."""

    def __init__(self, error: CallFailed) -> None:
        super().__init__(error.message)
        self.error = error


def judge(manifest: Manifest, operation: str, answer: HttpAnswer, *, writes: bool, now: float) -> None:
    """Return when the answer is a success; otherwise raise what it means.

    Args:
        manifest: Whose rules count.
        operation: Name of the operation that asked.
        answer: The answer.
        writes: Whether the request could change anything.
        now: Seconds since 1970, for Retry-After.

    Raises:
        CallFailed: TryAgain, ReconnectNeeded or Rejected.
        Lost: A write whose result is not known.
    """
    body: Any = _UNREAD
    for rule in manifest.error_rules:
        if not _status_fits(rule, answer.status) or (rule.operations and operation not in rule.operations):
            continue
        if body is _UNREAD:
            body = _body(answer)
        if all(_holds(condition, pick(body, condition.path)) for condition in rule.body) and all(
            _holds(condition, answer.headers.get(condition.path.lower())) for condition in rule.header
        ):
            if rule.error_class != "ok":
                _raise(rule.error_class, _told(manifest, answer, body, rule), answer, writes, now)
            return
    if answer.ok:
        return
    body = _body(answer) if body is _UNREAD else body
    _raise(_default_class(answer.status), _told(manifest, answer, body, None), answer, writes, now)


_UNREAD = object()


def _body(answer: HttpAnswer) -> Any:
    try:
        return orjson.loads(answer.body) if answer.body else None
    except orjson.JSONDecodeError:
        return None


def _status_fits(rule: ErrorRule, status: int) -> bool:
    if not rule.statuses:
        return True
    text = str(status)
    return any(wanted == text or (wanted.endswith("xx") and wanted[0] == text[0]) for wanted in rule.statuses)


def _holds(condition: Condition, value: Any) -> bool:
    match condition.test:
        case "equals":
            return bool(value == condition.value)
        case "not_equals":
            return bool(value != condition.value)
        case "in":
            return value in condition.value
        case "present":
            return (value not in (None, "", [], {})) == condition.value
        case _:
            if isinstance(value, list):
                return condition.value in value
            return str(condition.value).lower() in text_of(value).lower()


def _default_class(status: int) -> str:
    if status == 401:
        return "reconnect_needed"
    if status in _NOTHING_DONE:
        return "try_again"
    return "uncertain" if status >= 500 else "rejected"


def _told(manifest: Manifest, answer: HttpAnswer, body: Any, rule: ErrorRule | None) -> dict[str, Any]:
    """Code, message, field and hint in the system's own words where it has some."""
    paths = manifest.message_paths

    def of(template: str, candidates: tuple[str, ...]) -> str | None:
        if template:
            text = fill(template, lambda path: _plain(pick(body, path))).strip()
            if text:
                return text
        for path in candidates:
            if found := _plain(pick(body, path)):
                return found
        return None

    status = answer.status
    message = of(rule.message if rule else "", paths.message) or f"{manifest.title} answered {status}."
    code = of(rule.code if rule else "", paths.code)
    return {
        "message": message[:_MOST_MESSAGE],
        "code": (code or _CODES.get(status) or ("redirected" if 300 <= status < 400 else f"http_{status}"))[:120],
        "field": of(rule.field if rule else "", paths.field),
        "hint": of(rule.hint, ()) if rule else None,
    }


def _plain(value: Any) -> str:
    """Lists and objects of messages as one readable line."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(inner) for inner in value)
    return text_of(value)


def _raise(error_class: str, told: dict[str, Any], answer: HttpAnswer, writes: bool, now: float) -> None:
    detail = {"status": answer.status}
    if error_class == "reconnect_needed":
        raise ReconnectNeeded(**told, detail=detail)
    if error_class == "rejected":
        raise Rejected(**told, detail=detail)
    field = told.pop("field")
    if field:
        detail["field"] = field
    again = TryAgain(after_seconds=parse_retry_after(answer.headers, now), detail=detail, **told)
    if error_class == "uncertain" and writes:
        raise Lost(again)
    raise again
