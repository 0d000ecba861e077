"""Looks at all targets together: lists align with lists, siblings with siblings, and no source is claimed twice.

Takes the first ranking of each target's candidates and answers further signals for every pair; `scorer.py` weighs them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from flows.mapping.suggest.candidates import Matter
from flows.mapping.suggest.scorer import softmax

NAMES: Final = ("first_rank", "likely", "siblings", "claimed", "mutual", "list_aligned")
_SCALE: Final = 4.0


def joint_signals(matter: Matter, ranks: Sequence[Sequence[float]]) -> list[list[list[float]]]:
    """For each target and candidate one number for each of NAMES.

    Args:
        matter: The case with its candidates.
        ranks: The first rank value of every candidate, in the same order.
    """
    shares = [softmax(values) if values else [] for values in ranks]
    votes, list_votes = _votes(matter, shares)
    claims = _claims(matter, shares)
    answer: list[list[list[float]]] = []
    for at, candidates in enumerate(matter.candidates):
        target = matter.targets[at]
        parent, list_path = _parent(target.path), _list(target.path)
        rows = []
        for number, candidate in enumerate(candidates):
            share = shares[at][number]
            source = candidate.source.parts[0]
            rival = _strongest_other(claims[candidate.source.path], at)
            rows.append(
                [
                    ranks[at][number] / _SCALE,
                    share,
                    _share_of(votes[parent], _parent(source), share),
                    max(0.0, rival - share),
                    float(share >= rival),
                    _share_of(list_votes[list_path], _list(source), share) if list_path else 0.0,
                ]
            )
        answer.append(rows)
    return answer


def _votes(
    matter: Matter, shares: Sequence[Sequence[float]]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """How much the targets of one object (and of one list) lean to the sources of each object (and list)."""
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    list_votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for target, candidates, values in zip(matter.targets, matter.candidates, shares, strict=True):
        for candidate, share in zip(candidates, values, strict=True):
            source = candidate.source.parts[0]
            votes[_parent(target.path)][_parent(source)] += share
            list_votes[_list(target.path)][_list(source)] += share
    return votes, list_votes


def _share_of(votes: dict[str, float], place: str, own: float) -> float:
    """The share of a place among the votes, a candidate's own vote not counted."""
    total = sum(votes.values()) - own
    return max(0.0, votes.get(place, 0.0) - own) / total if total > 1e-9 else 0.0


def _claims(matter: Matter, shares: Sequence[Sequence[float]]) -> dict[str, list[tuple[float, int]]]:
    """For every source how strongly each target wants it, the two strongest."""
    claims: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for at, (candidates, values) in enumerate(zip(matter.candidates, shares, strict=True)):
        for candidate, share in zip(candidates, values, strict=True):
            claims[candidate.source.path].append((share, at))
    return {path: sorted(found, reverse=True)[:2] for path, found in claims.items()}


def _strongest_other(claims: Sequence[tuple[float, int]], own: int) -> float:
    return next((share for share, at in claims if at != own), 0.0)


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _list(path: str) -> str:
    return path.rpartition("[]")[0]
