"""Planned nodes: compiled parameters joined with the graph.

Called by `plan.py` once a document has no errors left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.engine.context import CompileContext
from flows.engine.graph import Graph
from flows.engine.nodes.spec import NodeKind
from flows.engine.nodes.table import KINDS
from flows.engine.retry import RetryPolicy
from flows.engine.standins import StandIns, standing_in


@dataclass(frozen=True, slots=True, eq=False)
class PlannedNode:
    """One node, ready to run.

    Attributes:
        sources: Ids of the nodes that lead here, each once.
        targets: (id, ports that lead there, whether this is its only source), in topological order.
        index: Place in topological order.
        pointer: JSON pointer in the document.
        error_port: Whether a failure flows on instead of failing the run.
        children: Ids of the nodes inside a for-each, in topological order; `roots` those without sources.
        outer_steps: Steps outside a for-each that something inside reads.
    """

    id: str
    kind: str
    title: str
    params: Any
    impl: NodeKind
    parent: str | None
    sources: tuple[str, ...]
    targets: tuple[tuple[str, frozenset[str], bool], ...]
    retry: RetryPolicy
    index: int
    pointer: str
    error_port: bool
    children: tuple[str, ...]
    roots: tuple[str, ...]
    outer_steps: frozenset[str]


def link(
    graph: Graph, compiled: Mapping[str, tuple[Any, CompileContext]], stand_ins: StandIns
) -> dict[str, PlannedNode]:
    """The nodes of a plan, in topological order."""
    index = {id_: place for place, id_ in enumerate(graph.order)}
    targets: dict[str, dict[str, set[str]]] = {id_: {} for id_ in graph.order}
    sources: dict[str, dict[str, None]] = {id_: {} for id_ in graph.order}
    for source, port, target in graph.edges:
        targets[source].setdefault(target, set()).add(port)
        sources[target][source] = None
    children: dict[str, list[str]] = {}
    for id_ in graph.order:
        children.setdefault(graph.nodes[id_].get("parent") or "", []).append(id_)
    reads = _reads_outside(graph, compiled)
    return {
        id_: PlannedNode(
            id=id_,
            kind=node["kind"],
            title=node.get("title") or id_,
            params=compiled[id_][0],
            impl=standing_in(KINDS[node["kind"]], stand_ins.get(id_)),
            parent=node.get("parent"),
            sources=tuple(sources[id_]),
            targets=tuple(
                (target, frozenset(ports), len(sources[target]) == 1)
                for target, ports in sorted(targets[id_].items(), key=lambda pair: index[pair[0]])
            ),
            retry=RetryPolicy.of(node.get("retry")),
            index=index[id_],
            pointer=f"/nodes/{graph.position[id_]}",
            error_port=node.get("on_error") == "continue" or any("error" in p for p in targets[id_].values()),
            children=tuple(children.get(id_, ())),
            roots=tuple(child for child in children.get(id_, ()) if not sources[child]),
            outer_steps=frozenset(reads.get(id_, ())),
        )
        for id_, node in ((id_, graph.nodes[id_]) for id_ in graph.order)
    }


def _reads_outside(graph: Graph, compiled: Mapping[str, tuple[Any, CompileContext]]) -> dict[str, set[str]]:
    """For each for-each the steps read by anything inside it, however deep."""
    reads: dict[str, set[str]] = {}
    for id_ in graph.order:
        wanted = {step for step, _ in compiled[id_][1].steps}
        around = id_ if graph.nodes[id_]["kind"] == "for_each" else graph.nodes[id_].get("parent")
        while around is not None:
            reads.setdefault(around, set()).update(wanted)
            around = graph.nodes[around].get("parent")
    return reads
