"""The outline that even an unfinished draft must have, so that the designer can open what was saved. Pure.

Asked by the API and by the import command before a draft is kept. Whether a document can be published is the engine's
question, not this module's.
"""

from __future__ import annotations

from typing import Any

from flows.engine.errors import Problem

_PARTS: dict[str, type] = {
    "connections": dict,
    "settings": dict,
    "nodes": list,
    "edges": list,
    "layout": dict,
    "notes": list,
}
_WORDS: dict[type, str] = {dict: "an object", list: "a list"}


def outline_problems(document: dict[str, Any]) -> list[Problem]:
    """What keeps a document from being a draft: parts of the wrong form, nodes without id, edges without ends."""
    problems = [
        _problem(f"/{part}", f"“{part}” must be {_WORDS[form]}.")
        for part, form in _PARTS.items()
        if part in document and not isinstance(document[part], form)
    ]
    if problems:
        return problems
    problems += _entries(document, "nodes", ("id", "kind"))
    problems += _entries(document, "edges", ("from", "to"))
    problems += _entries(document, "notes", ("id", "text"))
    for part in ("connections", "layout"):
        for name, value in document.get(part, {}).items():
            if not isinstance(value, dict):
                problems.append(_problem(f"/{part}/{name}", f"“{name}” must be an object."))
    return problems


def _entries(document: dict[str, Any], part: str, names: tuple[str, ...]) -> list[Problem]:
    problems = []
    for place, entry in enumerate(document.get(part, [])):
        if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in names):
            problems.append(_problem(f"/{part}/{place}", f"It must be an object with the texts {' and '.join(names)}."))
    return problems


def _problem(pointer: str, message: str) -> Problem:
    return Problem("not_a_document", pointer, message, "See the schema of flow documents at /api/v1/flow-schema/.")
