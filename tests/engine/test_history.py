"""Histories: crashes, cancelling, waiting, resolving, time limits, merging, and words about it all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flows.engine import facts
from flows.engine.decide import Finish, Skip, Sleep, Start, decide
from flows.engine.errors import REJECTED, UNCERTAIN, error
from flows.engine.history import History
from flows.engine.outcomes import Done, Fail, Outcome, Wait
from flows.engine.plan import compile_plan
from flows.engine.settle import settle
from tests.engine.harness import NOW, Catalog, Holder, admitted, call, document, finish, node, plan_of, trigger

ONE = plan_of(call("c"), edges=["start>c"])


def started(history: History, step: str, attempt: int = 1, at: Any = NOW) -> None:
    history.apply(facts.step_started(at, step, attempt))


def settled(history: History, plan: Any, step: str, outcome: Outcome, at: Any = NOW, attempt: int = 1) -> None:
    for fact in settle(plan, Start(step, step.rpartition(".")[2], attempt), outcome, at, 0.5):
        history.apply(fact)


def test_nothing_is_decided_before_admission() -> None:
    assert decide(ONE, History(ONE, trigger(), {}), NOW) == []


def test_the_trigger_settles_with_the_event() -> None:
    history = admitted(ONE, {"id": 1})

    assert history.step("start").output == {"id": 1}
    assert history.scope("c")["steps"] == {"start": {"id": 1}}
    assert history.status == "queued"


def test_parallel_branches_start_at_once_and_merge() -> None:
    plan = plan_of(call("a"), call("b"), call("merge"), edges=["start>a", "start>b", "a>merge", "b>merge"])
    history = admitted(plan)

    both = decide(plan, history, NOW)
    settled(history, plan, "a", Done(1))
    one_left = decide(plan, history, NOW)
    settled(history, plan, "b", Done(2))

    assert both == [Start("a", "a", 1), Start("b", "b", 1)]
    assert one_left == [Start("b", "b", 1)]
    assert decide(plan, history, NOW) == [Start("merge", "merge", 1)]


def test_a_merge_starts_when_one_way_is_live_and_is_skipped_when_none_is() -> None:
    branch = node("if", "condition", branches=[{"port": "yes", "when": "trigger.body"}], otherwise="no")
    plan = plan_of(branch, call("y"), call("n"), call("any"), call("none"),
                   edges=["start>if", "if:yes>y", "if:no>n", "y>any", "n>any", "n>none"])  # fmt: skip

    history = finish(plan, True)

    wanted = {
        "start": "succeeded",
        "if": "succeeded",
        "y": "succeeded",
        "n": "skipped",
        "any": "succeeded",
        "none": "skipped",
    }
    assert history.statuses == wanted


def test_a_failure_is_seen_behind_its_error_port() -> None:
    why = node("m", "map", rules=[{"target": "why", "source": "steps.c.error.message"}])
    plan = plan_of(call("c"), why, call("ok"),
                   edges=["start>c", "c:error>m", "c>ok"])  # fmt: skip

    history = finish(plan, answer=lambda step, attempt: Fail(error(REJECTED, "no", "Not today.")))

    assert history.step("m").output == {"why": "Not today."}
    assert history.step("ok").status == "skipped"
    assert history.status == "succeeded"


def test_siblings_in_flight_settle_before_a_failed_run_finishes() -> None:
    plan = plan_of(call("a"), call("b"), call("after"), edges=["start>a", "start>b", "b>after"])
    history = admitted(plan)
    started(history, "a")
    started(history, "b")

    settled(history, plan, "a", Fail(error(REJECTED, "no", "No.")))
    while_b_runs = decide(plan, history, NOW)
    settled(history, plan, "b", Done(1))

    assert while_b_runs == []
    assert decide(plan, history, NOW) == [Finish("failed", {**error(REJECTED, "no", "No."), "step": "a"})]


def test_uncertain_comes_before_failed() -> None:
    plan = plan_of(call("a"), call("b"), edges=["start>a", "start>b"])
    history = admitted(plan)
    started(history, "a")
    started(history, "b")

    settled(history, plan, "a", Fail(error(REJECTED, "no", "No.")))
    settled(history, plan, "b", Fail(error(UNCERTAIN, "lost", "No answer.")))

    finish_ = decide(plan, history, NOW)[0]
    assert (finish_.status, finish_.error["step"]) == ("uncertain", "b")


def test_a_crashed_holders_step_starts_again_as_the_same_attempt() -> None:
    history = admitted(ONE)
    started(history, "c")
    before = decide(ONE, history, NOW)

    history.reopen()

    assert before == []
    assert decide(ONE, history, NOW) == [Start("c", "c", 1)]
    assert history.running == 0


def test_a_crash_after_the_second_start_keeps_its_number() -> None:
    history = admitted(ONE)
    settled(history, ONE, "c", Fail(error("try_again", "busy", "Busy.")))
    started(history, "c", 2)

    history.reopen()

    assert decide(ONE, history, NOW) == [Start("c", "c", 2)]


def test_a_crash_inside_a_loop_reopens_only_what_was_in_flight() -> None:
    plan = plan_of(node("each", "for_each", items="trigger.body"), call("in", parent="each"), edges=["start>each"])
    holder = Holder(plan, [1, 2, 3])
    holder._take(Start("each", "each", 1))
    started(holder.history, "each[1].in")
    started(holder.history, "each[2].in")
    settled(holder.history, plan, "each[2].in", Done(2))

    holder.history.reopen()

    assert decide(plan, holder.history, NOW) == [Start("each[1].in", "in", 1), Start("each[0].in", "in", 1)]


def test_cancelling_waits_for_what_is_in_flight_and_finishes_once() -> None:
    plan = plan_of(call("a"), call("b"), edges=["start>a", "a>b"])
    history = admitted(plan)
    started(history, "a")

    history.apply(facts.run_cancelled(NOW, "ada", "wrong order"))
    in_flight = decide(plan, history, NOW)
    settled(history, plan, "a", Done(1))
    at_rest = decide(plan, history, NOW)
    history.apply(facts.run_finished(NOW, "cancelled", None))

    assert in_flight == []
    assert at_rest == [Finish("cancelled", None)]
    assert decide(plan, history, NOW) == []
    assert history.status == "cancelled"


def test_a_run_waiting_for_a_token_sleeps_until_it_is_woken() -> None:
    history = admitted(ONE)
    started(history, "c")
    settled(history, ONE, "c", Wait(None, "connection:con_1"))

    asleep = decide(ONE, history, NOW)
    tokens = list(history.tokens)
    status = history.status
    history.apply(facts.step_woken(NOW, "c"))

    assert asleep == [Sleep(None)]
    assert tokens == ["c"]
    assert status == "waiting"
    assert decide(ONE, history, NOW) == [Start("c", "c", 1)]


def test_a_step_waiting_for_a_moment_starts_then_and_can_be_woken_before() -> None:
    history = admitted(ONE)
    settled(history, ONE, "c", Wait(NOW + timedelta(hours=1), None))

    asleep = decide(ONE, history, NOW)
    due = decide(ONE, history, NOW + timedelta(hours=1))
    history.apply(facts.step_woken(NOW, "c"))

    assert asleep == [Sleep(NOW + timedelta(hours=1))]
    assert due == [Start("c", "c", 1)]
    assert decide(ONE, history, NOW) == [Start("c", "c", 1)]


def test_a_wake_up_time_is_told_even_while_others_run() -> None:
    plan = plan_of(call("a"), call("b"), edges=["start>a", "start>b"])
    history = admitted(plan)
    started(history, "b")
    settled(history, plan, "a", Wait(NOW + timedelta(hours=1), None))

    assert decide(plan, history, NOW) == [Sleep(NOW + timedelta(hours=1))]


def uncertain_run() -> tuple[Any, History]:
    plan = plan_of(call("c"), call("next"), edges=["start>c", "c>next"])
    history = admitted(plan)
    started(history, "c")
    settled(history, plan, "c", Fail(error(UNCERTAIN, "lost", "No answer.")))
    history.apply(facts.run_finished(NOW, "uncertain", None))
    return plan, history


def test_an_effect_that_was_made_lets_the_run_go_on() -> None:
    plan, history = uncertain_run()

    history.apply(facts.run_resolved(NOW, "c", "ada", True, {"id": 9}))

    assert history.scope("next")["steps"]["c"] == {"id": 9}
    assert decide(plan, history, NOW) == [Start("next", "next", 1)]


def test_an_effect_that_was_not_made_is_tried_again() -> None:
    plan, history = uncertain_run()

    history.apply(facts.run_resolved(NOW, "c", "ada", False, None))

    assert decide(plan, history, NOW) == [Start("c", "c", 2)]
    assert history.finished is None


def test_resolving_inside_loops_opens_them_again() -> None:
    plan = plan_of(
        node("outer", "for_each", items="trigger.body", concurrency=1),
        node("inner", "for_each", items="item", parent="outer"),
        call("leaf", parent="inner"), edges=["start>outer"],
    )  # fmt: skip
    unsure, lost = "outer[0].inner[1].leaf", Fail(error(UNCERTAIN, "lost", "No answer."))
    holder = Holder(plan, [[1, 2], [3]], lambda step, attempt: lost if step == unsure else Done(step)).carry()
    status = holder.history.status

    holder.note(facts.run_resolved(NOW, unsure, "ada", True, "found"))
    holder.carry()

    assert status == "uncertain"
    assert holder.history.status == "succeeded"
    outputs = [order["items"] for order in holder.history.step("outer").output["items"]]
    assert outputs == [["outer[0].inner[0].leaf", "found"], ["outer[1].inner[0].leaf"]]


def test_resolving_what_is_not_uncertain_changes_nothing() -> None:
    plan = plan_of(call("c"), edges=["start>c"])
    history = admitted(plan)

    history.apply(facts.run_resolved(NOW, "c", "ada", True, 1))
    history.apply(facts.run_resolved(NOW, "ghost[3].c", "ada", True, 1))

    assert decide(plan, history, NOW) == [Start("c", "c", 1)]


def test_a_settled_step_stays_as_it_is() -> None:
    history = admitted(ONE)
    settled(history, ONE, "c", Done(1))

    settled(history, ONE, "c", Done(2))
    settled(history, ONE, "c", Fail(error(REJECTED, "late", "Late.")))

    assert (history.step("c").status, history.step("c").output) == ("succeeded", 1)
    assert decide(ONE, history, NOW) == [Finish("succeeded", None)]


def test_a_run_out_of_time_finishes_when_nothing_is_in_flight() -> None:
    plan = plan_of(call("a"), call("b"), edges=["start>a", "a>b"], settings={"timeout_seconds": 60})
    history = admitted(plan)
    started(history, "a")

    late = NOW + timedelta(seconds=61)
    in_flight = decide(plan, history, late)
    settled(history, plan, "a", Done(1), late)

    assert in_flight == []
    assert [(d.status, d.error["code"]) for d in decide(plan, history, late)] == [("failed", "run_timeout")]


def test_waiting_and_outages_are_not_working_time() -> None:
    plan = plan_of(call("a"), call("b"), edges=["start>a", "a>b"], settings={"timeout_seconds": 60})
    history = admitted(plan)
    started(history, "a")
    settled(
        history,
        plan,
        "a",
        Fail(error("try_again", "busy", "Busy.", detail={"after_seconds": 3600})),
        NOW + timedelta(seconds=40),
    )
    much_later = NOW + timedelta(days=2)
    started(history, "a", 2, much_later)
    history.reopen()

    assert history.active_seconds(much_later + timedelta(days=1)) == 40
    assert decide(plan, history, much_later + timedelta(days=1)) == [Start("a", "a", 2)]


def test_nodes_nothing_leads_to_are_skipped() -> None:
    plan = plan_of(call("a"), call("loose"), call("behind"), edges=["start>a", "loose>behind"])

    history = admitted(plan)

    assert decide(plan, history, NOW) == [Skip("loose", "loose"), Start("a", "a", 1)]
    assert finish(plan).statuses["behind"] == "skipped"


def test_keys_are_read_from_the_event() -> None:
    settings = {
        "business_key": "{{ trigger.body.id }}",
        "lane": "{{ trigger.body.who }}",
        "dedupe_key": "{{ trigger.body.n + 1 }}",
    }
    plan = compile_plan(document(edges=[], settings=settings), Catalog())

    assert plan.business_key(trigger({"id": 7})) == "7"
    assert plan.lane(trigger({"who": "ada"})) == "ada"
    assert plan.lane(trigger({})) is None
    assert plan.dedupe_key(trigger({"n": 1})) == "2"
    assert plan.dedupe_key(trigger({"n": "x"})) is None
    assert ONE.business_key(trigger({"id": 7})) == ""


def test_the_summary_says_what_happened() -> None:
    plan = plan_of({**call("c"), "title": "Create order"}, call("d"), edges=["start>c", "c>d"])
    waiting = admitted(plan)
    settled(waiting, plan, "c", Fail(error("try_again", "busy", "Busy.")))

    failed = finish(plan, answer=lambda step, attempt: Fail(error(REJECTED, "no", "Part X is unknown.")))

    assert failed.summary == "0 of 2 steps done; failed at 'Create order': Part X is unknown."
    assert waiting.summary == "0 of 2 steps done; waiting at 'Create order': Busy."
    assert finish(plan).summary == "2 of 2 steps done."


def test_facts_are_never_changed() -> None:
    plan = plan_of(
        node("each", "for_each", items="trigger.body"), call("in", parent="each"),
        node("m", "map", rules=[{"target": "all", "source": "steps.each"}, {"target": "all.more", "value": 1}]),
        edges=["start>each", "each>m"],
    )  # fmt: skip

    holder = Holder(plan, [{"a": 1}]).carry()

    loop_fact = next(f for f in holder.facts if f["type"] == "step_succeeded" and f["step"] == "each")
    assert loop_fact["output"] == {"items": [{"path": "each[0].in"}], "count": 1, "failed": 0}
    assert holder.history.step("m").output["all"]["more"] == 1
