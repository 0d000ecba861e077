"""Mapping rules: paths, nested lists, several sources, defaults, and what the preview explains."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine.errors import DocumentRefused, ExpressionRefused, StepFailed
from flows.mapping.paths import EACH, parse_path, reader
from flows.mapping.rules import compile_rules
from tests.engine.harness import Tables

BODY: dict[str, Any] = {
    "id": "evt_1",
    "none": None,
    "blank": "",
    "amount": 88950,
    "currency": "usd",
    "first": "Ada",
    "last": "Lovelace",
    "customer": {"name": "Ada", "tags": ["x", "y"], "odd.key": 1},
    "lines": [
        {"sku": "a", "qty": 2, "price": {"amount": 100, "currency": "usd"}, "tags": ["t1", "t2"]},
        {"sku": "b", "qty": 1, "price": {"amount": 500, "currency": "jpy"}, "tags": []},
    ],
    "orders": [{"no": 1, "lines": [{"s": "a"}, {"s": "b"}]}, {"no": 2, "lines": [{"s": "c"}]}],
    "single": {"sku": "only"},
}
SCOPE: dict[str, Any] = {
    "trigger": {"body": BODY, "headers": {"x-id": "h1"}, "query": {}, "received_at": "2026-11-20T10:00:00Z"},
    "steps": {"up": {"lines": [{"p": "A"}, {"p": "B"}, {"p": "C"}]}},
    "env": {"company": "EPIC06"},
}
TABLES = Tables({"parts": {"a": "PART-A", "b": "PART-B"}})


def mapped(*rules: dict[str, Any]) -> Any:
    return compile_rules(rules).apply(SCOPE, TABLES)


def source(target: str, path: str, *transforms: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"target": target, "source": path, **({"transforms": list(transforms)} if transforms else {}), **more}


def value(target: str, fixed: Any) -> dict[str, Any]:
    return {"target": target, "value": fixed}


@pytest.mark.parametrize(
    "rules, expected",
    [
        ([source("a", "trigger.body.id")], {"a": "evt_1"}),
        ([source("a.b.c", "trigger.body.id"), value("a.d", 1)], {"a": {"b": {"c": "evt_1"}, "d": 1}}),
        ([source("a", 'trigger.body.customer["odd.key"]')], {"a": 1}),
        ([source('["odd.key"].x', "trigger.body.id")], {"odd.key": {"x": "evt_1"}}),
        ([source("a", "trigger.headers.x-id")], {"a": "h1"}),
        ([source("a", "env.company")], {"a": "EPIC06"}),
        ([source("a", "trigger.body.lines[0].sku"), source("b", "trigger.body.lines[-1].sku")], {"a": "a", "b": "b"}),
        ([source("a", "trigger.body.gone.deeper")], {}),
        ([source("a", "trigger.body.gone", default="WEB")], {"a": "WEB"}),
        ([source("a", "trigger.body.blank", default="WEB")], {"a": ""}),
        ([source("a", "trigger.body.gone", on_empty="null")], {"a": None}),
        ([source("a", "trigger.body.id", when="trigger.body.amount > 1")], {"a": "evt_1"}),
        ([source("a", "trigger.body.id", when="trigger.body.gone")], {}),
        ([value("a", {"deep": [1]})], {"a": {"deep": [1]}}),
        ([value("a", "x {{ trigger.body.id }}")], {"a": "x evt_1"}),
        ([{"target": "a", "expression": "'Stripe ' ~ trigger.body.id"}], {"a": "Stripe evt_1"}),
        ([{"target": "a", "expression": "1 / 4"}], {"a": 0.25}),
        ([source("L[].s", "trigger.body.lines[].sku")], {"L": [{"s": "a"}, {"s": "b"}]}),
        ([source("L[].s", "trigger.body.lines[].gone")], {"L": [{}, {}]}),
        ([source("L[].s", "trigger.body.lines[].gone", default="?")], {"L": [{"s": "?"}, {"s": "?"}]}),
        ([source("L[].s", "trigger.body.gone[].sku")], {"L": []}),
        ([source("L[].s", "trigger.body.single[].sku")], {"L": [{"s": "only"}]}),
        (
            [source("L[].s", "trigger.body.lines[].sku"), value("L[].c", "E")],
            {"L": [{"s": "a", "c": "E"}, {"s": "b", "c": "E"}]},
        ),
        (
            [value("L[].c", "E"), source("L[].s", "trigger.body.lines[].sku")],
            {"L": [{"s": "a", "c": "E"}, {"s": "b", "c": "E"}]},
        ),
        ([value("L[].c", "E"), source("L[].s", "trigger.body.gone[].sku")], {"L": []}),
        ([value("L[].c", "E"), value("L[].d", 1)], {"L": [{"c": "E", "d": 1}]}),
        (
            [source("L[].s", "trigger.body.lines[].sku"), source("L[].p", "steps.up.lines[].p")],
            {"L": [{"s": "a", "p": "A"}, {"s": "b", "p": "B"}, {"p": "C"}]},
        ),
        (
            [source("O[].L[].s", "trigger.body.orders[].lines[].s"), source("O[].n", "trigger.body.orders[].no")],
            {"O": [{"L": [{"s": "a"}, {"s": "b"}], "n": 1}, {"L": [{"s": "c"}], "n": 2}]},
        ),
        (
            [source("O[].L[].s", "trigger.body.orders[].lines[].s"), source("O[].L[].n", "trigger.body.orders[].no")],
            {"O": [{"L": [{"s": "a", "n": 1}, {"s": "b", "n": 1}]}, {"L": [{"s": "c", "n": 2}]}]},
        ),
        ([source("all", "trigger.body.orders[].lines[].s")], {"all": ["a", "b", "c"]}),
        ([source("L[].all", "trigger.body.orders[].lines[].s")], {"L": [{"all": ["a", "b"]}, {"all": ["c"]}]}),
        ([source("T[]", "trigger.body.lines[].sku")], {"T": ["a", "b"]}),
        ([source("T[]", "trigger.body.customer.tags")], {"T": ["x", "y"]}),
        ([source("[].s", "trigger.body.lines[].sku")], [{"s": "a"}, {"s": "b"}]),
        ([source("L[0].s", "trigger.body.id"), value("L[1].s", 2)], {"L": [{"s": "evt_1"}, {"s": 2}]}),
        ([{"target": "L[].q", "expression": "trigger.body.lines | map('qty')"}], {"L": [{"q": 2}, {"q": 1}]}),
        (
            [
                {
                    "target": "n",
                    "sources": ["trigger.body.first", "trigger.body.last"],
                    "transforms": [{"fn": "concat", "separator": " "}],
                }
            ],
            {"n": "Ada Lovelace"},
        ),
        (
            [
                {
                    "target": "n",
                    "sources": ["trigger.body.none", "trigger.body.last"],
                    "transforms": [{"fn": "filter_empty"}, {"fn": "first"}],
                }
            ],
            {"n": "Lovelace"},
        ),
        ([{"target": "n", "sources": ["trigger.body.first", "trigger.body.last"]}], {"n": ["Ada", "Lovelace"]}),
        (
            [
                {
                    "target": "L[].k",
                    "sources": ["trigger.body.id", "trigger.body.lines[].sku"],
                    "transforms": [{"fn": "concat", "separator": "-"}],
                }
            ],
            {"L": [{"k": "evt_1-a"}, {"k": "evt_1-b"}]},
        ),
        (
            [source("L[].p", "trigger.body.lines[].sku", {"fn": "lookup", "table": "parts"})],
            {"L": [{"p": "PART-A"}, {"p": "PART-B"}]},
        ),
        (
            [
                source(
                    "L[].a",
                    "trigger.body.lines[].price.amount",
                    {"fn": "minor_to_decimal", "currency": "trigger.body.lines[].price.currency"},
                )
            ],
            {"L": [{"a": 1}, {"a": 500}]},
        ),
        (
            [source("skus", "trigger.body.lines[].sku", {"fn": "upper"}, {"fn": "join", "separator": "/"})],
            {"skus": "A/B"},
        ),
        (
            [source("L[].t", "trigger.body.lines[].tags", {"fn": "join", "separator": "+"})],
            {"L": [{"t": "t1+t2"}, {"t": ""}]},
        ),
        ([source("L[].t", "trigger.body.lines[].tags[]", {"fn": "count"})], {"L": [{"t": 2}, {"t": 0}]}),
        ([source("n", "trigger.body.lines[].qty", {"fn": "sum"})], {"n": 3}),
        ([source("u", "trigger.body.orders[].lines[].s", {"fn": "unique"})], {"u": ["a", "b", "c"]}),
        (
            [
                source(
                    "a",
                    "trigger.body.amount",
                    {"fn": "minor_to_decimal", "currency": "{{ trigger.body.currency | upper }}"},
                )
            ],
            {"a": 889.5},
        ),
        (
            [source("a", "trigger.body.first", {"fn": "concat", "with": ["of", "trigger.body.id"], "separator": " "})],
            {"a": "Ada of evt_1"},
        ),
        (
            [source("c", "trigger.body.customer"), value("c.extra", 1)],
            {"c": {"name": "Ada", "tags": ["x", "y"], "odd.key": 1, "extra": 1}},
        ),
        ([], {}),
    ],
)
def test_rules_map(rules: list[dict[str, Any]], expected: Any) -> None:
    before = copy.deepcopy(SCOPE)

    result = mapped(*rules)

    assert result == expected
    assert before == SCOPE


def test_a_failing_rule_names_its_target_and_place() -> None:
    rules = compile_rules(
        [
            value("a", 1),
            source("L[].p", "trigger.body.gone2[].x"),
            source("p", "trigger.body.id", {"fn": "lookup", "table": "parts"}),
        ],
        pointer="/nodes/3/params/rules",
    )

    with pytest.raises(StepFailed) as failed:
        rules.apply(SCOPE, TABLES)

    assert failed.value.error == {
        "class": "rejected",
        "code": "lookup_missing",
        "message": "p: 'evt_1' is not in the table parts.",
        "hint": "Add the key to parts and replay the run, or say what a missing key takes.",
        "field": "p",
        "detail": {"table": "parts", "key": "evt_1"},
        "pointer": "/nodes/3/params/rules/2/transforms/0",
    }


def test_a_required_field_that_stays_empty_fails_by_name() -> None:
    rules = compile_rules([source("CustID", "trigger.body.gone", on_empty="fail")])

    with pytest.raises(StepFailed) as failed:
        rules.apply(SCOPE, TABLES)

    assert failed.value.error["code"] == "mapping_missing"
    assert failed.value.error["field"] == "CustID"
    assert failed.value.error["message"] == "CustID: there is no value (trigger.body.gone is empty)."


def test_python_trouble_inside_a_transform_is_the_authors() -> None:
    rules = compile_rules([source("a", "trigger.body.customer", {"fn": "round"})])

    with pytest.raises(StepFailed) as failed:
        rules.apply(SCOPE, TABLES)

    assert failed.value.error["class"] == "author_must_fix"
    assert failed.value.error["pointer"] == "/0/transforms/0"


def test_the_preview_explains_every_rule() -> None:
    rules = compile_rules(
        [
            source("a", "trigger.body.id"),
            source("b", "trigger.body.id", when="false"),
            source("c", "trigger.body.id", {"fn": "number"}),
            value("d", 1),
            {"target": "e", "expression": "1 + 1"},
            source("f", "trigger.body.amount", {"fn": "minor_to_decimal", "currency": "USD"}),
        ]
    )

    rows = rules.explain(SCOPE, TABLES)

    assert [(row["target"], row["value"], row["source"]) for row in rows] == [
        ("a", "evt_1", "trigger.body.id"),
        ("b", None, "trigger.body.id"),
        ("c", None, "trigger.body.id"),
        ("d", 1, "fixed value"),
        ("e", 2, "1 + 1"),
        ("f", 889.5, "trigger.body.amount"),
    ]
    assert rows[1]["skipped"] is True
    assert rows[2]["error"]["code"] == "not_a_number"


def test_rules_know_their_tables_and_steps() -> None:
    rules = compile_rules(
        [source("a", "steps.up.lines[].p", {"fn": "lookup", "table": "parts"}, when="steps.other.x")], "/r"
    )

    assert rules.tables == {"parts"}
    assert sorted(rules.steps) == [("other", "/r/0/when"), ("up", "/r/0/source")]


def test_a_missing_table_key_stays_or_is_replaced_when_asked() -> None:
    keep = source("a", "trigger.body.id", {"fn": "lookup", "table": "parts", "on_missing": "keep"})
    null = source(
        "b", "trigger.body.id", {"fn": "lookup", "table": "parts", "on_missing": "null"}, default="rule default"
    )

    result = mapped(keep, null)

    assert result == {"a": "evt_1", "b": "rule default"}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a[].b[0]", ("a", EACH, "b", 0)),
        ("a[-1]", ("a", -1)),
        ('a["b.c"]', ("a", "b.c")),
        ("a['b c'][]", ("a", "b c", EACH)),
        ("a.b-c.d e", ("a", "b-c", "d e")),
        ("[].a", (EACH, "a")),
        ("ünï.键", ("ünï", "键")),
    ],
)
def test_paths_parse(text: str, expected: tuple[Any, ...]) -> None:
    assert parse_path(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        ".a",
        "a.",
        "a..b",
        "a[",
        "a]",
        "a[x]",
        "a[1",
        "a['b\"]",
        "a[]b",
        "a" * 1001,
        "a" + ".b" * 51,
        "a[99999]",
    ],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        parse_path(text)

    assert refused.value.code == "bad_path"


@pytest.mark.parametrize(
    "rule", [{"target": "a", "source": 5}, {"target": 5, "value": 1}, {"target": "a", "sources": "x"}, 7]
)
def test_rules_of_a_wrong_form_are_refused(rule: Any) -> None:
    with pytest.raises(DocumentRefused) as refused:
        compile_rules([rule])

    assert [problem.code for problem in refused.value.problems] == ["wrong_type"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=20,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c", "[]", "[0]"]), min_size=1, max_size=5).map(
    lambda parts: ".".join(parts).replace(".[", "[")
)


@given(JSON, PATHS)
def test_reading_any_value_by_any_path_answers(data: Any, path: str) -> None:
    result = reader(parse_path(path))(data)

    assert isinstance(result, list) or "[]" not in path


@given(JSON, st.lists(st.tuples(PATHS, PATHS), min_size=1, max_size=4))
def test_mapping_any_value_never_changes_it(data: Any, pairs: list[tuple[str, str]]) -> None:
    scope = {"trigger": {"body": data}, "steps": {}, "env": {}}
    before = copy.deepcopy(data)
    rules = compile_rules(
        [source(f"x.{target}".replace(".[", "["), f"trigger.body.{path}".replace(".[", "[")) for target, path in pairs]
    )

    first, second = rules.apply(scope, TABLES), rules.apply(scope, TABLES)

    assert first == second
    assert data == before


@given(st.lists(st.fixed_dictionaries({"s": st.integers(), "q": st.integers()}), max_size=20))
def test_lists_keep_their_order_and_length(lines: list[dict[str, int]]) -> None:
    rules = compile_rules(
        [source("L[].sku", "trigger.body[].s"), source("L[].qty", "trigger.body[].q"), value("L[].c", 1)]
    )

    result = rules.apply({"trigger": {"body": lines}, "steps": {}, "env": {}}, TABLES)

    assert result == {"L": [{"sku": line["s"], "qty": line["q"], "c": 1} for line in lines]}
