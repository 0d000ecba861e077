"""The JSON Schema of one mapping rule.

Part of the map node's parameters. Parameters of a transform are checked against its own schema when rules compile,
so that the editor gets one pointer per wrong parameter.
"""

from __future__ import annotations

from typing import Any, Final

from flows.mapping.transforms import CATALOGUE

_PATH: Final = {"type": "string", "minLength": 1, "maxLength": 1000}

RULE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Rule",
    "properties": {
        "target": {**_PATH, "title": "Target"},
        "value": {"title": "Fixed value"},
        "source": {**_PATH, "title": "Source"},
        "sources": {"type": "array", "title": "Sources", "items": _PATH, "minItems": 1, "maxItems": 50},
        "expression": {"type": "string", "title": "Expression", "minLength": 1},
        "transforms": {
            "type": "array",
            "title": "Transforms",
            "maxItems": 50,
            "items": {
                "type": "object",
                "properties": {"fn": {"enum": list(CATALOGUE)}},
                "required": ["fn"],
            },
        },
        "default": {"title": "When there is nothing"},
        "when": {"type": "string", "title": "Only when", "format": "expression", "minLength": 1},
        "on_empty": {
            "title": "When it stays empty",
            "enum": ["omit", "null", "fail"],
            "default": "omit",
            "description": "Leave the field out, write null, or fail and name the field.",
        },
        "note": {"type": "string", "title": "Note", "maxLength": 2000},
    },
    "required": ["target"],
    "additionalProperties": False,
}
