"""Tests of flows: recorded runs that are played on a draft, without anything being sent.

The only writer of that table. Recording and playing are the engine's (`flows.engine.playback`); here is what they need
of the book: a run's facts, its event, lookup tables and variables. Exported tests are the same JSON.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from connectors.registry import registry
from flows.catalog import RegistryCatalog
from flows.control import FINISHED
from flows.deployed import carried_by, load_tables
from flows.engine.outcomes import NoTables, Tables
from flows.engine.playback import NOT_RECORDED, Expectation, Played, Recording, answers_of, play, record
from flows.events import trigger_scope
from flows.models import Event, Flow, FlowTest, Run, Trial
from flows.reading import all_facts
from ipaas.accounts.models import EnvironmentVariable, User
from ipaas.book.packing import dumps

MOST_PER_FLOW = 200
_MOST_SECONDS = 20.0
_MOST_SECONDS_EACH = 6.0


class NotRecordable(ValueError):
    """A run cannot become a test, or a result cannot be expected; the message says why."""


def make(flow: Flow, person: User, name: str, run: Run, ignored: list[str]) -> FlowTest:
    """Make a test of a run.

    Raises:
        NotRecordable: The run has not ended, or cannot be played.
    """
    if FlowTest.objects.of(flow.tenant_id).filter(flow=flow).count() >= MOST_PER_FLOW:
        raise NotRecordable(f"A flow has at most {MOST_PER_FLOW} tests.")
    recording, expected = recorded(run)
    made: FlowTest = FlowTest.objects.of(flow.tenant_id).create(
        flow=flow,
        name=name,
        recording=recording,
        expected=expected,
        ignored=ignored,
        run_id=run.id,
        created_by=person,
    )
    return made


def recorded(run: Run) -> tuple[Recording, dict[str, Any]]:
    """The recording of a run, and what came out when it was played at once on its own document."""
    if run.status not in ("succeeded", "failed"):
        reason = "has not ended yet" if run.status not in FINISHED else f"was {run.status}"
        raise NotRecordable(f"The run {reason}, so it cannot become a test.")
    event = Event.objects.of(run.tenant_id).get(id=run.event_id)
    at_work = carried_by(run)
    trial = at_work if isinstance(at_work, Trial) else None
    recording: Recording = {
        "trigger": trigger_scope(bytes(event.body), event.meta or {}, event.received_at),
        "env": _variables(run, at_work.document),
        "mode": trial.mode if trial is not None else "whole",
        "step": trial.step if trial is not None else "",
        "stand_ins": trial.stand_ins if trial is not None else {},
        "answers": answers_of(all_facts(run)),
        "tables": {},
    }
    tables = _Tables(run.tenant_id)
    played = record(at_work.document, RegistryCatalog(registry()), recording, tables)
    if played.error is not None:
        raise NotRecordable(f"The run cannot be played again: {played.error['message']}")
    if played.outcome["status"] != run.status:
        raise NotRecordable(f"Played again the run is {played.outcome['status']}, not {run.status}, as it was.")
    if len(dumps(recording)) > 2 * settings.EVENT_MAX_BYTES:
        raise NotRecordable("The run holds more data than a test may keep. Record one with a smaller event.")
    return recording, played.outcome


def _variables(run: Run, document: Mapping[str, Any]) -> dict[str, str]:
    """The variables that the document names; others are none of a test's business."""
    text = dumps(document).decode()
    rows = EnvironmentVariable.objects.filter(environment_id=run.environment_id).values_list("name", "value")
    return {name: value for name, value in rows if name in text}


class _Tables:
    """Lookup tables of a tenant, each loaded when it is first asked for."""

    def __init__(self, tenant_id: str) -> None:
        self._tenant_id = tenant_id
        self._loaded: dict[str, Tables] = {}

    def get(self, table: str, key: str) -> Any:
        """The value, or `MISSING`."""
        if table not in self._loaded:
            self._loaded[table] = load_tables(self._tenant_id, frozenset({table}))
        return self._loaded[table].get(table, key)


def change(test: FlowTest, **changes: Any) -> None:
    """Change a test's name, what it ignores, or what it was recorded from and expects."""
    for name, value in changes.items():
        setattr(test, name, value)
    test.save(update_fields=[*changes, "updated_at"])


def remove(test: FlowTest) -> None:
    """Remove a test."""
    FlowTest.objects.of(test.tenant_id).filter(id=test.id).delete()


