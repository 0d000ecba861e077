"""The door of the package: a case in, suggestions out. Pure, offline, the same answer every time.

Called by the API and by `ipaas suggest_mappings`. A case is `{"id", "source_system", "target_system", "source_schema":
[{"path", "type", "description"?, "examples"?, "enum"?}], "target_schema": [...]}`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from flows.mapping.suggest import certainty
from flows.mapping.suggest.candidates import matter_of
from flows.mapping.suggest.features import NAMES
from flows.mapping.suggest.how import how
from flows.mapping.suggest.ranking import Ranked, rank
from flows.mapping.suggest.reasons import reason
from flows.mapping.suggest.scorer import Weights, dot, logistic, weights

MOST: Final = 8
_CHOICES: Final = NAMES.index("choices")


def suggest(case: Mapping[str, Any]) -> dict[str, Any]:
    """Suggestions for every target field that has any.

    Returns:
        `{"id", "accept": score, "suggestions": [{"target", "candidates": [{"source": [paths], "score", "transform",
        "transforms", "reason", "selected", "example"?}]}]}`, best first. `score` is the chance that the source is the
        right one if the target is to be filled at all; `selected` marks the one worth drawing without being asked;
        from `accept` on all may be accepted at once.
    """
    given = weights()
    ranked = rank(matter_of(case), given.rank, given.joint)
    signals = certainty.signals_of_all(ranked)
    suggestions = [
        {"target": found.target.path, "candidates": _candidates(found, own, given)}
        for found, own in zip(ranked, signals, strict=True)
        if own is not None
    ]
    return {"id": case.get("id", ""), "accept": given.accept, "suggestions": suggestions}


def _candidates(ranked: Ranked, signals: list[float], given: Weights) -> list[dict[str, Any]]:
    sure = logistic(dot(given.sure, signals))
    first = ranked.candidates[ranked.order[0]]
    is_drawn = logistic(dot(given.fill, signals)) >= given.select and first.features[_CHOICES] >= 0
    best = ranked.values[ranked.order[0]]
    answer = []
    for place, at in enumerate(ranked.order[:MOST]):
        candidate = ranked.candidates[at]
        done = how(candidate.source, ranked.target)
        entry: dict[str, Any] = {
            "source": list(candidate.source.parts),
            "score": round(_score(sure, ranked.values[at] - best, place), 4),
            "transform": done.word,
            "transforms": list(done.transforms),
            "reason": reason(candidate, ranked.target),
            "selected": is_drawn and place == 0,
        }
        if done.example is not None:
            entry["example"] = done.example
        answer.append(entry)
    return answer


def _score(sure: float, behind: float, place: int) -> float:
    """The first is as sure as it is; the others share what is left, by how far they are behind."""
    return sure if place == 0 else min(sure, (1 - sure) * math.exp(behind) * 0.9)
