"""Recorded histories: each file holds a document, its facts, and what they come to.

The browser's fold of facts reads the same files, so each is self-contained: `title`, `document`, `trigger`, `facts`,
`expected` (`status`, `steps` by path, and the `decisions` at the moment of the last fact). Failures found in the field
become files here.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.engine.decide import Close, Finish, Skip, Sleep, Start, decide
from flows.engine.facts import stamp
from flows.engine.history import History
from flows.engine.plan import compile_plan
from tests.engine.harness import Catalog

FILES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def described(decision: Any) -> dict[str, Any]:
    """A decision as the files write it."""
    match decision:
        case Start(step, _, attempt):
            return {"kind": "start", "step": step, "attempt": attempt}
        case Skip(step, _):
            return {"kind": "skip", "step": step}
        case Close(step, _, _):
            return {"kind": "close", "step": step}
        case Sleep(until):
            return {"kind": "sleep", "until": until and stamp(until)}
        case Finish(status, error):
            return {"kind": "finish", "status": status, "step": error and error.get("step")}
    raise AssertionError(decision)


def folded(recorded: dict[str, Any]) -> History:
    history = History(compile_plan(recorded["document"], Catalog()), recorded["trigger"], {})
    for fact in recorded["facts"]:
        history.apply(fact)
    return history


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_history_comes_to_what_was_recorded(path: Path) -> None:
    recorded = json.loads(path.read_text())

    history = folded(recorded)

    now = datetime.fromisoformat(recorded["facts"][-1]["at"])
    assert history.status == recorded["expected"]["status"]
    assert history.statuses == recorded["expected"]["steps"]
    assert [described(d) for d in decide(history.plan, history, now)] == recorded["expected"]["decisions"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_self_contained(path: Path) -> None:
    recorded = json.loads(path.read_text())

    assert set(recorded) == {"title", "document", "trigger", "facts", "expected"}
    assert set(recorded["trigger"]) == {"body", "headers", "query", "received_at"}
    assert recorded["facts"][0]["type"] == "run_admitted"
    assert all({"type", "at"} <= set(fact) for fact in recorded["facts"])


def test_there_are_histories() -> None:
    assert len(FILES) >= 15
