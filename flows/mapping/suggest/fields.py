"""A schema's fields as the matcher sees them: what each is about, where it stands, what kind of value it holds.

Built once per schema by `suggest.py`; features and transforms read it. Never changes what it was given.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flows.mapping.suggest.values import MEANINGS, kind_of
from flows.mapping.suggest.words import concepts_of, words_of

_STOP: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "for",
        "to",
        "in",
        "on",
        "is",
        "are",
        "was",
        "be",
        "by",
        "with",
        "and",
        "or",
        "as",
        "at",
        "this",
        "that",
        "it",
        "its",
        "from",
        "which",
        "if",
        "will",
        "can",
        "may",
        "such",
        "used",
        "use",
        "when",
        "whether",
        "where",
        "specifies",
        "specify",
        "type",
        "enter",
        "choose",
        "select",
        "select",
        "indicates",
        "contains",
        "shows",
        "value",
        "record",
        "field",
        "you",
        "your",
        "e",
        "g",
        "i",
        "ie",
        "eg",
        "information",
        "only",
        "shown",
        "appears",
        "used",
        "each",
        "any",
        "all",
        "new",
        "one",
    ]
)
_ROLES: Final = frozenset(("billing", "shipping", "purchasing", "sales", "gross", "net", "base", "parent", "delivery"))
_LINE_WORDS: Final = frozenset(("line", "product", "order", "invoice", "fee", "description", "sales", "entry"))
_GENERIC: Final = frozenset(
    ("id", "number", "code", "reference", "name", "description", "amount", "free", "form", "text")
)
_SURE: Final = 0.8
_VAGUE: Final[Mapping[str, float]] = {
    "amount": 0.55, "total": 0.7, "id": 0.6, "number": 0.65, "code": 0.6, "reference": 0.7, "type": 0.8, "name": 0.9,
    "primary": 0.5, "description": 0.9, "date": 0.7, "base": 0.6,
}  # fmt: skip
_LONGEST_LABEL: Final = 6
_MOST_WORDS: Final = 24
TYPES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("boolean", re.compile(r"bool|check|^bit$|yes.?no|two ?options|flag", re.I)),
    (
        "reference",
        re.compile(r"lookup|link|many2|one2|owner|customer$|reference|relation|recordref|foreign|uniqueid", re.I),
    ),
    ("enum", re.compile(r"enum|selection|picklist|option|select|choice|state$|status$", re.I)),
    ("datetime", re.compile(r"date.?time|timestamp", re.I)),
    ("date", re.compile(r"date", re.I)),
    ("list", re.compile(r"array|table|list|\[\]$|object|json|struct|map|dict", re.I)),
    ("decimal", re.compile(r"decimal|float|double|money|monetary|currency|number|numeric|percent|real", re.I)),
    ("whole", re.compile(r"int|long|serial|bigint", re.I)),
    ("code", re.compile(r"^code", re.I)),
)


@dataclass(slots=True)
class FieldView:
    """One field.

    Attributes:
        path: As given. `parts` are several paths when it stands for a composite of fields.
        leaf, label, parents, told: Concepts of its own name, its label, what it stands in, and its description.
        bag: Every concept with how much it says about the field, 0 to 1.
        ordinal: The number in its name, 0 without one.
        levels: How many lists it stands in.
        type: boolean, reference, enum, datetime, date, list, decimal, whole, code, text or the empty text.
        kind: What its examples look like (see values.py).
    """

    path: str
    leaf: tuple[str, ...]
    label: tuple[str, ...]
    parents: tuple[str, ...]
    told: tuple[str, ...]
    text: str
    ordinal: int
    levels: int
    depth: int
    type: str
    kind: str
    examples: Sequence[Any]
    choices: Sequence[Any]
    parts: tuple[str, ...] = ()
    composite: str = ""
    own: frozenset[str] = frozenset()
    bag: dict[str, float] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    grams: frozenset[str] = frozenset()


def views_of(schema: Iterable[Mapping[str, Any]], system: str = "") -> list[FieldView]:
    """The fields of a schema; the words of its system's own name say nothing about any of them."""
    noise = frozenset(words_of(system))
    return [_view(entry, noise) for entry in schema if isinstance(entry.get("path"), str) and entry["path"]]


