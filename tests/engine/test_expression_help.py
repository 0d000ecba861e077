"""Help with expressions: functions with true examples, mistakes in words with their place, slips and what was meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.engine.errors import ExpressionRefused
from flows.engine.expressions import compile_expression, describe
from flows.engine.functions import FUNCTIONS
from flows.engine.values import to_json


def test_the_functions_are_described_in_their_order() -> None:
    assert [entry["name"] for entry in describe()] == list(FUNCTIONS)


@pytest.mark.parametrize("entry", describe(), ids=lambda entry: entry["name"])
def test_the_example_of_a_function_is_true(entry: dict[str, Any]) -> None:
    value = compile_expression(entry["example"], template=False).evaluate({})

    assert to_json(value) == json.loads(entry["gives"])
    assert entry["name"] in entry["example"]
    assert entry["usage"].startswith(f"{entry['name']}(")


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("trigger.body.x +", "Something is missing here: the expression ends too early.", ""),
        ("(trigger.body.x", "A closing ) is missing.", ""),
        ("trigger.body.x)", "This ) closes nothing.", ")"),
        ("trigger.body & 1", "“&” cannot be used here.", "&"),
        ("trigger.body == 'abc", "A text in quotes is not closed.", "'abc"),
        ("trigger.body = 5", "There is something after the end of the expression.", "="),
        ("{{ trigger.a trigger }}", "“trigger” does not fit here; an operator, a bar or }} may be missing before it.",
         "trigger"),
        ("{{ upper(trigger.body.x }}", "A closing ) is missing.", " "),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_words_with_its_place(text: str, message: str, place: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, template="{{" in text)

    start, end = refused.value.place or (0, 0)
    assert (refused.value.message, text[start:end]) == (message, place)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("triger.body", "Did you mean trigger?"), ("trigger.body | uper", "Did you mean upper?")],
)
def test_a_slip_in_a_name_is_met_with_the_name_that_was_meant(text: str, hint: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, template=False)

    assert refused.value.hint == hint
