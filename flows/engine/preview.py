"""The preview of one step of a draft: what it would send, what it comes to, and the values of expressions in its place.

Called by the API while a person draws. Compiles and runs the same node kinds and mapping rules as a run does, so what
is shown is what the engine produces. Nothing is sent anywhere; a call shows its input and its sample.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.engine.context import Catalog, Scope, TextCompiler
from flows.engine.draft import Draft, DraftNode, params_of
from flows.engine.errors import (
    PYTHON_FAILURES,
    ErrorDict,
    ExpressionRefused,
    Problem,
    StepFailed,
    from_python,
    problem_error,
)
from flows.engine.expressions import compile_expression
from flows.engine.outcomes import Call, Open, Outcome, Tables
from flows.engine.places import place_of_name
from flows.engine.sampled import Sample, Sampled, settled
from flows.engine.schemas import SchemaRefused, compile_schema
from flows.engine.unknown_fields import notes_of
from flows.engine.values import to_json
from flows.mapping.chains import compile_source

__all__ = ["Asked", "Preview", "Sample"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One text to evaluate in the step's place: a bare or filled `expression`, a `template`, or a mapping `source`."""

    id: str
    text: str
    kind: str
    inside: bool = False


class Preview:
    """A step of a draft, ready to be computed for a sample.

    Attributes:
        tables: Names of the lookup tables that are read.
    """

    def __init__(self, document: Mapping[str, Any], catalog: Catalog, node: str) -> None:
        """Raises KeyError when the document has no such step of a known kind."""
        self._draft = Draft(document, catalog)
        self._node = self._draft.node(node)
        self._catalog = catalog
        near = [node, *self._draft.above(node)]
        inside = [id_ for id_ in self._draft.nodes if set(self._draft.around(id_)) & set(near)]
        self.tables = frozenset().union(*(self._draft.node(id_).tables for id_ in dict.fromkeys([*near, *inside])))

    @property
    def trigger(self) -> str | None:
        """Id of the draft's trigger."""
        return self._draft.trigger

    def answer(self, sample: Sample, asked: Sequence[Asked], tables: Tables) -> dict[str, Any]:
        """The preview as the API answers it."""
        node = self._node
        around = Sampled(self._draft, node.id, sample, tables)
        outcome, failure = self._outcome(around)
        port, output = self._settled(around, outcome, failure, sample)
        rows = node.rules.rows(around.scope, tables) if node.rules is not None else []
        shown = outcome.inputs if isinstance(outcome, Call) else self._filled(around.scope)
        values, reads = self._evaluate(asked, around)
        return {
            "input": shown,
            "output": output,
            "port": port,
            "error": failure,
            "rows": rows,
            "findings": self._findings(shown, output),
            "expressions": values,
            "scope": {name: value for name, value in around.scope.items() if name != "env"},
            "missing": sorted(
                frozenset().union(*(around.lacking.get(step, frozenset()) for step in self._reads(reads, around)))
            ),
        }

    def _outcome(self, around: Sampled) -> tuple[Outcome | None, ErrorDict | None]:
        node = self._node
        outcome, failure = around.run(node)
        if node.kind == "call" and failure is not None and not _about_input(node):
            # Which operation it is may still be open while its input is drawn.
            return around.run(node, anyway=True)
        if failure is None and node.problems:
            return outcome, problem_error(node.problems[0])
        return outcome, failure

    def _settled(
        self, around: Sampled, outcome: Outcome | None, failure: ErrorDict | None, sample: Sample
    ) -> tuple[str | None, Any]:
        if isinstance(outcome, Open):
            try:
                return "out", around.children(self._node, outcome.items)
            except LookupError:
                pass
        found = settled(outcome)
        if found is not None:
            return found
        if failure is None or self._node.kind == "call":
            for known in (sample.steps, sample.fallback):
                if self._node.id in known:
                    return None, known[self._node.id]
        return None, None

    def _reads(self, more: set[str], around: Sampled) -> set[str]:
        reads = {*self._node.reads, *more}
        loops = self._draft.around(self._node.id)
        return {*reads, *loops} if "item" in around.scope else reads

    def _filled(self, scope: Scope) -> Any:
        """The parameters with every text filled; of a map there are none."""
        if self._node.kind in ("map", "trigger"):
            return None
        schema = self._node.impl.spec.params_schema
        return _fill(params_of(self._node.raw), schema, scope)

    def _findings(self, shown: Any, output: Any) -> list[dict[str, str]]:
        """What the operation that takes it would refuse."""
        taken = self._draft.operation(self._node.id)
        value, schema = shown, taken.get("input") if taken is not None else None
        if self._node.kind == "map":
            value, schema = output, self._taken_by()
        if schema is None or value is None:
            return []
        try:
            findings = compile_schema(schema).findings(value)
        except SchemaRefused:
            return []
        return [
            {"field": _field(finding.pointer), "code": finding.code, "message": finding.message} for finding in findings
        ]

    def _taken_by(self) -> Any:
        """The input schema of the call that takes what a map makes, or of the field of it that does."""
        whole = re.compile(r"\{\{\s*steps\." + re.escape(self._node.id) + r"\s*\}\}")
        for id_ in self._draft.nodes:
            operation = self._draft.operation(id_)
            if operation is None or not operation.get("input"):
                continue
            given = params_of(self._draft.nodes[id_]).get("input")
            if isinstance(given, str) and whole.fullmatch(given.strip()):
                return operation["input"]
            for name, text in given.items() if isinstance(given, dict) else ():
                if isinstance(text, str) and whole.fullmatch(text.strip()):
                    return (operation["input"].get("properties") or {}).get(name)
        return None

    def _evaluate(self, asked: Sequence[Asked], around: Sampled) -> tuple[list[dict[str, Any]], set[str]]:
        found: list[dict[str, Any]] = []
        reads: set[str] = set()
        for one in asked:
            scope = around.scope
            if one.inside:
                outcome, _ = around.run(self._node)
                scope = around.first_inside(self._node, outcome.items if isinstance(outcome, Open) else [])
            answer, steps = _evaluated(one, scope, self._draft.titles)
            found.append(answer)
            reads |= steps
        return found, reads


