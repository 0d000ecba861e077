"""Transforms of text, choice and JSON.

Part of the catalogue in `transforms.py`.
"""

from __future__ import annotations

from typing import Any, Final

from flows.engine.errors import REJECTED, LimitReached, StepFailed, author_error, error
from flows.engine.lists import parse_json
from flows.engine.nodes.lookup import missing_key
from flows.engine.outcomes import MISSING, Tables
from flows.engine.values import text_of
from flows.mapping.transform import PATH_OR_TEXT, TEXT, Params, Transform, example, shelf, titled

_TRUE: Final = frozenset({"true", "yes", "y", "1", "on", "t"})
_FALSE: Final = frozenset({"false", "no", "n", "0", "off", "f", ""})
_MAX_TEXT: Final = 10_000_000


def _bounded(length: int) -> None:
    if length > _MAX_TEXT:
        raise LimitReached("text_length", _MAX_TEXT, f"The text would be longer than {_MAX_TEXT:,} characters.")


def _around(before: str, text: str, after: str) -> str:
    _bounded(len(before) + len(text) + len(after))
    return before + text + after


def _concat(value: Any, p: Params, tables: Tables) -> Any:
    parts = [*(value if isinstance(value, list) else [value]), *p.get("with", ())]
    texts = [text for text in map(text_of, parts) if text]
    _bounded(sum(map(len, texts)))
    return str(p.get("separator", "")).join(texts) if texts else None


def _split(value: Any, p: Params, tables: Tables) -> Any:
    parts = [part.strip() for part in text_of(value).split(p.get("separator", ","))]
    if "index" not in p:
        return parts
    index = p["index"]
    return parts[index] if -len(parts) <= index < len(parts) else None


