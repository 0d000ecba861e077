"""Groups of source fields that together fill one target: a full name of its parts, a street of its lines.

Built from the views of `fields.py` by `suggest.py`; each group is a view of its own and is compared like any field.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.mapping.suggest.fields import FieldView, weigh


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Which concepts of siblings make a group, what the group means, and how it is put together."""

    parts: tuple[str, ...]
    means: tuple[str, ...]
    how: str


_PATTERNS: Final = (
    _Pattern(("first_name", "last_name"), ("full_name", "name"), "concat"),
    _Pattern(("first_name", "middle_name", "last_name"), ("full_name", "name"), "concat"),
    _Pattern(("line_one", "line_two"), ("street",), "concat"),
    _Pattern(("street", "house_number"), ("street", "line_one"), "concat"),
    _Pattern(("city", "state", "postal_code"), ("location",), "lookup"),
    _Pattern(("amount", "quantity"), ("price",), "calc"),
)
_BLANK: Final = {"concat": " "}


def composites_of(views: Sequence[FieldView]) -> list[FieldView]:
    """Every group that siblings of one object make."""
    siblings: dict[str, dict[str, FieldView]] = defaultdict(dict)
    for view in views:
        parent = view.path.rpartition(".")[0]
        if _main(view):
            siblings[parent].setdefault(_main(view), view)
    return [
        _group([known[part] for part in pattern.parts], pattern)
        for known in siblings.values()
        for pattern in _PATTERNS
        if all(part in known for part in pattern.parts) and not (pattern.how == "calc" and pattern.means[0] in known)
    ]


def _main(view: FieldView) -> str:
    """What a field of one plain meaning means; the empty text for others."""
    own = [concept for concept in view.leaf if not concept.isdigit()]
    return own[0] if len(own) == 1 else ""


def _group(views: list[FieldView], pattern: _Pattern) -> FieldView:
    first = views[0]
    group = FieldView(
        path=" + ".join(view.path for view in views),
        leaf=pattern.means,
        label=(),
        parents=first.parents,
        told=(),
        text="".join(part.replace("_", "") for part in pattern.means[:1]),
        ordinal=0,
        levels=first.levels,
        depth=first.depth,
        type="decimal" if pattern.how == "calc" else "text",
        kind="",
        examples=_examples(views, pattern),
        choices=(),
        parts=tuple(view.path for view in views),
        composite=pattern.how,
    )
    weigh(group)
    return group


def _examples(views: list[FieldView], pattern: _Pattern) -> list[Any]:
    blank = _BLANK.get(pattern.how)
    if blank is None:
        return []
    rows = zip(*(view.examples for view in views), strict=False)
    return [blank.join(str(value) for value in row if value not in (None, "")) for row in rows]
