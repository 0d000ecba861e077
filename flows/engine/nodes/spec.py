"""What a node kind tells the house about itself.

Filled in by each node file; read by the plan, the document check, the editor and the API. Holds no behaviour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import CompileContext, Scope
from flows.engine.outcomes import Outcome, Tables

PARAM_TEXT_HINT = "Text; {{ ... }} is filled from the run."


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One node kind.

    Attributes:
        kind: Its name in documents.
        title: For people.
        description: One sentence for the palette.
        icon: Name of the picture.
        ports: The ways out for given parameters, the `error` port not counted.
        params_schema: JSON Schema of the parameters; the editor draws the form from it.
        shape: `start`, `step`, `branch`, `loop` or `end`, for the canvas.
        can_fail: Whether it has an `error` port.
    """

    kind: str
    title: str
    description: str
    icon: str
    ports: Callable[[Mapping[str, Any]], tuple[str, ...]]
    params_schema: dict[str, Any]
    shape: str = "step"
    can_fail: bool = True


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind's spec together with how it compiles and runs."""

    spec: NodeSpec
    compile: Callable[[Mapping[str, Any], CompileContext], Any]
    run: Callable[[Any, Scope, Tables], Outcome]


def one_port(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The ports of most kinds: `out`."""
    return ("out",)


def params_of(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """A parameters schema that refuses unknown keys."""
    return {"type": "object", "properties": properties, "required": required or [], "additionalProperties": False}