def _replace(value: Any, p: Params, tables: Tables) -> str:
    text, old, new = text_of(value), text_of(p["old"]), text_of(p.get("new", ""))
    if not old:
        return text
    _bounded(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _substring(value: Any, p: Params, tables: Tables) -> str:
    start = p.get("start", 0)
    text = text_of(value)[start:]
    return text[: p["length"]] if "length" in p else text


def _truncate(value: Any, p: Params, tables: Tables) -> str:
    text, end = text_of(value), str(p.get("ellipsis", ""))
    if len(text) <= p["length"]:
        return text
    return text[: max(0, p["length"] - len(end))] + end[: p["length"]]


def _pad(value: Any, p: Params, tables: Tables) -> str:
    text, fill = text_of(value), p.get("fill", "0")
    return text.rjust(p["length"], fill) if p.get("side", "left") == "left" else text.ljust(p["length"], fill)


def _default(value: Any, p: Params, tables: Tables) -> Any:
    blank = p.get("blank", False) and (value == "" or value == [] or value == {})
    return p["value"] if value is None or blank else value


def _enum(value: Any, p: Params, tables: Tables) -> Any:
    values, key = p["values"], text_of(value)
    if key in values:
        return values[key]
    if p.get("ignore_case"):
        for name, result in values.items():
            if name.casefold() == key.casefold():
                return result
    if "default" in p:
        return p["default"]
    raise StepFailed(
        error(
            REJECTED,
            "enum_missing",
            f"'{key[:100]}' is none of {', '.join(list(values)[:20])}.",
            hint="Add the value to the list, or give a default.",
        )
    )


def _lookup(value: Any, p: Params, tables: Tables) -> Any:
    key = text_of(value)
    found = tables.get(p["table"], key) if key else MISSING
    if found is not MISSING:
        return found
    on_missing = p.get("on_missing", "default" if "default" in p else "fail")
    if on_missing == "fail":
        failure = missing_key(p["table"], key, "").error
        raise StepFailed({**{name: part for name, part in failure.items() if name != "pointer"}, "field": None})
    return value if on_missing == "keep" else p.get("default") if on_missing == "default" else None


def _bool(value: Any, p: Params, tables: Tables) -> bool | None:
    if type(value) is bool:
        return value
    text = text_of(value).strip().casefold()
    if text in {str(t).casefold() for t in p.get("true", ())} or ("true" not in p and text in _TRUE):
        return True
    if text in {str(f).casefold() for f in p.get("false", ())} or ("false" not in p and text in _FALSE):
        return False
    if "default" in p:
        return bool(p["default"])
    raise author_error(
        "not_yes_or_no", f"'{text[:60]}' is neither yes nor no.", "List what means yes and what means no."
    )


def _json(value: Any, p: Params, tables: Tables) -> Any:
    return parse_json(value) if isinstance(value, str) else value


_LIST_OF_TEXT: Final = {"type": "array", "items": TEXT, "maxItems": 50}
_LENGTH: Final = {"type": "integer", "minimum": 0, "maximum": 100_000}

TRANSFORMS: Final = shelf(
    "Text",
    Transform(
        "concat", "Join with",
        "Puts several values into one text, such as first and last name; empty ones are left out.", _concat,
        example("Ada", "Ada Lovelace", **{"with": ["Lovelace"], "separator": " "}),
        {"with": {"type": "array", "title": "And then", "items": PATH_OR_TEXT, "maxItems": 50},
         "separator": titled(TEXT, "Between them")}, null=True,
    ),
    Transform(
        "split", "Split a text",
        "Cuts a text at every comma or other mark; gives all parts, or the one you name (0 is the first).", _split,
        example("a, b", ["a", "b"], separator=","),
        {"separator": titled({**TEXT, "minLength": 1}, "At", default=","),
         "index": {"type": "integer", "title": "Part", "minimum": -1000, "maximum": 1000}},
    ),
    Transform("trim", "Remove outer spaces", "Removes spaces before and after the text.",
              lambda v, p, t: text_of(v).strip(), example(" Lena Brandt ", "Lena Brandt")),
    Transform("upper", "All capitals", "Writes every letter as a capital.", lambda v, p, t: text_of(v).upper(),
              example("usd", "USD")),
    Transform("lower", "All small letters", "Writes every letter small.", lambda v, p, t: text_of(v).lower(),
              example("Lena@Example.COM", "lena@example.com")),
    Transform("title", "Capital Initials", "Begins every word with a capital.", lambda v, p, t: text_of(v).title(),
              example("jane doe", "Jane Doe")),
    Transform(
        "replace", "Replace a text", "Puts another text wherever one is found.", _replace,
        example("SO-10-7", "SO/10/7", old="-", new="/"),
        {"old": titled(TEXT, "Find"), "new": titled(PATH_OR_TEXT, "Replace by")}, ("old",),
    ),
    Transform(
        "substring", "Part of a text", "Some characters out of a text, counted from 0; from the end with a minus.",
        _substring,
        example("INV-2025-0042", "2025", start=4, length=4),
        {"start": {"type": "integer", "title": "From (0 is the first)", "minimum": -100_000, "maximum": 100_000},
         "length": titled(_LENGTH, "How many")},
    ),
    Transform(
        "truncate", "Shorten", "Keeps at most so many characters, for fields of limited length.", _truncate,
        example("Hydraulic pump, 40 l/min", "Hydraulic…", length=10, ellipsis="…"),
        {"length": titled(_LENGTH, "At most"), "ellipsis": titled(TEXT, "Ending when cut")}, ("length",),
    ),
    Transform(
        "pad", "Fill up to a length", "Adds zeros or another character until the text is long enough.", _pad,
        example("42", "0042", length=4),
        {"length": titled(_LENGTH, "Length"), "fill": {"type": "string", "title": "With", "minLength": 1,
         "maxLength": 1, "default": "0"}, "side": {"title": "On the", "enum": ["left", "right"], "default": "left"}},
        ("length",),
    ),
    Transform("prefix", "Put text before", "Puts a fixed text in front.",
              lambda v, p, t: _around(text_of(p["text"]), text_of(v), ""),
              example("7", "SO-7", text="SO-"), {"text": titled(PATH_OR_TEXT, "Text")}, ("text",)),
    Transform("suffix", "Put text after", "Puts a fixed text behind.",
              lambda v, p, t: _around("", text_of(v), text_of(p["text"])),
              example("7", "7 kg", text=" kg"), {"text": titled(PATH_OR_TEXT, "Text")}, ("text",)),
    Transform("to_text", "Write as text", "A number or a yes/no as text.", lambda v, p, t: text_of(v),
              example(12, "12")),
    Transform("json_parse", "Read JSON", "The fields and values in a text that is JSON.", _json, example("[1]", [1])),
) + shelf(
    "Choose and look up",
    Transform(
        "default", "When empty, use", "A value to take when there is none.", _default,
        example(None, "WEB", value="WEB"),
        {"value": {"title": "Value"}, "blank": {"type": "boolean", "title": "Also for empty text"}}, ("value",),
        null=True,
    ),
    Transform(
        "enum", "Translate values", "Turns each known value into another, by a short list kept here.", _enum,
        example("open", "O", values={"open": "O", "closed": "C"}),
        {"values": {"type": "object", "title": "Values", "maxProperties": 1000,
         "additionalProperties": True, "description": "The value that comes in, and what it becomes."},
         "default": {"title": "For all others"},
         "ignore_case": {"type": "boolean", "title": "Ignore upper and lower case"}}, ("values",),
    ),
    Transform(
        "lookup", "Look up in a table", "Finds the value in a lookup table, such as the part number for a product.",
        _lookup,
        example("x", "none", table="parts", on_missing="default", default="none"),
        {"table": titled({**TEXT, "minLength": 1}, "Table", format="lookup-table"),
         "on_missing": {"title": "When it is not in the table", "enum": ["fail", "null", "keep", "default"],
         "default": "fail"},
         "default": {"title": "Value to take then"}}, ("table",),
    ),
    Transform(
        "bool", "Read yes or no", "Understands yes/no, true/false, on/off and 1/0.", _bool, example("Yes", True),
        {"true": titled(_LIST_OF_TEXT, "Means yes"), "false": titled(_LIST_OF_TEXT, "Means no"),
         "default": {"type": "boolean", "title": "For all others"}},
    ),
)  # fmt: skip
