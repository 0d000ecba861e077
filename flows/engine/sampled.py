"""What the steps of a draft come to for a sample: given values, computed ones where a step is pure, examples else.

Used by `preview.py`. Pure steps run the same node implementations as a run. What would leave the house is never asked:
its value comes from the sample or is missing. The work is bounded by a number of steps, as loops repeat theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flows.engine.context import Scope
from flows.engine.draft import Draft, DraftNode
from flows.engine.errors import (
    PYTHON_FAILURES,
    ErrorDict,
    StepFailed,
    from_python,
    located,
    problem_error,
)
from flows.engine.nodes.for_each import LoopParams
from flows.engine.outcomes import Done, Fail, Open, Outcome, Reply, Tables
from flows.engine.values import check_writable

MAX_STEPS: Final = 5_000
MAX_ITEMS: Final = 200
MAX_LOOPS: Final = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """Values to compute with.

    Attributes:
        trigger: What expressions see as `trigger`; None when there is no sample of it.
        steps: Step id -> value that counts whatever the step would come to; of a for-each around the step looked at
            `{"item", "index"}`.
        fallback: Step id -> value of steps that can not be computed.
        item, index: Of the innermost for-each around the step looked at; `has_item` says whether it is given.
        env: The variables.
    """

    trigger: Mapping[str, Any] | None
    steps: Mapping[str, Any] = field(default_factory=dict)
    fallback: Mapping[str, Any] = field(default_factory=dict)
    item: Any = None
    index: int | None = None
    has_item: bool = False
    env: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Frame:
    """One scope: outside every for-each, or one item of one.

    `ports` holds the ways steps left by, `last` the value of the last one, `absent` says that one has no value.
    """

    scope: Scope
    loop: str | None = None
    ports: dict[str, str] = field(default_factory=dict)
    last: Any = None
    absent: bool = False


class Sampled:
    """The steps around one node, computed for a sample.

    Attributes:
        scope: What expressions of the node see.
        lacking: Step id -> steps without any value because of which it has none, or may be wrong.
    """

    def __init__(self, draft: Draft, node: str, sample: Sample, tables: Tables) -> None:
        self._draft, self._sample, self._tables = draft, sample, tables
        self._left = MAX_STEPS
        self.lacking: dict[str, frozenset[str]] = {}
        trigger = {"body": None, "headers": {}, "query": {}, "received_at": None, **(sample.trigger or {})}
        self.scope: Scope = {"trigger": trigger, "steps": {}, "env": dict(sample.env)}
        above, around = draft.above(node), draft.around(node)[:MAX_LOOPS]
        for place, loop in enumerate([None, *around]):
            if loop is not None:
                self._enter(loop, innermost=place == len(around))
            frame = Frame(self.scope, loop)
            for id_ in above:
                if draft.parent(id_) == loop and id_ not in around:
                    self._settle(draft.node(id_), frame)

    def run(self, node: DraftNode, *, anyway: bool = False) -> tuple[Outcome | None, ErrorDict | None]:
        """What a node comes to in the scope, else why it comes to nothing; `anyway` also with problems of its own."""
        if node.problems and node.rules is None and not anyway:
            return None, problem_error(node.problems[0])
        self._left -= 1
        if self._left < 0 or (node.params is None and node.kind != "trigger"):
            return None, None
        try:
            outcome = node.impl.run(node.params, self.scope, self._tables)
            check_writable(settled(outcome))
        except StepFailed as failure:
            return None, _placed(node, located(failure, node.pointer).error)
        except PYTHON_FAILURES as failure:
            return None, located(from_python(failure), node.pointer).error
        if type(outcome) is Fail:
            return None, located(StepFailed(outcome.error), node.pointer).error
        return outcome, None

    def children(self, node: DraftNode, items: list[Any]) -> Any:
        """What a for-each leaves when everything inside can be computed.

        Raises:
            LookupError: something inside has no value, or there are too many items.
        """
        if len(items) > MAX_ITEMS or len(self._draft.around(node.id)) >= MAX_LOOPS:
            raise LookupError(node.id)
        outer = self.scope
        try:
            results = [self._item(node, item, index, outer) for index, item in enumerate(items)]
        finally:
            self.scope = outer
        return {"items": results, "count": len(items), "failed": 0}

    def _enter(self, loop: str, innermost: bool) -> None:
        """Go inside a for-each: its item is the given one, else the one of that index in its list."""
        sample, node = self._sample, self._draft.node(loop)
        index = sample.index if innermost and sample.index is not None else 0
        given = sample.steps.get(loop)
        if innermost and sample.has_item:
            item = sample.item
        elif isinstance(given, dict) and given.keys() == {"item", "index"}:
            item, index = given["item"], given["index"]
        else:
            outcome, _ = self.run(node)
            items = outcome.items if isinstance(outcome, Open) else []
            item = items[index] if 0 <= index < len(items) else None
            self.lacking[loop] = self._lacking(node.reads) if items else frozenset({loop})
        self.scope = _inside(self.scope, loop, item, index)

    def _settle(self, node: DraftNode, frame: Frame) -> None:
        """Put a step's value in the scope, if it has one."""
        steps, id_ = frame.scope["steps"], node.id
        self.lacking[id_] = frozenset()
        if id_ in self._sample.steps:
            steps[id_] = self._sample.steps[id_]
        elif node.kind == "trigger":
            steps[id_] = frame.scope["trigger"].get("body")
            self.lacking[id_] = frozenset({id_}) if self._sample.trigger is None else frozenset()
        else:
            self._compute(node, frame)

    def _compute(self, node: DraftNode, frame: Frame) -> None:
        steps, lacking = frame.scope["steps"], self._lacking(node.reads)
        outcome, failure = self.run(node)
        found = settled(outcome) if failure is None else None
        if isinstance(outcome, Open):
            try:
                found = ("out", self.children(node, outcome.items))
            except LookupError:
                found = None
        if found is not None and not (lacking and node.id in self._sample.fallback):
            frame.ports[node.id], steps[node.id] = found
            self.lacking[node.id] = lacking
        elif node.id in self._sample.fallback:
            steps[node.id] = self._sample.fallback[node.id]
        else:
            self.lacking[node.id] = lacking or frozenset({node.id})

    def _lacking(self, reads: frozenset[str]) -> frozenset[str]:
        return frozenset().union(*(self.lacking.get(step, frozenset()) for step in reads))

    def _item(self, node: DraftNode, item: Any, index: int, outer: Scope) -> Any:
        """What one item leaves: the value of `collect`, else of the last step inside that ran."""
        frame = self._walk(node, item, index, outer)
        if frame.absent:
            raise LookupError(node.id)
        params = node.params
        if isinstance(params, LoopParams) and params.collect is not None:
            try:
                return params.collect.json(frame.scope)
            except StepFailed:
                raise LookupError(node.id) from None
        return frame.last

    def _walk(self, node: DraftNode, item: Any, index: int, outer: Scope) -> Frame:
        """The steps inside a for-each for one item, along the ways their conditions take."""
        self.scope = _inside(outer, node.id, item, index)
        frame = Frame(self.scope, node.id)
        for id_ in self._draft.inside(node.id):
            if not self._live(id_, frame):
                continue
            self._settle(self._draft.node(id_), frame)
            self.scope = frame.scope
            if id_ in self.scope["steps"]:
                frame.ports.setdefault(id_, "out")
                frame.last = self.scope["steps"][id_]
            else:
                frame.absent = True
        return frame

    def first_inside(self, node: DraftNode, items: list[Any]) -> Scope:
        """The scope at the end of the first item of a for-each, for what it keeps of each."""
        outer = self.scope
        try:
            return self._walk(node, items[0], 0, outer).scope if items else outer
        finally:
            self.scope = outer

    def _live(self, id_: str, frame: Frame) -> bool:
        edges = [(source, port) for source, port, target in self._draft.edges if target == id_]
        return not edges or any(frame.ports.get(source) == port for source, port in edges)


def settled(outcome: Outcome | None) -> tuple[str, Any] | None:
    """Port and output of an outcome that settles a step by itself."""
    if type(outcome) is Done:
        return outcome.port, outcome.output
    if type(outcome) is Reply:
        return "out", {"status": outcome.status, "body": outcome.body}
    return None


def _placed(node: DraftNode, failure: ErrorDict) -> ErrorDict:
    return failure if node.rules is None else node.rules.placed(failure)


def _inside(outer: Scope, loop: str, item: Any, index: int) -> Scope:
    steps = {**outer["steps"], loop: {"item": item, "index": index}}
    return {**outer, "steps": steps, "item": item, "index": index}
