"""The errors of the house, sorted by who has to act next.

Raised by connectors, gateway and sdk; read by the runner through `to_dict`. A message never holds a secret and always
speaks to the person who must act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class IpaasError(Exception):
    """Base of every error that the house can explain.

    Attributes:
        code: Stable machine-readable word, e.g. `card_declined`.
        message: What is wrong, for the person who must act.
        hint: How to mend it, if known.
        field: The field of the input at fault (dotted path or JSON pointer), if known.
        detail: Further plain JSON values; never secrets.
        record: The evidence of a call that failed (masked), or None.
    """

    error_class: ClassVar[str] = "defect"
    default_code: ClassVar[str] = "defect"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        field: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code: str = code or self.default_code
        self.message: str = message
        self.hint: str | None = hint
        self.field: str | None = field
        self.detail: dict[str, Any] = dict(detail or {})
        self.record: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The error as plain JSON: class, code, message, hint, field, detail."""
        return {
            "class": self.error_class,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "field": self.field,
            "detail": dict(self.detail),
        }


class AuthorMustFix(IpaasError):
    """A document, mapping or manifest is wrong. Never retried; `pointer` is the JSON pointer of the place."""

    error_class = "author_must_fix"
    default_code = "author_must_fix"

    def __init__(
        self,
        message: str,
        *,
        pointer: str = "",
        code: str | None = None,
        hint: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint, field=field)
        self.pointer = pointer

    def to_dict(self) -> dict[str, Any]:
        """As the base class, with `pointer`."""
        return {**super().to_dict(), "pointer": self.pointer}


class CallFailed(IpaasError):
    """A call to an outside system did not succeed. Raise one of its kinds."""

    error_class = "rejected"
    default_code = "call_failed"


class TryAgain(CallFailed):
    """Nothing is wrong with the request; the same again later can succeed.

    Args:
        after_seconds: How long to wait at least, if the system said so.
    """

    error_class = "try_again"
    default_code = "try_again"

    def __init__(
        self,
        message: str,
        after_seconds: float | None = None,
        *,
        code: str | None = None,
        hint: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint, detail=detail)
        self.after_seconds = after_seconds
        if after_seconds is not None:
            self.detail["after_seconds"] = after_seconds


class ReconnectNeeded(CallFailed):
    """The system does not accept the connection's credential; a person has to mend the connection."""

    error_class = "reconnect_needed"
    default_code = "reconnect_needed"


class Rejected(CallFailed):
    """The system (or the operation's own schema) refuses this input; the same again will be refused again."""

    error_class = "rejected"
    default_code = "rejected"


class Uncertain(CallFailed):
    """A write was sent and nobody knows whether it was made."""

    error_class = "uncertain"
    default_code = "uncertain"


class LimitReached(IpaasError):
    """One of our own guards stopped the work; says which and its value."""

    error_class = "limit_reached"
    default_code = "limit_reached"

    def __init__(self, limit: str, value: float | str, message: str | None = None, *, hint: str | None = None) -> None:
        super().__init__(
            message or f"The limit {limit} ({value}) was reached.",
            code=limit,
            hint=hint,
            detail={"limit": limit, "value": value},
        )
        self.limit = limit
        self.value = value


class Defect(IpaasError):
    """A mistake of ours (or of a connector's code): loud, reported, not for the user to mend."""
