"""Recordings: what a run was given and what its calls came to, so that it can be played again on another document.

Made of a run's facts; a test of a flow is a recording with what is expected of it. Pure: calls are answered by what
was recorded, and nothing is sent. Everything here is plain JSON, so recordings are kept, exported and read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.engine import standins
from flows.engine.compare import Difference, differences
from flows.engine.context import Catalog
from flows.engine.errors import AUTHOR_MUST_FIX, DocumentRefused, ErrorDict, error
from flows.engine.excerpt import Shape, in_the_document, leading_up_to, whatever_runs
from flows.engine.facts import Fact
from flows.engine.frames import Start
from flows.engine.outcomes import MISSING, Call, Done, Fail, NoTables, Tables
from flows.engine.plan import Plan, compile_plan
from flows.engine.rehearse import Stage, rehearse

Recording = dict[str, Any]
"""`trigger`, `env`, `tables`, `mode`, `step`, `stand_ins`, `answers` (step path -> try -> output or error)."""
Result = dict[str, Any]
NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Played:
    """How a recording came out on a document. `outcome` is what would be expected of it from now on."""

    outcome: dict[str, Any]
    differences: list[Difference]
    error: ErrorDict | None

    @property
    def ok(self) -> bool:
        """Whether everything that counts is as it was recorded."""
        return self.error is None and not self.differences

    @property
    def steps(self) -> dict[str, str]:
        """Step path -> how it came out."""
        return {path: step["status"] for path, step in self.outcome["steps"].items()}


def answers_of(facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """What the calls of a run came to, by step path and number of the try."""
    answers: dict[str, dict[str, Any]] = {}
    for fact in facts:
        kind, step = fact["type"], fact.get("step", "")
        if kind == "step_started":
            answers.setdefault(step, {})[str(fact["attempt"])] = {}
        elif step not in answers:
            continue
        elif kind == "step_succeeded":
            answers[step][str(fact["attempt"])] = {"output": fact.get("output")}
        elif kind == "step_failed" and str(fact["attempt"]) in answers[step]:
            answers[step][str(fact["attempt"])] = {"error": fact["error"]}
        elif kind == "run_resolved" and fact["made"]:
            answers[step][max(answers[step], key=int)] = {"output": fact.get("output")}
    return {step: {number: made for number, made in tries.items() if made} for step, tries in answers.items()}


def outcome_of(plan: Plan, facts: Iterable[Fact]) -> dict[str, Any]:
    """What a run came to, as far as a test looks at it.

    `status`, `reply`, and `steps` by path: `status`, `input` of calls, `output` of what is computed here, and for
    failures `code` and `message`. What calls answered is left out: it was recorded, so it cannot differ.
    """
    steps: dict[str, dict[str, Any]] = {}
    status, reply = "unfinished", None
    for fact in facts:
        kind = fact["type"]
        if kind == "run_finished":
            status = fact["status"]
        elif kind == "replied" and reply is None:
            reply = {name: fact[name] for name in ("status", "body", "headers")}
        elif kind == "step_started":
            steps.setdefault(fact["step"], {}).update(status="running", input=fact.get("input"))
        elif kind == "step_skipped":
            steps[fact["step"]] = {"status": "skipped"}
        elif kind == "step_succeeded":
            step = steps.setdefault(fact["step"], {})
            step["status"] = "succeeded"
            if _is_computed(plan, fact["step"]):
                step["output"] = fact.get("output")
        elif kind == "step_failed":
            failure = {"code": fact["error"]["code"], "message": fact["error"]["message"]}
            steps.setdefault(fact["step"], {}).update(status="failed", **failure)
    return {"status": status, "steps": steps, "reply": reply}


def _is_computed(plan: Plan, path: str) -> bool:
    """A for-each without `collect` only repeats what the steps inside it came to."""
    node = plan.nodes[path.rpartition(".")[2]]
    if node.kind == "for_each":
        return node.params is not None and node.params.collect is not None
    return node.kind != "call"


class RecordedTables:
    """Lookup tables as they were when a run was recorded; what was not asked for then is asked of `others`.

    Attributes:
        rows: table -> key -> value, None for a key that was not there.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, Any]], others: Tables) -> None:
        self.rows: dict[str, dict[str, Any]] = {name: dict(pairs) for name, pairs in rows.items()}
        self._others = others

    def get(self, table: str, key: str) -> Any:
        """The value, or `MISSING`."""
        rows = self.rows.setdefault(table, {})
        if key not in rows:
            found = self._others.get(table, key)
            rows[key] = None if found is MISSING else found
        return MISSING if rows[key] is None else rows[key]


