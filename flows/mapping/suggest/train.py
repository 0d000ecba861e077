"""Learns the weights from labelled cases: `python -m flows.mapping.suggest.train FOLDER [--without-case] [--ablate]`.

Each weight is pulled to a starting value that says what a person would expect, so that few cases suffice. The figures
printed are of cases that had no part in the weights (each case is left out in turn). Writes weights.json.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from flows.mapping.suggest import certainty, features, joint
from flows.mapping.suggest.candidates import Matter, matter_of
from flows.mapping.suggest.ranking import Ranked, rank
from flows.mapping.suggest.scorer import FILE, dot, logistic, softmax

PULL: Final = 0.07
STEPS: Final = 60
PRIOR: Final[Mapping[str, float]] = {
    "own": 3, "own_target_covered": 2, "own_source_covered": 1.5, "bag": 1.5, "bag_target_covered": 1.5,
    "bag_source_covered": 1, "leaf": 1.5, "label": 1, "parents": 0.7, "told_in_own": 0.8, "own_in_told": 0.5,
    "same_text": 1, "letters": 1, "skeleton": 0.5, "head": 0.8, "levels_equal": 0.5, "levels_differ": -1.2,
    "roles_agree": 0.5, "roles_differ": -1, "ordinal_equal": 0.3, "ordinal_differ": -1, "type_equal": 0.6,
    "type_near": 0.2, "type_clash": -0.7, "value_agrees": 1.2, "value_clashes": -1.2, "choices": 1, "shallow": 1,
    "composite": -0.3, "extra_source_words": -0.7, "missing_target_words": 0.3, "both_ids": 0.3, "own_exact": 0.7,
    "parents_conflict": -0.5, "root_identity": 1.5, "refers": 1, "told": 0.5, "list_to_single": -0.3,
    "ships_unasked": -1, "bills_unasked": -0.2, "amount_kind_differs": -0.4, "unreadable": -3,
}  # fmt: skip
JOINT_PRIOR: Final[Mapping[str, float]] = {
    "first_rank": 4, "likely": 0.5, "siblings": 1, "claimed": -0.5, "mutual": 0.3, "list_aligned": 0.7,
}  # fmt: skip
SURE_PRIOR: Final[Mapping[str, float]] = {
    "bias": -3.5,
    "everyday": 1,
    "technical": -1,
    "unreadable": -4,
    "qualified": -0.5,
    "first": 1,
    "share": 1,
    "claimed": -2,
    "own": 2,
    "margin": 0.5,
}

Group = tuple[list[list[float]], list[bool]]


@dataclass(slots=True)
class Case:
    """A labelled case made ready; `right` holds the right source sets of each target path."""

    id: str
    matter: Matter
    right: dict[str, list[set[str]]]

    def labels(self, at: int) -> list[bool] | None:
        """For each candidate of a target whether it is right; None where no pair is known."""
        sets = self.right.get(self.matter.targets[at].path)
        if sets is None:
            return None
        return [set(candidate.source.parts) in sets for candidate in self.matter.candidates[at]]


def read_cases(folder: Path) -> list[Case]:
    """Every labelled case of a folder."""
    found = []
    for path in sorted(folder.glob("*.json")):
        case = orjson.loads(path.read_bytes())
        right = {
            entry["target"]: [set(entry["source"]), *(set(also) for also in entry.get("accept", ()))]
            for entry in case["truth"]
        }
        found.append(Case(case["id"], matter_of(case), right))
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """How one set of weights is learned."""

    start: tuple[float, ...]
    pull: float = PULL
    steps: int = STEPS
    rate: float = 0.06


def _descend(gradient: Any, fit: Fit) -> tuple[float, ...]:
    """Adam, all examples at once; the same answer every time."""
    size = len(fit.start)
    weights, mean, spread = list(fit.start), [0.0] * size, [0.0] * size
    for step in range(1, fit.steps + 1):
        for at, slope in enumerate(gradient(weights)):
            slope += fit.pull * (weights[at] - fit.start[at])
            mean[at] = 0.9 * mean[at] + 0.1 * slope
            spread[at] = 0.99 * spread[at] + 0.01 * slope * slope
            by = (mean[at] / (1 - 0.9**step)) / (math.sqrt(spread[at] / (1 - 0.99**step)) + 1e-8)
            weights[at] -= fit.rate * by
    return tuple(round(weight, 4) for weight in weights)


def learn_rank(groups: Sequence[Group], fit: Fit) -> tuple[float, ...]:
    """Weights under which the right candidates of each target have the greatest share."""

    def gradient(weights: list[float]) -> list[float]:
        slopes = [0.0] * len(weights)
        for rows, labels in groups:
            shares = softmax([dot(weights, row) for row in rows])
            right = sum(share for share, label in zip(shares, labels, strict=True) if label)
            for row, share, label in zip(rows, shares, labels, strict=True):
                by = (share - (share / right if label else 0.0)) / len(groups)
                if abs(by) > 1e-7:
                    for at, value in enumerate(row):
                        if value:
                            slopes[at] += by * value
        return slopes

    return _descend(gradient, fit)


def learn_sure(rows: Sequence[tuple[list[float], bool]], fit: Fit) -> tuple[float, ...]:
    """Weights whose logistic value is the chance that the first candidate is right."""

    def gradient(weights: list[float]) -> list[float]:
        slopes = [0.0] * len(weights)
        for row, label in rows:
            by = (logistic(dot(weights, row)) - label) / len(rows)
            for at, value in enumerate(row):
                slopes[at] += by * value
        return slopes

    return _descend(gradient, fit)


def _start(names: Sequence[str], prior: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(float(prior.get(name, 0.0)) for name in names)


def learn_ranking(
    cases: Sequence[Case], without: frozenset[str] = frozenset()
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The weights of pairs, and those of all targets together; signals named in `without` count for nothing."""
    kept = {name: value for name, value in PRIOR.items() if name not in without}
    silent = [at for at, name in enumerate(features.NAMES) if name in without]
    groups = [
        (_silenced([candidate.features for candidate in case.matter.candidates[at]], silent), labels)
        for case in cases
        for at in range(len(case.matter.targets))
        if (labels := case.labels(at)) and any(labels)
    ]
    pair = learn_rank(groups, Fit(_start(features.NAMES, kept)))
    later: list[Group] = []
    for case in cases:
        ranked = rank(case.matter, pair, _start(joint.NAMES, JOINT_PRIOR))
        for at, found in enumerate(ranked):
            if (labels := case.labels(at)) and any(labels):
                later.append((found.joint, labels))
    return pair, learn_rank(later, Fit(_start(joint.NAMES, JOINT_PRIOR)))


