"""The preview of a step: what a run makes of the same values, also while the rest of the draft is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.engine.history import History
from flows.engine.plan import compile_plan
from flows.engine.preview import Asked, Preview, Sample
from tests.engine.harness import Catalog, Tables, call, document, node, trigger
from tests.engine.test_histories import FILES

KINDS_THAT_LEAVE = ("call", "trigger")


def previewed(drawn: dict[str, Any], step: str, sample: Sample, *asked: Asked, tables: Any = None) -> dict[str, Any]:
    return Preview(drawn, Catalog(), step).answer(sample, asked, tables or Tables())


def sampled(body: Any = None, **steps: Any) -> Sample:
    return Sample(trigger(body), steps)


def recorded_steps() -> Iterator[Any]:
    """Every recorded fact that says what a step came to, with the history before it."""
    for path in FILES:
        recorded = json.loads(path.read_text())
        for place, fact in enumerate(recorded["facts"]):
            if fact["type"] in ("step_started", "step_succeeded", "step_opened") and "step" in fact:
                yield pytest.param(path, place, id=f"{path.stem}-{fact['type']}-{fact['step']}-{place}")


def before(path: Path, place: int) -> tuple[dict[str, Any], dict[str, Any], str, Sample]:
    """The document, the fact, its node, and the scope the node had."""
    recorded = json.loads(path.read_text())
    history = History(compile_plan(recorded["document"], Catalog()), recorded["trigger"], {})
    for fact in recorded["facts"][:place]:
        history.apply(fact)
    fact = recorded["facts"][place]
    scope = history.scope(fact["step"])
    sample = Sample(
        scope["trigger"], dict(scope["steps"]), item=scope.get("item"), index=scope.get("index"),
        has_item="item" in scope,
    )  # fmt: skip
    return recorded["document"], fact, fact["step"].rpartition(".")[2], sample


def came_to(fact: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a preview must show for a fact."""
    if fact["type"] == "step_started":
        return {"input": fact["input"]}
    if fact["type"] == "step_opened":
        return {"input": {"items": fact["items"]}}
    return {} if kind in (*KINDS_THAT_LEAVE, "for_each") else {"output": fact["output"], "port": fact["port"]}


@pytest.mark.parametrize(("path", "place"), list(recorded_steps()))
def test_a_preview_equals_what_the_run_made_of_the_same_facts(path: Path, place: int) -> None:
    drawn, fact, step, sample = before(path, place)
    kind = next(each["kind"] for each in drawn["nodes"] if each["id"] == step)
    expected = came_to(fact, kind)

    answer = previewed(drawn, step, sample, tables=Tables({"parts": {"A": "PART-A"}}))

    assert {name: only(answer[name], value) for name, value in expected.items()} == expected


def only(shown: Any, like: Any) -> Any:
    """The part of what is shown that the fact tells of."""
    return {"items": shown["items"]} if isinstance(like, dict) and like.keys() == {"items"} else shown


def test_pure_steps_between_the_trigger_and_the_step_are_computed() -> None:
    drawn = document(
        node("name", "map", rules=[{"target": "full", "sources": ["trigger.body.first", "trigger.body.last"],
                                    "transforms": [{"fn": "join", "separator": " "}]}]),
        node("order", "map", rules=[{"target": "Customer", "source": "steps.name.full"}]),
        edges=["start>name", "name>order"],
    )  # fmt: skip

    answer = previewed(drawn, "order", sampled({"first": "Ada", "last": "Byron"}))

    assert answer["output"] == {"Customer": "Ada Byron"}
    assert answer["rows"] == [{"target": "Customer", "value": "Ada Byron", "source": "steps.name.full"}]
    assert answer["scope"]["steps"]["name"] == {"full": "Ada Byron"}
    assert (answer["error"], answer["missing"]) == (None, [])


def test_a_call_shows_its_input_and_its_sample() -> None:
    drawn = document(call("find", input={"id": "{{ trigger.body.id }}"}), edges=["start>find"])

    answer = previewed(drawn, "find", Sample(trigger({"id": "cus_1"}), fallback={"find": {"name": "Ada"}}))

    assert answer["input"] == {"id": "cus_1"}
    assert answer["output"] == {"name": "Ada"}


def test_what_has_no_sample_is_named() -> None:
    drawn = document(
        call("find"),
        node("name", "map", rules=[{"target": "full", "source": "steps.find.name"}]),
        node("order", "map", rules=[{"target": "Customer", "source": "steps.name.full"}]),
        edges=["start>find", "find>name", "name>order"],
    )

    answer = previewed(drawn, "order", sampled())

    assert answer["missing"] == ["find"]


def test_inside_a_for_each_the_first_item_of_its_list_is_looked_at() -> None:
    drawn = document(
        node("each", "for_each", items="trigger.body.lines"),
        node("line", "map", parent="each", rules=[{"target": "sku", "source": "item.sku"},
                                                  {"target": "place", "source": "index"}]),
        edges=["start>each"],
    )  # fmt: skip
    body = {"lines": [{"sku": "A"}, {"sku": "B"}]}

    first = previewed(drawn, "line", sampled(body))
    second = previewed(drawn, "line", Sample(trigger(body), index=1))
    whole = previewed(drawn, "each", sampled(body))

    assert first["output"] == {"sku": "A", "place": 0}
    assert second["output"] == {"sku": "B", "place": 1}
    assert whole["input"] == {"items": body["lines"]}
    assert whole["output"] == {
        "items": [{"sku": "A", "place": 0}, {"sku": "B", "place": 1}], "count": 2, "failed": 0,
    }  # fmt: skip


