"""What the gateway is asked and what it answers: orders, the identity of an effect, results.

Made by the runner and by subscriptions; plain data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class EffectContext:
    """The identity of a write: `key` comes from the business event, so replays and redeploys share it."""

    key: str
    business_key: str
    run_id: str
    step: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CallOrder:
    """One operation to call. A write without an effect context is not in the ledger and is never repeated."""

    tenant_id: str
    connection_id: str
    operation: str
    inputs: Any
    effect: EffectContext | None = None
    timeout_seconds: float | None = None


@dataclass(slots=True)
class CallResult:
    """An operation's output and the evidence of how it came about (masked)."""

    output: Any
    record: dict[str, Any] = field(default_factory=dict)