def _silenced(rows: list[list[float]], silent: Sequence[int]) -> list[list[float]]:
    if not silent:
        return rows
    return [[0.0 if at in silent else value for at, value in enumerate(row)] for row in rows]


def left_out(cases: Sequence[Case], without: frozenset[str] = frozenset()) -> list[tuple[Case, list[Ranked]]]:
    """Each case ranked by weights learned from the others."""
    answer = []
    for at, case in enumerate(cases):
        pair, together = learn_ranking([*cases[:at], *cases[at + 1 :]], without)
        answer.append((case, rank(case.matter, pair, together)))
    return answer


def sure_rows(ranked: Sequence[tuple[Case, list[Ranked]]], filled_only: bool) -> list[list[tuple[list[float], bool]]]:
    """For each case the targets' signals and whether the first candidate is right; `filled_only` for known pairs."""
    return [
        [
            (signals, bool(labels and labels[found.order[0]]))
            for at, (found, signals) in enumerate(zip(targets, certainty.signals_of_all(targets), strict=True))
            if signals is not None
            for labels in [case.labels(at)]
            if labels is not None or not filled_only
        ]
        for case, targets in ranked
    ]


def figures(ranked: Sequence[tuple[Case, list[Ranked]]]) -> dict[str, float]:
    """recall@1, recall@5 and MRR over all pairs."""
    pairs = first = five = reciprocal = 0.0
    for case, targets in ranked:
        pairs += len(case.right)
        for at, found in enumerate(targets):
            labels = case.labels(at)
            place = next((n for n, position in enumerate(found.order) if labels and labels[position]), None)
            if place is not None:
                first, five, reciprocal = first + (place == 0), five + (place < 5), reciprocal + 1 / (place + 1)
    return {"recall@1": first / pairs, "recall@5": five / pairs, "MRR": reciprocal / pairs}


def threshold(scored: Sequence[tuple[float, bool]], precision: float) -> float:
    """The lowest score from which at least this share is right."""
    best, right = 1.0, 0
    for count, (score, label) in enumerate(sorted(scored, reverse=True), start=1):
        right += label
        if right / count >= precision:
            best = score
    return round(best, 3)


