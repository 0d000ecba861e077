"""From an outcome to facts, the retry policy applied.

Called by the runner after `act`, and after the gateway answered a `Call` (as `Done` or `Fail`). Pure: the moment and
the jitter are passed in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.engine.errors import ErrorDict, StepFailed, located
from flows.engine.facts import Fact, stamp
from flows.engine.frames import Close, Start
from flows.engine.outcomes import Call, Done, Fail, Open, Outcome, Reply, Wait
from flows.engine.plan import Plan
from flows.engine.retry import asked_seconds, may_repeat
from flows.engine.values import check_writable


def settle(plan: Plan, decision: Start | Close, outcome: Outcome, now: datetime, jitter: float) -> list[Fact]:
    """The facts of an outcome.

    An output the journal could not write becomes a failure. A failure is tried again when its class allows and tries
    are left; otherwise it leaves by the `error` port where one is wired (or `on_error` is `continue`), else it fails
    the run.

    Args:
        plan: Of the run's version.
        decision: The start or close that was acted on.
        outcome: What it came to; never a `Call`, which must be performed first.
        now: The moment of settling.
        jitter: From 0 to 1, drawn by the caller.

    Raises:
        TypeError: the outcome is a `Call`.
    """
    try:
        _check(outcome)
    except StepFailed as failure:
        outcome = Fail(located(failure, plan.nodes[decision.node].pointer).error)
    at, step, attempt = stamp(now), decision.step, decision.attempt
    if type(outcome) is Done:
        return [_succeeded(at, step, attempt, outcome.port, outcome.output)]
    if type(outcome) is Fail:
        return [_failed(plan, decision, outcome.error, now, jitter)]
    if type(outcome) is Open:
        items = outcome.items
        return [
            {"type": "step_opened", "at": at, "step": step, "attempt": attempt, "count": len(items), "items": items}
        ]
    if type(outcome) is Reply:
        answer = {"status": outcome.status, "body": outcome.body, "headers": outcome.headers}
        return [
            {"type": "replied", "at": at, "step": step, **answer},
            _succeeded(at, step, attempt, "out", {"status": outcome.status, "body": outcome.body}),
        ]
    if type(outcome) is Wait:
        until = None if outcome.until is None else stamp(outcome.until)
        return [
            {"type": "step_waiting", "at": at, "step": step, "attempt": attempt, "until": until, "token": outcome.token}
        ]
    raise TypeError(f"{Call.__name__} must be performed before it can be settled")


def _check(outcome: Outcome) -> None:
    if type(outcome) is Done:
        check_writable(outcome.output)
    elif type(outcome) is Open:
        check_writable(outcome.items)
    elif type(outcome) is Reply:
        check_writable(outcome.body)


def _succeeded(at: str, step: str, attempt: int, port: str, output: object) -> Fact:
    return {"type": "step_succeeded", "at": at, "step": step, "attempt": attempt, "port": port, "output": output}


def _failed(plan: Plan, decision: Start | Close, failure: ErrorDict, now: datetime, jitter: float) -> Fact:
    node = plan.nodes[decision.node]
    retry_at: str | None = None
    if type(decision) is Start and may_repeat(failure) and decision.attempt < node.retry.attempts:
        delay = node.retry.delay_seconds(decision.attempt, asked_seconds(failure), jitter)
        retry_at = stamp(now + timedelta(seconds=delay))
    return {
        "type": "step_failed",
        "at": stamp(now),
        "step": decision.step,
        "attempt": decision.attempt,
        "error": failure,
        "retry_at": retry_at,
        "port": "error" if node.error_port and retry_at is None else None,
    }
