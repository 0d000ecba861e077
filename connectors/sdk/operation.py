"""What a connector can do: operations with their effect class, their declared request, and what a look-up found.

Built by `manifest.load_manifest`; read by the gateway, the registry and the contract suite; changed by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

EffectClass = Literal["read", "idempotent", "keyed", "findable", "unsafe"]
BodyFormat = Literal["form", "json", "none"]
AnswerFormat = Literal["json", "text", "none"]
PagingStyle = Literal["cursor_last_id", "cursor", "next_url", "offset", "page"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Found:
    """What a findable operation's look-up found of an earlier try.

    Attributes:
        output: The operation's output as far as it exists there.
        complete: False when the first try stopped half-way; the operation is then called again with `found=output`
            and continues where it stopped.
    """

    output: Any
    complete: bool = True


@dataclass(frozen=True, slots=True)
class BodySpec:
    """How the body is made: all input fields that nothing else consumed, or the one named field as the whole body."""

    format: BodyFormat = "none"
    field: str | None = None


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """A declared request. `path` and `headers` hold `{field}` of the input and `{config.x}` of the connection.

    `query` maps the name on the wire to the input field, or to a fixed text written as `=text`.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    body: BodySpec = BodySpec()
    idempotency_header: str | None = None


@dataclass(frozen=True, slots=True)
class PagingSpec:
    """How a list is gathered page by page; see the docstring of `manifest` for the vocabulary."""

    style: PagingStyle
    items: str
    size: int = 100
    page_size: str | None = None
    cursor: str | None = None
    id: str = "id"
    more: str | None = None
    next: str | None = None
    offset: str | None = None
    page: str | None = None
    first: int = 1
    total: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One example call: an input that works against the simulator, and an output of the same shape."""

    input: Any
    output: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One callable of a connector.

    Attributes:
        name: Unique within the connector.
        effect: How the operation can be repeated.
        input: JSON Schema of the input object.
        output: JSON Schema of the output.
        request: The declared request, or None when `operations.py` has a function of this name.
        pick: Path into the JSON answer that is the output.
        answer: Whether an answer is read as JSON, as text, or not at all.
        key_lifetime_hours: Keyed only: how long the system honours an idempotency key.
        find: Findable only: name of the look-up function in `operations.py`.
        find_after_seconds: Findable only: how long after a lost answer the look-up can see what was made.
    """

    name: str
    title: str
    description: str
    effect: EffectClass
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    sample: Sample | None = None
    request: RequestSpec | None = None
    pick: str | None = None
    answer: AnswerFormat = "json"
    paging: PagingSpec | None = None
    key_lifetime_hours: float | None = None
    find: str | None = None
    find_after_seconds: float = 2.0

    @property
    def writes(self) -> bool:
        """Whether the operation can change anything in the outside system."""
        return self.effect != "read"
