"""Excerpts of a document, stand-ins for nodes, and runs that are rehearsed in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.engine import standins
from flows.engine.errors import DocumentRefused, Problem
from flows.engine.excerpt import in_the_document, leading_up_to, ports_towards, whatever_runs
from flows.engine.history import History
from flows.engine.outcomes import Done, Fail
from flows.engine.plan import compile_plan
from flows.engine.rehearse import Stage, rehearse
from flows.engine.standins import FirstItem, Given, StandIns, Steered
from tests.engine.harness import Catalog, call, document, node, trigger

FILES = sorted((Path(__file__).parent / "histories").glob("*.json"))
BRANCHED = document(
    node("kind", "condition", branches=[{"port": "refund", "when": "trigger.body.refund"}], otherwise="sale"),
    call("back", input={"id": "{{ trigger.body.id }}"}),
    call("order"),
    node("each", "for_each", items="steps.order.lines", collect="steps.line.x"),
    call("line", parent="each", input={"id": "{{ item.id }}"}),
    call("ship", parent="each", input={"line": "{{ steps.line.id }}"}),
    node("done", "map", rules=[{"target": "id", "source": "steps.each.count"}]),
    call("alone"),
    edges=["start>kind", "kind:refund>back", "kind:sale>order", "order>each", "line>ship", "each>done"],
    settings={"business_key": "{{ trigger.body.id }}", "summary": "{{ steps.done.id }}"},
    layout={"start": {"x": 0, "y": 0}, "done": {"x": 9, "y": 9}},
)


def ids(found: dict[str, Any]) -> list[str]:
    return [each["id"] for each in found["nodes"]]


def carried(found: dict[str, Any], body: Any, stand_ins: StandIns | None = None) -> tuple[dict[str, Any], list[str]]:
    """What each step came to, and the paths of the steps that called."""
    plan = compile_plan(found, Catalog(), stand_ins)
    facts = rehearse(plan, Stage(trigger(body), lambda start, made: Done({"id": start.step, **made.inputs})))
    outputs = {fact["step"]: fact["output"] for fact in facts if fact["type"] == "step_succeeded"}
    return outputs, [fact["step"] for fact in facts if fact["type"] == "step_started"]


def test_an_excerpt_holds_a_step_and_what_leads_to_it() -> None:
    found = leading_up_to(BRANCHED, "back")

    assert ids(found) == ["start", "kind", "back"]
    assert found["edges"] == [{"from": "start", "to": "kind"}, {"from": "kind", "to": "back", "port": "refund"}]
    assert found["settings"] == {"business_key": "{{ trigger.body.id }}"}
    assert found["layout"] == {"start": {"x": 0, "y": 0}}
    assert found["connections"] == {"shop": {"connector": "shop"}}


def test_an_excerpt_inside_a_for_each_leaves_out_what_follows_and_what_is_gathered() -> None:
    found = leading_up_to(BRANCHED, "line")

    assert ids(found) == ["start", "kind", "order", "each", "line"]
    assert found["nodes"][3]["params"] == {"items": "steps.order.lines"}


def test_an_excerpt_after_a_for_each_holds_it_whole() -> None:
    found = leading_up_to(BRANCHED, "done")

    assert ids(found) == ["start", "kind", "order", "each", "line", "ship", "done"]
    assert found["nodes"][3]["params"] == {"items": "steps.order.lines", "collect": "steps.line.x"}


def test_an_excerpt_of_a_for_each_holds_what_is_inside() -> None:
    assert ids(leading_up_to(BRANCHED, "each")) == ["start", "kind", "order", "each", "line", "ship"]


def test_the_excerpt_of_the_trigger_is_the_trigger() -> None:
    assert ids(leading_up_to(BRANCHED, "start")) == ["start"]


def test_what_nothing_leads_to_does_not_run() -> None:
    found = whatever_runs(BRANCHED)

    assert ids(found) == ["start", "kind", "back", "order", "each", "line", "ship", "done"]
    assert found["settings"] == BRANCHED["settings"]


def test_connections_that_the_excerpt_does_not_use_are_left_out() -> None:
    drawn = {**BRANCHED, "connections": {**BRANCHED["connections"], "other": {"connector": "gone"}}}

    assert leading_up_to(drawn, "back")["connections"] == {"shop": {"connector": "shop"}}
    assert leading_up_to(drawn, "kind")["connections"] == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"nodes": [{"id": "a", "kind": "call"}], "edges": [{"from": "a", "to": "nowhere"}]},
        {"nodes": [{"id": "a", "kind": "call", "params": [], "parent": ["x"]}], "settings": {}},
        {"nodes": [{"id": "a", "kind": "x"}, {"id": "b", "kind": "y"}],
         "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "a", "port": ["p"]}]},
        {"nodes": [{"id": "a", "kind": "for_each", "parent": "b"}, {"id": "b", "kind": "for_each", "parent": "a"}]},
        {"nodes": [{"id": "a", "kind": "call"}, {"id": "a", "kind": "map"}]},
    ],
)  # fmt: skip
def test_whatever_is_unfinished_an_excerpt_is_made(broken: dict[str, Any]) -> None:
    assert "a" in ids(leading_up_to(broken, "a"))
    assert ids(whatever_runs(broken)) == []
    assert set(ports_towards(broken, "a")) <= {"a", "b"}


def test_the_ports_that_lead_to_a_step_are_known() -> None:
    drawn = document(
        node("kind", "condition", branches=[{"port": "a", "when": "1"}, {"port": "b", "when": "1"}], otherwise="c"),
        call("first"),
        call("second"),
        edges=["start>kind", "kind:a>first", "kind:b>second", "kind:c>second", "first:error>second"],
    )

    assert ports_towards(drawn, "second") == {"start": ("out",), "kind": ("a", "b", "c"), "first": ("error",)}
    assert ports_towards(drawn, "first") == {"start": ("out",), "kind": ("a",)}


def test_problems_of_an_excerpt_point_into_the_whole_document() -> None:
    found = leading_up_to(BRANCHED, "done")
    problems = [Problem("a", "/nodes/6/params/rules/0", ""), Problem("b", "/edges/1", ""), Problem("c", "/nodes", "")]

    moved = in_the_document(problems, found, BRANCHED)

    assert [problem.pointer for problem in moved] == ["/nodes/7/params/rules/0", "/edges/2", "/nodes"]


# --- stand-ins ------------------------------------------------------------------------------------------------------


def test_a_node_that_is_given_its_answer_makes_no_call() -> None:
    found = leading_up_to(BRANCHED, "done")

    outputs, called = carried(found, {"id": "ch_1"}, {"order": Given({"lines": [{"id": 7}]})})

    assert outputs["order"] == {"lines": [{"id": 7}]}
    assert called == ["each[0].line", "each[0].ship"]
    assert outputs["done"] == {"id": 1}


def test_a_for_each_that_is_given_its_answer_runs_nothing_inside() -> None:
    outputs, called = carried(leading_up_to(BRANCHED, "done"), {}, {"each": Given({"count": 9})})

    assert called == ["order"]
    assert outputs["done"] == {"id": 9}


def test_a_step_inside_a_for_each_answers_the_same_for_every_item() -> None:
    lines = Given({"lines": [{"id": 1}, {"id": 2}]})

    outputs, called = carried(leading_up_to(BRANCHED, "done"), {}, {"order": lines, "line": Given({"id": "fixed"})})

    assert called == ["each[0].ship", "each[1].ship"]
    assert [outputs[f"each[{n}].ship"]["line"] for n in range(2)] == ["fixed", "fixed"]


def test_only_the_first_item_runs_where_that_is_wished() -> None:
    stand_ins = {"order": Given({"lines": [{"id": 1}, {"id": 2}]}), "each": FirstItem()}

    _, called = carried(leading_up_to(BRANCHED, "ship"), {}, stand_ins)

    assert called == ["each[0].line", "each[0].ship"]


def test_an_empty_list_has_no_item_to_test_with() -> None:
    plan = compile_plan(leading_up_to(BRANCHED, "ship"), Catalog(), {"order": Given({}), "each": FirstItem()})

    facts = rehearse(plan, Stage(trigger({}), lambda start, made: Done({})))

    assert facts[-1]["error"]["code"] == "no_item"


def test_a_condition_is_steered_only_where_it_would_lead_elsewhere() -> None:
    back = leading_up_to(BRANCHED, "back")
    steered = {"kind": Steered(("refund",))}

    elsewhere, _ = carried(back, {"id": "ch_1"}, steered)
    there, _ = carried(back, {"id": "ch_1", "refund": True}, steered)
    unsteered, _ = carried(back, {"id": "ch_1"})

    assert elsewhere["back"]["id"] == "ch_1"
    assert elsewhere["kind"] == {"port": "sale"}
    assert there["kind"] == {"port": "refund"}
    assert "back" not in unsteered


def test_what_is_wrong_with_a_node_that_is_given_its_answer_keeps_nothing_from_running() -> None:
    drawn = document(
        node("broken", "call", connection="nobody", operation=7, unknown=True),
        node("each", "for_each", items="steps.nothing.x"),
        node("inside", "map", parent="each", rules="none"),
        node("done", "map", rules=[{"target": "id", "source": "steps.broken.id"}]),
        edges=["start>broken", "broken>each", "each>done"],
    )
    stand_ins = {"broken": Given({"id": 5}), "each": Given(None)}

    outputs, _ = carried(drawn, {}, stand_ins)

    assert outputs["done"] == {"id": 5}
    with pytest.raises(DocumentRefused):
        compile_plan(drawn, Catalog(), {"broken": Given({"id": 5})})


def test_stand_ins_are_kept_as_json() -> None:
    made = {"a": Given({"x": 1}, "error"), "b": Given(None), "c": Steered(("p", "q")), "d": FirstItem()}

    kept = json.loads(json.dumps(standins.to_json(made)))

    assert standins.from_json(kept) == made


def test_a_plan_knows_what_each_node_reads() -> None:
    plan = compile_plan(whatever_runs(BRANCHED), Catalog())

    assert plan.reads["ship"] == {"line"}
    assert plan.reads["each"] == {"order", "line"}
    assert plan.reads["back"] == frozenset()


# --- rehearsing -----------------------------------------------------------------------------------------------------


def test_time_skips_over_what_is_waited_for() -> None:
    drawn = document(call("read", retry={"attempts": 3, "first_seconds": 3600}), edges=["start>read"])
    failure = {"class": "try_again", "code": "down", "message": "Down.", "detail": {}}
    answers = iter([Fail(failure), Fail(failure), Done({"at": "last"})])

    facts = rehearse(compile_plan(drawn, Catalog()), Stage(trigger({}), lambda start, made: next(answers)))

    assert [fact["type"] for fact in facts] == [
        "run_admitted",
        "step_started",
        "step_failed",
        "step_started",
        "step_failed",
        "step_started",
        "step_succeeded",
        "run_finished",
    ]
    assert facts[-1]["at"] == "2026-11-20T10:10:00Z"
    assert facts[-1]["status"] == "succeeded"


def test_a_rehearsal_ends_where_a_call_has_no_answer_or_time_is_up() -> None:
    plan = compile_plan(document(call("read"), edges=["start>read"]), Catalog())

    unanswered = rehearse(plan, Stage(trigger({}), lambda start, made: None))
    out_of_time = rehearse(plan, Stage(trigger({}), lambda start, made: Done({}), goes_on=lambda: False))

    assert [fact["type"] for fact in unanswered] == ["run_admitted", "step_started"]
    assert [fact["type"] for fact in out_of_time] == ["run_admitted"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_facts_of_a_rehearsal_fold_to_its_end(path: Path) -> None:
    recorded = json.loads(path.read_text())
    plan = compile_plan(recorded["document"], Catalog())

    facts = rehearse(plan, Stage(recorded["trigger"], lambda start, made: Done({"lines": [1], "items": [1]})))

    history = History(plan, recorded["trigger"], {})
    for fact in facts:
        history.apply(fact)
    assert history.finished == facts[-1]
