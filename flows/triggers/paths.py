"""Reads one value out of a body by a dotted path, as manifests write them (`data.object.id`).

Used by webhooks to find an event's type and id; mapping has its own, richer paths.
"""

from __future__ import annotations

from typing import Any


def value_at(body: Any, path: str) -> Any:
    """The value, or None where any part of the path is missing."""
    value = body
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
