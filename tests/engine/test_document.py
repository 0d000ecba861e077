"""What the document check finds: each problem with its exact code and JSON pointer."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine.document import check, check_outline
from flows.engine.errors import DocumentRefused
from flows.engine.plan import compile_plan
from tests.engine.harness import Catalog, call, document, node

MAP = node("m", "map", rules=[])
FAIL = node("stop", "fail", message="no")
EACH = node("each", "for_each", items="trigger.body")


def rules(*entries: dict[str, Any]) -> dict[str, Any]:
    return document(node("m", "map", rules=list(entries)), edges=["start>m"])


def trigger_only(**params: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "connections": {"shop": {"connector": "shop"}},
        "nodes": [{"id": "start", "kind": "trigger", "params": params}],
    }


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


TABLE: list[tuple[str, Any, list[tuple[str, str]]]] = [
    ("a list", [], [("not_an_object", "")]),
    ("empty", {}, [("required", "/nodes"), ("required", "/schema")]),
    ("unknown top key", {**document(edges=[]), "extra": 1}, [("unknown_key", "/extra")]),
    ("odd key", {**document(edges=[]), "a/b~": 1}, [("unknown_key", "/a~1b~0")]),
    ("other schema number", {**document(edges=[]), "schema": 2}, [("not_allowed", "/schema")]),
    ("nodes of a wrong kind", {"schema": 1, "nodes": {}}, [("wrong_type", "/nodes")]),
    ("unknown node key", document({**MAP, "colour": "red"}, edges=["start>m"]), [("unknown_key", "/nodes/1/colour")]),
    (
        "unknown param",
        document(node("m", "map", rules=[], x=1), edges=["start>m"]),
        [("unknown_key", "/nodes/1/params/x")],
    ),
    (
        "missing param",
        document(node("l", "lookup", table="t"), edges=["start>l"]),
        [("required", "/nodes/1/params/key")],
    ),
    ("missing params", document({"id": "l", "kind": "map"}, edges=["start>l"]), [("required", "/nodes/1/params")]),
    ("unknown kind", document({"id": "a", "kind": "teleport"}, edges=["start>a"]), [("unknown_kind", "/nodes/1/kind")]),
    ("bad id", document(node("1st", "map", rules=[]), edges=[]), [("wrong_form", "/nodes/1/id")]),
    ("duplicate id", document(MAP, MAP, edges=["start>m"]), [("duplicate_id", "/nodes/2/id")]),
    ("edge from nowhere", document(MAP, edges=["start>m", "ghost>m"]), [("unknown_node", "/edges/1/from")]),
    ("edge to nowhere", document(MAP, edges=["start>m", "m>ghost"]), [("unknown_node", "/edges/1/to")]),
    ("unknown port", document(MAP, call("c"), edges=["start>m", "m:maybe>c"]), [("unknown_port", "/edges/1/port")]),
    ("no port after fail", document(FAIL, MAP, edges=["start>stop", "stop>m"]), [("unknown_port", "/edges/1")]),
    (
        "condition needs its port",
        document(node("c", "condition", branches=[{"port": "a", "when": "true"}]), MAP, edges=["start>c", "c>m"]),
        [("unknown_port", "/edges/1")],
    ),
    ("duplicate edge", document(MAP, edges=["start>m", "start>m"]), [("duplicate_edge", "/edges/1")]),
    ("edge into the trigger", document(MAP, edges=["start>m", "m>start"]), [("edge_into_trigger", "/edges/1/to")]),
    ("cycle", document(call("a"), call("b"), edges=["start>a", "a>b", "b>a"]), [("cycle", "/edges/1")]),
    ("edge to itself", document(call("a"), edges=["start>a", "a>a"]), [("cycle", "/edges/1")]),
    ("no trigger", {"schema": 1, "nodes": [MAP]}, [("no_trigger", "/nodes")]),
    ("two triggers", document(node("s2", "trigger", type="manual"), edges=[]), [("several_triggers", "/nodes/1")]),
    ("unreachable", document(MAP, call("c"), edges=["start>m"]), [("unreachable", "/nodes/2")]),
    (
        "unknown connector",
        {**document(edges=[]), "connections": {"x": {"connector": "fax"}}},
        [("unknown_connector", "/connections/x/connector")],
    ),
    (
        "unknown alias",
        document(node("c", "call", connection="fax", operation="read"), edges=["start>c"]),
        [("unknown_connection", "/nodes/1/params/connection")],
    ),
    (
        "unknown operation",
        document(node("c", "call", connection="shop", operation="fly"), edges=["start>c"]),
        [("unknown_operation", "/nodes/1/params/operation")],
    ),
    (
        "unknown event",
        trigger_only(type="webhook", connection="shop", event="order.lost"),
        [("unknown_event", "/nodes/0/params/event")],
    ),
    (
        "unknown event of several",
        trigger_only(type="webhook", connection="shop", event=["order.paid", "x"]),
        [("unknown_event", "/nodes/0/params/event/1")],
    ),
    (
        "webhook of nobody",
        trigger_only(type="webhook", event="order.paid"),
        [("required", "/nodes/0/params/connection")],
    ),
    ("schedule without times", trigger_only(type="schedule"), [("required", "/nodes/0/params/cron")]),
    (
        "schedule of another planet",
        trigger_only(type="schedule", cron="0 7 * * *", time_zone="Mars/Base"),
        [("unknown_time_zone", "/nodes/0/params/time_zone")],
    ),
    (
        "bad expression",
        document(node("c", "condition", branches=[{"port": "a", "when": "1 +"}]), edges=["start>c"]),
        [("expression_syntax", "/nodes/1/params/branches/0/when")],
    ),
    (
        "template deep in an input",
        document(call("c", input={"a": [{"b": "{{ x }}"}]}), edges=["start>c"]),
        [("unknown_name", "/nodes/1/params/input/a/0/b")],
    ),
    (
        "unknown step",
        document(call("c", input={"a": "{{ steps.ghost.id }}"}), edges=["start>c"]),
        [("unknown_step", "/nodes/1/params/input/a")],
    ),
    (
        "step beside",
        document(call("a"), call("b", input={"x": "{{ steps.a.id }}"}), edges=["start>a", "start>b"]),
        [("step_not_upstream", "/nodes/2/params/input/x")],
    ),
    (
        "its own output",
        document(call("a", input={"x": "{{ steps.a.id }}"}), edges=["start>a"]),
        [("step_not_upstream", "/nodes/1/params/input/x")],
    ),
    (
        "inside of a loop from outside",
        document(
            EACH, call("in", parent="each"), call("b", input={"x": "{{ steps.in }}"}), edges=["start>each", "each>b"]
        ),
        [("step_not_upstream", "/nodes/3/params/input/x")],
    ),
    (
        "settings read a step",
        document(MAP, edges=["start>m"], settings={"business_key": "{{ steps.m.id }}"}),
        [("step_not_upstream", "/settings/business_key")],
    ),
    ("unknown parent", document(call("a", parent="ghost"), edges=[]), [("unknown_parent", "/nodes/1/parent")]),
    (
        "parent is no loop",
        document(MAP, call("a", parent="m"), edges=["start>m"]),
        [("parent_not_for_each", "/nodes/2/parent")],
    ),
    (
        "loop inside itself",
        document(node("each", "for_each", items="trigger.body", parent="each"), edges=[]),
        [("parent_cycle", "/nodes/1/parent"), ("for_each_empty", "/nodes/1")],
    ),
    ("empty loop", document(EACH, edges=["start>each"]), [("for_each_empty", "/nodes/1")]),
    (
        "edge into a loop",
        document(EACH, call("in", parent="each"), edges=["start>each", "each>in"]),
        [("edge_across_loops", "/edges/1")],
    ),
    (
        "trigger in a loop",
        document(
            EACH, call("in", parent="each"), node("t2", "trigger", type="manual", parent="each"), edges=["start>each"]
        ),
        [("trigger_inside", "/nodes/3/parent"), ("several_triggers", "/nodes/3")],
    ),
    (
        "same way out twice",
        document(
            node("c", "condition", branches=[{"port": "a", "when": "1"}, {"port": "a", "when": "1"}]), edges=["start>c"]
        ),
        [("duplicate_port", "/nodes/1/params/branches/1/port")],
    ),
    (
        "default without value",
        document(node("l", "lookup", table="t", key="k", on_missing="default"), edges=["start>l"]),
        [("required", "/nodes/1/params/default")],
    ),
    (
        "key that looks like a path",
        document(node("l", "lookup", table="t", key="trigger.body.id"), edges=["start>l"]),
        [("fixed_text", "/nodes/1/params/key")],
    ),
    (
        "bad schema",
        document(node("v", "validate", schema={"type": "strng"}), edges=["start>v"]),
        [("bad_schema", "/nodes/1/params/schema/type")],
    ),
    (
        "schema of elsewhere",
        document(node("v", "validate", schema={"$ref": "http://x.test/s"}), edges=["start>v"]),
        [("bad_schema", "/nodes/1/params/schema/$ref")],
    ),
    (
        "concurrency too high",
        document(
            {**EACH, "params": {"items": "trigger.body", "concurrency": 51}},
            call("a", parent="each"),
            edges=["start>each"],
        ),
        [("too_large", "/nodes/1/params/concurrency")],
    ),
    (
        "bad retry",
        document(call("a", retry={"attempts": 0}), edges=["start>a"]),
        [("too_small", "/nodes/1/retry/attempts")],
    ),
    (
        "unknown transform",
        rules({"target": "a", "source": "trigger.body", "transforms": [{"fn": "warp"}]}),
        [("not_allowed", "/nodes/1/params/rules/0/transforms/0/fn")],
    ),
    (
        "bad transform param",
        rules({"target": "a", "source": "trigger.body", "transforms": [{"fn": "pad", "length": -1}]}),
        [("too_small", "/nodes/1/params/rules/0/transforms/0/length")],
    ),
    (
        "unknown transform param",
        rules({"target": "a", "source": "trigger.body", "transforms": [{"fn": "trim", "x": 1}]}),
        [("unknown_key", "/nodes/1/params/rules/0/transforms/0/x")],
    ),
    (
        "unknown currency",
        rules({"target": "a", "source": "trigger.body", "transforms": [{"fn": "minor_to_decimal", "currency": "QQQ"}]}),
        [("unknown_currency", "/nodes/1/params/rules/0/transforms/0")],
    ),
    (
        "bad source path",
        rules({"target": "a", "source": "trigger..body"}),
        [("bad_path", "/nodes/1/params/rules/0/source")],
    ),
    (
        "source out of scope",
        rules({"target": "a", "source": "order.id"}),
        [("unknown_name", "/nodes/1/params/rules/0/source")],
    ),
    ("bad target", rules({"target": "a[", "value": 1}), [("bad_path", "/nodes/1/params/rules/0/target")]),
    (
        "rule of two ways",
        rules({"target": "a", "value": 1, "source": "trigger.body"}),
        [("rule_source", "/nodes/1/params/rules/0")],
    ),
    ("rule of no way", rules({"target": "a"}), [("rule_source", "/nodes/1/params/rules/0")]),
    (
        "target twice",
        rules({"target": "a", "value": 1}, {"target": "a", "value": 2}),
        [("duplicate_target", "/nodes/1/params/rules/1/target")],
    ),
    (
        "list and object",
        rules({"target": "a", "value": 1}, {"target": "[].b", "value": 2}),
        [("mixed_targets", "/nodes/1/params/rules/1/target")],
    ),
    (
        "source of an unknown step",
        rules({"target": "a", "source": "steps.ghost.id"}),
        [("unknown_step", "/nodes/1/params/rules/0/source")],
    ),
    (
        "transform reads an unknown step",
        rules(
            {
                "target": "a",
                "source": "trigger.body",
                "transforms": [{"fn": "minor_to_decimal", "currency": "steps.ghost.c"}],
            }
        ),
        [("unknown_step", "/nodes/1/params/rules/0/transforms/0/currency")],
    ),
]


@pytest.mark.parametrize("given, expected", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_problem_has_its_code_and_pointer(given: Any, expected: list[tuple[str, str]]) -> None:
    problems = check(given, Catalog())

    assert sorted((problem.code, problem.pointer) for problem in problems) == sorted(expected)
    assert all(problem.message for problem in problems)


def test_a_sound_document_has_no_problems() -> None:
    sound = document(
        node("order", "map", rules=[{"target": "id", "source": "trigger.body.id"}]),
        node("each", "for_each", items="trigger.body.lines", collect="steps.line.id"),
        call("line", parent="each", input={"order": "{{ steps.order.id }}", "sku": "{{ item.sku }}"}),
        node("end", "respond", body={"lines": "{{ steps.each.items }}"}),
        edges=["start>order", "order>each", "each>end"],
        settings={
            "business_key": "{{ trigger.body.id }}",
            "lane": "{{ trigger.body.customer }}",
            "timeout_seconds": 300,
        },
        layout={"order": {"x": 1, "y": 2}},
    )

    problems = check(sound, Catalog())

    assert problems == []


def test_warnings_alone_do_not_refuse() -> None:
    given = document(node("m", "map", rules=[]), call("c"), edges=["start>m"])

    plan = compile_plan(given, Catalog())

    assert [problem.severity for problem in check(given, Catalog())] == ["warning"]
    assert plan.loose == ("c",)


def test_a_refused_document_names_all_its_problems() -> None:
    given = document(call("c", input={"a": "{{ nope }}", "b": "{{ 1 + }}"}), edges=["start>c", "c>ghost"])

    with pytest.raises(DocumentRefused) as refused:
        compile_plan(given, Catalog())

    assert sorted(problem.code for problem in refused.value.problems) == [
        "expression_syntax",
        "unknown_name",
        "unknown_node",
    ]


@pytest.mark.parametrize("levels", [70, 5_000])
def test_deep_documents_are_a_problem_not_a_crash(levels: int) -> None:
    given = document(call("c", input=deep(levels)), edges=["start>c"])

    problems = check(given, Catalog())

    assert [problem.code for problem in problems] == ["too_deep"]


def test_half_a_character_is_a_problem() -> None:
    problems = check(document(call("c", input={"a": "\ud800"}), edges=["start>c"]), Catalog())

    assert [problem.code for problem in problems] == ["not_json"]


def test_an_input_that_misses_what_the_operation_needs_is_a_warning() -> None:
    class Strict(Catalog):
        def operation(self, connector: str, name: str) -> dict[str, Any]:
            return {"input": {"required": ["id"], "properties": {"id": {}}, "additionalProperties": False}}

    problems = check(document(call("c", input={"key": 1}), edges=["start>c"]), Strict())

    assert [(problem.code, problem.severity) for problem in problems] == [
        ("input_missing", "warning"),
        ("input_unknown", "warning"),
    ]


@pytest.mark.parametrize(
    "given, expected",
    [
        ({}, []),
        ({"nodes": [{"half": "done"}]}, []),
        ([], [("not_an_object", "")]),
        ({"nodes": {}}, [("wrong_type", "/nodes")]),
        ({"nodes": [1]}, [("wrong_type", "/nodes/0")]),
        ({"colour": 1}, [("unknown_key", "/colour")]),
    ],
)
def test_the_outline_is_all_a_draft_needs(given: Any, expected: list[tuple[str, str]]) -> None:
    problems = check_outline(given)

    assert [(problem.code, problem.pointer) for problem in problems] == expected
