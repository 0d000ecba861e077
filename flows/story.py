"""What happened in a run, in words: the line that the runs list shows.

The carry calls it when a run rests or ends; it reads the folded history and never the database.
"""

from __future__ import annotations

from typing import Any

from flows.deployed import Deployed
from flows.engine.history import History

_MOST_EFFECTS = 4


def summary_of(deployed: Deployed, history: History) -> str:
    """At most one sentence, without the NUL that no database keeps in its texts."""
    return _summary_of(deployed, history).replace("\x00", "")


def _summary_of(deployed: Deployed, history: History) -> str:
    """The failure, what is waited for, or what was done outside."""
    finished = history.finished
    if finished and finished.get("error"):
        return _failure(deployed, finished["error"])
    if finished and finished["status"] == "cancelled":
        return "cancelled"
    states = history.root.steps.items()
    waiting = [(id_, state) for id_, state in states if state.status == "waiting"]
    if not finished and waiting:
        step, state = waiting[0]
        reason = f": {state.error['message']}" if state.error and state.error.get("message") else ""
        return f"waits at {_title(deployed, step)}{reason}"
    nodes = deployed.plan.nodes
    if finished and (told := deployed.plan.story(history.root.scope)):
        return told
    done = [nodes[id_].title for id_, state in states if state.status == "succeeded" and nodes[id_].kind == "call"]
    if not done:
        return "finished without calling another system" if finished else ""
    if len(done) > _MOST_EFFECTS:
        return f"{', '.join(done[:_MOST_EFFECTS])} and {len(done) - _MOST_EFFECTS} more"
    return ", ".join(done)


def _failure(deployed: Deployed, error: dict[str, Any]) -> str:
    step = error.get("step")
    where = f"{_title(deployed, step)}: " if step else ""
    return f"{where}{error.get('message', '')}"


def _title(deployed: Deployed, path: str) -> str:
    node = deployed.plan.nodes.get(path.rpartition(".")[2])
    return node.title if node is not None else path
