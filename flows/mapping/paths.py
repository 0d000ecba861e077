"""Paths: plain ways to a value (`trigger.body.lines[].price`) and to a target (`OrderDtls[].PartNum`).

Used by rules and transforms. A path is data: it is parsed once and reads only keys and list items, so it never needs
the expression language. `[]` goes through every item of a list, `[0]` and `["a.b"]` name one item or an odd key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from flows.engine.closures import SCOPE_NAMES
from flows.engine.errors import ExpressionRefused

MAX_TEXT: Final = 1000
MAX_SEGMENTS: Final = 50
MAX_SPREADS: Final = 5
MAX_INDEX: Final = 10_000


class _Each:
    """The segment `[]`: every item."""

    def __repr__(self) -> str:
        return "[]"


EACH: Final = _Each()
Segment = str | int | _Each
Path = tuple[Segment, ...]

_NAME: Final = re.compile(r"[^.\[\]\"'\s][^.\[\]\"']*")
_BRACKET: Final = re.compile(r"""\[(?:(?P<index>-?\d{1,6})|"(?P<double>[^"]*)"|'(?P<single>[^']*)')?\]""")


def parse_path(text: str) -> Path:
    """The segments of a path.

    Raises:
        ExpressionRefused: it is not a path; the message says where.
    """
    if not text or len(text) > MAX_TEXT:
        raise _refused(text, "it is empty" if not text else "it is too long")
    segments: list[Segment] = []
    place = 0
    while place < len(text):
        match = _BRACKET.match(text, place)
        if match is not None:
            segments.append(_bracket(match, text))
            place = match.end()
        else:
            if segments:
                if text[place] != ".":
                    raise _refused(text, f"a dot is missing before '{text[place : place + 20]}'")
                place += 1
            match = _NAME.match(text, place)
            if match is None:
                raise _refused(text, f"a name is missing at character {place + 1}")
            segments.append(match.group().rstrip())
            place = match.end()
    if len(segments) > MAX_SEGMENTS or segments.count(EACH) > MAX_SPREADS:
        raise _refused(text, f"it has more than {MAX_SEGMENTS} parts or {MAX_SPREADS} times []")
    return tuple(segments)


def _bracket(match: re.Match[str], text: str) -> Segment:
    index = match.group("index")
    if index is not None:
        if abs(int(index)) > MAX_INDEX:
            raise _refused(text, f"the item number {index} is too large")
        return int(index)
    name = match.group("double") if match.group("double") is not None else match.group("single")
    return EACH if name is None else name


def _refused(text: str, why: str) -> ExpressionRefused:
    return ExpressionRefused(
        "bad_path", f"'{text[:80]}' is not a path: {why}.", 'For example trigger.body.lines[].price or ["odd.key"].'
    )


def parse_source(text: str) -> Path:
    """A path that begins in the scope of a run.

    Raises:
        ExpressionRefused: it is not a path, or does not begin with trigger, steps, item, index or env.
    """
    path = parse_path(text)
    if path[0] not in SCOPE_NAMES:
        raise ExpressionRefused(
            "unknown_name", f"There is no '{path[0]}' here.", "Begin with trigger, steps, item, index or env."
        )
    if path[0] == "steps" and (len(path) < 2 or not isinstance(path[1], str)):
        raise ExpressionRefused(
            "steps_dynamic", "steps must be followed by the id of a step.", "For example steps.customer.email."
        )
    return path


def looks_like_source(text: str) -> bool:
    """Whether a transform's text parameter is a path rather than fixed text: a scope name and something after it."""
    root = re.match(r"[a-z]+(?=[.\[])", text)
    return root is not None and root.group() in SCOPE_NAMES


def spreads(path: Path) -> int:
    """How many times `[]` occurs."""
    return sum(segment is EACH for segment in path)


def step_of(path: Path) -> str | None:
    """The step a source path reads."""
    return str(path[1]) if path[0] == "steps" else None


def reader(path: Path) -> Callable[[Any], Any]:
    """A direct getter; each `[]` makes one level of list, nothing where a key is missing.

    At `[]` nothing is an empty list, and one value is a list of one: systems that leave out the list around a single
    line are common.
    """
    if EACH in path:
        cut = path.index(EACH)
        outer, inner = reader(path[:cut]), reader(path[cut + 1 :])

        def read_each(value: Any) -> list[Any]:
            items = outer(value)
            if items is None:
                return []
            return [inner(item) for item in (items if isinstance(items, list) else (items,))]

        return read_each

    def read(value: Any) -> Any:
        for name in path:
            if type(value) is dict:
                value = value.get(name)
            elif type(value) is list and type(name) is int:
                try:
                    value = value[name]
                except IndexError:
                    return None
            else:
                return None
        return value

    return read