def record(document: Mapping[str, Any], catalog: Catalog, recording: Recording, tables: Tables) -> Played:
    """Play a new recording on the document of its own run, and note in it the rows of tables that were read."""
    kept = RecordedTables({}, tables)
    played = _played(document, catalog, recording, kept, None, lambda: True)
    recording["tables"] = {name: rows for name, rows in kept.rows.items() if rows}
    return played


@dataclass(frozen=True, slots=True)
class Expectation:
    """A recording with what is expected of it; places in `ignored` do not count."""

    recording: Recording
    expected: Mapping[str, Any]
    ignored: Sequence[str] = ()


def play(
    test: Expectation,
    document: Mapping[str, Any],
    catalog: Catalog,
    tables: Tables | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> Played:
    """Play a test on a document.

    Args:
        test: What to play.
        document: A draft or version; only the part that was recorded is looked at.
        catalog: The connectors of the house.
        tables: Asked for keys of lookup tables that were not read when it was recorded.
        goes_on: Asked now and then; False ends the play, which then has an error.
    """
    kept = RecordedTables(test.recording.get("tables") or {}, tables or NoTables())
    return _played(document, catalog, test.recording, kept, test, goes_on)


def _played(
    document: Mapping[str, Any],
    catalog: Catalog,
    recording: Recording,
    tables: RecordedTables,
    test: Expectation | None,
    goes_on: Callable[[], bool],
) -> Played:
    if recording["step"] and recording["step"] not in Shape(document).nodes:
        return _not_played(error(AUTHOR_MUST_FIX, "step_gone", f"There is no step “{recording['step']}” any more."))
    excerpt = leading_up_to(document, recording["step"]) if recording["step"] else whatever_runs(document)
    stand_ins = standins.from_json(recording["stand_ins"])
    try:
        plan = compile_plan(excerpt, catalog, {id_: how for id_, how in stand_ins.items() if id_ in _ids(excerpt)})
    except DocumentRefused as refused:
        first = next(p for p in in_the_document(refused.problems, excerpt, document) if p.severity == "error")
        failure = error(AUTHOR_MUST_FIX, "document_refused", first.message, hint=first.hint)
        return _not_played({**failure, "pointer": first.pointer})
    answer = _answering(recording["answers"])
    facts = rehearse(plan, Stage(recording["trigger"], answer, recording["env"], tables, goes_on))
    outcome = outcome_of(plan, facts)
    if not goes_on():
        return Played(outcome, [], error("limit_reached", "took_too_long", "Playing this test took too long."))
    titles = {id_: node.title for id_, node in plan.nodes.items()}
    found = differences(test.expected, outcome, test.ignored, titles) if test is not None else []
    return Played(outcome, found, None)


def _not_played(failure: ErrorDict) -> Played:
    return Played({"status": "failed", "steps": {}, "reply": None}, [], failure)


def _ids(document: Mapping[str, Any]) -> set[str]:
    return {node["id"] for node in document["nodes"]}


def _answering(answers: Mapping[str, Mapping[str, Any]]) -> Callable[[Start, Call], Done | Fail]:
    """Answers calls with what was recorded: try by try, the last for every try beyond."""

    def answer(start: Start, call: Call) -> Done | Fail:
        tries = answers.get(start.step)
        if not tries:
            message = "It makes a call that was not recorded, so there is no answer to play back."
            return Fail(error(AUTHOR_MUST_FIX, NOT_RECORDED, message, hint="Record the test anew from a run."))
        made = tries.get(str(start.attempt)) or tries[max(tries, key=int)]
        return Fail(made["error"]) if "error" in made else Done(made.get("output"))

    return answer
