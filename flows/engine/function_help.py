"""Help for the functions of expressions: a sentence, an example that stands by itself, and what it gives.

Read by the editor through `describe()`; a test holds every example true. Knows nothing of how functions work.
"""

from __future__ import annotations

import inspect
from typing import Any, Final

from flows.engine.functions import FUNCTIONS, Function
from flows.engine.values import json_text

_LINES: Final = "[{'sku': 'A', 'qty': 2}, {'sku': 'B', 'qty': 0}]"

_HELP: Final[dict[str, dict[str, tuple[str, str, Any]]]] = {
    "Text": {
        "default": ("Another value where there is none.", "none | default('unknown')", "unknown"),
        "lower": ("All letters small.", "'ABC' | lower", "abc"),
        "upper": ("All letters capital.", "'abc' | upper", "ABC"),
        "title": ("Every word with a capital first letter.", "'jane doe' | title", "Jane Doe"),
        "trim": ("Spaces before and after are taken away.", "'  a b ' | trim", "a b"),
        "replace": ("Every place of one text becomes another.", "'a-b-c' | replace('-', '/')", "a/b/c"),
        "split": ("Cuts a text into a list at a separator.", "'a,b' | split(',')", ["a", "b"]),
        "truncate": ("The first characters only.", "'Order 10231' | truncate(5)", "Order"),
        "pad": ("Fills up to a length, on the left unless told otherwise.", "7 | pad(4, '0')", "0007"),
        "startswith": ("Whether a text begins with another.", "'cus_R3nQ' | startswith('cus_')", True),
        "endswith": ("Whether a text ends with another.", "'a.pdf' | endswith('.pdf')", True),
        "text": ("Any value as text.", "12 | text", "12"),
        "join": ("The items of a list as one text.", "['Ada', 'Byron'] | join(' ')", "Ada Byron"),
        "tojson": ("A value as JSON text.", "{'a': 1} | tojson", '{"a":1}'),
        "fromjson": ("The value written in a JSON text.", "'[1, 2]' | fromjson", [1, 2]),
    },
    "Numbers": {
        "number": ("Reads a number out of a text.", "'12.50' | number", 12.5),
        "int": ("The whole part of a number.", "'12.9' | int", 12),
        "float": ("A number with a floating point.", "'12.5' | float", 12.5),
        "round": ("Rounds to so many decimals, halves away from zero.", "2.345 | round(2)", 2.35),
        "abs": ("A number without its sign.", "-3 | abs", 3),
        "range": ("Whole numbers from 0, or from one to below another.", "range(3)", [0, 1, 2]),
    },
    "Money": {
        "minor_to_decimal": ("Minor units such as cents as an amount.", "88950 | minor_to_decimal('usd')", 889.5),
        "decimal_to_minor": ("An amount as minor units such as cents.", "889.5 | decimal_to_minor('usd')", 88950),
        "money": ("An amount as people write it.", "889 | money('usd')", "889.00 USD"),
    },
    "Dates": {
        "parse_date": (
            "Reads a date written in another form.", "'20.11.2026' | parse_date('%d.%m.%Y')", "2026-11-20T00:00:00Z",
        ),
        "format_date": (
            "Writes a date in another form.", "'2026-11-20' | format_date('%d/%m/%Y')", "20/11/2026",
        ),
        "to_time_zone": (
            "The same moment in another time zone.", "'2026-11-20T10:00:00Z' | to_time_zone('Europe/Berlin')",
            "2026-11-20T11:00:00+01:00",
        ),
        "unix_to_date": ("Seconds since 1970 as a date and time.", "1763712000 | unix_to_date", "2025-11-21T08:00:00Z"),
        "date_to_unix": ("A date and time as seconds since 1970.", "'2025-11-21T08:00:00Z' | date_to_unix", 1763712000),
        "add_time": ("A date moved by days or months.", "'2026-11-20' | add_time(days=1)", "2026-11-21T00:00:00Z"),
    },
    "Lists": {
        "length": ("How many characters, items or keys.", "['a', 'b'] | length", 2),
        "count": ("How many characters, items or keys.", "['a', 'b'] | count", 2),
        "first": ("The first item.", "['a', 'b'] | first", "a"),
        "last": ("The last item.", "['a', 'b'] | last", "b"),
        "unique": ("Every item once.", "[1, 1, 2] | unique", [1, 2]),
        "sort": ("In order, by a field where items have several.", "[3, 1, 2] | sort", [1, 2, 3]),
        "reverse": ("From the last item to the first.", "[1, 2] | reverse", [2, 1]),
        "map": ("One field of every item.", f"{_LINES} | map('sku')", ["A", "B"]),
        "select": (
            "Only the items whose field passes a test.", f"{_LINES} | select('qty', '>', 0) | map('sku')", ["A"],
        ),
        "reject": (
            "Without the items whose field passes a test.", f"{_LINES} | reject('qty', '>', 0) | map('sku')", ["B"],
        ),
        "selectattr": (
            "Only the items whose field passes a test.", f"{_LINES} | selectattr('qty', '>', 0) | map('sku')", ["A"],
        ),
        "rejectattr": (
            "Without the items whose field passes a test.", f"{_LINES} | rejectattr('qty', '>', 0) | map('sku')", ["B"],
        ),
        "sum": ("The total, of a field where items have several.", f"{_LINES} | sum('qty')", 2),
        "min": ("The smallest.", "[3, 1] | min", 1),
        "max": ("The largest.", "[3, 1] | max", 3),
        "filter_empty": ("Without empty items.", "['a', '', none] | filter_empty", ["a"]),
        "flatten": ("Lists inside a list as one list.", "[[1], [2, 3]] | flatten", [1, 2, 3]),
    },
    "Objects": {
        "keys": ("The names in an object.", "{'a': 1, 'b': 2} | keys", ["a", "b"]),
        "values": ("The values in an object.", "{'a': 1, 'b': 2} | values", [1, 2]),
        "items": ("Names and values as a list.", "{'a': 1} | items", [{"key": "a", "value": 1}]),
    },
}  # fmt: skip


def describe() -> list[dict[str, Any]]:
    """The functions for the editor: name, title, group, what it does, an example with its result, how it is called."""
    helps = {name: (group, *entry) for group, entries in _HELP.items() for name, entry in entries.items()}
    found = []
    for name, function in FUNCTIONS.items():
        group, description, example, gives = helps[name]
        found.append(
            {
                "name": name,
                "title": function.title,
                "group": group,
                "description": description,
                "example": example,
                "gives": json_text(gives),
                "usage": f"{name}{_usage(function)}",
                "parameters": _parameters(function),
            }
        )
    return found


def _parameters(function: Function) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "optional": parameter.default is not inspect.Parameter.empty
            or parameter.kind is inspect.Parameter.VAR_POSITIONAL,
        }
        for parameter in function.signature.parameters.values()
    ]


def _usage(function: Function) -> str:
    names = [f"{each['name']}?" if each["optional"] else each["name"] for each in _parameters(function)]
    return f"({', '.join(names)})"
