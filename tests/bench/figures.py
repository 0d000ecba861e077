"""A measured figure, how it is printed, and the arithmetic of samples.

Used by every part of the benchmarks; figures go to standard output, progress to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure with its unit and what one must know to believe it."""

    figure: str
    value: float
    unit: str
    detail: dict[str, Any] = field(default_factory=dict)

    def print(self) -> None:
        """Write the figure as one JSON line."""
        line: dict[str, Any] = {"figure": self.figure, "value": round(self.value, 3), "unit": self.unit}
        if self.detail:
            line["detail"] = self.detail
        print(json.dumps(line), flush=True)


def say(text: str) -> None:
    """Tell the person who waits what is being measured."""
    print(text, file=sys.stderr, flush=True)


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all samples do not exceed."""
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]


def median(samples: Sequence[float]) -> float:
    """The middle sample; of an even number of samples the lower one of the two."""
    return percentile(samples, 50)
