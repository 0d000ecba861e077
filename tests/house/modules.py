"""Rules about Python modules: a docstring that introduces them, a name that says something, honest exceptions.

Applied by test_modules.py to the product and partly to the tests.
"""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from tests.house.budgets import Excess
from tests.house.tree import parsed

EMPTY_NAMES = {"core", "common", "util", "utils", "helper", "helpers", "manager", "managers", "service", "services"}
DOCSTRING_LINES = 5
SMALL_MODULE_LINES = 25
_SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")
_EVERYTHING = ("Exception", "BaseException")
FOR_AUTHORS = ("connectors/sdk/", "flows/engine/", "flows/mapping/")
MAY_CATCH_ALL = ("connectors/gateway", "flows/runner")


def docstring_findings(file: str, text: str, *, brief: bool = False) -> list[str]:
    """A module without a docstring, or one that is more than a few lines and says only one (`brief` allows that)."""
    if not text.strip():
        return []
    docstring = ast.get_docstring(parsed(text))
    if not docstring:
        return [f"{file}: the module has no docstring"]
    if not brief and _said(docstring) < 2 and len(text.splitlines()) > SMALL_MODULE_LINES:
        return [f"{file}: say in two to five lines what the module owns, who calls it and what it never does"]
    return []


def docstring_excesses(file: str, text: str) -> list[Excess]:
    """Docstrings of modules that have become documents, where no author reads them as such."""
    if file.startswith(FOR_AUTHORS):
        return []
    said = _said(ast.get_docstring(parsed(text)) or "")
    return [Excess(file, "docstring_lines", "", said)] if said > DOCSTRING_LINES else []


def _said(docstring: str) -> int:
    return len([line for line in docstring.splitlines() if line.strip()])


def name_findings(file: str) -> list[str]:
    """Path parts that say nothing about what is inside."""
    path = PurePosixPath(file)
    return [f"{file}: {part} says nothing" for part in (*path.parts[:-1], path.stem) if part.lower() in EMPTY_NAMES]


def signal_findings(file: str, text: str) -> list[str]:
    """Imports of Django's signals: domain logic is called by name."""
    return [
        f"{file}:{node.lineno}: calls by signal"
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django.dispatch", "django.db.models.signals"))
    ]


def broad_excepts(file: str, text: str) -> list[Excess]:
    """Handlers that catch everything and keep it, outside the two places that may; one that raises again may."""
    if file.startswith(MAY_CATCH_ALL):
        return []
    found = [node for node in ast.walk(parsed(text)) if isinstance(node, ast.ExceptHandler) and _catches_all(node)]
    return [Excess(file, "broad_except", "", len(found))] if found else []


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None:
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )
