"""The outer shape of a document: its JSON Schema and the problems it finds.

Called first by `plan.examine`. `flow.schema.json` is the published specification of documents; its parts about node
parameters are those the node files declare (`build_schema` composes it, a test keeps the file equal).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from flows.engine.errors import Problem
from flows.engine.nodes.spec import params_of
from flows.engine.nodes.table import KINDS
from flows.engine.schemas import Checker, compile_schema

MAX_DEPTH: Final = 60
_FILE: Final = Path(__file__).with_name("flow.schema.json")
_ID: Final = {"type": "string", "pattern": "^[a-zA-Z][a-zA-Z0-9_]{0,62}$"}
_RETRY: Final = {
    "attempts": {"type": "integer", "minimum": 1, "maximum": 100, "default": 5},
    "first_seconds": {"type": "number", "minimum": 0, "maximum": 86400, "default": 1},
    "factor": {"type": "number", "minimum": 1, "maximum": 100, "default": 2},
    "max_seconds": {"type": "number", "minimum": 0, "maximum": 604800, "default": 300},
}
_SIDES: Final = ("x", "y", "width", "height")
_NOTE: Final = {
    "id": _ID,
    "text": {"type": "string", "maxLength": 5000},
    **{side: {"type": "number"} for side in _SIDES},
    "color": {"enum": ["yellow", "blue", "green", "pink", "grey"]},
}
_HINTS: Final = {
    "unknown_key": "Remove it, or check its spelling.",
    "required": "Add it.",
    "wrong_form": "Use letters, digits and underscores, beginning with a letter.",
}


def build_schema() -> dict[str, Any]:
    """The whole schema of documents, node parameters included."""
    key = {"type": "string", "maxLength": 1000}
    node = {
        "id": _ID,
        "kind": {"enum": list(KINDS)},
        "title": {"type": "string", "maxLength": 200},
        "note": {"type": "string", "maxLength": 5000},
        "parent": _ID,
        "params": {"type": "object"},
        "retry": params_of(_RETRY),
        "on_error": {"enum": ["fail", "continue"], "default": "fail"},
    }
    edge = {"from": {"type": "string"}, "to": {"type": "string"}, "port": {"type": "string"}}
    settings = {
        "business_key": key,
        "lane": key,
        "dedupe_key": key,
        "summary": key,
        "timeout_seconds": {"type": "number", "exclusiveMinimum": 0, "maximum": 604800},
    }
    root = {
        "schema": {"const": 1},
        "connections": {
            "type": "object",
            "propertyNames": _ID,
            "maxProperties": 100,
            "additionalProperties": params_of({"connector": {"type": "string", "maxLength": 100}}, ["connector"]),
        },
        "settings": params_of(settings),
        "nodes": {"type": "array", "maxItems": 5000, "items": {"$ref": "#/$defs/node"}},
        "edges": {"type": "array", "maxItems": 20000, "items": {"$ref": "#/$defs/edge"}},
        "layout": {
            "type": "object",
            "additionalProperties": params_of({side: {"type": "number"} for side in _SIDES}),
        },
        "notes": {"type": "array", "maxItems": 500, "items": params_of(_NOTE, ["id", "text", *_SIDES])},
    }
    chosen = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"properties": {"params": {"$ref": f"#/$defs/{kind}_params"}}, **_needs_params(kind)},
        }
        for kind in KINDS
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Flow document",
        "description": "What a person draws: nodes, edges, connections. Unknown keys are refused.",
        **params_of(root, ["schema", "nodes"]),
        "$defs": {
            "node": {**params_of(node, ["id", "kind"]), "allOf": chosen},
            "edge": params_of(edge, ["from", "to"]),
            **{f"{kind}_params": entry.spec.params_schema for kind, entry in KINDS.items()},
        },
    }


def _needs_params(kind: str) -> dict[str, list[str]]:
    return {"required": ["params"]} if KINDS[kind].spec.params_schema["required"] else {}


@cache
def flow_schema() -> dict[str, Any]:
    """The published schema, as the file holds it."""
    schema: dict[str, Any] = json.loads(_FILE.read_text())
    return schema


@cache
def _checker() -> Checker:
    return compile_schema(flow_schema())


@cache
def _outline() -> Checker:
    """Only the outermost parts: known names, lists that are lists, nodes and edges that are objects."""
    items = {"type": "array", "items": {"type": "object"}}
    parts = {part: {"type": "object"} for part in ("connections", "settings", "layout")}
    root = {"schema": {"const": 1}, "nodes": items, "edges": items, "notes": items, **parts}
    return compile_schema(params_of(root))


def outline_problems(document: Any) -> list[Problem]:
    """What keeps a document from being a draft at all."""
    return _problems(document, _outline())


def shape_problems(document: Any) -> list[Problem]:
    """What the schema finds, and values no JSON text can hold; an empty list when the shape is right."""
    return _problems(document, _checker())


def _problems(document: Any, checker: Checker) -> list[Problem]:
    if not isinstance(document, dict):
        return [Problem("not_an_object", "", "A flow document is a JSON object.")]
    deep = _too_deep(document)
    if deep is not None:
        return [Problem("too_deep", deep, f"The document is nested deeper than {MAX_DEPTH} levels.", "Flatten it.")]
    try:
        orjson.dumps(document)
    except (TypeError, ValueError):
        return [
            Problem("not_json", "", "The document holds a value that JSON cannot carry.", "Look for broken characters.")
        ]
    if checker.is_valid(document):
        return []
    found: dict[tuple[str, str], Problem] = {}
    for finding in checker.findings(document):
        code, message, hint = finding.code, finding.message, _HINTS.get(finding.code, "")
        if code == "not_allowed" and finding.pointer.endswith("/kind"):
            code, hint = "unknown_kind", "Use one of the kinds in the palette."
        found.setdefault((finding.pointer, code), Problem(code, finding.pointer, message, hint))
    return list(found.values())


def _too_deep(document: Any) -> str | None:
    """Pointer to the first place nested too deeply; walks without recursion."""
    pending: list[tuple[Any, str, int]] = [(document, "", 1)]
    while pending:
        part, path, depth = pending.pop()
        if depth > MAX_DEPTH:
            return path[: path.rfind("/", 0, 200)] if len(path) > 200 else path
        if isinstance(part, dict):
            pending.extend((v, f"{path}/{k}", depth + 1) for k, v in part.items() if isinstance(v, (dict, list)))
        elif isinstance(part, list):
            pending.extend((v, f"{path}/{i}", depth + 1) for i, v in enumerate(part) if isinstance(v, (dict, list)))
    return None
