"""JSON Schema checks with findings a person can read.

Used by the validate node and by the document check. Compiled once by jsonschema-rs; words are made only when a value
is wrong. Never fetches anything: references must stay inside the schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from flows.engine.context import escape
from flows.engine.values import kind_name

MAX_FINDINGS: Final = 100
_TYPES: Final = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "an object", "null": "nothing",
}  # fmt: skip


class SchemaRefused(Exception):
    """A schema is not valid JSON Schema, or refers outside itself."""

    def __init__(self, message: str, pointer: str = "") -> None:
        self.message = message
        self.pointer = pointer
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a value: where, what, and the JSON Schema keyword that says so."""

    pointer: str
    code: str
    message: str

    def to_dict(self) -> dict[str, str]:
        """As an API answers it."""
        return {"pointer": self.pointer, "code": self.code, "message": self.message}


class Checker:
    """A compiled schema."""

    __slots__ = ("_validator", "is_valid")

    def __init__(self, validator: Any) -> None:
        self._validator = validator
        self.is_valid = validator.is_valid

    def findings(self, value: Any) -> list[Finding]:
        """What is wrong, in document order, at most 100; the field itself is named where one is missing."""
        found: list[Finding] = []
        for failure in self._validator.iter_errors(value):
            found.extend(_findings(failure))
            if len(found) >= MAX_FINDINGS:
                break
        return found[:MAX_FINDINGS]


def compile_schema(schema: Any) -> Checker:
    """Compile a JSON Schema 2020-12.

    Raises:
        SchemaRefused: not a valid schema, or a reference that leaves it.
    """
    outside = _outside_reference(schema)
    if outside is not None:
        raise SchemaRefused("References ($ref) must begin with # and stay inside the schema.", outside)
    try:
        return Checker(jsonschema_rs.Draft202012Validator(schema, offline=True))
    except jsonschema_rs.ValidationError as reason:
        raise SchemaRefused(
            f"This is not a valid JSON Schema: {reason.message}.", _pointer(reason.instance_path)
        ) from None
    except (ValueError, RecursionError, jsonschema_rs.ReferencingError) as reason:
        raise SchemaRefused(f"This is not a valid JSON Schema: {str(reason).splitlines()[0]}.") from None


def _outside_reference(schema: Any) -> str | None:
    pending: list[tuple[str, Any]] = [("", schema)]
    while pending:
        path, part = pending.pop()
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("$ref", "$dynamicRef") and isinstance(value, str) and not value.startswith("#"):
                    return f"{path}/{key}"
                pending.append((f"{path}/{escape(str(key))}", value))
        elif isinstance(part, list):
            pending.extend((f"{path}/{index}", value) for index, value in enumerate(part))
    return None


def _pointer(path: Sequence[Any]) -> str:
    return "".join(f"/{escape(str(part))}" for part in path)


def _findings(failure: Any) -> list[Finding]:
    pointer, kind = _pointer(failure.instance_path), failure.kind
    name = str(kind.name)
    if name == "required":
        return [Finding(f"{pointer}/{escape(kind.property)}", "required", f"'{kind.property}' is missing.")]
    if name in ("additionalProperties", "unevaluatedProperties"):
        return [
            Finding(f"{pointer}/{escape(k)}", "unknown_key", f"There is no key '{k}' here.") for k in kind.unexpected
        ]
    here = f"'{failure.instance_path[-1]}'" if failure.instance_path else "The value"
    return [Finding(pointer, _CODES.get(name, name), _message(name, kind, here, failure))]


_CODES: Final = {
    "type": "wrong_type", "enum": "not_allowed", "const": "not_allowed", "minLength": "too_short",
    "maxLength": "too_long", "minItems": "too_few", "maxItems": "too_many", "minimum": "too_small",
    "maximum": "too_large", "exclusiveMinimum": "too_small", "exclusiveMaximum": "too_large",
    "pattern": "wrong_form", "format": "wrong_form", "uniqueItems": "not_unique", "maxProperties": "too_many",
    "minProperties": "too_few", "falseSchema": "not_allowed", "propertyNames": "wrong_name",
}  # fmt: skip


def _message(name: str, kind: Any, here: str, failure: Any) -> str:
    value = failure.instance
    if name == "type":
        wanted = " or ".join(_TYPES.get(t, t) for t in _types_of(kind))
        return f"{here} must be {wanted}, but it is {kind_name(value)}."
    if name == "enum":
        return f"{here} must be one of: {', '.join(str(option) for option in kind.options)}."
    if name == "const":
        return f"{here} must be {kind.expected_value}."
    words = {
        "minLength": "is too short (at least {limit} characters)",
        "maxLength": "is too long (at most {limit} characters)",
        "minItems": "has too few items (at least {limit})",
        "maxItems": "has too many items (at most {limit})",
        "minProperties": "has too few keys (at least {limit})",
        "maxProperties": "has too many keys (at most {limit})",
        "minimum": "is too small (at least {limit})",
        "maximum": "is too large (at most {limit})",
        "exclusiveMinimum": "must be greater than {limit}",
        "exclusiveMaximum": "must be less than {limit}",
    }.get(name)
    if words is not None:
        return f"{here} {words.format(limit=kind.limit)}."
    if name == "pattern":
        return f"{here} does not have the form {kind.pattern}."
    if name == "format":
        return f"{here} is not a valid {kind.format}."
    if name == "uniqueItems":
        return f"{here} holds the same item twice."
    return f"{here}: {failure.message[:300]}."


def _types_of(kind: Any) -> list[str]:
    types = getattr(kind, "types", kind.value)
    return [types] if isinstance(types, str) else [str(t) for t in types]
