"""How alike two fields are, as numbers between -1 and 1; the learned weights of `scorer.py` put them together.

Every signal is a function of two views and the two schemas' word weights. Nothing here knows a system by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flows.mapping.suggest.fields import FieldView
from flows.mapping.suggest.groups import MONEY, NUMERIC
from flows.mapping.suggest.lexicon import lexicon

NAMES: Final = (
    "bias", "own", "own_target_covered", "own_source_covered", "bag", "bag_target_covered", "bag_source_covered",
    "leaf", "label", "parents", "told_in_own", "own_in_told", "same_text", "letters", "skeleton", "head",
    "levels_equal", "levels_differ", "roles_agree", "roles_differ", "ordinal_equal", "ordinal_differ",
    "type_equal", "type_near", "type_clash", "value_agrees", "value_clashes", "choices", "shallow", "composite",
    "extra_source_words", "missing_target_words", "both_ids", "ref_gap", "own_exact", "parents_conflict",
    "root_identity", "refers", "told", "list_to_single", "ships_unasked", "bills_unasked", "amount_kind_differs",
    "unreadable",
)  # fmt: skip

_WORDY: Final = frozenset(("text", "code", "enum", "reference"))
_DATES: Final = frozenset(("date", "datetime"))
_IDS: Final = frozenset(("id", "number", "code", "reference"))
_EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    "email": frozenset(("email",)),
    "url": frozenset(("website", "image", "tracking")),
    "phone": frozenset(("phone", "mobile", "fax")),
    "currency": frozenset(("currency",)),
    "language": frozenset(("language",)),
    "date": frozenset(
        ("date", "transaction_date", "due", "created", "updated", "birth_date", "start", "end", "delivery", "posting",
         "time", "year", "month")
    ),
    "country": frozenset(("country",)),
    "boolean": frozenset(("active", "taxable", "marketing", "primary", "tracked")),
}  # fmt: skip
_TELLING: Final = frozenset().union(*_EXPECTED.values())


@dataclass(slots=True)
class Compare:
    """Compares fields of two schemas; remembers how near words are."""

    weights: Mapping[str, float]
    _near: dict[tuple[str, str], float] = field(default_factory=dict)

    def near(self, first: str, second: str) -> float:
        """How near two concepts are, 0 to 1."""
        if first == second:
            return 1.0
        key = (first, second)
        found = self._near.get(key)
        if found is None:
            found = self._near[key] = lexicon().near.get(key) or _spelled_alike(first, second)
        return found

    def covered(self, wanted: Mapping[str, float], given: Mapping[str, float]) -> float:
        """How much of what one field is about the other is about, too; rare words count more."""
        total = reached = 0.0
        weights = self.weights
        for concept, amount in wanted.items():
            if concept.isdigit():
                continue
            weight = amount * weights.get(concept, 1.0)
            total += weight
            best = given.get(concept, 0.0)
            if best < 1.0:
                for other, has in given.items():
                    if has > best and (value := self.near(concept, other) * has) > best:
                        best = value
            reached += weight * best
        return reached / total if total else 0.0

    def overlap(self, first: Iterable[str], second: Iterable[str]) -> float:
        """How alike two groups of concepts are, both ways."""
        a, b = dict.fromkeys(first, 1.0), dict.fromkeys(second, 1.0)
        if not a or not b:
            return 0.0
        return _harmonic(self.covered(a, b), self.covered(b, a))

    def features(self, source: FieldView, target: FieldView) -> list[float]:
        """One number for each of NAMES."""
        own_s, own_t = dict.fromkeys(source.own, 1.0), dict.fromkeys(target.own, 1.0)
        forth, back = self.covered(own_t, own_s), self.covered(own_s, own_t)
        bag_forth, bag_back = self.covered(own_t, source.bag), self.covered(own_s, target.bag)
        full = _harmonic(self.covered(target.bag, source.bag), self.covered(source.bag, target.bag))
        parents = self.overlap(source.parents, target.parents) if source.parents and target.parents else 0.0
        return [
            1.0, _harmonic(forth, back), forth, back, full, bag_forth, bag_back,
            self.overlap(source.leaf, target.leaf), self.overlap(source.label, target.label), parents,
            self.covered(own_t, dict.fromkeys(source.told, 0.8)), self.covered(own_s, dict.fromkeys(target.told, 0.8)),
            float(bool(source.text) and source.text == target.text), _dice(source.grams, target.grams),
            float(_skeletons_fit(source.text, target.text)), self._head(source, target),
            float(source.levels == target.levels), float((source.levels > 0) != (target.levels > 0)),
            *_roles(source, target), *_ordinals(source, target), *_types(source, target), *_values(source, target),
            _choices(source, target), 1.0 / source.depth, float(bool(source.composite)),
            min(1.0, 0.25 * max(0, len(source.own) - len(target.own))),
            min(1.0, 0.25 * max(0, len(target.own) - len(source.own))),
            float(bool(source.own & _IDS) and bool(target.own & _IDS)),
            float(bool(source.own & _IDS) and source.type in ("text", "whole", "") and target.type == "reference"),
            float(bool(source.own) and source.own == target.own),
            float(bool(source.parents) and bool(target.parents) and parents < 0.25),
            _root_identity(source, target), _refers(source, target),
            self.overlap(source.told[:12], target.told[:12]),
            float(source.type == "list" and target.type not in ("list", "")),
            float("shipping" in source.roles and not target.roles),
            float("billing" in source.roles and not target.roles),
            float(bool(source.own & MONEY) and bool(target.own & MONEY) and not source.own & target.own & MONEY),
            _unreadable(source, target),
        ]  # fmt: skip

    def _head(self, source: FieldView, target: FieldView) -> float:
        """The last word says what a field is; `customer name` is a name."""
        first = [concept for concept in source.leaf if not concept.isdigit()]
        second = [concept for concept in target.leaf if not concept.isdigit()]
        return self.near(first[-1], second[-1]) if first and second else 0.0


def _root_identity(source: FieldView, target: FieldView) -> float:
    """A record's own id or name beside a target that says whose id it is (`order_id`)."""
    plain = source.depth == 1 and len(source.own) == 1 and bool(source.own & (_IDS | {"name"}))
    if not plain:
        return 0.0
    if "sku" in target.own:
        return float(bool(source.own & _IDS))
    return float(bool(target.own & _IDS) and len(target.own) > 1 and not source.own - target.own)


