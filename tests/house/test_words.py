"""No registry host, machine path, unfinished work or talk about the making stands in the tree."""

from __future__ import annotations

import re

import pytest

from tests.house import tree, words
from tests.house.words import lines_with

SOURCES = (".py", ".ts", ".tsx", ".md", ".yaml", ".yml", ".toml", ".html", ".css", "Makefile", ".ci/run")


def _everywhere(pattern: re.Pattern[str], names: list[str]) -> list[str]:
    return [line for name in names for line in lines_with(pattern, name, tree.text(name))]


def test_no_file_names_a_package_registry() -> None:
    names = [name for name in tree.files() if not name.endswith(".svg")]

    assert _everywhere(words.REGISTRY_HOSTS, names) == []


def test_no_source_holds_a_path_of_somebodys_machine() -> None:
    names = [name for name in tree.files() if name.endswith((*SOURCES, ".json", ".in", ".txt"))]

    assert _everywhere(words.MACHINE_PATHS, names) == []


def test_the_product_puts_no_work_off() -> None:
    names = [*tree.product_python(), *(name for name in tree.typescript() if name.startswith("frontend/src/"))]

    assert _everywhere(words.UNFINISHED, names) == []


def test_the_product_speaks_of_itself_alone() -> None:
    names = [name for name in tree.files() if name.endswith(SOURCES)]

    assert _everywhere(words.THE_MAKING, names) == []


def test_no_typescript_test_is_switched_off() -> None:
    assert _everywhere(words.SWITCHED_OFF, tree.typescript()) == []


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (words.REGISTRY_HOSTS, "https://files.python" + "hosted.org/x", "https://example.com/python"),
        (words.MACHINE_PATHS, "see '/ro" + "ot/notes/a.txt'", "https://example.com/root/a and ./root/"),
        (words.UNFINISHED, "# TO" + "DO later", "a mastodon"),
        (words.THE_MAKING, "fixes iss" + "ue #12", "a tissue of 12"),
        (words.SWITCHED_OFF, "it.sk" + "ip('x', f)", "await page.skip_to(1)"),
    ],
)
def test_a_bad_line_is_found_and_a_good_one_is_not(pattern: re.Pattern[str], bad: str, good: str) -> None:
    assert lines_with(pattern, "a.py", f"\n{bad}\n{good}\n") == [f"a.py:2: {bad.strip()}"]
