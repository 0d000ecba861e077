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
from flows.mapping.transform import PATH_OR_TEXT, TEXT, Params, Transform, example, titled

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

TRANSFORMS: Final = (
    Transform(
        "concat", "Join with", "Puts values in a row as text; empty ones are left out.", _concat,
        example("Ada", "Ada Lovelace", **{"with": ["Lovelace"], "separator": " "}),
        {"with": {"type": "array", "title": "And then", "items": PATH_OR_TEXT, "maxItems": 50},
         "separator": titled(TEXT, "Between them")}, null=True,
    ),
    Transform(
        "split", "Split", "Cuts text at a separator; gives a list, or one part.", _split,
        example("a, b", ["a", "b"], separator=","),
        {"separator": titled({**TEXT, "minLength": 1}, "At", default=","),
         "index": {"type": "integer", "title": "Part", "minimum": -1000, "maximum": 1000}},
    ),
    Transform("trim", "Trim", "Removes spaces at both ends.", lambda v, p, t: text_of(v).strip(), example(" a ", "a")),
    Transform("upper", "Upper case", "ABC", lambda v, p, t: text_of(v).upper(), example("ab", "AB")),
    Transform("lower", "Lower case", "abc", lambda v, p, t: text_of(v).lower(), example("AB", "ab")),
    Transform("title", "Title case", "Capitals at word starts.", lambda v, p, t: text_of(v).title(),
              example("jane doe", "Jane Doe")),
    Transform(
        "replace", "Replace", "Replaces one text by another.", _replace, example("a-b", "a/b", old="-", new="/"),
        {"old": titled(TEXT, "Find"), "new": titled(PATH_OR_TEXT, "Replace by")}, ("old",),
    ),
    Transform(
        "substring", "Part of text", "Some characters out of a text.", _substring,
        example("abcdef", "bc", start=1, length=2),
        {"start": {"type": "integer", "title": "From (0 is the first)", "minimum": -100_000, "maximum": 100_000},
         "length": titled(_LENGTH, "How many")},
    ),
    Transform(
        "truncate", "Shorten", "At most so many characters.", _truncate,
        example("abcdef", "ab…", length=3, ellipsis="…"),
        {"length": titled(_LENGTH, "At most"), "ellipsis": titled(TEXT, "Ending when cut")}, ("length",),
    ),
    Transform(
        "pad", "Fill up", "Fills text up to a length.", _pad, example("42", "0042", length=4),
        {"length": titled(_LENGTH, "Length"), "fill": {"type": "string", "title": "With", "minLength": 1,
         "maxLength": 1, "default": "0"}, "side": {"title": "On the", "enum": ["left", "right"], "default": "left"}},
        ("length",),
    ),
    Transform("prefix", "Text before", "Puts text in front.",
              lambda v, p, t: _around(text_of(p["text"]), text_of(v), ""),
              example("7", "SO-7", text="SO-"), {"text": titled(PATH_OR_TEXT, "Text")}, ("text",)),
    Transform("suffix", "Text after", "Puts text behind.",
              lambda v, p, t: _around("", text_of(v), text_of(p["text"])),
              example("7", "7 kg", text=" kg"), {"text": titled(PATH_OR_TEXT, "Text")}, ("text",)),
    Transform(
        "default", "Instead of nothing", "A value when there is none.", _default,
        example(None, "WEB", value="WEB"),
        {"value": {"title": "Value"}, "blank": {"type": "boolean", "title": "Also for empty text"}}, ("value",),
        null=True,
    ),
    Transform(
        "enum", "Value list", "Turns each known value into another.", _enum,
        example("open", "O", values={"open": "O", "closed": "C"}),
        {"values": {"type": "object", "title": "Values", "maxProperties": 1000}, "default": {"title": "For all others"},
         "ignore_case": {"type": "boolean", "title": "Ignore upper and lower case"}}, ("values",),
    ),
    Transform(
        "lookup", "Look up", "Finds the value in a lookup table.", _lookup,
        example("x", "none", table="parts", on_missing="default", default="none"),
        {"table": titled({**TEXT, "minLength": 1}, "Table", format="lookup-table"),
         "on_missing": {"title": "When missing", "enum": ["fail", "null", "keep", "default"], "default": "fail"},
         "default": {"title": "Default"}}, ("table",),
    ),
    Transform(
        "bool", "Yes or no", "Reads yes/no, true/false, 1/0.", _bool, example("Yes", True),
        {"true": titled(_LIST_OF_TEXT, "Means yes"), "false": titled(_LIST_OF_TEXT, "Means no"),
         "default": {"type": "boolean", "title": "For all others"}},
    ),
    Transform("to_text", "As text", "Numbers and yes/no as text, objects as JSON.", lambda v, p, t: text_of(v),
              example(12, "12")),
    Transform("json_parse", "Read JSON", "The value in a JSON text.", _json, example("[1]", [1])),
)  # fmt: skip
