"""Ranks the candidates of every target: first each pair for itself, then all targets together.

Called by `suggest.py` and by the training. Pure arithmetic over the signals of `features.py` and `joint.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.mapping.suggest.candidates import Candidate, Matter
from flows.mapping.suggest.fields import FieldView
from flows.mapping.suggest.joint import joint_signals
from flows.mapping.suggest.scorer import dot, softmax


@dataclass(slots=True)
class Ranked:
    """A target with its candidates: `order` holds their positions, best first; values and shares go by position."""

    target: FieldView
    candidates: list[Candidate]
    joint: list[list[float]]
    values: list[float]
    shares: list[float]
    order: list[int]


def rank(matter: Matter, pair_weights: Sequence[float], joint_weights: Sequence[float]) -> list[Ranked]:
    """Every target with its candidates in order."""
    first = [[dot(pair_weights, candidate.features) for candidate in found] for found in matter.candidates]
    signals = joint_signals(matter, first)
    answer = []
    for target, candidates, rows in zip(matter.targets, matter.candidates, signals, strict=True):
        values = [dot(joint_weights, row) for row in rows]
        order = sorted(range(len(values)), key=lambda at, values=values: (-values[at], at))  # type: ignore[misc]
        answer.append(Ranked(target, candidates, rows, values, softmax(values) if values else [], order))
    return answer
