"""How each kind of fact changes a history.

Called by `History.apply` only; one function per kind of fact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from flows.engine import loops
from flows.engine.errors import UNCERTAIN
from flows.engine.facts import Fact
from flows.engine.frames import Frame, Skip, Start, StepState

if TYPE_CHECKING:
    from flows.engine.history import History


def _admitted(history: History, fact: Fact) -> None:
    if history.admitted:
        return
    history.admitted = True
    node = history.plan.nodes[history.plan.trigger]
    state = history.root.steps[node.id] = StepState()
    for id_ in history.plan.loose:
        history.offer(history.root, Skip(id_, id_))
    history.succeed(history.root, node, state, "out", history.root.scope["trigger"].get("body"))


def _started(history: History, fact: Fact) -> None:
    found = history.touch(fact)
    if found is not None:
        frame, _, state = found
        state.status = "running"
        history.fly(fact["step"], state, frame, fact)


def _succeeded(history: History, fact: Fact) -> None:
    found = history.touch(fact)
    if found is not None:
        frame, node, state = found
        history.loops.pop(fact["step"], None)
        history.succeed(frame, node, state, fact.get("port") or "out", fact.get("output"))


def _failed(history: History, fact: Fact) -> None:
    found = history.touch(fact)
    if found is None:
        return
    frame, node, state = found
    state.error, port, retry_at = fact["error"], fact.get("port"), fact.get("retry_at")
    if retry_at is not None:
        _sleep(history, fact["step"], frame, state, retry_at, state.attempt + 1)
    elif port is not None:
        state.status, state.port = "failed", port
        frame.scope["steps"][node.id] = {"error": fact["error"]}
        history.spread(frame, node, port)
    else:
        state.status = "failed"
        loops.fail_frame(history, frame, fact["step"], fact["error"])


def _skipped(history: History, fact: Fact) -> None:
    found = history.touch(fact)
    if found is not None:
        frame, node, state = found
        state.status = "skipped"
        history.spread(frame, node, None)


def _opened(history: History, fact: Fact) -> None:
    found = history.touch(fact)
    if found is not None:
        frame, node, state = found
        state.status = "running"
        loops.open_loop(history, frame, node, fact)


def _waiting(history: History, fact: Fact) -> None:
    found = history.touch(fact)
    if found is not None:
        frame, _, state = found
        state.token = fact.get("token")
        _sleep(history, fact["step"], frame, state, fact.get("until"), state.attempt)


def _sleep(history: History, step: str, frame: Frame, state: StepState, until: str | None, next_attempt: int) -> None:
    state.status, state.next_attempt = "waiting", next_attempt
    if until is None:
        history.tokens[step] = None
    else:
        state.wake_at = datetime.fromisoformat(until)
        history.sleepers.add(step, step.rpartition(".")[2], state, frame)
    if frame.loop is not None:
        loops.after_settling(history, frame)


def _woken(history: History, fact: Fact) -> None:
    state = history.step(fact["step"])
    if state is not None and state.status == "waiting":
        found = history.touch(fact)
        if found is not None:
            history.offer(found[0], Start(fact["step"], found[1].id, state.next_attempt))


def _call_made(history: History, fact: Fact) -> None:
    history.calls += 1


def _cancelled(history: History, fact: Fact) -> None:
    history.cancelled = history.cancelled or fact
    if history.finished is not None and history.finished["status"] == UNCERTAIN:
        # Nobody will resolve it any more, so it finishes once again, as cancelled.
        history.finished = None


def _resolved(history: History, fact: Fact) -> None:
    loops.resolve(history, fact)


def _finished(history: History, fact: Fact) -> None:
    history.finished = fact


HANDLERS: Final[dict[str, Callable[[History, Fact], None]]] = {
    "run_admitted": _admitted,
    "step_started": _started,
    "step_succeeded": _succeeded,
    "step_failed": _failed,
    "step_skipped": _skipped,
    "step_opened": _opened,
    "step_waiting": _waiting,
    "step_woken": _woken,
    "call_made": _call_made,
    "run_cancelled": _cancelled,
    "run_resolved": _resolved,
    "run_finished": _finished,
}
