"""How sure a target's first candidate is, so that a score of 0.9 is right about nine times in ten.

Reads the ranking of `ranking.py`; the weights come from `scorer.py` and were fitted on cases that had no part in the
ranking's own weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from flows.mapping.suggest.features import NAMES as PAIR_NAMES
from flows.mapping.suggest.groups import EVERYDAY, TECHNICAL
from flows.mapping.suggest.lexicon import lexicon
from flows.mapping.suggest.ranking import Ranked

NAMES: Final = (
    "bias", "first", "margin", "share", "claimed", "siblings", "own", "own_target_covered",
    "own_source_covered", "bag", "value_agrees", "same_text", "own_exact", "type_clash", "known", "technical",
    "everyday", "qualified", "source_qualified", "composite", "both_ids", "told_in_own", "ordinal_differ",
    "later_ordinal", "taken", "levels_differ", "parents_conflict", "unreadable",
)  # fmt: skip
_FROM_PAIR: Final = tuple(
    PAIR_NAMES.index(name)
    for name in NAMES[NAMES.index("own") : NAMES.index("known")]
)  # fmt: skip
_UNREADABLE: Final = PAIR_NAMES.index("unreadable")
_LATER: Final = tuple(PAIR_NAMES.index(name) for name in ("composite", "both_ids", "told_in_own", "ordinal_differ"))


def signals_of_all(ranked: Sequence[Ranked]) -> list[list[float] | None]:
    """For each target one number for each of NAMES; None for a target without candidates."""
    best: dict[str, list[float]] = defaultdict(list)
    for found in ranked:
        if found.order:
            best[_first(found)].append(_strength(found))
    return [
        _signals(found, sum(other > _strength(found) for other in best[_first(found)])) if found.order else None
        for found in ranked
    ]


def _first(found: Ranked) -> str:
    return found.candidates[found.order[0]].source.path


def _strength(found: Ranked) -> float:
    """How well a target's first candidate fits it, to be held against other targets with the same first candidate."""
    return found.values[found.order[0]]


def _signals(ranked: Ranked, stronger: int) -> list[float]:
    first = ranked.order[0]
    source, target = ranked.candidates[first].source, ranked.target
    pair, joint = ranked.candidates[first].features, ranked.joint[first]
    values = [ranked.values[at] for at in ranked.order[:2]]
    margin = min(3.0, values[0] - values[1]) if len(values) > 1 else 3.0
    own = target.own
    concepts = frozenset(lexicon().phrases.values())
    known = sum(concept in concepts for concept in own) / len(own) if own else 0.0
    return [
        1.0,
        values[0] / 10.0,
        margin / 3.0,
        ranked.shares[first],
        joint[3],
        joint[2],
        *(pair[at] for at in _FROM_PAIR),
        known,
        float(bool(own & TECHNICAL)),
        float(bool(own & EVERYDAY) and not own & TECHNICAL),
        float(bool(target.roles)),
        float(bool(source.roles - target.roles)),
        *(pair[at] for at in _LATER),
        float(target.ordinal > 1 and source.ordinal != target.ordinal),
        min(1.0, stronger / 2),
        float((source.levels > 0) != (target.levels > 0)),
        float(bool(source.parents) != bool(target.parents)),
        pair[_UNREADABLE],
    ]
