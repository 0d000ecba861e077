"""Budgets of size: lines of a file, of a function, of a React component, and arguments of a function.

Applied by test_budgets.py; what is over a budget is an Excess, which exceptions.toml may allow with a reason.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tests.house.tree import parsed

FILE_LINES = 400
ENGINE_FILE_LINES = 250
FUNCTION_LINES = 60
ARGUMENTS = 6
TYPESCRIPT_FILE_LINES = 350
COMPONENT_LINES = 250
_COMPONENT = re.compile(r"^(?:export )?(?:default )?(?:function|const) (?P<name>[A-Z]\w*)[ (<:=]")


@dataclass(frozen=True)
class Excess:
    """One thing over its budget: `file`, the `measure`, the `name` of the thing ("" for the file) and its value."""

    file: str
    measure: str
    name: str
    value: int

    def __str__(self) -> str:
        return f"{self.file}: {self.measure} of {self.name or 'the file'} is {self.value}"


def python_excesses(file: str, text: str) -> list[Excess]:
    """What is over budget in one Python file."""
    budget = ENGINE_FILE_LINES if file.startswith("flows/engine/") else FILE_LINES
    found = _over(file, "lines", "", len(text.splitlines()), budget)
    for name, node in _functions(parsed(text), ""):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        found += _over(file, "function_lines", name, length, FUNCTION_LINES)
        found += _over(file, "arguments", name, _arguments(node), ARGUMENTS)
    return found


def typescript_excesses(file: str, text: str) -> list[Excess]:
    """What is over budget in one TypeScript file; a component ends at the first closing line in column one."""
    lines = text.splitlines()
    found = _over(file, "lines", "", len(lines), TYPESCRIPT_FILE_LINES)
    for start, line in enumerate(lines):
        if file.endswith(".tsx") and (component := _COMPONENT.match(line)):
            end = next((at for at in range(start + 1, len(lines)) if lines[at][:1] in ("}", ")")), start)
            found += _over(file, "component_lines", component["name"], end - start + 1, COMPONENT_LINES)
    return found


def _over(file: str, measure: str, name: str, value: int, budget: int) -> list[Excess]:
    return [Excess(file, measure, name, value)] if value > budget else []


def _functions(node: ast.AST, prefix: str) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((prefix + child.name, child))
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        found += _functions(child, f"{prefix}{child.name}." if named else prefix)  # type: ignore[attr-defined]
    return found


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    bound = 1 if names[:1] in (["self"], ["cls"]) else 0
    return len(names) - bound + len(node.args.kwonlyargs)
