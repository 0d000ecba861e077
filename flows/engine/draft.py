"""A draft as the preview reads it: nodes, what leads to them, and each node compiled by itself.

Used by `sampled.py` and `preview.py`. A plan refuses a document with any error; a person who edits one wants to see the
sound parts work. Every node is compiled by its own kind, as in a plan, so only its own problems keep it from running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import Catalog, CompileContext
from flows.engine.errors import PYTHON_FAILURES, Problem
from flows.engine.nodes.spec import NodeKind
from flows.engine.nodes.table import KINDS
from flows.engine.schemas import compile_schema
from flows.engine.sound_rules import SoundRules, sound_rules


@dataclass(frozen=True, slots=True)
class DraftNode:
    """One node, compiled.

    Attributes:
        params: What its kind made of the parameters; None when they cannot be read at all.
        reads: Ids of the steps it reads.
        tables: Names of the lookup tables it reads.
        problems: What refuses it.
        rules: Of a map: its sound rules and the refused ones.
    """

    id: str
    kind: str
    impl: NodeKind
    raw: Mapping[str, Any]
    pointer: str
    params: Any
    reads: frozenset[str]
    tables: frozenset[str]
    problems: tuple[Problem, ...]
    rules: SoundRules | None = None


class Draft:
    """A draft's graph, as far as it holds.

    Attributes:
        nodes: id -> node of the document; of two with one id the first.
        trigger: Id of the first trigger, None without one.
        titles: id -> what people call it.
    """

    def __init__(self, document: Mapping[str, Any], catalog: Catalog) -> None:
        self.nodes: dict[str, Mapping[str, Any]] = {}
        self.position: dict[str, int] = {}
        for index, node in enumerate(document.get("nodes") or ()):
            if node["kind"] in KINDS and node["id"] not in self.nodes:
                self.nodes[node["id"]] = node
                self.position[node["id"]] = index
        self.trigger = next((id_ for id_, node in self.nodes.items() if node["kind"] == "trigger"), None)
        self.titles = {id_: str(node.get("title") or id_) for id_, node in self.nodes.items()}
        self.aliases = _aliases(document)
        self.edges = [
            (edge["from"], str(edge.get("port", "out")), edge["to"])
            for edge in document.get("edges") or ()
            if edge["from"] in self.nodes and edge["to"] in self.nodes
        ]
        self._catalog = catalog
        self._compiled: dict[str, DraftNode] = {}
        self._sources: dict[str, list[str]] = {}
        for source, _, target in self.edges:
            self._sources.setdefault(target, []).append(source)
        self._order = {id_: place for place, id_ in enumerate(self._sorted())}

    def around(self, id_: str) -> list[str]:
        """The for-each nodes around a node, outermost first."""
        found: list[str] = []
        parent = self._parent(id_)
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self._parent(parent)
        return found[::-1]

    def above(self, id_: str) -> list[str]:
        """Everything that is settled, or open around it, before a node starts; earlier steps first."""
        found: set[str] = set()
        pending = [id_, *self.around(id_)]
        while pending:
            for source in self._sources.get(pending.pop(), ()):
                if source not in found and source != id_:
                    found.add(source)
                    pending.append(source)
        return sorted(found | set(self.around(id_)), key=self._order.__getitem__)

    def inside(self, loop: str) -> list[str]:
        """The nodes directly inside a for-each, earlier steps first."""
        return sorted((id_ for id_ in self.nodes if self._parent(id_) == loop), key=self._order.__getitem__)

    def sources(self, id_: str) -> list[str]:
        """What leads to a node."""
        return self._sources.get(id_, [])

    def parent(self, id_: str) -> str | None:
        """The for-each directly around a node."""
        return self._parent(id_)

    def operation(self, id_: str) -> Mapping[str, Any] | None:
        """What the catalog says of the operation a call names, None when it names none."""
        params = params_of(self.nodes[id_])
        connector = self.aliases.get(str(params.get("connection")))
        if self.nodes[id_]["kind"] != "call" or connector not in self._catalog.connectors():
            return None
        return self._catalog.operation(str(connector), str(params.get("operation")))

    def node(self, id_: str) -> DraftNode:
        """The node, compiled once."""
        found = self._compiled.get(id_)
        if found is None:
            found = self._compiled[id_] = self._compile(id_)
        return found

    def _parent(self, id_: str) -> str | None:
        parent = self.nodes[id_].get("parent")
        return parent if isinstance(parent, str) and parent in self.nodes else None

    def _sorted(self) -> list[str]:
        waiting = {id_: len(self._sources.get(id_, ())) for id_ in self.nodes}
        followers: dict[str, list[str]] = {}
        for source, _, target in self.edges:
            followers.setdefault(source, []).append(target)
        order = [id_ for id_, count in waiting.items() if not count]
        for id_ in order:
            for follower in followers.get(id_, ()):
                waiting[follower] -= 1
                if not waiting[follower]:
                    order.append(follower)
        return [*order, *(id_ for id_, count in waiting.items() if count)]

    def _compile(self, id_: str) -> DraftNode:
        raw = self.nodes[id_]
        kind, given, impl = raw["kind"], params_of(raw), KINDS[raw["kind"]]
        ports = {port for source, port, _ in self.edges if source == id_}
        context = CompileContext(f"/nodes/{self.position[id_]}", self._catalog, self.aliases, ports)
        rules = sound_rules(given.get("rules"), f"{context.pointer}/params/rules") if kind == "map" else None
        params: Any = None
        if rules is not None:
            params = rules.mapping
            context.steps.extend(rules.mapping.steps)
            context.tables.update(rules.mapping.tables)
            context.problems.extend(problem for found in rules.refused.values() for problem in found)
        else:
            try:
                params = impl.compile(given, context)
            except PYTHON_FAILURES:
                context.problems.extend(_shape_problems(impl, given, context.pointer))
        return DraftNode(
            id_,
            kind,
            impl,
            raw,
            context.pointer,
            params,
            frozenset(step for step, _ in context.steps),
            frozenset(context.tables),
            tuple(problem for problem in context.problems if problem.severity == "error"),
            rules,
        )


def params_of(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node's parameters; an empty object when they are none."""
    params = node.get("params")
    return params if isinstance(params, dict) else {}


def _aliases(document: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for alias, entry in (document.get("connections") or {}).items():
        if isinstance(entry.get("connector"), str):
            found[alias] = entry["connector"]
    return found


def _shape_problems(impl: NodeKind, given: Mapping[str, Any], pointer: str) -> list[Problem]:
    findings = compile_schema(impl.spec.params_schema).findings(given)
    found = [Problem(f.code, f"{pointer}/params{f.pointer}", f.message) for f in findings]
    return found or [Problem("params_unreadable", f"{pointer}/params", "The settings of this step cannot be read.")]
