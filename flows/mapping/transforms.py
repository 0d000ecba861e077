"""The catalogue of transforms.

Read by `rules.py`, the document schema and the editor. A new transform is one entry in one of the catalogue files.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from flows.engine.schemas import Checker, compile_schema
from flows.mapping import number_transforms, other_transforms, text_transforms
from flows.mapping.transform import Transform

CATALOGUE: Final[dict[str, Transform]] = {
    transform.fn: transform
    for transform in (*text_transforms.TRANSFORMS, *number_transforms.TRANSFORMS, *other_transforms.TRANSFORMS)
}


@cache
def params_checker(fn: str) -> Checker:
    """The compiled schema of a transform's parameters."""
    return compile_schema(CATALOGUE[fn].params_schema)


def describe() -> list[dict[str, Any]]:
    """Every transform for the editor: fn, title, description, group, params_schema, takes, example."""
    return [
        {
            "fn": transform.fn,
            "title": transform.title,
            "description": transform.description,
            "group": transform.group,
            "params_schema": transform.params_schema,
            "takes": transform.takes,
            "example": transform.example,
        }
        for transform in CATALOGUE.values()
    ]
