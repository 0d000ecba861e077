"""Expressions: what they answer, what they refuse, and where their guards stop them."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine.errors import ExpressionRefused, LimitReached, StepFailed
from flows.engine.expressions import compile_expression

SCOPE: dict[str, Any] = {
    "trigger": {
        "body": {
            "id": "evt_1",
            "items": [{"sku": "b", "n": 2, "ok": True}, {"sku": "a", "n": 3, "ok": False}, {"n": 1}],
            "keys": {"x": 1},
            "name": "  Ada  ",
            "amount": 88900,
            "price": "12.50",
            "currency": "usd",
            "tags": ["x", "", "y"],
            "odd-key": 1,
            "_id": 7,
            "zero": 0,
            "yes": True,
            "json": '{"a": [1]}',
            "class": "first",
        },
        "headers": {"x-id": "h"},
        "received_at": "2026-11-20T10:00:00Z",
    },
    "steps": {"order": {"id": 5, "lines": [[1, 2], [3]]}},
    "env": {"region": "eu"},
    "item": {"sku": "z"},
    "index": 2,
}


def value_of(text: str) -> Any:
    return compile_expression(text, template=False).evaluate(SCOPE)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("trigger.body.id", "evt_1"),
        ("trigger.body.items[0].sku", "b"),
        ("trigger.body.items[-1].n", 1),
        ("trigger.body.items[9].n", None),
        ("trigger.body.keys.x", 1),
        ("trigger.body.class", "first"),
        ("trigger.body['odd-key']", 1),
        ("trigger.body['_id']", 7),
        ("trigger.body.gone.deeper.still", None),
        ("trigger.body.name.upper", None),
        ("steps.order.lines[0][1]", 2),
        ("steps.gone", None),
        ("item.sku ~ index", "z2"),
        ("env.region", "eu"),
        ("1 + 2 * 3", 7),
        ("[7 // 2, 7 % 2]", [3, 1]),
        ("2 ** 10", 1024),
        ("-trigger.body.amount", -88900),
        ("0.1 + 0.2 == 0.3", False),
        ("(0.1 | number) + (0.2 | number) == 0.3", True),
        ("trigger.body.amount > 100 and trigger.body.currency == 'usd'", True),
        ("trigger.body.gone > 1 or trigger.body.gone < 1", False),
        ("not trigger.body.gone", True),
        ("1 < 2 <= 2 != 3", True),
        ("'a' in 'abc'", True),
        ("'x' in trigger.body.keys", True),
        ("'q' not in trigger.body.tags", True),
        ("'yes' if trigger.body.yes else 'no'", "yes"),
        ("'yes' if trigger.body.gone", None),
        ("[1, 'a', none, true]", [1, "a", None, True]),
        ("{'a': 1}.a", 1),
        ("{'a': trigger.body.id}", {"a": "evt_1"}),
        ("'a' ~ none ~ true ~ 1.0 ~ [1]", "atrue1.0[1]"),
        ("trigger.body.id[:3]", "evt"),
        ("trigger.body.tags[1:]", ["", "y"]),
        ("trigger.body.gone[1:]", None),
        ("'a' * 3", "aaa"),
        ("[0] * 2", [0, 0]),
        ("'ab' + 'cd'", "abcd"),
        ("trigger.body.name.strip().upper()", "ADA"),
        ("'a,b'.split(',')", ["a", "b"]),
        ("trigger.body.gone.upper()", None),
        ("trigger.body.name | trim | lower", "ada"),
        ("upper('abc')", "ABC"),
        ("'a-b' | replace('-', '')", "ab"),
        ("'abc'.startswith('ab')", True),
        ("'jane doe' | title", "Jane Doe"),
        ("trigger.body.gone | default('x')", "x"),
        ("'' | default('x')", ""),
        ("'' | default('x', true)", "x"),
        ("trigger.body.items | map('sku')", ["b", "a", None]),
        ("trigger.body.items | map(attribute='n') | sum", 6),
        ("trigger.body.items | sum('n')", 6),
        ("trigger.body.items | sort('n') | map('n')", [1, 2, 3]),
        ("trigger.body.items | sort('sku') | map('sku')", ["a", "b", None]),
        ("trigger.body.items | select('ok') | length", 1),
        ("trigger.body.items | reject('ok') | map('n')", [3, 1]),
        ("trigger.body.items | selectattr('n', '>', 1) | count", 2),
        ("trigger.body.tags | filter_empty | join('+')", "x+y"),
        ("steps.order.lines | flatten", [1, 2, 3]),
        ("[1, 1, true] | unique", [1, True]),
        ("[[3, 1, 2] | min, max(3, 9)]", [1, 9]),
        ("[[] | first, [] | last]", [None, None]),
        ("2.345 | round(2)", Decimal("2.35")),
        ("trigger.body.price | number", Decimal("12.50")),
        ("'12.9' | int", 12),
        ("'1e3' | float", 1000.0),
        ("trigger.body.amount | minor_to_decimal(trigger.body.currency)", Decimal("889.00")),
        ("'889.00' | decimal_to_minor('usd')", 88900),
        ("trigger.body.json | fromjson", {"a": [1]}),
        ("{'a': 1.5} | tojson", '{"a":1.5}'),
        ("trigger.body.keys | items", [{"key": "x", "value": 1}]),
        ("trigger.body.keys | keys", ["x"]),
        ("7 | pad(4, '0')", "0007"),
        ("range(3)", [0, 1, 2]),
        ("range(4, 0, -2)", [4, 2]),
        ("trigger.received_at | format_date('%d.%m.%Y')", "20.11.2026"),
        ("trigger.received_at | to_time_zone('America/New_York')", "2026-11-20T05:00:00-05:00"),
        ("1763645400 | unix_to_date", "2025-11-20T13:30:00Z"),
        ("'31.12.2025' | parse_date('%d.%m.%Y', form='date')", "2025-12-31"),
        ("trigger.received_at | add_time(days=1, hours=2)", "2026-11-21T12:00:00Z"),
        ("[trigger.body.gone is defined, trigger.body.id is defined]", [False, True]),
        ("[trigger.body.zero is number, trigger.body.yes is number]", [True, False]),
        ("[trigger.body.tags is sequence, trigger.body is mapping, none is none]", [True, True, True]),
        ("['' is empty, 3 is odd, 3 is not even]", [True, True, True]),
    ],
)
def test_an_expression_answers(text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("plain text", "plain text"),
        ("1e5", "1e5"),
        ("[1,2]", "[1,2]"),
        ("007", "007"),
        ("trigger.body.id", "trigger.body.id"),
        ("{# not a comment #}", "{# not a comment #}"),
        ("{{ trigger.body.amount }}", 88900),
        ("{{ trigger.body.keys }}", {"x": 1}),
        ("{{ trigger.body.gone }}", None),
        ("{{ '1e5' }}", "1e5"),
        ("{{ '{{' }}", "{{"),
        ("Order {{ trigger.body.id }}!", "Order evt_1!"),
        ("{{ trigger.body.gone }}{{ trigger.body.id }}", "evt_1"),
        ("{{ trigger.body.keys }} and {{ trigger.body.yes }}", '{"x":1} and true'),
        ("{{ 889.00 | number }} USD", "889.0 USD"),
        ("line\n{{ index }}\n", "line\n2\n"),
    ],
)
def test_a_template_answers(text: str, expected: Any) -> None:
    assert compile_expression(text, template=True).evaluate(SCOPE) == expected


@pytest.mark.parametrize(
    "text, code",
    [
        ("''.__class__", "expression_underscore"),
        ("''['__class__']", "expression_underscore"),
        ("trigger.__init__", "expression_underscore"),
        ("trigger['__class__']", "expression_underscore"),
        ("trigger.body._id", "expression_underscore"),
        ("_private", "expression_underscore"),
        ("__import__('os')", "unknown_function"),
        ("trigger | attr('__class__')", "unknown_function"),
        ("''.__class__.__mro__[1].__subclasses__()", "expression_call"),
        ("''.__class__.__mro__[1].__subclasses__", "expression_underscore"),
        ("'{0.__class__}'.format(1)", "expression_call"),
        ("'%s' | format(1)", "unknown_function"),
        ("'x' | center(10**9)", "unknown_function"),
        ("trigger.body.items.append(1)", "expression_call"),
        ("trigger.body.clear()", "expression_call"),
        ("trigger.body.id()", "expression_call"),
        ("[].pop()", "expression_call"),
        ("(1).to_bytes(9)", "expression_call"),
        ("''.join(['a'])", "expression_call"),
        ("namespace(a=1)", "unknown_function"),
        ("self", "unknown_name"),
        ("cycler", "unknown_name"),
        ("request", "unknown_name"),
        ("now()", "unknown_function"),
        ("eval('1')", "unknown_function"),
        ("lambda x: x", "expression_syntax"),
        ("x = 1", "expression_syntax"),
        ("1; 2", "expression_syntax"),
        ("1 2", "expression_syntax"),
        ("(1", "expression_syntax"),
        ("'open", "expression_syntax"),
        ("", "expression_empty"),
        ("   ", "expression_empty"),
        ("upper(*[1])", "expression_call"),
        ("upper(**{'a': 1})", "expression_call"),
        ("upper('a', 'b')", "expression_arguments"),
        ("'a' | replace('b')", "expression_arguments"),
        ("1 is divisibleby(2)", "unknown_test"),
        ("1 is filter('x')", "unknown_test"),
        ("steps[trigger.body.id]", "steps_dynamic"),
        ("steps | tojson", "steps_dynamic"),
        ("steps", "steps_dynamic"),
        ("steps[0]", "steps_dynamic"),
        ("[steps][0].order", "steps_dynamic"),
        ("'\\ud800'", "expression_syntax"),
        ("9" * 5000, "expression_syntax"),
        ("9" * 2000, "expression_too_large"),
        ("(" * 3000 + "1" + ")" * 3000, "expression_too_deep"),
        ("[" * 900 + "]" * 900, "expression_too_deep"),
        ("not " * 2000 + "1", "expression_too_deep"),
        ("-" * 3000 + "1", "expression_too_deep"),
        ("1" + "+1" * 300, "expression_too_deep"),
        ("1 if 1 else " * 500 + "1", "expression_too_deep"),
        ("trigger" + ".a" * 600, "expression_too_deep"),
        ("[" + "1," * 600 + "1]", "expression_too_large"),
        ("a" * 10_001, "expression_too_large"),
    ],
)
def test_what_is_not_the_language_is_refused(text: str, code: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, template=False)

    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in trigger.body %}{{ x }}{% endfor %}",
        "{% set x = 1 %}{{ x }}",
        "{% import 'os' as os %}",
        "{% raw %}",
    ],
)
def test_statements_are_refused(text: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, template=True)

    assert refused.value.code in ("expression_statement", "expression_syntax", "expression_empty")


@pytest.mark.parametrize(
    "text, limit",
    [
        ("'a' * 10 ** 9", "expression_text"),
        ("10 ** 9 * 'a'", "expression_text"),
        ("['a'] * 10 ** 9", "expression_items"),
        ("range(10 ** 9)", "expression_items"),
        ("range(10 ** 30)", "expression_items"),
        ("range(-10 ** 30, 10 ** 30)", "expression_items"),
        ("9 ** 9 ** 9 ** 9 ** 9", "number_size"),
        ("2 ** 4000 * 2 ** 4000", "number_size"),
        ("'1' | pad(10 ** 9)", "expression_text"),
        ("'a' | replace('a', 'a' * 1000) | replace('a', 'a' * 1000) | replace('a', 'a' * 1000)", "expression_text"),
        ("[range(900000), range(900000)]", "expression_items"),
        ("('a' * 9000000) ~ ('a' * 9000000)", "expression_text"),
        ("['a' * 6000000, 'b'] | join('c' * 6000000)", "expression_text"),
        ("[range(600000) + range(300000)] | flatten", "expression_items"),
        ("('a,' * 2000000) | split(',')", "expression_items"),
    ],
)
def test_a_bomb_reaches_a_limit(text: str, limit: str) -> None:
    with pytest.raises(LimitReached) as reached:
        value_of(text)

    assert reached.value.limit == limit
    assert reached.value.error["class"] == "limit_reached"
    assert reached.value.error["detail"] == {"limit": limit, "value": reached.value.value}


@pytest.mark.parametrize(
    "text, code",
    [
        ("1 / 0", "division_by_zero"),
        ("0 ** -1", "division_by_zero"),
        ("1 // (0 | number)", "division_by_zero"),
        ("'a' + 1", "not_a_number"),
        ("none + 1", "not_a_number"),
        ("true + 1", "not_a_number"),
        ("'%s' % 1", "not_a_number"),
        ("'a' < 1", "not_comparable"),
        ("[1] < {'a': 1}", "not_comparable"),
        ("'abc' | number", "not_a_number"),
        ("'nan' | number", "not_a_number"),
        ("'soon' | parse_date", "date_unreadable"),
        ("'May 2026' | parse_date", "date_unreadable"),
        ("'2026-01-01' | to_time_zone('Mars/Base')", "unknown_time_zone"),
        ("'2026-01-01' | format_date('%10000d')", "bad_date_format"),
        ("5 | minor_to_decimal('QQQ')", "unknown_currency"),
        ("5 | minor_to_decimal(none)", "currency_missing"),
        ("'{' | fromjson", "not_json"),
        ("5 | length", "not_a_list"),
        ("[1, 'a'] | sort", "value_unsuitable"),
        ("'a' | truncate('b')", "value_unsuitable"),
        ("(-8) ** 0.5", "not_a_number"),
    ],
)
def test_unsuitable_values_fail_with_words(text: str, code: str) -> None:
    with pytest.raises(StepFailed) as failed:
        value_of(text)

    assert failed.value.error["code"] == code
    assert failed.value.error["class"] in ("author_must_fix", "rejected")
    assert failed.value.error["message"].endswith(".")


def test_an_expression_knows_the_steps_it_reads() -> None:
    expression = compile_expression("steps.order.id ~ steps['customer'].name ~ item.sku", template=False)

    assert expression.steps == {"order", "customer"}


def test_the_scope_is_never_changed() -> None:
    before = repr(SCOPE)

    value_of("trigger.body.items | sort('n') | reverse | map('n')")
    value_of("trigger.body.tags + ['z']")

    assert repr(SCOPE) == before


@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    with suppress(ExpressionRefused, StepFailed):
        compile_expression(text, template=False).evaluate(SCOPE)
    with suppress(ExpressionRefused, StepFailed):
        compile_expression("{{" + text, template=True).evaluate(SCOPE)


_WORDS = st.sampled_from(
    [
        "trigger",
        "body",
        ".",
        "|",
        "(",
        ")",
        "[",
        "]",
        "items",
        "+",
        "*",
        "**",
        "~",
        "not",
        "in",
        "if",
        "else",
        "1",
        "'a'",
        "map",
        "sort",
        "split",
        "join",
        "replace",
        ",",
        "range",
        "<",
        "==",
        "is",
        "none",
        "steps",
        "-",
        "%",
        "/",
        "tojson",
        "{",
        "}",
        ":",
    ]
)


@given(st.lists(_WORDS, max_size=12))
def test_any_words_of_the_language_compile_or_are_refused(words: list[str]) -> None:
    with suppress(ExpressionRefused, StepFailed):
        compile_expression(" ".join(words), template=False).evaluate(SCOPE)
