"""The candidates of every target: the source fields worth comparing, with their signals.

A cheap look (shared or near words, value kinds, spelling) picks them, so that 300 by 300 fields take well under a
second; `features.py` then compares the picked ones in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.mapping.suggest.composites import composites_of
from flows.mapping.suggest.features import Compare
from flows.mapping.suggest.fields import FieldView, views_of, weights_of
from flows.mapping.suggest.lexicon import lexicon

MOST: Final = 40
_PLAIN: Final = frozenset(
    [
        "id",
        "number",
        "name",
        "reference",
        "code",
        "created",
        "date",
        "transaction_date",
        "status",
        "type",
        "description",
    ]
)


@dataclass(slots=True)
class Candidate:
    """One source field (or group) for one target, with its signals."""

    source: FieldView
    features: list[float]


@dataclass(slots=True)
class Matter:
    """A case made ready: its targets, each with its candidates."""

    sources: list[FieldView]
    targets: list[FieldView]
    candidates: list[list[Candidate]]


def matter_of(case: Mapping[str, Any]) -> Matter:
    """The case's fields and each target's candidates, in the order of the schemas."""
    sources = views_of(case.get("source_schema") or (), str(case.get("source_system") or ""))
    targets = views_of(case.get("target_schema") or (), str(case.get("target_system") or ""))
    every = [*sources, *composites_of(sources)]
    compare = Compare(weights_of(sources, targets))
    index = _Index(every, compare)
    found = [
        [Candidate(every[at], compare.features(every[at], target)) for at in index.likely(target)] for target in targets
    ]
    return Matter(sources, targets, found)


class _Index:
    """Finds the sources that have something in common with a target."""

    def __init__(self, views: Sequence[FieldView], compare: Compare) -> None:
        self._compare = compare
        self._views = views
        self._by_concept: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        # A record's own id, number, name and dates are worth a look for every target.
        self._plain = [
            at for at, view in enumerate(views) if view.depth == 1 and view.own and _PLAIN.issuperset(view.own)
        ]
        for at, view in enumerate(views):
            for concept, weight in view.bag.items():
                self._by_concept[concept].append((at, weight))
            for gram in view.grams:
                self._by_gram[gram].append(at)

    def likely(self, target: FieldView) -> list[int]:
        """The positions of the most likely sources, best first."""
        scores: dict[int, float] = defaultdict(float)
        for concept, weight in target.bag.items():
            rare = weight * self._compare.weights.get(concept, 1.0)
            for at, has in self._by_concept.get(concept, ()):
                scores[at] += rare * has
            for other, near in _neighbours(concept):
                for at, has in self._by_concept.get(other, ()):
                    scores[at] += 0.8 * near * rare * has
        for gram in target.grams:
            holders = self._by_gram.get(gram, ())
            for at in holders:
                scores[at] += 0.5 / len(target.grams)
        for at in self._plain:
            scores[at] += 0.05
        for at in scores:
            if (self._views[at].levels > 0) == (target.levels > 0):
                scores[at] += 0.15
        return sorted(scores, key=lambda at: (-scores[at], at))[:MOST]


_near_by: dict[str, list[tuple[str, float]]] = {}


def _neighbours(concept: str) -> list[tuple[str, float]]:
    if not _near_by:
        for (first, second), value in lexicon().near.items():
            _near_by.setdefault(first, []).append((second, value))
    return _near_by.get(concept, [])
