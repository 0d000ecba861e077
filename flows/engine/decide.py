"""What a run does next.

Called by the runner after it applied facts. Pure: the same facts give the same decisions, in whatever order the steps
settled. Its work follows what became ready, not the size of the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.engine.errors import LIMIT_REACHED, UNCERTAIN, ErrorDict, error
from flows.engine.frames import Close, Skip, Start
from flows.engine.history import History
from flows.engine.plan import Plan

__all__ = ["Close", "Decision", "Finish", "Skip", "Sleep", "Start", "decide"]


@dataclass(frozen=True, slots=True)
class Sleep:
    """Nothing more to do before `until`; None when only an outside waking goes on."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over: record `run_finished`. The error also names its `step`."""

    status: str
    error: ErrorDict | None


Decision = Start | Skip | Close | Sleep | Finish


def decide(plan: Plan, history: History, now: datetime) -> list[Decision]:
    """The decisions the facts allow now.

    The rules: (1) every step settles once; (2) an edge is live when its source succeeded through its port, or failed
    into `error`; (3) a node is decided when all its sources settled: any live edge starts it, none skips it; (4) a
    for-each opens, runs its children once per item, and closes when all settled; (5) a failure with tries left
    sleeps, with an error port flows on, otherwise fails the run, after what is in flight has settled; (6) canvas
    position means nothing.

    Starts, skips and closes may all be carried out at once, in any order; each stays in the answer until a fact about
    its step is applied. `Sleep` comes last and only when something waits. A run that failed, was cancelled or ran out
    of time starts nothing more; it finishes when nothing is in flight.
    """
    if history.finished is not None or not history.admitted:
        return []
    stop = _stop(plan, history, now)
    if stop is not None:
        return [] if history.in_flight else [stop]
    decisions: list[Any] = list(history.ready.values())
    if len(decisions) > 1:
        decisions.sort(key=lambda decision: (plan.nodes[decision.node].index, decision.step))
    for loop in history.roomy.values():
        for index in loop.beginnable():
            prefix = f"{loop.path}[{index}]."
            decisions.extend(Start(prefix + root, root, 1) for root in loop.node.roots)
    due, nearest = history.sleepers.look(now)
    decisions.extend(sorted(due, key=lambda start: (plan.nodes[start.node].index, start.step)) if due else ())
    if decisions:
        return [*decisions, Sleep(nearest)] if nearest is not None else decisions
    if nearest is not None:
        return [Sleep(nearest)]
    if history.in_flight:
        return []
    return [Sleep(None)] if history.tokens else [Finish("succeeded", None)]


def _stop(plan: Plan, history: History, now: datetime) -> Finish | None:
    """Why nothing more may start, as the way the run will finish; None when it may go on."""
    if history.cancelled is not None:
        return Finish("cancelled", None)
    errors = history.root.errors
    if errors:
        order = sorted(errors, key=lambda step: (errors[step]["class"] != UNCERTAIN, plan.nodes[step].index))
        failure = errors[order[0]]
        status = "uncertain" if failure["class"] == UNCERTAIN else "failed"
        return Finish(status, {**failure, "step": order[0]})
    limit = plan.timeout_seconds
    if limit is not None and history.active_seconds(now) > limit:
        failure = error(
            LIMIT_REACHED,
            "run_timeout",
            f"The run worked for more than {limit:g} seconds.",
            hint="Raise timeout_seconds in the flow's settings, or let it do less.",
            detail={"limit": "timeout_seconds", "value": limit},
        )
        return Finish("failed", failure)
    return None
