"""What the parameters of a document read: the paths the compiler knows, with their places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.engine.reads import reads_of

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))


def _reads(kind: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    document = {"nodes": [{"id": "in", "kind": "trigger", "params": {}}, {"id": "it", "kind": kind, "params": params}]}
    return reads_of(document)


def _paths(text: str) -> list[list[Any]]:
    [entry] = _reads("call", {"input": {"field": text}})
    paths: list[list[Any]] = entry["paths"]
    return paths


@pytest.mark.parametrize(
    "text, expected",
    [
        ("fixed", []),
        ("{{ trigger.body.id }}", [["trigger", "body", "id"]]),
        ("{{ steps.a.lines[0]['odd.key'] }}", [["steps", "a", "lines", 0, "odd.key"]]),
        ("{{ item.first }} {{ item.last }}", [["item", "first"], ["item", "last"]]),
        ("{{ steps.a.x or steps.b.y or 'web' }}", [["steps", "a", "x"], ["steps", "b", "y"]]),
        ("{{ steps.a.lines[index].sku }}", [["steps", "a", "lines"], ["index"]]),
        ("{{ (steps.a.name | upper) if env.loud == 'yes' else '' }}", [["env", "loud"], ["steps", "a", "name"]]),
        ("{{ steps.a.x ~ steps.a.x }}", [["steps", "a", "x"]]),
    ],
)
def test_every_path_of_an_expression_is_named_once(text: str, expected: list[list[Any]]) -> None:
    assert sorted(_paths(text), key=str) == sorted(expected, key=str)


def test_a_call_that_takes_a_whole_output_copies_it() -> None:
    [entry] = _reads("call", {"input": "{{ steps.order }}"})

    assert entry == {
        "node": "it", "pointer": "/nodes/1/params/input", "fills": "input", "target": [], "way": "copy",
        "paths": [["steps", "order"]],
    }  # fmt: skip


def test_the_fields_of_an_input_have_their_own_places() -> None:
    params = {"input": {"a/b": "{{ env.x }}", "lines": [{"qty": "{{ item.qty }} pcs"}], "fixed": 3, "none": {}}}

    entries = [(e["pointer"], e["target"], e["way"]) for e in _reads("call", params)]

    assert entries == [
        ("/nodes/1/params/input/a~1b", ["a/b"], "copy"),
        ("/nodes/1/params/input/lines/0/qty", ["lines", 0, "qty"], "template"),
        ("/nodes/1/params/input/fixed", ["fixed"], "value"),
        ("/nodes/1/params/input/none", ["none"], "value"),
    ]


def test_a_rule_says_how_its_lists_go_with_those_of_the_target() -> None:
    rules = [
        {"target": "Lines[].Part", "source": "steps.s.lines[].price.id"},
        {"target": "Lines[].Order", "source": "trigger.body.id"},
        {"target": "First", "source": "steps.s.lines[].sku", "transforms": [{"fn": "first"}]},
        {"target": "Name", "sources": ["item.first", "item.last"]},
    ]

    entries = [(e["target"], e["way"], e["paths"], e["aligned"]) for e in _reads("map", {"rules": rules})]

    assert entries == [
        (["Lines", None, "Part"], "source", [["steps", "s", "lines", None, "price", "id"]], 1),
        (["Lines", None, "Order"], "source", [["trigger", "body", "id"]], 0),
        (["First"], "source", [["steps", "s", "lines", None, "sku"]], 0),
        (["Name"], "sources", [["item", "first"], ["item", "last"]], 0),
    ]


def test_a_rule_names_what_its_transforms_and_its_condition_read() -> None:
    money = {"fn": "minor_to_decimal", "currency": "steps.charge.currency"}
    rule = {"target": "Amt", "source": "item.amount", "transforms": [money], "when": "item.amount > env.least"}

    [entry] = _reads("map", {"rules": [rule]})

    assert entry["params"] == [["steps", "charge", "currency"]]
    assert sorted(entry["when"]) == [["env", "least"], ["item", "amount"]]


def test_a_fixed_object_of_a_rule_is_known_field_by_field() -> None:
    [fixed, filled] = _reads(
        "map", {"rules": [{"target": "To", "value": {"kind": "web", "id": "{{ trigger.body.id }}"}}]}
    )

    assert (fixed["target"], fixed["way"], fixed["paths"]) == (["To", "kind"], "value", [])
    assert (filled["target"], filled["way"]) == (["To", "id"], "copy")
    assert filled["paths"] == [["trigger", "body", "id"]]


@pytest.mark.parametrize(
    "kind, params, expected",
    [
        ("lookup", {"table": "parts", "key": "{{ item.sku }}"}, ("output", [], "lookup", [["item", "sku"]])),
        (
            "condition",
            {"branches": [{"port": "big", "when": "item.n > 1"}]},
            ("port", ["big"], "test", [["item", "n"]]),
        ),
        ("for_each", {"items": "steps.a.lines"}, ("items", [], "copy", [["steps", "a", "lines"]])),
        ("validate", {"schema": {}}, ("output", [], "copy", [["trigger", "body"]])),
        ("fail", {"message": "no {{ env.x }}"}, ("message", [], "template", [["env", "x"]])),
    ],
)
def test_other_kinds_say_what_they_fill(kind: str, params: dict[str, Any], expected: tuple[Any, ...]) -> None:
    [entry] = _reads(kind, params)

    assert (entry["fills"], entry["target"], entry["way"], entry["paths"]) == expected


def test_a_draft_that_cannot_be_compiled_still_tells_what_can_be_read() -> None:
    rules = [
        {"target": "a..b", "source": "item.x"},
        {"target": "a", "expression": "1 +"},
        {"target": "b", "source": "x y"},
    ]

    entries = [(e["target"], e["way"], e["paths"]) for e in _reads("map", {"rules": rules})]

    assert entries == [(["a"], "value", []), (["b"], "source", [])]


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "recorded").glob("*.json")), ids=lambda path: path.stem
)
def test_recorded_runs_hold_what_the_compiler_reads(path: Path) -> None:
    """The browser's tests follow values through these files, so they must not drift from the compiler."""
    recorded = json.loads(path.read_text())

    assert recorded["reads"] == reads_of(recorded["document"])