def _view(entry: Mapping[str, Any], noise: frozenset[str]) -> FieldView:
    path: str = entry["path"]
    segments = [segment for segment in re.split(r"[./]", path.replace("@", "").replace("[]", "")) if segment]
    words = [tuple(word for word in words_of(segment) if word not in noise) for segment in segments]
    lists = [segment.endswith("[]") for segment in re.split(r"[./]", path) if segment]
    label_text, told_text = _label_and_rest(str(entry.get("description") or ""))
    examples = _listed(entry.get("examples"))
    view = FieldView(
        path=path,
        leaf=_leaf(words),
        label=concepts_of(_plain(words_of(label_text), noise)),
        parents=tuple(
            concept
            for part, is_list in zip(words[:-1], lists, strict=False)
            for concept in (_list_concepts(part) if is_list else concepts_of(part))
        ),
        told=concepts_of(_plain(words_of(told_text), noise)[:_MOST_WORDS]),
        text=re.sub(r"[^a-z0-9]", "", segments[-1].lower()) if segments else "",
        ordinal=_ordinal(words[-1]) if words else 0,
        levels=path.count("[]"),
        depth=len(segments),
        type="list" if path.endswith("[]") else type_of(str(entry.get("type") or "")),
        kind=kind_of(examples),
        examples=examples,
        choices=_listed(entry.get("enum")),
        parts=(path,),
    )
    weigh(view)
    return view


def _leaf(words: list[tuple[str, ...]]) -> tuple[str, ...]:
    """What the field's own name means; together with the object it may mean something of its own (`payment.method`)."""
    if not words:
        return ()
    alone = concepts_of(words[-1])
    if len(words) == 1 or len(words[-1]) > 2:
        return alone
    before = concepts_of(words[-2])
    whole = concepts_of(words[-2] + words[-1])
    return tuple(whole[len(before) - 1 :]) if before and whole[len(before) - 1] not in (*before, *alone) else alone


def _list_concepts(words: tuple[str, ...]) -> tuple[str, ...]:
    """What a list is about: the list of things bought is the list of lines, whatever it is called."""
    concepts = concepts_of(words)
    return ("line",) if concepts and set(concepts) <= _LINE_WORDS else concepts


def weigh(view: FieldView) -> None:
    """Fill what follows from the concepts: bag, roles, letter groups."""
    bag: dict[str, float] = {}
    meaning = MEANINGS.get(view.kind)
    for concepts, weight in ((view.told, 0.22), (view.parents, 0.5), (view.label, 0.9), (view.leaf, 1.0)):
        for concept in concepts:
            if not concept.isdigit():
                bag[concept] = max(bag.get(concept, 0.0), weight)
    own = [concept for concept in (*view.leaf, *view.label) if not concept.isdigit()]
    if meaning:
        bag[meaning[0]] = max(bag.get(meaning[0], 0.0), meaning[1])
        if meaning[1] >= _SURE and "address" in own:
            # The address that holds e-mail addresses is no place where somebody lives.
            own = [concept for concept in own if concept != "address"] + [meaning[0]]
            bag.pop("address", None)
    view.bag = bag
    if view.parents and own and _GENERIC.issuperset(own):
        # `Fax.Number` is about the fax: a name that says nothing alone is read with what it stands in.
        own.append(view.parents[-1])
    view.own = frozenset(own)
    view.roles = _ROLES & {*view.leaf, *view.label, *view.parents}
    padded = f"  {view.text} "
    view.grams = frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _listed(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _label_and_rest(description: str) -> tuple[str, str]:
    """The label that many descriptions begin with (“Credit Limit. Type the limit …”), and what follows."""
    first, dot, rest = description.partition(". ")
    first = first.rstrip(". ")
    if len(first.split()) <= _LONGEST_LABEL and not first.lower().startswith(("specifies", "the ", "type ", "this ")):
        return first, rest if dot else ""
    return "", description


def _plain(words: tuple[str, ...], noise: frozenset[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _STOP and word not in noise)


def _ordinal(words: tuple[str, ...]) -> int:
    digits = [word for word in words if word.isdigit() and len(word) < 3]
    return int(digits[-1]) if digits else 0


def type_of(text: str) -> str:
    """The class of a declared type."""
    for name, pattern in TYPES:
        if pattern.search(text):
            return name
    return "text" if text else ""


def weights_of(*schemas: Sequence[FieldView]) -> dict[str, float]:
    """How much a concept tells fields apart: little when many fields of a schema have it."""
    weights: dict[str, float] = {}
    for views in schemas:
        counts = Counter(concept for view in views for concept in view.bag if view.bag[concept] >= 0.5)
        for concept, count in counts.items():
            rarity = math.log(1 + len(views) / count) / math.log(1 + len(views))
            value = max(0.12, rarity) * _VAGUE.get(concept, 1.0)
            weights[concept] = min(weights.get(concept, 1.0), value)
    return weights