def test_broken_rules_keep_their_place_and_the_others_work() -> None:
    rules: list[Any] = [
        {"target": "a", "expression": "trigger.body.x +"},
        {"target": "b", "source": "trigger.body.x"},
        "no rule",
        {"target": "c", "source": "trigger.body.y", "on_empty": "fail"},
    ]
    drawn = document(node("order", "map", rules=rules), node("odd", "no_such_kind"), edges=["start>order", "order>odd"])

    answer = previewed(drawn, "order", sampled({"x": 1}))

    assert [(row["target"], row["value"], row.get("error", {}).get("code")) for row in answer["rows"]] == [
        ("a", None, "expression_syntax"), ("b", 1, None), ("", None, "wrong_type"), ("c", None, "mapping_missing"),
    ]  # fmt: skip
    assert [row["error"]["pointer"] for row in answer["rows"] if "error" in row] == [
        "/nodes/1/params/rules/0/expression", "/nodes/1/params/rules/2", "/nodes/1/params/rules/3",
    ]  # fmt: skip
    assert answer["output"] is None
    assert answer["error"]["code"] == "mapping_missing"


def test_what_a_call_would_be_refused_for_is_found_by_field() -> None:
    class Strict(Catalog):
        def operation(self, connector: str, name: str) -> Any:
            lines = {"type": "array", "items": {"type": "object", "required": ["PartNum"]}}
            return {"effect": "read", "input": {"type": "object", "properties": {"Lines": lines}}, "output": {}}

    rules = [{"target": "Lines[].Qty", "source": "trigger.body.lines[].qty"}]
    drawn = document(
        node("order", "map", rules=rules), call("create", input="{{ steps.order }}"),
        edges=["start>order", "order>create"],
    )  # fmt: skip
    sample = sampled({"lines": [{"qty": 2}]})

    of_map = Preview(drawn, Strict(), "order").answer(sample, [], Tables())
    of_call = Preview(drawn, Strict(), "create").answer(sample, [], Tables())

    expected = [{"field": "Lines.0.PartNum", "code": "required", "message": "'PartNum' is missing."}]
    assert of_map["findings"] == expected
    assert of_call["findings"] == expected


def test_expressions_are_evaluated_in_the_place_of_the_step() -> None:
    drawn = document(node("end", "respond", body="x"), edges=["start>end"])
    asked = [
        Asked("a", "trigger.body.amount > 100", "expression"),
        Asked("b", "Order {{ trigger.body.id }}", "template"),
        Asked("c", "trigger.body.lines[].sku", "source"),
        Asked("d", "trigger.body.amount +", "expression"),
        Asked("e", "nonsense.x", "source"),
    ]

    answer = previewed(drawn, "end", sampled({"amount": 889, "id": "A1", "lines": [{"sku": "x"}]}), *asked)

    assert [(each["id"], each.get("value"), each.get("error", {}).get("code")) for each in answer["expressions"]] == [
        ("a", True, None), ("b", "Order A1", None), ("c", ["x"], None), ("d", None, "expression_syntax"),
        ("e", None, "unknown_name"),
    ]  # fmt: skip


def test_a_slip_in_a_name_is_told_in_words() -> None:
    drawn = document(call("charge", title="Charge"), node("end", "respond"), edges=["start>charge", "charge>end"])
    drawn["nodes"][1]["title"] = "Read the charge"
    asked = [
        Asked("a", "{{ steps.charge.amout }}", "template"),
        Asked("b", "trigger.body.shoe", "expression"),
        Asked("c", "steps.chrge.amount", "expression"),
    ]

    answer = previewed(drawn, "end", Sample(trigger({"id": 1}), fallback={"charge": {"amount": 5}}), *asked)

    assert [each["notes"] for each in answer["expressions"]] == [
        [{"message": "There is no field “amout” in Read the charge. Did you mean amount?", "near": "amount",
          "from": 16, "to": 21}],
        [{"message": "The sample of the event has no field “shoe”.", "from": 13, "to": 17}],
        [{"message": "There is no step “chrge”. Did you mean charge?", "near": "charge", "from": 6, "to": 11}],
    ]  # fmt: skip


def test_parameters_of_a_wrong_form_are_an_error_with_its_place() -> None:
    drawn = document(node("each", "for_each", items="trigger.body", concurrency="many"), edges=["start>each"])

    answer = previewed(drawn, "each", sampled([1]))

    assert (answer["error"]["code"], answer["error"]["pointer"]) == ("wrong_type", "/nodes/1/params/concurrency")


def test_a_circle_of_steps_ends() -> None:
    drawn = document(node("a", "map", rules=[]), node("b", "map", rules=[]), edges=["a>b", "b>a"])

    answer = previewed(drawn, "a", sampled())

    assert answer["output"] == {}


def test_an_unknown_step_has_no_preview() -> None:
    with pytest.raises(KeyError):
        Preview(document(edges=[]), Catalog(), "nobody")