def _about_input(node: DraftNode) -> bool:
    return any(problem.pointer.startswith(f"{node.pointer}/params/input") for problem in node.problems)


def _evaluated(asked: Asked, scope: Scope, titles: Mapping[str, str]) -> tuple[dict[str, Any], set[str]]:
    texts = TextCompiler("")
    try:
        if asked.kind == "source":
            read = compile_source(asked.text, "", texts)
            value = None if read is None else to_json(read[0](scope))
            notes: list[dict[str, Any]] = []
        else:
            template = asked.kind == "template" or "{{" in asked.text
            param = texts.expression(asked.text, "", template=template)
            value = param.json(scope)
            notes = notes_of(asked.text, param.expression.paths, scope, titles)
    except StepFailed as failure:
        return {"id": asked.id, "error": failure.error}, set()
    except PYTHON_FAILURES as failure:
        return {"id": asked.id, "error": from_python(failure).error}, set()
    steps = {step for step, _ in texts.steps}
    if texts.problems:
        return {"id": asked.id, "error": _refusal(asked, texts.problems[0])}, steps
    return {"id": asked.id, "value": value, **({"notes": notes} if notes else {})}, steps


def _refusal(asked: Asked, problem: Problem) -> ErrorDict:
    """Why a text cannot be read, with its place in the text."""
    place: tuple[int, int] | None = None
    if asked.kind != "source":
        try:
            compile_expression(asked.text, template=asked.kind == "template" or "{{" in asked.text)
        except ExpressionRefused as refused:
            place = refused.place
    place = place or place_of_name(asked.text, problem.message)
    detail = {} if place is None else {"from": place[0], "to": place[1]}
    return {**problem_error(problem), "detail": detail}


def _fill(value: Any, schema: Mapping[str, Any], scope: Scope) -> Any:
    if isinstance(value, str):
        bare = schema.get("format") == "expression"
        if not bare and "{{" not in value:
            return value
        answer, _ = _evaluated(Asked("", value, "expression" if bare else "template"), scope, {})
        return answer.get("value")
    if isinstance(value, dict):
        described = schema.get("properties") or {}
        return {key: _fill(inner, described.get(key) or {}, scope) for key, inner in value.items() if key != "collect"}
    if isinstance(value, list):
        return [_fill(inner, schema.get("items") or {}, scope) for inner in value]
    return value


def _field(pointer: str) -> str:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return ".".join(parts)
