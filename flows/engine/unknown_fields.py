"""Fields and steps an expression reads that its sample does not have, in words, with what was probably meant.

Used by `preview.py`. To a run a missing field is nothing, since many are optional; to the person who types it is most
often a slip. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

Name = str | int


def notes_of(
    text: str, paths: Collection[tuple[Name, ...]], scope: Mapping[str, Any], titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """For each path that leads nowhere: `message`, `from` and `to` in the text, and `near` where a name is close.

    Args:
        text: As the author wrote it.
        paths: What it reads, see `Expression.paths`.
        scope: What it is evaluated in.
        titles: Step id -> title, of every step of the draft.
    """
    found = [_note(text, path, scope, titles) for path in paths]
    return [note for note in found if note is not None]


def near_to(name: str, known: Collection[str]) -> str | None:
    """The known name that is most like this one, None when none is alike."""
    lower = {each.lower(): each for each in reversed(list(known))}
    close = get_close_matches(name.lower(), lower, n=1, cutoff=0.7)
    return lower[close[0]] if close else None


def _note(
    text: str, path: tuple[Name, ...], scope: Mapping[str, Any], titles: Mapping[str, str]
) -> dict[str, Any] | None:
    value: Any = scope
    for place, name in enumerate(path):
        if not isinstance(value, dict) or not isinstance(name, str):
            break
        if name not in value:
            return _missing(text, path[: place + 1], value, titles) if value or place == 1 else None
        value = value[name]
    else:
        return None
    if isinstance(value, list) and isinstance(name, str):
        where = _called(path[:place], titles)
        message = f"{where} is a list. Choose an item, as in [0], or go through all of them."
        return {"message": message, **_place(text, path[: place + 1])}
    return None


def _missing(
    text: str, path: tuple[Name, ...], known: Mapping[str, Any], titles: Mapping[str, str]
) -> dict[str, Any] | None:
    *before, last = path
    name = str(last)
    if before == ["steps"]:
        if name in titles:
            return None
        near = near_to(name, list(titles))
        message = f"There is no step “{name}”."
    elif not before:
        return None
    else:
        near = near_to(name, known.keys())
        where = _called(tuple(before), titles)
        message = f"There is no field “{name}” in {where}." if near else f"The sample of {where} has no field “{name}”."
    if near:
        message = f"{message} Did you mean {near}?"
    return {"message": message, **({"near": near} if near else {}), **_place(text, path)}


def _called(path: tuple[Name, ...], titles: Mapping[str, str]) -> str:
    """What a person calls the thing at a path."""
    if path[:1] == ("steps",) and len(path) == 2:
        return titles.get(str(path[1]), str(path[1]))
    if path == ("trigger", "body"):
        return "the event"
    names = [name for name in path if isinstance(name, str)]
    # Systems wrap what they send; “object” alone names nothing.
    return ".".join(names[-2:] if names[-1:] in (["object"], ["data"], ["value"]) else names[-1:]) or "the list"


def _place(text: str, path: tuple[Name, ...]) -> dict[str, int]:
    """Where the path's last name stands in the text."""
    name = re.escape(str(path[-1]))
    before = re.escape(str(path[-2])) if len(path) > 1 and isinstance(path[-2], str) else ""
    for pattern in (rf"{before}\W{{1,4}}({name})(?!\w)", rf"(?<!\w)({name})(?!\w)"):
        match = re.search(pattern, text)
        if match is not None:
            return {"from": match.start(1), "to": match.end(1)}
    return {"from": 0, "to": len(text)}
