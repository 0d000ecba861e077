"""Puts the signals together: learned weights rank a target's candidates, a second curve says how sure the first is.

The weights are `weights.json`, written by `train.py`. Used by `suggest.py`; learns nothing while it works.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

FILE: Final = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """Learned numbers, by name.

    Attributes:
        rank: For the signals of one pair (features.NAMES).
        joint: For the signals of all targets together (joint.NAMES).
        sure: For how sure the first candidate is, if the target is to be filled at all (certainty.NAMES).
        fill: For whether the target is filled, and by that candidate (certainty.NAMES).
        accept: The score from which suggestions may be accepted all at once.
        select: The value of `fill` from which a suggestion is drawn without being asked.
    """

    rank: tuple[float, ...]
    joint: tuple[float, ...]
    sure: tuple[float, ...]
    fill: tuple[float, ...]
    accept: float
    select: float


@cache
def weights() -> Weights:
    """The weights of the file beside this one."""
    kept: dict[str, Any] = orjson.loads(FILE.read_bytes())
    return Weights(
        tuple(kept["rank"].values()),
        tuple(kept["joint"].values()),
        tuple(kept["sure"].values()),
        tuple(kept["fill"].values()),
        kept["accept"],
        kept["select"],
    )


def dot(given: Sequence[float], signals: Sequence[float]) -> float:
    """The weighted sum of signals."""
    return sum(weight * value for weight, value in zip(given, signals, strict=True) if value)


def logistic(value: float) -> float:
    """1 / (1 + e^-value), without overflow."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)


def softmax(values: Sequence[float]) -> list[float]:
    """Shares that sum to one."""
    top = max(values)
    grown = [math.exp(value - top) for value in values]
    total = sum(grown)
    return [value / total for value in grown]
