"""Settling: the retry policy, error ports, and what each outcome becomes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine.decide import Finish, Sleep, Start, decide
from flows.engine.errors import RECONNECT_NEEDED, REJECTED, TRY_AGAIN, UNCERTAIN, error
from flows.engine.outcomes import Call, Done, Fail, Open, Reply, Wait
from flows.engine.retry import RetryPolicy
from flows.engine.settle import settle
from tests.engine.harness import NOW, Holder, admitted, call, plan_of

PLAN = plan_of(call("c"), edges=["start>c"])
START = Start("c", "c", 1)


def busy(**detail: Any) -> Fail:
    return Fail(error(TRY_AGAIN, "busy", "Busy.", detail=detail))


def settled(outcome: Any, start: Start = START, plan: Any = PLAN, jitter: float = 0.5) -> list[dict[str, Any]]:
    return settle(plan, start, outcome, NOW, jitter)


def test_done_becomes_one_fact() -> None:
    assert settled(Done({"a": 1}, "out")) == [
        {
            "type": "step_succeeded",
            "at": "2026-11-20T10:00:00Z",
            "step": "c",
            "attempt": 1,
            "port": "out",
            "output": {"a": 1},
        }
    ]


def test_an_output_the_journal_cannot_write_is_a_failure() -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]

    for outcome in (Done(deep), Open([deep]), Reply(200, deep), Done({"n": 2**70}), Done("\ud800")):
        fact = settled(outcome)[0]
        assert fact["type"] == "step_failed"
        assert fact["error"]["code"] in ("limit_nesting", "not_json")
        assert fact["error"]["pointer"] == "/nodes/1"


def test_a_reply_is_sent_and_succeeds() -> None:
    facts = settled(Reply(201, "ok", {"X": "1"}))

    assert [fact["type"] for fact in facts] == ["replied", "step_succeeded"]
    assert (facts[0]["status"], facts[0]["body"], facts[0]["headers"]) == (201, "ok", {"X": "1"})
    assert facts[1]["output"] == {"status": 201, "body": "ok"}


def test_opening_carries_the_items() -> None:
    assert settled(Open([1, 2]))[0]["items"] == [1, 2]
    assert settled(Open([1, 2]))[0]["count"] == 2


def test_waiting_names_its_end() -> None:
    assert settled(Wait(NOW + timedelta(hours=1), None))[0]["until"] == "2026-11-20T11:00:00Z"
    assert settled(Wait(None, "connection:con_1"))[0]["token"] == "connection:con_1"


def test_a_call_must_be_performed_first() -> None:
    with pytest.raises(TypeError):
        settled(Call("shop", "read", {}))


def test_what_may_pass_is_tried_again() -> None:
    fact = settled(busy())[0]

    assert (fact["retry_at"], fact["port"]) == ("2026-11-20T10:00:00.500000Z", None)


@pytest.mark.parametrize(
    "failure, retried",
    [
        (error(TRY_AGAIN, "a", "."), True),
        (error(UNCERTAIN, "a", ".", detail={"retry": True}), True),
        (error(UNCERTAIN, "a", "."), False),
        (error(REJECTED, "a", ".", detail={"retry": True}), False),
        (error(RECONNECT_NEEDED, "a", "."), False),
    ],
)
def test_only_some_classes_are_tried_again(failure: dict[str, Any], retried: bool) -> None:
    assert (settled(Fail(failure))[0]["retry_at"] is not None) is retried


def test_the_other_systems_pause_is_a_floor() -> None:
    assert settled(busy(after_seconds=30))[0]["retry_at"] == "2026-11-20T10:00:30Z"
    assert settled(busy(after_seconds=0.1), jitter=1.0)[0]["retry_at"] == "2026-11-20T10:00:01Z"
    assert settled(busy(after_seconds="soon"))[0]["retry_at"] == "2026-11-20T10:00:00.500000Z"


def test_the_last_try_is_the_last() -> None:
    fact = settled(busy(), Start("c", "c", 5))[0]

    assert (fact["retry_at"], fact["port"]) == (None, None)


def test_the_document_sets_the_policy() -> None:
    plan = plan_of(call("c", retry={"attempts": 2, "first_seconds": 10}), edges=["start>c"])

    assert settled(busy(), plan=plan, jitter=1.0)[0]["retry_at"] == "2026-11-20T10:00:10Z"
    assert settled(busy(), Start("c", "c", 2), plan=plan)[0]["retry_at"] is None


@pytest.mark.parametrize("more, edges", [({}, ["c:error>d"]), ({"on_error": "continue"}, [])])
def test_a_failure_leaves_by_the_error_port(more: dict[str, Any], edges: list[str]) -> None:
    plan = plan_of(call("c", **more), call("d"), edges=["start>c", *edges])

    assert settled(Fail(error(REJECTED, "no", "No.")), plan=plan)[0]["port"] == "error"


def test_tries_left_come_before_the_error_port() -> None:
    plan = plan_of(call("c"), call("d"), edges=["start>c", "c:error>d"])

    assert settled(busy(), plan=plan)[0]["port"] is None
    assert settled(busy(), Start("c", "c", 5), plan=plan)[0]["port"] == "error"


@given(
    st.builds(
        RetryPolicy, attempts=st.integers(1, 100), first_seconds=st.floats(0, 86400), factor=st.floats(1, 100),
        max_seconds=st.floats(0, 604800),
    ),
    st.integers(1, 100), st.floats(0, 1e9), st.floats(0, 1),
)  # fmt: skip
def test_delays_keep_their_bounds(policy: RetryPolicy, attempt: int, after: float, jitter: float) -> None:
    delay = policy.delay_seconds(attempt, after, jitter)

    assert 0 <= delay <= 604800
    assert delay <= max(after, policy.max_seconds)
    assert delay >= min(after, 604800)


def test_back_off_doubles_up_to_its_bound() -> None:
    assert [RetryPolicy().delay_seconds(n, 0, 1.0) for n in (1, 2, 3, 9, 10, 90)] == [1, 2, 4, 256, 300, 300]


def test_a_waiting_step_sleeps_then_is_tried_again() -> None:
    holder = Holder(PLAN, answer=lambda step, attempt: busy() if attempt < 3 else Done("ok"))
    holder.carry(2)

    asleep = decide(PLAN, holder.history, NOW)
    later = decide(PLAN, holder.history, NOW + timedelta(seconds=1))
    holder.carry()

    assert asleep == [Sleep(NOW + timedelta(seconds=0.5))]
    assert later == [Start("c", "c", 2)]
    assert holder.history.status == "succeeded"
    assert holder.history.step("c").attempt == 3
    assert holder.history.attempts == 3


def test_exhausted_tries_fail_the_run_with_the_last_error() -> None:
    holder = Holder(PLAN, answer=lambda step, attempt: busy(attempt=attempt)).carry()

    assert holder.history.status == "failed"
    assert holder.history.finished["error"]["detail"] == {"attempt": 5}
    assert holder.history.finished["error"]["step"] == "c"


def test_an_uncertain_failure_makes_the_run_uncertain() -> None:
    history = admitted(PLAN)
    for fact in settled(Fail(error(UNCERTAIN, "lost", "No answer."))):
        history.apply(fact)

    assert [type(d) for d in decide(PLAN, history, NOW)] == [Finish]
    assert decide(PLAN, history, NOW)[0].status == "uncertain"
