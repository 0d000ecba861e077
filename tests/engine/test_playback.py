"""Recorded runs played again: every history comes out as it was, and what has changed is told in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.engine.compare import differences, pointer_problem
from flows.engine.outcomes import NoTables
from flows.engine.playback import Expectation, Played, answers_of, play, record
from flows.engine.standins import Given, to_json
from tests.engine.harness import Catalog, Tables, call, document, node, trigger

FILES = sorted((Path(__file__).parent / "histories").glob("*.json"))
ENDED = ("succeeded", "failed")
# In a play no time passes, so what ran out of it does not.
TIMELESS = [path for path in FILES if path.stem != "24-out-of-time"]


def recording(body: Any, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A recording of a run that was begun by this body."""
    return {
        "trigger": trigger(body),
        "env": {},
        "tables": {},
        "mode": "whole",
        "step": "",
        "stand_ins": {},
        "answers": answers,
        **more,
    }


def of_file(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A history file, and a recording of its facts."""
    told = json.loads(path.read_text())
    return told, {**recording(None, answers_of(told["facts"])), "trigger": told["trigger"]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_history_plays_to_itself(path: Path) -> None:
    told, made = of_file(path)

    first = record(told["document"], Catalog(), made, NoTables())
    again = play(Expectation(json.loads(json.dumps(made)), first.outcome), told["document"], Catalog())

    assert again.ok, again.differences or again.error
    assert again.outcome == first.outcome


@pytest.mark.parametrize(
    "path",
    [path for path in TIMELESS if json.loads(path.read_text())["expected"]["status"] in ENDED],
    ids=lambda p: p.stem,
)
def test_a_finished_history_comes_out_as_it_was_recorded(path: Path) -> None:
    told, made = of_file(path)

    played = record(told["document"], Catalog(), made, NoTables())

    started = {step for step, status in told["expected"]["steps"].items() if step != "start" and status != "waiting"}
    assert played.outcome["status"] == told["expected"]["status"]
    assert {path: status for path, status in played.steps.items() if path in started} == {
        path: status for path, status in told["expected"]["steps"].items() if path in started
    }


ORDER = document(
    node("order", "map", rules=[{"target": "total", "source": "trigger.body.total"}, {"target": "note", "value": "a"}]),
    call("write", input={"order": "{{ steps.order }}"}),
    node("each", "for_each", items="trigger.body.lines"),
    call("line", parent="each", input={"part": "{{ item.part }}", "at": "{{ item.at }}"}),
    node("answer", "respond", body={"id": "{{ steps.write.id }}"}),
    edges=["start>order", "order>write", "write>each", "each>answer"],
)
BODY = {"total": 12, "lines": [{"part": "A", "at": 1}, {"part": "B", "at": 2}]}
ANSWERS = {
    "write": {"1": {"output": {"id": "SO-1"}}},
    "each[0].line": {"1": {"output": {}}},
    "each[1].line": {"1": {"output": {}}},
}


def changed(index: int, **params: Any) -> dict[str, Any]:
    """The order document with other parameters of one node."""
    nodes = [dict(each) for each in ORDER["nodes"]]
    nodes[index] = {**nodes[index], "params": {**nodes[index]["params"], **params}}
    return {**ORDER, "nodes": nodes}


def played(drawn: dict[str, Any], *ignored: str, answers: dict[str, Any] | None = None, **more: Any) -> Played:
    """The recorded order played on another document."""
    made = recording(BODY, answers or ANSWERS, **more)
    expected = record(ORDER, Catalog(), made, Tables()).outcome
    return play(Expectation(made, expected, ignored), drawn, Catalog())


def told(found: Played) -> list[tuple[str, str, Any, Any]]:
    return [(each.kind, each.pointer, each.expected, each.actual) for each in found.differences]


def test_what_is_expected_holds_inputs_of_calls_and_outputs_of_what_is_computed() -> None:
    found = played(ORDER)

    assert found.ok
    assert found.outcome == {
        "status": "succeeded",
        "steps": {
            "order": {"status": "succeeded", "output": {"total": 12, "note": "a"}},
            "write": {"status": "succeeded", "input": {"order": {"total": 12, "note": "a"}}},
            "each": {"status": "succeeded"},
            "each[0].line": {"status": "succeeded", "input": {"part": "A", "at": 1}},
            "each[1].line": {"status": "succeeded", "input": {"part": "B", "at": 2}},
            "answer": {"status": "succeeded", "output": {"status": 200, "body": {"id": "SO-1"}}},
        },
        "reply": {"status": 200, "body": {"id": "SO-1"}, "headers": {}},
    }


def test_a_changed_mapping_is_told_at_the_map_and_at_the_call_that_takes_it() -> None:
    rules = [{"target": "total", "source": "trigger.body.total"}, {"target": "note", "value": "b"}]

    found = played(changed(1, rules=rules))

    assert told(found) == [
        ("changed", "/steps/order/output/note", "a", "b"),
        ("changed", "/steps/write/input/order/note", "a", "b"),
    ]
    assert [each.step for each in found.differences] == ["order", "write"]
    assert found.differences[1].message == "“write”: note was a and is now b."


def test_fields_that_are_gone_and_fields_that_are_new_are_told_apart() -> None:
    rules = [{"target": "total", "source": "trigger.body.total"}, {"target": "memo", "value": "a"}]

    found = played(changed(1, rules=rules), "/steps/write")

    assert told(found) == [
        ("missing", "/steps/order/output/note", "a", None),
        ("new", "/steps/order/output/memo", None, "a"),
    ]
    assert [each.message for each in found.differences] == [
        "“order”: note was a and is gone.",
        "“order”: memo is new, a.",
    ]


@pytest.mark.parametrize(
    "ignored",
    [
        ["/steps/each[0].line/input/at", "/steps/each[1].line/input/at"],
        ["/steps/each[*].line/input/at"],
        ["/steps/line/input/at"],
        ["/steps/line"],
        ["/steps/*/input/at"],
    ],
)
def test_ignored_places_do_not_count(ignored: list[str]) -> None:
    later = changed(4, input={"part": "{{ item.part }}", "at": "{{ item.at + 1 }}"})

    assert len(played(later).differences) == 2
    assert played(later, *ignored).ok
    assert not played(later, "/steps/write/input/at", "/steps/line/output").ok


def test_a_star_stands_for_any_item_of_a_list() -> None:
    before = {
        "status": "succeeded",
        "reply": None,
        "steps": {"a": {"status": "succeeded", "output": [{"x": 1}, {"x": 1}]}},
    }
    after = {
        "status": "succeeded",
        "reply": None,
        "steps": {"a": {"status": "succeeded", "output": [{"x": 2}, {"x": 3}]}},
    }

    assert len(differences(before, after, [], {})) == 2
    assert [each.actual for each in differences(before, after, ["/steps/a/output/0/x"], {})] == [3]
    assert differences(before, after, ["/steps/a/output/*/x"], {}) == []


def test_a_number_and_a_yes_are_not_the_same_but_a_whole_number_is_itself() -> None:
    def outcome(value: Any) -> dict[str, Any]:
        return {"status": "succeeded", "reply": None, "steps": {"a": {"status": "succeeded", "output": value}}}

    assert len(differences(outcome(1), outcome(True), [], {})) == 1
    assert differences(outcome(1), outcome(1.0), [], {}) == []


def test_a_step_that_is_gone_and_a_call_that_is_new_are_told() -> None:
    nodes = [each for each in ORDER["nodes"] if each["id"] not in ("write",)]
    nodes = [*nodes[:2], call("store", input={}), *nodes[2:]]
    edges = [dict(edge) for edge in ORDER["edges"]]
    edges[1]["to"] = edges[2]["from"] = "store"
    drawn = {**ORDER, "nodes": nodes, "edges": edges}
    drawn["nodes"][-1] = node("answer", "respond", body={"id": 1})

    found = played(drawn)

    assert ("missing", "/steps/write", "succeeded", None) in told(found)
    assert ("new", "/steps/store", None, "failed") in told(found)
    assert ("status", "/status", "succeeded", "failed") in told(found)
    assert "a call that was not recorded" in " ".join(each.message for each in found.differences)


def test_errors_and_retries_are_played_as_they_happened() -> None:
    down = {"class": "try_again", "code": "down", "message": "Down.", "detail": {}}
    refused = {"class": "rejected", "code": "no", "message": "No.", "detail": {}}
    tried = {**ANSWERS, "write": {"1": {"error": down}, "2": {"error": refused}}}

    found = played(ORDER, answers=tried)
    without_retry = {**ORDER, "nodes": [{**each, "retry": {"attempts": 1}} for each in ORDER["nodes"]]}

    assert found.ok
    assert (found.outcome["status"], found.outcome["steps"]["write"]["code"]) == ("failed", "no")
    assert [each.message for each in played(without_retry, answers=tried).differences] == []
    assert played(without_retry, answers=tried).outcome["steps"]["write"]["code"] == "down"


def test_answers_are_read_from_facts_by_path_and_try() -> None:
    facts = [
        {"type": "step_started", "step": "each[0].line", "attempt": 1},
        {"type": "step_failed", "step": "each[0].line", "attempt": 1, "error": {"code": "down"}},
        {"type": "step_started", "step": "each[0].line", "attempt": 2},
        {"type": "step_succeeded", "step": "each[0].line", "attempt": 2, "output": 5},
        {"type": "step_succeeded", "step": "computed", "attempt": 1, "output": 6},
        {"type": "step_failed", "step": "computed", "attempt": 1, "error": {}},
        {"type": "step_started", "step": "write", "attempt": 1},
        {"type": "step_failed", "step": "write", "attempt": 1, "error": {"code": "lost"}},
        {"type": "run_resolved", "step": "write", "made": True, "output": {"id": 1}},
        {"type": "step_started", "step": "open", "attempt": 1},
    ]

    assert answers_of(facts) == {
        "each[0].line": {"1": {"error": {"code": "down"}}, "2": {"output": 5}},
        "write": {"1": {"output": {"id": 1}}},
        "open": {},
    }


def test_rows_of_tables_are_played_as_they_were_and_others_are_asked_for() -> None:
    drawn = document(
        node("part", "lookup", table="parts", key="{{ trigger.body.product }}", on_missing="null"),
        node("other", "lookup", table="parts", key="{{ trigger.body.other }}", on_missing="null"),
        edges=["start>part", "start>other"],
    )
    made = recording({"product": "p1", "other": "p2"}, {})
    expected = record(drawn, Catalog(), made, Tables({"parts": {"p1": "PUMP"}})).outcome
    later = Tables({"parts": {"p1": "changed", "p2": "new", "p3": "SEAL"}})
    asks_more = {**drawn, "nodes": [*drawn["nodes"][:2], node("other", "lookup", table="parts", key="p3")]}

    same = play(Expectation(made, expected), drawn, Catalog(), later)
    more = play(Expectation(made, expected), asks_more, Catalog(), later)

    assert made["tables"] == {"parts": {"p1": "PUMP", "p2": None}}
    assert same.ok
    assert told(more) == [("changed", "/steps/other/output", None, "SEAL")]


def test_a_test_of_one_step_plays_that_step_alone() -> None:
    pinned = to_json({"start": Given(None), "order": Given({"total": 1})})
    made = recording(BODY, ANSWERS, mode="step", step="write", stand_ins=pinned)
    expected = record(ORDER, Catalog(), made, NoTables()).outcome
    broken_after = changed(5, body="{{ steps.nowhere }}")

    found = play(Expectation(made, expected), broken_after, Catalog())

    assert found.ok
    assert found.steps == {"order": "succeeded", "write": "succeeded"}


def test_a_document_that_cannot_run_says_where_and_a_step_that_is_gone_which() -> None:
    refused = played(changed(2, operation="nothing"))
    gone = play(Expectation(recording(BODY, {}, step="write"), {}), {**ORDER, "nodes": ORDER["nodes"][:1]}, Catalog())

    assert (refused.ok, refused.error and refused.error["pointer"]) == (False, "/nodes/2/params/operation")
    assert gone.error is not None
    assert gone.error["message"] == "There is no step “write” any more."


def test_a_play_that_takes_too_long_is_ended() -> None:
    made = recording(BODY, ANSWERS)
    expected = record(ORDER, Catalog(), made, NoTables()).outcome

    found = play(Expectation(made, expected), ORDER, Catalog(), goes_on=lambda: False)

    assert found.error is not None
    assert found.error["code"] == "took_too_long"


@pytest.mark.parametrize("pointer", ["", "steps/a", "/", "/steps//a", "/nodes/0", "/steps/a/"])
def test_a_place_that_cannot_be_ignored_is_refused_in_words(pointer: str) -> None:
    assert pointer_problem(pointer) is not None


@pytest.mark.parametrize("pointer", ["/steps/each[*].line/input/*/Date", "/reply/body", "/status", "/steps/order"])
def test_a_place_that_can_be_ignored_is_taken(pointer: str) -> None:
    assert pointer_problem(pointer) is None
