"""The runner of the suite counts honestly: a skip, an empty part and a part that cannot start are failures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.suite import SUITES, Part, Score, main, run, score_of_output, score_of_report

REPORT = '<testsuites><testsuite tests="10" failures="1" errors="1" skipped="2"/></testsuites>'


def test_a_skipped_test_counts_as_failed(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)

    assert score_of_report(report, 1) == Score(6, 4, "2 skipped.")


def test_a_part_that_collects_nothing_has_failed(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>')

    assert score_of_report(report, 5) == Score(0, 1, "No test was collected.")


def test_a_part_without_a_report_has_failed(tmp_path: Path) -> None:
    assert score_of_report(tmp_path / "none.xml", 4) == Score(0, 1, "pytest ended with code 4 and no report.")


def test_the_tests_of_a_typescript_runner_are_counted() -> None:
    output = "\x1b[1m Test Files \x1b[22m 2 passed (2)\n\x1b[2m      Tests \x1b[22m \x1b[32m14 passed\x1b[39m (14)\n"

    assert score_of_output(output, 0) == Score(15, 0)


def test_failed_and_skipped_typescript_tests_are_failures() -> None:
    output = "      Tests  2 failed | 11 passed | 1 skipped (14)\n"

    assert score_of_output(output, 1) == Score(11, 3, "It ended with code 1.")


def test_a_tool_that_ends_badly_is_one_failure() -> None:
    assert score_of_output("trouble\n", 2) == Score(0, 1, "It ended with code 2.")


def test_tests_that_are_not_there_are_a_failure(tmp_path: Path) -> None:
    part = Part("ghosts", tests=("tests/ghosts",))

    assert run(part, tmp_path / "report.xml") == Score(0, 1, "There is no tests/ghosts.")


def test_a_program_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    part = Part("ghost", ("no-such-program",))

    assert run(part, tmp_path / "report.xml").failed == 1


def test_a_part_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    part = Part("slow", (sys.executable, "-c", "import time; time.sleep(60)"), minutes=0.005)

    assert run(part, tmp_path / "report.xml") == Score(0, 1, "It ended with code -15.")


def test_the_last_line_counts_everything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = (Part(f"ends with {code}", (sys.executable, "-c", f"raise SystemExit({code})")) for code in (0, 1))
    monkeypatch.setitem(SUITES, "verify", (good, bad, good))
    monkeypatch.setattr("tests.suite._forget_configuration", lambda: None)

    code = main(["verify"])

    assert code == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 passed, 1 failed"