def best_f1(scored: Sequence[tuple[float, bool]], pairs: int) -> tuple[float, float]:
    """The best F1 and the score from which it is reached."""
    best, right = (0.0, 1.0), 0
    for count, (score, label) in enumerate(sorted(scored, reverse=True), start=1):
        right += label
        best = max(best, (2 * right / (count + pairs), score))
    return round(best[0], 4), round(best[1], 3)


def reliability(scored: Sequence[tuple[float, bool]]) -> list[dict[str, float]]:
    """Ten bands of scores: how many, their mean, and how many of them were right."""
    bands = []
    for low in range(10):
        inside = [(score, label) for score, label in scored if low <= min(score * 10, 9.999) < low + 1]
        if inside:
            mean, share = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            bands.append({"count": len(inside), "mean": round(mean, 3), "right": round(share, 3)})
    return bands


def main(arguments: Sequence[str]) -> None:
    """Learn, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ablate", action="store_true", help="figures with each group of signals left out")
    parser.add_argument("--report", type=Path, help="write the figures as JSON")
    options = parser.parse_args(arguments)
    cases = read_cases(options.folder)
    ranked = left_out(cases)
    pairs = sum(len(case.right) for case in cases)
    sure_by_case, fill_by_case = sure_rows(ranked, True), sure_rows(ranked, False)
    sure_scored, fill_scored = _scored(sure_by_case), _scored(fill_by_case)
    f1, select = best_f1(fill_scored, pairs)
    accept = threshold(sure_scored, ACCEPT_PRECISION)
    report: dict[str, Any] = {**figures(ranked), "F1": f1, "accept": accept, "reliability": reliability(sure_scored)}
    report["cases"] = {case.id: figures([(case, targets)]) for case, targets in ranked}
    if options.ablate:
        report["without"] = {name: figures(left_out(cases, group)) for name, group in ABLATIONS.items()}
    sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    if options.report:
        options.report.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    pair, together = learn_ranking(cases)
    kept = {
        "rank": dict(zip(features.NAMES, pair, strict=True)),
        "joint": dict(zip(joint.NAMES, together, strict=True)),
        "sure": dict(zip(certainty.NAMES, learn_sure(_flat(sure_by_case), SURE_FIT), strict=True)),
        "fill": dict(zip(certainty.NAMES, learn_sure(_flat(fill_by_case), FILL_FIT), strict=True)),
        "accept": accept,
        "select": select,
    }
    FILE.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2) + b"\n")


def _flat(by_case: Sequence[Sequence[tuple[list[float], bool]]]) -> list[tuple[list[float], bool]]:
    return [row for rows in by_case for row in rows]


def _scored(by_case: Sequence[Sequence[tuple[list[float], bool]]]) -> list[tuple[float, bool]]:
    """Every row with the score that weights learned from the other cases give it."""
    scored = []
    for at, rows in enumerate(by_case):
        weights = learn_sure(
            _flat([*by_case[:at], *by_case[at + 1 :]]), FILL_FIT if len(_flat(by_case)) > 500 else SURE_FIT
        )
        scored += [(logistic(dot(weights, signals)), label) for signals, label in rows]
    return scored


ACCEPT_PRECISION: Final = 0.92
FILL_FIT: Final = Fit(_start(certainty.NAMES, SURE_PRIOR), pull=0.006, steps=150)
SURE_START: Final[Mapping[str, float]] = {
    "own": 1, "margin": 1, "share": 1, "bias": -1, "unreadable": -4, "taken": -1.5,
}  # fmt: skip
SURE_FIT: Final = Fit(_start(certainty.NAMES, SURE_START), pull=0.01, steps=150)
ABLATIONS: Final[Mapping[str, frozenset[str]]] = {
    "descriptions": frozenset(("label", "told", "told_in_own", "own_in_told")),
    "structure": frozenset(
        ("parents", "levels_equal", "levels_differ", "parents_conflict", "shallow", "refers", "root_identity",
         "roles_agree", "roles_differ", "ships_unasked", "bills_unasked")
    ),
    "values and types": frozenset(
        ("value_agrees", "value_clashes", "choices", "type_equal", "type_near", "type_clash", "list_to_single",
         "ref_gap")
    ),
    "spelling": frozenset(("letters", "same_text", "skeleton")),
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1:])
