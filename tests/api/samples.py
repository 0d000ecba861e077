"""Sample requests made from the OpenAPI alone: one syntactically valid body and path for any operation.

Used by the tests that go over every route, whoever wrote it. Deterministic; knows nothing of the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")
_FORMATS = {
    "date-time": "2026-03-01T12:00:00Z",
    "date": "2026-03-01",
    "email": "someone@example.test",
    "uri": "https://example.test/",
    "uuid": "6f2c1c9e-5d0e-4d7a-9d55-0d7a3b1f1c11",
    "ipv4": "203.0.113.7",
}
_TEXTS = ("sample", "a", "1", "A", "a_1", "a-1", "sample.sample", "1.0", "https://example.test/")


@dataclass(frozen=True)
class Operation:
    """One path and method of the API, as the OpenAPI describes it."""

    method: str
    path: str
    description: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def address(self, **fixed: str) -> str:
        """The path with every parameter filled in."""
        given = {
            parameter["name"]: str(fixed.get(parameter["name"], sample(parameter["schema"])))
            for parameter in self.description.get("parameters", [])
            if parameter["in"] == "path"
        }
        return self.path.format(**given)

    def body(self) -> tuple[str, Any] | None:
        """Media type and a sample of the body, or None where the operation takes none."""
        content = self.description.get("requestBody", {}).get("content", {})
        for media_type, described in content.items():
            return media_type, sample(described.get("schema", {}))
        return None


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the whole product."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def operations(prefix: str = "/") -> list[Operation]:
    """Every operation whose path begins with the prefix."""
    return list(_operations(prefix))


def _operations(prefix: str) -> Iterator[Operation]:
    for path, methods in sorted(document()["paths"].items()):
        for method in METHODS:
            if path.startswith(prefix) and method in methods:
                yield Operation(method, path, methods[method])


def sample(schema: Any) -> Any:
    """The smallest value that a JSON Schema of the document allows."""
    if schema is True or not schema:
        return "sample"
    if "$ref" in schema:
        return sample(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for fixed in ("const", "default", "example"):
        if fixed in schema:
            return schema[fixed]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return sample(schema[choice][0])
    kinds = schema.get("type", "string")
    return _of_kind(kinds[0] if isinstance(kinds, list) else kinds, schema)


def _of_kind(kind: str, schema: dict[str, Any]) -> Any:
    if kind == "object":
        described = schema.get("properties", {})
        return {name: sample(described.get(name, {})) for name in schema.get("required", [])}
    if kind == "array":
        return [sample(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": True, "null": None}.get(kind, _text(schema)) if kind != "string" else _text(schema)


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    pattern = schema.get("pattern", "")
    fitting = [text for text in _TEXTS if re.search(pattern, text) and len(text) <= schema.get("maxLength", 100)]
    return fitting[0].ljust(schema.get("minLength", 0), "a")