def record_again(test: FlowTest, run: Run) -> None:
    """Let another run be what the test plays and expects."""
    recording, expected = recorded(run)
    change(test, recording=recording, expected=expected, run_id=run.id)


def accept(test: FlowTest, document: Mapping[str, Any]) -> None:
    """Expect from now on what comes out on this document.

    Raises:
        NotRecordable: The test cannot be played on it, or calls for an answer that was not recorded.
    """
    played = play(expectation(test), document, RegistryCatalog(registry()), _Tables(test.tenant_id))
    if played.error is not None:
        raise NotRecordable(f"This result cannot be expected: {played.error['message']}")
    unanswered = [path for path, step in played.outcome["steps"].items() if step.get("code") == NOT_RECORDED]
    if unanswered:
        raise NotRecordable(f"“{unanswered[0]}” makes a call that was not recorded. Record the test anew from a run.")
    change(test, expected=played.outcome)


def expectation(test: FlowTest) -> Expectation:
    """A test as the engine plays it."""
    return Expectation(test.recording, test.expected, tuple(test.ignored))


def play_all(flow: Flow, document: Mapping[str, Any], wanted: Iterable[str] | None) -> list[dict[str, Any]]:
    """Play tests of a flow on a document within bounded time; all of them unless some are named by id."""
    rows = FlowTest.objects.of(flow.tenant_id).filter(flow=flow).order_by("id")
    if wanted is not None:
        rows = rows.filter(id__in=list(wanted))
    tables = _Tables(flow.tenant_id)
    deadline = time.monotonic() + _MOST_SECONDS
    results = []
    for row in rows:
        until = min(deadline, time.monotonic() + _MOST_SECONDS_EACH)
        played = play(expectation(row), document, RegistryCatalog(registry()), tables, _before(until))
        results.append(result(row.id, row.name, played))
    return results


def _before(until: float) -> Callable[[], bool]:
    return lambda: time.monotonic() < until


def result(test_id: str, name: str, played: Played) -> dict[str, Any]:
    """How a test came out, as the API and the command tell it."""
    return {
        "test": test_id,
        "name": name,
        "ok": played.ok,
        "status": played.outcome["status"],
        "differences": [difference.to_dict() for difference in played.differences],
        "steps": played.steps,
        "error": played.error,
    }


# --- in files -------------------------------------------------------------------------------------------------------


def exported(flow: Flow) -> list[dict[str, Any]]:
    """The tests of a flow as they are written beside its document."""
    rows = FlowTest.objects.of(flow.tenant_id).filter(flow=flow).order_by("id")
    return [
        {"name": row.name, "ignored": row.ignored, "recording": row.recording, "expected": row.expected} for row in rows
    ]


def imported(flow: Flow, person: User, tests: Sequence[Mapping[str, Any]]) -> None:
    """Make these the tests of a flow; those of the same name are replaced, others stay."""
    kept = {row.name: row for row in FlowTest.objects.of(flow.tenant_id).filter(flow=flow)}
    for entry in tests:
        fields = {name: entry[name] for name in ("recording", "expected", "ignored")}
        if entry["name"] in kept:
            change(kept[entry["name"]], **fields)
        else:
            FlowTest.objects.of(flow.tenant_id).create(flow=flow, name=entry["name"], created_by=person, **fields)


def played_alone(document: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Play an exported test on a document; needs neither the book nor a server."""
    expected = Expectation(entry["recording"], entry["expected"], tuple(entry["ignored"]))
    return result("", entry["name"], play(expected, document, RegistryCatalog(registry()), NoTables()))


_RECORDING = ("trigger", "env", "mode", "step", "stand_ins", "answers", "tables")


def not_tests(found: Any) -> str | None:
    """Why a value is no list of exported tests; None when it is one."""
    if not isinstance(found, list):
        return "it holds no list of tests"
    for place, entry in enumerate(found):
        parts = entry if isinstance(entry, dict) else {}
        recording = parts.get("recording")
        whole = isinstance(recording, dict) and all(name in recording for name in _RECORDING)
        if not (isinstance(parts.get("name"), str) and isinstance(parts.get("ignored"), list) and whole):
            return f"test {place + 1} in it is not whole"
        if not isinstance(parts.get("expected"), dict) or "steps" not in parts["expected"]:
            return f"test {place + 1} in it says not what is expected"
    return None
