"""Rules that keep tests running: each test file is named so that pytest finds it and lies in a part of the suite.

Applied by test_collected.py. Also finds tests that are switched off without saying why.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TypeGuard

from tests.house.tree import parsed

_OFF = {"skip", "skipif", "xfail", "importorskip"}
_SOURCES = ("pytest.", "unittest.")


def holds_tests(text: str) -> bool:
    """True when pytest would find tests in the module, were it named right."""
    return any(
        (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"))
        or (isinstance(node, ast.ClassDef) and node.name.startswith("Test") and _has_test_method(node))
        for node in parsed(text).body
    )


def _has_test_method(node: ast.ClassDef) -> bool:
    return any(isinstance(child, ast.FunctionDef) and child.name.startswith("test_") for child in node.body)


def misnamed(file: str, text: str) -> list[str]:
    """A module with tests whose name keeps pytest from reading it."""
    named = PurePosixPath(file).name.startswith("test_")
    return [f"{file}: holds tests, so its name must begin with test_"] if holds_tests(text) and not named else []


def unrun(files: Iterable[str], parts: Iterable[str]) -> list[str]:
    """Test files that no part of the suite runs."""
    roots = [PurePosixPath(part) for part in parts]
    return [
        f"{file}: no part of tests/suite.py runs it"
        for file in files
        if not any(PurePosixPath(file).is_relative_to(root) for root in roots)
    ]


def switched_off(file: str, text: str) -> list[str]:
    """Skips and expected failures that give no reason in words."""
    if not any(word in text for word in _OFF):
        return []
    tree = parsed(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _switches_off(node.func)]
    called = {id(call.func) for call in calls}
    silent: list[ast.expr] = [call.func for call in calls if not _has_reason(call)]
    silent += [node for node in ast.walk(tree) if _switches_off(node) and id(node) not in called]
    return [f"{file}:{node.lineno}: {ast.unparse(node)} without a reason" for node in silent]


def _switches_off(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and node.attr in _OFF and ast.unparse(node).startswith(_SOURCES)


def _has_reason(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in ("reason", "msg"))]
    words = [value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return any(len(word.split()) >= 3 for word in words)
