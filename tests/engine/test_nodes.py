"""Each node kind by itself: what one try of it comes to."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine.nodes.table import KINDS, describe
from flows.engine.outcomes import Call, Done, Fail, Open, Outcome, Reply
from flows.mapping.transforms import describe as describe_transforms
from tests.engine.harness import Tables, act_once, call, node

TABLES = Tables({"parts": {"p1": "PART-1", "empty": None}})


def failure_of(outcome: Outcome) -> dict[str, Any]:
    assert isinstance(outcome, Fail)
    return outcome.error


def test_a_map_builds_its_object() -> None:
    outcome = act_once(node("m", "map", rules=[{"target": "a.b", "source": "trigger.body.x"}]), {"x": 1})

    assert outcome == Done({"a": {"b": 1}})


def test_a_call_fills_its_input() -> None:
    wanted = call(
        "c", input={"id": "{{ trigger.body.id }}", "note": "for {{ trigger.body.id }}", "fixed": [1, {"a": True}]}
    )

    outcome = act_once(wanted, {"id": 7})

    assert outcome == Call("shop", "read", {"id": 7, "note": "for 7", "fixed": [1, {"a": True}]})


def test_a_call_takes_a_whole_object_as_input() -> None:
    assert act_once(call("c", input="{{ trigger.body }}"), {"id": 7}) == Call("shop", "read", {"id": 7})
    assert act_once(call("c"), {"id": 7}) == Call("shop", "read", {})


def test_an_input_that_is_no_object_fails_by_its_place() -> None:
    failure = failure_of(act_once(call("c", input="{{ trigger.body.id }}"), {"id": 7}))

    assert (failure["class"], failure["code"]) == ("author_must_fix", "input_not_an_object")
    assert failure["pointer"] == "/nodes/1/params/input"


@pytest.mark.parametrize(
    "params, key, expected",
    [
        ({}, "p1", "PART-1"),
        ({}, "empty", None),
        ({"on_missing": "null"}, "nope", None),
        ({"on_missing": "default", "default": "X-{{ trigger.body.key }}"}, "nope", "X-nope"),
        ({"default": {"a": 1}}, None, {"a": 1}),
    ],
)
def test_a_lookup_answers(params: dict[str, Any], key: Any, expected: Any) -> None:
    wanted = node("l", "lookup", table="parts", key="{{ trigger.body.key }}", **params)

    assert act_once(wanted, {"key": key}, TABLES) == Done(expected)


def test_a_missing_key_fails_by_table_and_key() -> None:
    wanted = node("l", "lookup", table="parts", key="{{ trigger.body.key }}")

    failure = failure_of(act_once(wanted, {"key": "p9"}, TABLES))

    assert failure == {
        "class": "rejected",
        "code": "lookup_missing",
        "message": "'p9' is not in the table parts.",
        "hint": "Add the key to parts and replay the run, or say what a missing key takes.",
        "field": "key",
        "detail": {"table": "parts", "key": "p9"},
        "pointer": "/nodes/1/params/key",
    }


@pytest.mark.parametrize(
    "body, port",
    [
        ({"n": 5}, "big"),
        ({"n": 2}, "small"),
        ({"n": 0}, "rest"),
        ({}, "rest"),
        ({"n": None}, "rest"),
        (None, "rest"),
        ([], "rest"),
    ],
)
def test_a_condition_takes_the_first_branch_that_holds(body: Any, port: str) -> None:
    branches = [{"port": "big", "when": "trigger.body.n > 3"}, {"port": "small", "when": "{{ trigger.body.n }}"}]

    outcome = act_once(node("c", "condition", branches=branches, otherwise="rest"), body)

    assert outcome == Done({"port": port}, port)


def test_a_condition_that_cannot_be_answered_fails_by_its_branch() -> None:
    failure = failure_of(act_once(node("c", "condition", branches=[{"port": "a", "when": "trigger.body < 3"}]), "text"))

    assert (failure["class"], failure["code"]) == ("author_must_fix", "not_comparable")
    assert failure["pointer"] == "/nodes/1/params/branches/0/when"


@pytest.mark.parametrize(
    "items, body, expected",
    [
        ("trigger.body.lines", {"lines": [1, 2]}, [1, 2]),
        ("{{ trigger.body.lines }}", {"lines": [1]}, [1]),
        ("trigger.body.gone", {}, []),
        ("trigger.body | items", {"a": 1}, [{"key": "a", "value": 1}]),
        ("range(3)", {}, [0, 1, 2]),
        ("[1.5 | round(1)]", {}, [1.5]),
    ],
)
def test_a_for_each_opens_with_its_list(items: str, body: Any, expected: list[Any]) -> None:
    nodes = node("e", "for_each", items=items)

    outcome = act_once(nodes, body, more_nodes=[call("in", parent="e")])

    assert outcome == Open(expected)


def test_a_for_each_over_something_else_fails() -> None:
    failure = failure_of(
        act_once(node("e", "for_each", items="trigger.body"), "text", more_nodes=[call("in", parent="e")])
    )

    assert (failure["code"], failure["pointer"]) == ("items_not_a_list", "/nodes/1/params/items")


SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "a": {"items": {"maxLength": 2}}},
}


def test_a_valid_value_goes_on() -> None:
    assert act_once(node("v", "validate", schema=SCHEMA), {"id": 1}) == Done({"id": 1})


def test_an_invalid_value_fails_by_its_field() -> None:
    failure = failure_of(
        act_once(node("v", "validate", schema=SCHEMA, value="{{ trigger.body }}"), {"id": 1, "a": ["xxx"]})
    )

    assert (failure["class"], failure["code"], failure["field"]) == ("rejected", "value_invalid", "/a/0")
    assert failure["message"] == "'0' is too long (at most 2 characters)."
    assert failure["detail"]["errors"] == [{"pointer": "/a/0", "code": "too_long", "message": failure["message"]}]


def test_an_invalid_value_leaves_through_its_port_when_one_is_wired() -> None:
    outcome = act_once(node("v", "validate", schema=SCHEMA), {}, more_nodes=[call("c")], edges=["v:invalid>c"])

    errors = [{"pointer": "/id", "code": "required", "message": "'id' is missing."}]
    assert outcome == Done({"value": {}, "errors": errors}, "invalid")


def test_a_slow_pattern_cannot_hold_the_house() -> None:
    schema = {"type": "string", "pattern": "^(a+)+$"}

    failure = failure_of(act_once(node("v", "validate", schema=schema), "a" * 60 + "!"))

    assert failure["code"] == "value_invalid"


@pytest.mark.parametrize(
    "params, expected",
    [
        ({}, Reply(200, None, {})),
        ({"status": 202, "body": {"id": "{{ trigger.body.id }}"}}, Reply(202, {"id": 7}, {})),
        ({"status": "{{ 200 + 4 }}", "headers": {"X-Id": "{{ trigger.body.id }}"}}, Reply(204, None, {"X-Id": "7"})),
        ({"body": "{{ 1 / 4 | number }}"}, Reply(200, 0.25, {})),
    ],
)
def test_a_respond_answers(params: dict[str, Any], expected: Reply) -> None:
    assert act_once(node("r", "respond", **params), {"id": 7}) == expected


@pytest.mark.parametrize(
    "params, code",
    [
        ({"status": "{{ trigger.body.id }}"}, "bad_status"),
        ({"status": "{{ trigger.body.gone }}"}, "bad_status"),
        ({"headers": {"X": "{{ trigger.body.break }}"}}, "bad_header"),
        ({"headers": {"X\r\nY": "1"}}, "bad_header"),
    ],
)
def test_an_answer_no_server_could_give_fails(params: dict[str, Any], code: str) -> None:
    assert (
        failure_of(act_once(node("r", "respond", **params), {"id": 7, "break": "a\r\nSet-Cookie: b"}))["code"] == code
    )


def test_a_fail_speaks_the_authors_words() -> None:
    failure = failure_of(
        act_once(node("f", "fail", message="No part for {{ trigger.body.id }}", code="no_part"), {"id": 7})
    )

    assert (failure["class"], failure["code"], failure["message"]) == ("rejected", "no_part", "No part for 7")


@pytest.mark.parametrize(
    "wanted, pointer",
    [
        (
            node("x", "map", rules=[{"target": "a", "expression": "trigger.body + 1"}]),
            "/nodes/1/params/rules/0/expression",
        ),
        (node("x", "lookup", table="t", key="{{ trigger.body / 0 }}"), "/nodes/1/params/key"),
        (call("x", input={"a": {"b": "{{ trigger.body | number }}"}}), "/nodes/1/params/input/a/b"),
        (node("x", "respond", body=["{{ 'a' * 10 ** 9 }}"]), "/nodes/1/params/body/0"),
        (node("x", "fail", message="{{ trigger.body | sort | first | length + none }}"), "/nodes/1/params/message"),
    ],
)
def test_no_expression_can_crash_a_step(wanted: dict[str, Any], pointer: str) -> None:
    failure = failure_of(act_once(wanted, "text"))

    assert failure["class"] in ("author_must_fix", "limit_reached")
    assert failure["pointer"] == pointer


def test_an_output_nested_too_deeply_is_a_limit() -> None:
    body: Any = []
    for _ in range(900):
        body = [body]

    failure = failure_of(act_once(node("m", "map", rules=[{"target": "a", "expression": "trigger.body"}]), body))

    assert (failure["class"], failure["code"]) == ("limit_reached", "limit_nesting")


def test_an_input_nested_too_deeply_is_a_limit() -> None:
    body: Any = {}
    for _ in range(900):
        body = {"a": body}

    failure = failure_of(act_once(call("c", input="{{ trigger.body }}"), body))

    assert (failure["class"], failure["code"]) == ("limit_reached", "limit_nesting")


def test_plain_values_are_passed_on_without_copying() -> None:
    body = {"id": 7, "lines": [1]}

    outcome = act_once(call("c", input="{{ trigger.body }}"), body)

    assert isinstance(outcome, Call)
    assert outcome.inputs is body


def test_everything_is_described_for_the_editor() -> None:
    kinds = {entry["kind"]: entry for entry in describe()}

    assert set(kinds) == set(KINDS)
    assert kinds["call"]["ports"] == ["out", "error"]
    assert kinds["fail"]["ports"] == []
    assert all(entry["title"] and entry["description"] and entry["icon"] for entry in kinds.values())
    assert all(entry["title"] and entry["example"] for entry in describe_transforms())