def _refers(source: FieldView, target: FieldView) -> float:
    """The id inside an object beside a target that is called like the object: `customer.id` and `customer`."""
    if not source.parents or not target.leaf or not set(source.leaf) & _IDS:
        return 0.0
    return float(source.parents[-1] in target.own and len(target.own - _IDS) <= 2)


def _harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0


def _dice(first: frozenset[str], second: frozenset[str]) -> float:
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _spelled_alike(first: str, second: str) -> float:
    """Unknown words are near when they are written almost alike, or one shortens the other."""
    if len(first) < 4 or len(second) < 4 or "_" in first or "_" in second:
        return 0.0
    grams = [frozenset(f" {word} "[at : at + 2] for at in range(len(word) + 1)) for word in (first, second)]
    likeness = _dice(*grams)
    if likeness >= 0.75:
        return likeness
    return 0.7 if _skeletons_fit(first, second) else 0.0


def _skeletons_fit(first: str, second: str) -> bool:
    """Whether one name is the other without vowels and some letters: `cstnmbr` and `customernumber`."""
    short, long = sorted((first, second), key=len)
    if len(short) < 4 or len(long) < len(short) + 2 or short[0] != long[0]:
        return False
    if sum(letter in "aeiou" for letter in short) > len(short) * 0.3:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short) and len(long) <= 2.4 * len(short)


def _roles(source: FieldView, target: FieldView) -> tuple[float, float]:
    if not source.roles or not target.roles:
        return 0.0, 0.0
    agree = bool(source.roles & target.roles)
    return float(agree), float(not agree)


def _ordinals(source: FieldView, target: FieldView) -> tuple[float, float]:
    first, second = source.ordinal or 1, target.ordinal or 1
    if source.ordinal == target.ordinal == 0:
        return 0.0, 0.0
    return float(first == second), float(first != second)


def _types(source: FieldView, target: FieldView) -> tuple[float, float, float]:
    first, second = source.type, target.type
    if source.kind in ("date", "datetime"):
        first = "date"
    elif source.kind in ("decimal", "whole") and first in ("text", ""):
        first = "decimal" if source.kind == "decimal" else "whole"
    if not first or not second:
        return 0.0, 0.0, 0.0
    if first == second:
        return 1.0, 0.0, 0.0
    for group in (NUMERIC, _WORDY, _DATES):
        if first in group and second in group:
            return 0.0, 1.0, 0.0
    clashes = (
        ((first in _DATES) != (second in _DATES) and second != "text" and first not in ("text", "code"))
        or ((first == "boolean") != (second == "boolean") and "decimal" in (first, second))
        or {first, second} in ({"decimal", "reference"}, {"decimal", "code"}, {"boolean", "reference"})
    )  # fmt: skip
    return 0.0, 0.0, float(clashes)


def _values(source: FieldView, target: FieldView) -> tuple[float, float]:
    kind = "date" if source.kind == "datetime" else source.kind
    expected = _EXPECTED.get(kind)
    if expected is None:
        other = bool(source.kind) and bool(target.own & _EXPECTED["email"])
        return 0.0, float(other)
    if target.own & expected:
        return 1.0, 0.0
    return 0.0, 1.0 if target.own & _TELLING or target.type in NUMERIC else 0.5


_READS_AS: Final[Mapping[str, frozenset[str]]] = {
    "boolean": frozenset(("boolean", "whole", "word", "")),
    "whole": frozenset(("whole", "decimal", "epoch", "boolean", "")),
    "decimal": frozenset(("whole", "decimal", "epoch", "boolean", "")),
    "date": frozenset(("date", "datetime", "epoch", "whole", "")),
    "datetime": frozenset(("date", "datetime", "epoch", "whole", "")),
}


def _unreadable(source: FieldView, target: FieldView) -> float:
    """Values that the target's type can never hold: e-mail addresses in a switch, names in a number."""
    if source.composite:
        return 0.0
    allowed = _READS_AS.get(target.type)
    if allowed is None or target.own & {"year", "month"}:
        return 0.0
    if source.kind not in allowed:
        return 1.0
    return float(target.type == "boolean" and not source.kind and source.type in ("date", "datetime", "list"))


def _choices(source: FieldView, target: FieldView) -> float:
    """How much two lists of allowed values share; less than nothing when they share none."""
    first = {str(choice).lower() for choice in source.choices or source.examples}
    second = {str(choice).lower() for choice in target.choices}
    if not first or not second:
        return 0.0
    shared = len(first & second)
    return shared / min(len(first), len(second)) if shared else -1.0
