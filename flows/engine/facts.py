"""Facts: the entries of a run's journal, as plain JSON.

Made here and by `settle`; read by `History`. A fact is never changed after it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flows.engine.errors import ErrorDict

Fact = dict[str, Any]


@lru_cache(maxsize=256)
def stamp(at: datetime) -> str:
    """A moment as facts write it: ISO 8601 in UTC with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def run_admitted(at: datetime, trigger_node: str, event_id: str) -> Fact:
    """The first fact of every run."""
    return {"type": "run_admitted", "at": stamp(at), "trigger_node": trigger_node, "event_id": event_id}


def step_started(at: datetime, step: str, attempt: int, **more: Any) -> Fact:
    """A try began whose outcome comes later; `input` when it is a call. Pure nodes need none."""
    return {"type": "step_started", "at": stamp(at), "step": step, "attempt": attempt, **more}


def step_skipped(at: datetime, step: str) -> Fact:
    """Nothing live leads to the step."""
    return {"type": "step_skipped", "at": stamp(at), "step": step}


def step_woken(at: datetime, step: str) -> Fact:
    """What a waiting step waited for has come; it is started again."""
    return {"type": "step_woken", "at": stamp(at), "step": step}


def call_made(at: datetime, step: str, attempt: int, record: Mapping[str, Any], error: ErrorDict | None) -> Fact:
    """The gateway's record of one call."""
    return {"type": "call_made", "at": stamp(at), "step": step, "attempt": attempt, "record": record, "error": error}


def run_cancelled(at: datetime, by: str, reason: str) -> Fact:
    """A person stops the run."""
    return {"type": "run_cancelled", "at": stamp(at), "by": by, "reason": reason}


def run_replayed(at: datetime, from_run: str) -> Fact:
    """This run repeats the event of another."""
    return {"type": "run_replayed", "at": stamp(at), "from_run": from_run}


def run_resolved(at: datetime, step: str, by: str, made: bool, output: Any) -> Fact:
    """A person says whether an uncertain effect was made; the run goes on with that."""
    return {"type": "run_resolved", "at": stamp(at), "step": step, "by": by, "made": made, "output": output}


def run_finished(at: datetime, status: str, error: ErrorDict | None) -> Fact:
    """The run is over."""
    return {"type": "run_finished", "at": stamp(at), "status": status, "error": error}
