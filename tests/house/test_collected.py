"""No test goes unrun: files are named right, lie in a part of the suite, and are not switched off in silence."""

from __future__ import annotations

from pathlib import PurePosixPath

from tests.house import tree
from tests.house.collected import misnamed, switched_off, unrun
from tests.suite import SUITES


def _test_files() -> list[str]:
    """Files named like tests; a command of that name (`ipaas test_flow`) is none."""
    named = [name for name in tree.python() if PurePosixPath(name).name.startswith("test_")]
    return [name for name in named if PurePosixPath(name).parent.name != "commands"]


def test_every_module_with_tests_is_named_so_that_it_runs() -> None:
    assert [line for name in tree.python() for line in misnamed(name, tree.text(name))] == []


def test_every_test_file_belongs_to_a_part_of_the_suite() -> None:
    parts = [path for part in SUITES["all"] for path in part.tests]

    assert unrun(_test_files(), parts) == []


def test_no_test_is_switched_off_in_silence() -> None:
    assert [line for name in tree.python() for line in switched_off(name, tree.text(name))] == []


def test_a_misnamed_module_is_found() -> None:
    text = "class TestDoor:\n    def test_it_opens(self): pass\n"

    assert misnamed("tests/api/door.py", text) == ["tests/api/door.py: holds tests, so its name must begin with test_"]
    assert misnamed("tests/api/test_door.py", text) == []
    assert misnamed("tests/api/door.py", "class TestDoor:\n    pass\n") == []


def test_a_file_outside_every_part_is_found() -> None:
    assert unrun(["tests/api/test_a.py", "flows/test_b.py"], ["tests/api"]) == [
        "flows/test_b.py: no part of tests/suite.py runs it"
    ]


def test_a_silent_mark_is_found_and_one_with_a_reason_is_not() -> None:
    bare = "@pytest.mark.skip\ndef test_a(): pass\n"
    empty = "@pytest.mark.xfail(strict=True)\ndef test_a(): pass\n"
    told = "@pytest.mark.skipif(x, reason='needs a second disk')\ndef test_a(): pass\n"

    assert switched_off("t.py", bare) == ["t.py:1: pytest.mark.skip without a reason"]
    assert switched_off("t.py", empty) == ["t.py:1: pytest.mark.xfail without a reason"]
    assert switched_off("t.py", told) == []
