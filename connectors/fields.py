"""Checks the settings and the credential that a person entered against the schemas of a connector's manifest.

Used by connections. Its messages name fields and rules and never repeat a value, because a value may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema

_MOST_PROBLEMS = 20
_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with what was entered."""

    pointer: str
    code: str
    message: str


def problems_of(values: Any, schema: Mapping[str, Any], at: str) -> list[FieldProblem]:
    """What is wrong with `values`; `at` is the JSON pointer of the whole (`/config`, `/credential`)."""
    if not isinstance(values, Mapping):
        return [FieldProblem(at, "type", "This must be an object.")]
    found: list[FieldProblem] = []
    properties = schema.get("properties", {})
    for name in values:
        if name not in properties and schema.get("additionalProperties", False) is False:
            known = ", ".join(properties) or "none"
            found.append(
                FieldProblem(_join(at, [name]), "unknown", f"There is no such field here. There are: {known}.")
            )
    checker = jsonschema.Draft202012Validator(dict(schema), format_checker=jsonschema.FormatChecker())
    for error in checker.iter_errors(dict(values)):
        if error.validator != "additionalProperties":
            found += _told(error, schema, at)
    return sorted(found, key=lambda problem: problem.pointer)[:_MOST_PROBLEMS]


def defaults_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that a schema states for its fields."""
    return {name: spec["default"] for name, spec in schema.get("properties", {}).items() if "default" in spec}


def _told(error: Any, schema: Mapping[str, Any], at: str) -> list[FieldProblem]:
    path = list(error.absolute_path)
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return [
            FieldProblem(_join(at, [*path, name]), "required", f"{_title(schema, [*path, name])} is needed.")
            for name in missing
        ]
    return [FieldProblem(_join(at, path), str(error.validator), f"{_title(schema, path)} {_rule(error)}.")]


def _rule(error: Any) -> str:
    wanted = error.validator_value
    kinds = wanted if isinstance(wanted, list) else [wanted]
    match error.validator:
        case "type":
            return "must be " + " or ".join(_KINDS.get(str(kind), str(kind)) for kind in kinds)
        case "enum":
            return "must be one of: " + ", ".join(map(str, wanted))
        case "minLength":
            return f"must have at least {wanted} characters" if wanted > 1 else "must not be empty"
        case "maxLength":
            return f"must have at most {wanted} characters"
        case "pattern":
            return f"must look like {wanted}"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return f"is out of range ({error.validator} {wanted})"
        case "format":
            return f"is not a valid {wanted}"
    return f"does not meet the rule {error.validator}"


def _title(schema: Mapping[str, Any], path: list[Any]) -> str:
    found: Any = schema
    for part in path:
        found = found.get("properties", {}).get(part, {}) if isinstance(found, Mapping) else {}
    title = found.get("title") if isinstance(found, Mapping) else None
    return str(title or (path[-1] if path else "This"))


def _join(at: str, path: list[Any]) -> str:
    return at + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
