"""When a failed try is made again.

Called by `settle`. Randomness is passed in as `jitter`, so the answer is pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows.engine.errors import TRY_AGAIN, UNCERTAIN, ErrorDict

MAX_DELAY_SECONDS: Final = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a node is tried: the wait before try n is at most `first * factor ** (n - 2)`."""

    attempts: int = 5
    first_seconds: float = 1.0
    factor: float = 2.0
    max_seconds: float = 300.0

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> RetryPolicy:
        """The policy of a node's `retry`, with defaults for what it leaves out."""
        return cls(**document) if document else DEFAULT

    def delay_seconds(self, attempt: int, after_seconds: float, jitter: float) -> float:
        """Seconds to wait after failed try number `attempt`.

        Args:
            attempt: The try that just failed, from 1.
            after_seconds: What the other system asked for; a floor.
            jitter: From 0 to 1; the full back-off is multiplied by it, so that many runs do not return at once.
        """
        cap = self.max_seconds
        if self.first_seconds and self.factor > 1:
            exponent = min(attempt - 1, 64)
            cap = min(cap, self.first_seconds * self.factor**exponent)
        else:
            cap = min(cap, self.first_seconds)
        return min(max(after_seconds, cap * jitter), MAX_DELAY_SECONDS)


DEFAULT: Final = RetryPolicy()


def may_repeat(failure: ErrorDict) -> bool:
    """Whether this class of error is worth another try: try_again, and uncertain with detail `retry`."""
    if failure["class"] == TRY_AGAIN:
        return True
    return failure["class"] == UNCERTAIN and (failure.get("detail") or {}).get("retry") is True


def asked_seconds(failure: ErrorDict) -> float:
    """The pause the other system asked for, 0 when it named none."""
    after = (failure.get("detail") or {}).get("after_seconds")
    return float(after) if isinstance(after, (int, float)) and after == after and after > 0 else 0.0
