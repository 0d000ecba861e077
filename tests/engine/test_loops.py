"""For-each: concurrency, failures, nesting, what it collects, and that many items stay cheap."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine.decide import Close, Start, decide
from flows.engine.errors import REJECTED, error
from flows.engine.outcomes import Done, Fail, Outcome
from tests.engine.harness import NOW, Holder, call, finish, node, plan_of


def loop(*children: dict[str, Any], edges: tuple[str, ...] = (), **params: Any) -> Any:
    each = node("each", "for_each", **{"items": "trigger.body", **params})
    return plan_of(each, *children, edges=["start>each", *edges])


def value_map(id_: str, expression: str, **more: Any) -> dict[str, Any]:
    return node(id_, "map", rules=[{"target": "v", "expression": expression}], **more)


def fails_on(*paths: str) -> Any:
    def answer(step: str, attempt: int) -> Outcome:
        return Fail(error(REJECTED, "refused", f"{step} was refused.")) if step in paths else Done(step)

    return answer


def output_of(history: Any, step: str = "each") -> Any:
    return history.step(step).output


def test_the_last_step_of_each_item_is_kept() -> None:
    plan = loop(
        value_map("one", "item", parent="each"),
        value_map("two", "steps.one.v * 10 + index", parent="each"),
        edges=("one>two",),
    )

    history = finish(plan, [1, 2])

    assert output_of(history) == {"items": [{"v": 10}, {"v": 21}], "count": 2, "failed": 0}


def test_collect_chooses_what_is_kept() -> None:
    plan = loop(value_map("one", "item", parent="each"), collect="{{ steps.one.v }}-{{ index }}")

    assert output_of(finish(plan, ["a", "b"]))["items"] == ["a-0", "b-1"]


def test_collect_that_fails_is_the_items_failure() -> None:
    plan = loop(value_map("one", "item", parent="each"), collect="steps.one.v + 1", on_item_error="continue")

    output = output_of(finish(plan, [1, "x"]))

    assert output["items"][0] == 2
    assert output["items"][1]["error"]["pointer"] == "/nodes/1/params/collect"
    assert output["failed"] == 1


def test_an_empty_list_closes_at_once() -> None:
    history = finish(loop(call("in", parent="each")), [])

    assert output_of(history) == {"items": [], "count": 0, "failed": 0}
    assert history.statuses == {"start": "succeeded", "each": "succeeded"}


@pytest.mark.parametrize("concurrency, expected", [(1, 1), (3, 3), (50, 10)])
def test_no_more_items_run_at_once_than_allowed(concurrency: int, expected: int) -> None:
    plan = loop(call("in", parent="each"), concurrency=concurrency)
    holder = Holder(plan, list(range(10)))

    decisions = _started(holder, plan)

    assert len(decisions) == expected
    assert Holder(plan, list(range(10)), seed=3).carry().most_in_flight <= concurrency


def _started(holder: Holder, plan: Any) -> list[Any]:
    holder.carry(1)
    return decide(plan, holder.history, NOW)


def test_the_default_is_four_at_once() -> None:
    plan = loop(call("in", parent="each"))
    holder = Holder(plan, list(range(10)))

    assert [d.step for d in _started(holder, plan)] == ["each[0].in", "each[1].in", "each[2].in", "each[3].in"]


def test_the_first_failing_item_fails_the_loop_after_the_others_in_flight_settle() -> None:
    plan = loop(call("in", parent="each"), concurrency=3)
    holder = Holder(plan, [1, 2, 3, 4, 5], fails_on("each[1].in")).carry(1)
    for start in decide(plan, holder.history, NOW):
        holder._take(start)

    holder._take("each[1].in")
    after_failure = decide(plan, holder.history, NOW)
    holder._take("each[0].in")
    holder._take("each[2].in")
    after_rest = decide(plan, holder.history, NOW)
    holder.carry()

    assert after_failure == []
    assert after_rest == [Close("each", "each", 1)]
    assert holder.history.status == "failed"
    failure = holder.history.finished["error"]
    assert (failure["step"], failure["detail"]) == ("each", {"item": 1, "step": "each[1].in"})
    assert "each[3].in" not in holder.history.statuses


def test_a_loop_that_continues_counts_its_failures() -> None:
    plan = loop(call("in", parent="each"), call("after", parent="each"), edges=("in>after",), on_item_error="continue")

    history = finish(plan, [1, 2, 3], answer=fails_on("each[1].in"))

    output = output_of(history)
    assert history.status == "succeeded"
    assert (output["count"], output["failed"]) == (3, 1)
    assert [output["items"][0], output["items"][2]] == ["each[0].after", "each[2].after"]
    assert output["items"][1]["error"]["code"] == "refused"
    assert "each[1].after" not in history.statuses


def test_a_failing_loop_flows_on_through_its_error_port() -> None:
    plan = plan_of(
        node("each", "for_each", items="trigger.body"), call("in", parent="each"),
        value_map("saw", "steps.each.error.code"),
        edges=["start>each", "each:error>saw"],
    )  # fmt: skip

    history = finish(plan, [1, 2], answer=fails_on("each[0].in"))

    assert history.status == "succeeded"
    assert output_of(history, "saw") == {"v": "refused"}


def test_inner_loops_see_outer_items() -> None:
    plan = plan_of(
        node("outer", "for_each", items="trigger.body.orders"),
        value_map("head", "'#' ~ item.no", parent="outer"),
        node("inner", "for_each", items="item.lines", parent="outer"),
        value_map("leaf", "steps.head.v ~ steps.outer.item.no ~ item ~ steps.outer.index ~ index ~ trigger.body.tail",
                  parent="inner"),
        edges=["start>outer", "head>inner"],
    )  # fmt: skip
    body = {"orders": [{"no": 1, "lines": ["a", "b"]}, {"no": 2, "lines": ["c"]}], "tail": "!"}

    history = finish(plan, body)

    inner = [[leaf["v"] for leaf in order["items"]] for order in output_of(history, "outer")["items"]]
    assert inner == [["#11a00!", "#11b01!"], ["#22c10!"]]
    assert history.statuses["outer[1].inner[0].leaf"] == "succeeded"


def test_an_inner_failure_stops_the_outer_loop() -> None:
    plan = plan_of(
        node("outer", "for_each", items="trigger.body", concurrency=1),
        node("inner", "for_each", items="item", parent="outer"),
        call("leaf", parent="inner"),
        edges=["start>outer"],
    )

    history = finish(plan, [[1], [2], [3]], answer=fails_on("outer[1].inner[0].leaf"))

    assert history.status == "failed"
    assert history.finished["error"]["detail"] == {"item": 1, "step": "outer[1].inner[0].leaf"}
    assert not any(path.startswith("outer[2]") for path in history.statuses)


def test_steps_beside_a_loop_run_while_it_is_open() -> None:
    plan = plan_of(
        node("each", "for_each", items="trigger.body"), call("in", parent="each"), call("beside"),
        edges=["start>each", "start>beside"],
    )  # fmt: skip
    holder = Holder(plan, [1])
    holder._take(Start("each", "each", 1))

    assert {d.step for d in decide(plan, holder.history, NOW)} == {"beside", "each[0].in"}


def test_a_hundred_thousand_items_are_carried() -> None:
    plan = loop(value_map("one", "item", parent="each"), concurrency=50, collect="steps.one.v")
    body = list(range(100_000))
    holder = Holder(plan, body)

    history = holder.rush().history

    assert output_of(history) == {"items": body, "count": 100_000, "failed": 0}
