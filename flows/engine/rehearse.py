"""Carries a run in memory: the same decisions and nodes as for a real one, with somebody else's answers to its calls.

Used to see what a step would send, and to play tests of flows. Pure: time jumps over whatever is waited for, and
nothing leaves the process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.engine.act import act
from flows.engine.decide import Close, Decision, Finish, Skip, Sleep, Start, decide
from flows.engine.facts import Fact, run_admitted, run_finished, step_skipped, step_started
from flows.engine.history import History
from flows.engine.outcomes import Call, Done, Fail, NoTables, Tables
from flows.engine.plan import Plan
from flows.engine.settle import settle

Answer = Callable[[Start, Call], Done | Fail | None]
"""What a call comes to; None ends the rehearsal there."""
_JITTER = 1.0


@dataclass(slots=True)
class Stage:
    """What a rehearsal is given.

    Attributes:
        trigger: `body`, `headers`, `query` and `received_at` of the event.
        answer: Asked for every call.
        env: Environment variables.
        tables: Lookup tables.
        goes_on: Asked now and then; False ends the rehearsal unfinished.
    """

    trigger: Mapping[str, Any]
    answer: Answer
    env: Mapping[str, Any] = field(default_factory=dict)
    tables: Tables = field(default_factory=NoTables)
    goes_on: Callable[[], bool] = lambda: True


def rehearse(plan: Plan, stage: Stage) -> list[Fact]:
    """The facts of the run, as far as it came; the last is `run_finished` unless it was ended or waits for ever."""
    return _Rehearsal(plan, stage).go()


class _Rehearsal:
    def __init__(self, plan: Plan, stage: Stage) -> None:
        self._plan = plan
        self._stage = stage
        self._now = datetime.fromisoformat(stage.trigger["received_at"])
        self._history = History(plan, dict(stage.trigger), dict(stage.env))
        self._facts: list[Fact] = []
        self._over = False

    def go(self) -> list[Fact]:
        self._note(run_admitted(self._now, self._plan.trigger, ""))
        while not self._over and self._history.finished is None and self._stage.goes_on():
            decisions = decide(self._plan, self._history, self._now)
            if all(isinstance(decision, Sleep) for decision in decisions):
                self._skip_time(decisions)
                continue
            for decision in decisions:
                self._take(decision)
                if self._over:
                    break
        return self._facts

    def _skip_time(self, decisions: list[Decision]) -> None:
        moments = [decision.until for decision in decisions if isinstance(decision, Sleep) and decision.until]
        if moments:
            self._now = max(self._now, min(moments))
        else:
            self._over = True

    def _take(self, decision: Decision) -> None:
        if isinstance(decision, Skip):
            self._note(step_skipped(self._now, decision.step))
        elif isinstance(decision, Finish):
            self._note(run_finished(self._now, decision.status, decision.error))
        elif isinstance(decision, Start | Close):
            self._act(decision)

    def _act(self, decision: Start | Close) -> None:
        outcome = act(self._plan, self._history, decision, self._stage.tables, self._now)
        if isinstance(outcome, Call):
            assert isinstance(decision, Start)
            self._note(step_started(self._now, decision.step, decision.attempt, input=outcome.inputs))
            answer = self._stage.answer(decision, outcome)
            if answer is None:
                self._over = True
                return
            outcome = answer
        for fact in settle(self._plan, decision, outcome, self._now, _JITTER):
            self._note(fact)

    def _note(self, fact: Fact) -> None:
        self._history.apply(fact)
        self._facts.append(fact)
