"""The sound ones of a draft's mapping rules, compiled as the engine compiles them; the refused ones with their reasons.

Used by `draft.py`. One broken rule refuses a whole mapping when it is published; while it is drawn, the others go on
showing what they come to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.engine.context import Scope
from flows.engine.errors import DocumentRefused, ErrorDict, Problem, problem_error
from flows.engine.outcomes import Tables
from flows.mapping.rules import Mapping, compile_rules


@dataclass(frozen=True, slots=True)
class SoundRules:
    """Rules of a draft.

    Attributes:
        mapping: The sound rules, compiled.
        places: For each of them its index in the draft.
        refused: Index in the draft -> problems, of the others.
        targets: For each rule of the draft its target's text.
        pointer: JSON pointer of the list of rules.
    """

    mapping: Mapping
    places: tuple[int, ...]
    refused: dict[int, tuple[Problem, ...]]
    targets: tuple[str, ...]
    pointer: str

    def rows(self, scope: Scope, tables: Tables) -> list[dict[str, Any]]:
        """For each rule of the draft, in its order: target, value, source, `error`, `skipped`."""
        rows: list[dict[str, Any]] = [
            {"target": target, "value": None, "source": ""} for target in self.targets
        ]  # fmt: skip
        for index, problems in self.refused.items():
            if index < len(rows):
                rows[index]["error"] = problem_error(problems[0])
        for place, row in zip(self.places, self.mapping.explain(scope, tables), strict=True):
            rows[place] = {**row, "error": self.placed(row["error"])} if "error" in row else row
        return rows

    def placed(self, failure: ErrorDict) -> ErrorDict:
        """The same failure with its pointer counted in the draft's rules."""
        pointer = str(failure.get("pointer", ""))
        index, _, rest = pointer.removeprefix(f"{self.pointer}/").partition("/")
        if not index.isdigit() or not pointer.startswith(self.pointer):
            return failure
        return {**failure, "pointer": f"{self.pointer}/{self.places[int(index)]}{'/' if rest else ''}{rest}"}


def sound_rules(rules: Any, pointer: str) -> SoundRules:
    """Compile what can be compiled of a draft's rules."""
    drawn = rules if isinstance(rules, list) else []
    targets = tuple(str(rule.get("target") or "") if isinstance(rule, dict) else "" for rule in drawn)
    refused: dict[int, tuple[Problem, ...]] = {}
    while True:
        places = tuple(index for index in range(len(drawn)) if index not in refused)
        try:
            mapping = compile_rules([drawn[index] for index in places], pointer)
        except DocumentRefused as reason:
            for index, problems in _by_rule(reason.problems, pointer).items():
                refused[places[index]] = problems
        else:
            return SoundRules(mapping, places, dict(sorted(refused.items())), targets, pointer)


def _by_rule(problems: tuple[Problem, ...], pointer: str) -> dict[int, tuple[Problem, ...]]:
    found: dict[int, tuple[Problem, ...]] = {}
    for problem in problems:
        if problem.severity == "error":
            index = int(problem.pointer.removeprefix(f"{pointer}/").partition("/")[0])
            found[index] = (*found.get(index, ()), problem)
    return found
