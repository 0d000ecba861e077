"""What differs between how a run came out when it was recorded and how it comes out now, in words and with pointers.

Called by `playback`. Pure. A pointer that is ignored covers everything below it; `*` in it stands for any one part, and
a step may be named by its path (`each[0].line`), its path with any item (`each[*].line`), or its id alone (`line`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.engine.context import escape
from flows.engine.values import text_of

MOST_DIFFERENCES: Final = 200
_INDEX: Final = re.compile(r"\[\d+\]")
_GONE: Final = object()
_LONGEST: Final = 120
_DONE: Final = {"succeeded": "succeeded", "failed": "failed", "skipped": "was skipped", "waiting": "waited"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was recorded; `kind` is changed, missing, new or status."""

    step: str
    pointer: str
    kind: str
    expected: Any
    actual: Any
    message: str

    def to_dict(self) -> dict[str, Any]:
        """The difference as the API answers it."""
        return {name: getattr(self, name) for name in ("step", "pointer", "kind", "expected", "actual", "message")}


def differences(
    expected: Mapping[str, Any], actual: Mapping[str, Any], ignored: Sequence[str], titles: Mapping[str, str]
) -> list[Difference]:
    """How two outcomes (see `playback.outcome_of`) differ, in the order of the steps; at most the first 200.

    Args:
        expected: As recorded.
        actual: As it comes out now.
        ignored: JSON pointers that do not count.
        titles: Node id -> title.
    """
    rules = [_tokens(pointer) for pointer in ignored]
    found: list[Difference] = []
    for difference in _all(expected, actual, titles):
        if not any(_covers(rule, _tokens(difference.pointer)) for rule in rules):
            found.append(difference)
            if len(found) == MOST_DIFFERENCES:
                break
    return found


def _all(expected: Mapping[str, Any], actual: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Difference]:
    steps, now = expected["steps"], actual["steps"]
    for path in dict.fromkeys([*steps, *now]):
        title = titles.get(path.rpartition(".")[2], path)
        yield from _step(path, title, steps.get(path), now.get(path))
    if expected["status"] != actual["status"]:
        words = f"The run {expected['status']} when it was recorded and {_ended(actual['status'])} now."
        yield Difference("", "/status", "status", expected["status"], actual["status"], words)
    for name, before, after in _changes(expected.get("reply"), actual.get("reply"), "/reply", "The reply"):
        yield _changed("", name, before, after, "The reply")


def _ended(status: str) -> str:
    return status if status in ("succeeded", "failed") else f"is {status}"


def _step(path: str, title: str, before: Any, after: Any) -> Iterator[Difference]:
    pointer = f"/steps/{escape(path)}"
    was, now = _status(before), _status(after)
    if was != now:
        yield _status_changed(path, pointer, title, before, after)
    if before is None or after is None:
        return
    for part in ("input", "output"):
        if part in before and part in after:
            for place, old, new in _changes(before[part], after[part], f"{pointer}/{part}", part):
                yield _changed(path, place, old, new, f"“{title}”")


def _status(step: Any) -> str:
    """What is not there any more and what was skipped come to the same."""
    return "skipped" if step is None else str(step["status"])


def _status_changed(path: str, pointer: str, title: str, before: Any, after: Any) -> Difference:
    was, now = _status(before), _status(after)
    if was == "skipped":
        why = f": {after['message']}" if after and after.get("message") else ""
        words = f"“{title}” did not run when this was recorded; now it {_DONE.get(now, now)}{why}"
        return Difference(path, pointer, "new", None, now, words if why else f"{words}.")
    if now == "skipped":
        gone = "is not there" if after is None else "does not run"
        words = f"“{title}” {_DONE.get(was, was)} when this was recorded; now it {gone} any more."
        return Difference(path, pointer, "missing", was, None if after is None else now, words)
    why = f": {after['message']}" if after.get("message") else "."
    words = f"“{title}” {_DONE.get(was, was)} when this was recorded; now it {_DONE.get(now, now)}{why}"
    return Difference(path, f"{pointer}/status", "status", was, now, words)


def _changed(step: str, place: str, before: Any, after: Any, where: str) -> Difference:
    field = place.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    if before is _GONE:
        return Difference(step, place, "new", None, after, f"{where}: {field} is new, {_short(after)}.")
    if after is _GONE:
        return Difference(step, place, "missing", before, None, f"{where}: {field} was {_short(before)} and is gone.")
    words = f"{where}: {field} was {_short(before)} and is now {_short(after)}."
    return Difference(step, place, "changed", before, after, words)


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = text_of(value) or "empty"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _changes(before: Any, after: Any, pointer: str, name: str) -> Iterator[tuple[str, Any, Any]]:
    """The innermost places where two values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            place = f"{pointer}/{escape(key)}"
            yield from _changes(before.get(key, _GONE), after.get(key, _GONE), place, key)
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            old = before[index] if index < len(before) else _GONE
            new = after[index] if index < len(after) else _GONE
            yield from _changes(old, new, f"{pointer}/{index}", name)
    elif before is not after and not _same(before, after):
        yield pointer, before, after


def _same(before: Any, after: Any) -> bool:
    return isinstance(before, bool) == isinstance(after, bool) and bool(before == after)


def _tokens(pointer: str) -> list[str]:
    return pointer.split("/")[1:]


def _covers(rule: Sequence[str], place: Sequence[str]) -> bool:
    return 0 < len(rule) <= len(place) and all(
        wanted in ("*", found) or (index == 1 and rule[0] == "steps" and _names(wanted, found))
        for index, (wanted, found) in enumerate(zip(rule, place, strict=False))
    )


def _names(wanted: str, path: str) -> bool:
    """Whether a step is meant, whatever the item."""
    return wanted in (_INDEX.sub("[*]", path), path.rpartition(".")[2])


def pointer_problem(pointer: str) -> str | None:
    """Why a text is no pointer that can be ignored; None when it is one."""
    parts = _tokens(pointer)
    if not pointer.startswith("/") or any(not part for part in parts):
        return "An ignored place begins with / and names its parts, such as /steps/order/input/OrderDate."
    if parts[0] not in ("steps", "reply", "status"):
        return "An ignored place is below /steps, /reply or /status."
    return None
