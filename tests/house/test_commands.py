"""What the documentation tells people to type exists: make targets, management commands, and the promised set."""

from __future__ import annotations

import re

from django.core.management import get_commands

from tests.house import tree

_TARGET = re.compile(r"^([a-z][a-z-]*):.*##", re.MULTILINE)
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_MAKE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
_MANAGE = re.compile(r"(?:\bmanage\.py|(?<![\w./-])(?:\.venv/bin/)?ipaas) ([a-z][a-z_]+)\b(?! >)")


def _documents() -> list[str]:
    return [name for name in tree.files() if name.endswith(".md")]


def said(pattern: re.Pattern[str], text: str) -> set[str]:
    """What the pattern names inside the code of a Markdown text."""
    return {name for code in _CODE.findall(text) for name in pattern.findall(code)}


def test_the_promised_targets_exist() -> None:
    targets = set(_TARGET.findall(tree.text("Makefile")))

    assert {"help", "run", "test", "verify", "bench", "lock"} <= targets


def test_every_make_target_that_is_written_about_exists() -> None:
    targets = set(_TARGET.findall(tree.text("Makefile")))

    assert [(name, word) for name in _documents() for word in said(_MAKE, tree.text(name)) - targets] == []


def test_every_command_that_is_written_about_exists() -> None:
    commands = set(get_commands())

    assert [(name, word) for name in _documents() for word in said(_MANAGE, tree.text(name)) - commands] == []


def test_the_script_for_bare_machines_can_be_executed() -> None:
    assert (tree.ROOT / ".ci" / "run").stat().st_mode & 0o111 == 0o111


def test_commands_are_found_in_code_and_not_in_prose() -> None:
    block = "```\npython manage.py migrate\n.venv/bin/ipaas doctor\n```\n"
    text = f"Please make sure of `make test` and `ipaas serve`.\n{block}"

    assert said(_MAKE, text) == {"test"}
    assert said(_MANAGE, text) == {"serve", "migrate", "doctor"}
