"""What one transform is.

Filled in by the catalogue files (`text_transforms.py` and its siblings), put together in `transforms.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.engine.outcomes import Tables

Params = Mapping[str, Any]
Apply = Callable[[Any, Params, Tables], Any]


@dataclass(frozen=True, slots=True)
class Transform:
    """One transform of the catalogue.

    Attributes:
        fn: Its name in rules.
        title: For people.
        description: One sentence.
        apply: Takes the value, the parameters and the lookup tables.
        properties: JSON Schemas of its parameters; format `path-or-text` marks those that may be a source path.
        required: Parameters that must be given.
        example: `{"value", "params", "result"}`, checked by a test.
        takes: `value` for single values; `list` for a list, one `[]` level as a whole.
        keeps_list: A list transform whose result is still a list of that level.
        null: Whether it is called for nothing; otherwise nothing passes through.
        prepare: Checks parameters and loads what they need, once, when the rule is compiled.
        group: The shelf of the catalogue on which people find it.
    """

    fn: str
    title: str
    description: str
    apply: Apply
    example: dict[str, Any]
    properties: dict[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    takes: str = "value"
    keeps_list: bool = False
    null: bool = False
    prepare: Callable[[dict[str, Any]], None] | None = None
    group: str = ""

    @property
    def params_schema(self) -> dict[str, Any]:
        """JSON Schema of the parameters beside `fn`."""
        return {
            "type": "object",
            "properties": self.properties,
            "required": list(self.required),
            "additionalProperties": False,
        }


TEXT = {"type": "string", "maxLength": 1000}
PATH_OR_TEXT = {"type": "string", "maxLength": 1000, "format": "path-or-text"}


def shelf(group: str, *transforms: Transform) -> tuple[Transform, ...]:
    """The transforms of one group of the catalogue."""
    return tuple(replace(transform, group=group) for transform in transforms)


def titled(schema: Mapping[str, Any], title: str, **more: Any) -> dict[str, Any]:
    """A parameter schema with its title."""
    return {**schema, "title": title, **more}


def example(value: Any, result: Any, /, **params: Any) -> dict[str, Any]:
    """An example of a transform: the value, the parameters and what comes out."""
    return {"value": value, "params": params, "result": result}
