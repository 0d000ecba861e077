"""Outcomes: what one try of a step came to, as data.

Made by `act`, turned into facts by `settle`. `Call` is the only one that leaves the house: the runner performs it
through the gateway and settles with `Done` or `Fail`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from flows.engine.errors import ErrorDict


@dataclass(frozen=True, slots=True)
class Done:
    """The step succeeded with this JSON output, through this port."""

    output: Any
    port: str = "out"


@dataclass(frozen=True, slots=True)
class Fail:
    """The step failed with this error dictionary."""

    error: ErrorDict


@dataclass(frozen=True, slots=True)
class Open:
    """A for-each opens with these items."""

    items: list[Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """The step waits until a moment, a token, or whichever comes first; afterwards it is started again."""

    until: datetime | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer for the caller of the trigger; the step succeeds with it."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A connector operation to perform, by the document's alias of the connection."""

    connection: str
    operation: str
    inputs: dict[str, Any]


Outcome = Done | Fail | Open | Wait | Reply | Call


class _Missing:
    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()
"""What `Tables.get` answers for a key that is not in the table."""


class Tables(Protocol):
    """Lookup tables of the tenant, loaded by the runner."""

    def get(self, table: str, key: str) -> Any:
        """The value, or `MISSING`."""
        ...


class NoTables:
    """No tables at all: every key is missing."""

    def get(self, table: str, key: str) -> Any:
        """Always `MISSING`."""
        return MISSING
