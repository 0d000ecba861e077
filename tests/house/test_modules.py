"""Every module introduces itself, has a telling name, and catches only what it can answer for."""

from __future__ import annotations

from tests.house import tree
from tests.house.budgets import Excess
from tests.house.exceptions import compare
from tests.house.modules import (
    broad_excepts,
    docstring_excesses,
    docstring_findings,
    name_findings,
    signal_findings,
)


def test_every_module_introduces_itself() -> None:
    large_may_be_brief = {name: not name.startswith(tree.PRODUCT) or "/tests/" in name for name in tree.python()}
    findings = [docstring_findings(name, tree.text(name), brief=brief) for name, brief in large_may_be_brief.items()]

    assert [line for found in findings for line in found] == []


def test_an_introduction_stays_short() -> None:
    excesses = [line for name in tree.product_python() for line in docstring_excesses(name, tree.text(name))]

    assert compare(excesses, {"docstring_lines"}) == []


def test_every_module_of_the_product_has_a_telling_name() -> None:
    names = [*tree.product_python(), *(name for name in tree.typescript() if name.startswith("frontend/src/"))]

    assert [line for name in names for line in name_findings(name)] == []


def test_domain_logic_is_called_by_name() -> None:
    assert [line for name in tree.product_python() for line in signal_findings(name, tree.text(name))] == []


def test_only_gateway_and_runner_catch_everything() -> None:
    excesses = [line for name in tree.product_python() for line in broad_excepts(name, tree.text(name))]

    assert compare(excesses, {"broad_except"}) == []


def test_a_module_without_a_docstring_is_found_and_an_empty_one_is_not() -> None:
    assert docstring_findings("a.py", "x = 1\n") == ["a.py: the module has no docstring"]
    assert docstring_findings("a/__init__.py", "") == []


def test_a_large_module_needs_more_than_one_line() -> None:
    assert len(docstring_findings("a.py", '"""Runs."""\n' + "x = 1\n" * 25)) == 1
    assert docstring_findings("a.py", '"""Runs.\n\nCalled by b.\n"""\n' + "x = 1\n" * 25) == []


def test_an_introduction_of_six_lines_is_too_long() -> None:
    text = '"""' + "A line.\n" * 6 + '"""\n'

    assert docstring_excesses("a.py", text) == [Excess("a.py", "docstring_lines", "", 6)]


def test_an_empty_name_is_found_in_a_folder_and_in_a_file() -> None:
    assert name_findings("flows/utils/plan.py") == ["flows/utils/plan.py: utils says nothing"]
    assert name_findings("flows/helpers.py") == ["flows/helpers.py: helpers says nothing"]
    assert name_findings("flows/servicepoint.py") == []


def test_a_signal_receiver_is_found() -> None:
    text = '"""A."""\nfrom django.db.models.signals import post_save\n'

    assert signal_findings("a.py", text) == ["a.py:2: calls by signal"]


def test_a_handler_for_everything_is_found_wherever_it_is_written() -> None:
    text = "try:\n    pass\nexcept (ValueError, Exception):\n    pass\ntry:\n    pass\nexcept:\n    pass\n"

    assert broad_excepts("flows/bell.py", text) == [Excess("flows/bell.py", "broad_except", "", 2)]
    assert broad_excepts("flows/runner.py", text) == []


def test_a_handler_that_cleans_up_and_raises_again_is_honest() -> None:
    text = "try:\n    pass\nexcept BaseException:\n    x = 1\n    raise\n"

    assert broad_excepts("flows/bell.py", text) == []
