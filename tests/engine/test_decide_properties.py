"""Properties of decide over random documents: convergence, settling once, silence after the end, replay."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.engine import facts
from flows.engine.decide import Sleep, Start, decide
from flows.engine.history import History
from flows.engine.plan import compile_plan
from tests.engine.graphs import BODY, answer, documents
from tests.engine.harness import NOW, Catalog, Holder, trigger

SEEDS = st.integers(0, 2**32)
PATIENT = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def _settled(holder: Holder) -> dict[str, tuple[str, str | None]]:
    states = {path: holder.history.step(path) for path in holder.history.statuses}
    return {path: (state.status, state.port) for path, state in states.items() if state is not None}


@PATIENT
@given(documents(caught=True), SEEDS, SEEDS)
def test_any_settle_order_leads_to_the_same_end(document: dict[str, Any], one: int, other: int) -> None:
    plan = compile_plan(document, Catalog())

    first = Holder(plan, BODY, answer, one).carry()
    second = Holder(plan, BODY, answer, other).carry()

    assert _settled(first) == _settled(second)
    assert first.history.root.scope["steps"] == second.history.root.scope["steps"]
    assert first.history.status == second.history.status == "succeeded"


@PATIENT
@given(documents(caught=False), SEEDS, SEEDS)
def test_a_run_that_fails_fails_in_every_order(document: dict[str, Any], one: int, other: int) -> None:
    plan = compile_plan(document, Catalog())

    first = Holder(plan, BODY, answer, one).carry()
    second = Holder(plan, BODY, answer, other).carry()

    assert first.history.status == second.history.status
    assert first.history.finished is not None
    assert first.in_flight == {}
    assert second.in_flight == {}


@PATIENT
@given(documents(caught=False), SEEDS)
def test_every_step_settles_at_most_once(document: dict[str, Any], seed: int) -> None:
    plan = compile_plan(document, Catalog())

    holder = Holder(plan, BODY, answer, seed).carry()

    kinds = ("step_succeeded", "step_skipped", "step_failed")
    settled = Counter(f["step"] for f in holder.facts if f["type"] in kinds and not f.get("retry_at"))
    assert [step for step, times in settled.items() if times > 1] == []


@PATIENT
@given(documents(caught=True), SEEDS)
def test_every_top_step_of_a_succeeded_run_is_settled(document: dict[str, Any], seed: int) -> None:
    plan = compile_plan(document, Catalog())

    holder = Holder(plan, BODY, answer, seed).carry()

    assert {id_ for id_ in plan.top if id_ in holder.history.root.steps} == set(plan.top)


@PATIENT
@given(documents(caught=False), SEEDS)
def test_nothing_is_decided_after_the_end(document: dict[str, Any], seed: int) -> None:
    plan = compile_plan(document, Catalog())

    holder = Holder(plan, BODY, answer, seed).carry()

    assert decide(plan, holder.history, holder.now) == []


@PATIENT
@given(documents(caught=False), SEEDS, st.integers(1, 40))
def test_a_history_folded_again_decides_the_same(document: dict[str, Any], seed: int, moves: int) -> None:
    plan = compile_plan(document, Catalog())
    holder = Holder(plan, BODY, answer, seed).carry(moves)

    again = History(plan, trigger(BODY), {})
    for fact in holder.facts:
        again.apply(fact)

    assert decide(plan, again, holder.now) == decide(plan, holder.history, holder.now)
    assert again.statuses == holder.history.statuses


@PATIENT
@given(documents(caught=True), SEEDS, SEEDS, st.integers(1, 60))
def test_a_new_holder_after_a_crash_comes_to_the_same_end(
    document: dict[str, Any], one: int, other: int, moves: int
) -> None:
    plan = compile_plan(document, Catalog())
    whole = Holder(plan, BODY, answer, one).carry()
    crashed = Holder(plan, BODY, answer, one).carry(moves)

    heir = Holder(plan, BODY, answer, other)
    heir.now = crashed.now
    for fact in crashed.facts[1:]:
        heir.note(fact)
    heir.history.reopen()
    heir.carry()

    assert _settled(heir) == _settled(whole)
    assert heir.history.status == "succeeded"


@PATIENT
@given(documents(caught=True), SEEDS, st.integers(1, 40))
def test_a_cancelled_run_starts_nothing_and_finishes_once(document: dict[str, Any], seed: int, moves: int) -> None:
    plan = compile_plan(document, Catalog())
    holder = Holder(plan, BODY, answer, seed).carry(moves)
    finished_before = holder.history.finished is not None
    starts_before = sum(fact["type"] == "step_started" for fact in holder.facts)

    holder.note(facts.run_cancelled(NOW, "ada", "stop"))
    holder.carry()

    assert sum(fact["type"] == "step_started" for fact in holder.facts) == starts_before
    assert sum(fact["type"] == "run_finished" for fact in holder.facts) == 1
    assert holder.history.status == ("succeeded" if finished_before else "cancelled")


@PATIENT
@given(documents(caught=True), SEEDS)
def test_starts_are_offered_once_and_in_the_order_of_the_plan(document: dict[str, Any], seed: int) -> None:
    plan = compile_plan(document, Catalog())
    holder = Holder(plan, BODY, answer, seed).carry(10)

    decisions = decide(plan, holder.history, holder.now)

    steps = [decision.step for decision in decisions if not isinstance(decision, Sleep) and hasattr(decision, "step")]
    assert len(steps) == len(set(steps))
    assert not {d.step for d in decisions if isinstance(d, Start)} & set(holder.in_flight)
