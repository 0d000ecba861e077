"""Every file, function and component keeps its budget, or is listed with a reason; the list only shrinks."""

from __future__ import annotations

from tests.house import tree
from tests.house.budgets import Excess, python_excesses, typescript_excesses
from tests.house.exceptions import compare


def test_everything_keeps_its_budget_or_is_a_listed_exception() -> None:
    excesses = [excess for name in tree.python() for excess in python_excesses(name, tree.text(name))]
    excesses += [excess for name in tree.typescript() for excess in typescript_excesses(name, tree.text(name))]

    measures = {"lines", "function_lines", "arguments", "component_lines"}
    assert compare(excesses, measures) == []


def test_a_long_engine_file_is_over_its_own_budget() -> None:
    text = "\n" * 251

    assert python_excesses("flows/engine/plan.py", text) == [Excess("flows/engine/plan.py", "lines", "", 251)]
    assert python_excesses("flows/runner.py", text) == []


def test_a_long_function_is_named_with_its_class() -> None:
    text = "class Door:\n    def open(self):\n" + "        pass\n" * 60

    assert python_excesses("a.py", text) == [Excess("a.py", "function_lines", "Door.open", 61)]


def test_self_is_no_argument_and_a_keyword_is_one() -> None:
    six = "class A:\n    def f(self, a, b, c, d, *, e, f): pass\n"
    seven = "async def f(a, b, c, d, e, /, f, *rest, g): pass\n"

    assert python_excesses("a.py", six) == []
    assert python_excesses("a.py", seven) == [Excess("a.py", "arguments", "f", 7)]


def test_a_long_component_is_found_and_a_long_hook_is_not() -> None:
    body = "  x;\n" * 250
    text = f"export function Canvas() {{\n{body}}}\nfunction useCanvas() {{\n  y;\n}}\n"

    assert typescript_excesses("frontend/src/C.tsx", text) == [
        Excess("frontend/src/C.tsx", "component_lines", "Canvas", 252)
    ]


def test_a_long_typescript_file_is_over_budget() -> None:
    assert typescript_excesses("frontend/src/a.ts", "\n" * 351) == [Excess("frontend/src/a.ts", "lines", "", 351)]
