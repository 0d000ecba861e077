"""Runs the parts of the test suite in order and ends with one line that counts what passed and what failed.

Called by `make verify` and `make test`. A part that cannot run, collects nothing, skips a test or takes too long
counts as failed; a failing part does not keep the later ones from running.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
_VITEST = re.compile(r"^\s*Tests\s+(?:(?P<failed>\d+) failed\s*\|\s*)?(?:(?P<passed>\d+) passed)?(?P<rest>.*)$", re.M)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Part:
    """One command of the suite. `tests` holds what pytest is to collect; other commands count as one check.

    `deal` is how tests are dealt to workers: whole files, unless the tests of a part share nothing within theirs.
    """

    name: str
    argv: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    workers: int = 0
    deal: str = "loadfile"
    servers: bool = False
    cwd: Path = ROOT
    minutes: float = 15


@dataclass(frozen=True)
class Score:
    """How many checks of a part passed and failed, and what to say about it."""

    passed: int
    failed: int
    note: str = ""


def _tool(name: str) -> str:
    return str(Path(PYTHON).parent / name)


_AREAS = ("tests/services", "tests/connectors", "tests/flows", "tests/api", "connectors/library")
VERIFY = (
    Part("lint", (_tool("ruff"), "check", "--quiet", ".")),
    Part("format", (_tool("ruff"), "format", "--check", "--quiet", ".")),
    Part("types", (_tool("mypy"),)),
    Part("configuration", (PYTHON, "manage.py", "check", "--fail-level", "WARNING")),
    Part("migrations", (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")),
    Part(
        "house, engine, contract",
        tests=("tests/house", "tests/engine", "tests/connectors/test_contract.py"),
        workers=2,
        deal="worksteal",
    ),
)
REST = (
    Part("python, SQLite", tests=_AREAS, workers=2),
    Part(
        "python, PostgreSQL and Redis", tests=("tests/connectors", "tests/flows", "tests/api"), workers=2, servers=True
    ),
    Part("journeys", tests=("tests/journeys",)),
    Part("typescript", ("npm", "run", "check"), cwd=ROOT / "frontend"),
    Part("browser", tests=("tests/browser",), workers=2, minutes=25),
    Part("browser, time", tests=("tests/pace",)),
    Part("crash", tests=("tests/crash",)),
)
SUITES = {"verify": VERIFY, "all": VERIFY + REST}


def main(arguments: Sequence[str]) -> int:
    """Run the named suite; exit code 0 only when nothing failed."""
    if len(arguments) != 1 or arguments[0] not in SUITES:
        print(f"usage: python -m tests.suite {'|'.join(SUITES)}", file=sys.stderr)
        return 2
    _forget_configuration()
    scores = [(part, *_timed(part)) for part in SUITES[arguments[0]]]
    print("\n" + "\n".join(_line(part, score, seconds) for part, score, seconds in scores))
    passed = sum(score.passed for _, score, _ in scores)
    failed = sum(score.failed for _, score, _ in scores)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _forget_configuration() -> None:
    """The suite runs against its own settings, whatever installation the shell is configured for."""
    for name in list(os.environ):
        if name.startswith("IPAAS_") and not name.startswith("IPAAS_TEST_"):
            del os.environ[name]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    # Every process of the suite imports the same modules; compiling them anew each time is most of a short part.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _timed(part: Part) -> tuple[Score, float]:
    print(f"\n── {part.name} ──", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ipaas-suite-") as folder:
        score = run(part, Path(folder) / "report.xml")
    if score.failed:
        print(f"{part.name}: failed. {score.note}", flush=True)
    return score, time.monotonic() - started


def _line(part: Part, score: Score, seconds: float) -> str:
    mark = "failed" if score.failed else "ok"
    return f"{mark:6} {part.name:32} {score.passed:5} passed {score.failed:4} failed {seconds:7.1f} s  {score.note}"


def run(part: Part, report: Path) -> Score:
    """Run one part to its end."""
    absent = [path for path in part.tests if not (ROOT / path).exists()]
    if absent:
        return Score(0, 1, f"There is no {', '.join(absent)}.")
    argv = _pytest(part, report) if part.tests else list(part.argv)
    try:
        code, output = _stream(argv, part)
    except OSError as error:
        return Score(0, 1, f"{argv[0]} did not start: {error.strerror}.")
    if part.tests:
        return score_of_report(report, code)
    return score_of_output(output, code)


def _pytest(part: Part, report: Path) -> list[str]:
    argv = [PYTHON, "-m", "pytest", "-q", "--no-header", f"--junitxml={report}", *part.tests]
    if part.workers:
        argv += ["-n", str(part.workers), "--dist", part.deal]
    return [PYTHON, "-m", "tests.services", "run", "--", *argv] if part.servers else argv


def _stream(argv: Sequence[str], part: Part) -> tuple[int, str]:
    """Show the output as it comes and keep it; a part that takes too long is ended with all that it started."""
    process = subprocess.Popen(
        argv,
        cwd=part.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    guard = threading.Timer(part.minutes * 60, _end, [process])
    guard.start()
    lines: list[str] = []
    try:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        return process.wait(), "".join(lines)
    finally:
        guard.cancel()
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Stop a command and its children: politely, then for certain."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def score_of_report(report: Path, code: int) -> Score:
    """Count a pytest report; a skipped test counts as failed, and so does a part that collected nothing."""
    if not report.exists():
        return Score(0, 1, f"pytest ended with code {code} and no report.")
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        for name in totals:
            totals[name] += int(suite.get(name, "0"))
    failed = totals["failures"] + totals["errors"] + totals["skipped"]
    notes = [f"{totals['skipped']} skipped." if totals["skipped"] else ""]
    if code != 0 and not failed:
        failed, notes = 1, ["No test was collected." if code == 5 else f"pytest ended with code {code}."]
    return Score(max(totals["tests"] - failed, 0), failed, " ".join(notes))


def score_of_output(output: str, code: int) -> Score:
    """One check for the command itself, and the tests that a TypeScript runner says it ran."""
    passed = failed = 0
    for found in _VITEST.finditer(_COLOUR.sub("", output)):
        passed += int(found["passed"] or 0)
        failed += int(found["failed"] or 0) + sum(int(n) for n in re.findall(r"(\d+) (?:skipped|todo)", found["rest"]))
    if code != 0:
        return Score(passed, max(failed, 1), f"It ended with code {code}.")
    return Score(passed + 1, failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
