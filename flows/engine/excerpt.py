"""Excerpts of a document: one step and what leads to it, or what can run at all, cut out so that it can run alone.

Used where a draft is tried out step by step. Pure, and tolerant of whatever is unfinished outside the excerpt; edges,
titles and canvas positions stay as they are, so that the excerpt is shown where the draft is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flows.engine.errors import Problem

Document = Mapping[str, Any]
_SETTINGS = ("business_key", "timeout_seconds")


class Shape:
    """Who leads to whom in a document, read without judging it.

    Attributes:
        nodes: id -> node.
        parents: id -> id of the for-each around it, for those inside one.
    """

    def __init__(self, document: Document) -> None:
        self.nodes: dict[str, Mapping[str, Any]] = {}
        for node in document.get("nodes") or ():
            self.nodes.setdefault(node["id"], node)
        self.edges: list[Mapping[str, Any]] = [
            edge for edge in document.get("edges") or () if edge["from"] in self.nodes and edge["to"] in self.nodes
        ]
        self.parents: dict[str, str] = {}
        for id_, node in self.nodes.items():
            parent = node.get("parent")
            if isinstance(parent, str) and parent in self.nodes:
                self.parents[id_] = parent
        self.triggers = [id_ for id_, node in self.nodes.items() if node.get("kind") == "trigger"]

    def around(self, id_: str) -> list[str]:
        """The for-each nodes around a node, inside out."""
        found: list[str] = []
        while (parent := self.parents.get(id_)) is not None and parent not in found:
            found.append(parent)
            id_ = parent
        return found

    def inside(self, ids: Iterable[str]) -> set[str]:
        """Everything inside these for-each nodes, however deep."""
        wanted = set(ids)
        return {id_ for id_ in self.nodes if wanted.intersection(self.around(id_))}

    def leading_to(self, step: str) -> set[str]:
        """The nodes from which edges lead to a node, beside it and around it; the node itself is not among them."""
        found: set[str] = set()
        waiting = [step]
        while waiting:
            id_ = waiting.pop()
            before = [edge["from"] for edge in self.edges if edge["to"] == id_]
            if id_ in self.parents:
                before.append(self.parents[id_])
            waiting += [other for other in before if other not in found]
            found.update(before)
        return found - {step}

    def running(self) -> set[str]:
        """The nodes that a run can reach: from the trigger on, and all inside each for-each among them."""
        following: dict[str, list[str]] = {}
        for edge in self.edges:
            following.setdefault(edge["from"], []).append(edge["to"])
        found: set[str] = set()
        waiting = list(self.triggers)
        while waiting:
            id_ = waiting.pop()
            if id_ not in found:
                found.add(id_)
                waiting += following.get(id_, ())
        return found | self.inside(found)


def leading_up_to(document: Document, step: str) -> dict[str, Any]:
    """The step with everything that leads to it, and everything inside it where it is a for-each."""
    shape = Shape(document)
    before = shape.leading_to(step)
    beside = {id_ for id_ in before if id_ not in shape.around(step)}
    kept = before | {step} | shape.inside({step, *beside}) | set(shape.triggers[:1])
    return _cut(document, shape, kept, opened=shape.around(step), settings=_SETTINGS)


def whatever_runs(document: Document) -> dict[str, Any]:
    """The document without the steps that nothing leads to."""
    shape = Shape(document)
    return _cut(document, shape, shape.running() | set(shape.triggers), opened=(), settings=None)


def ports_towards(document: Document, step: str) -> dict[str, tuple[str, ...]]:
    """Of each node that leads to a step: the ports by which it does, for one that does by `out` that alone."""
    shape = Shape(document)
    kept = shape.leading_to(step) | {step}
    ports: dict[str, list[str]] = {}
    for edge in shape.edges:
        if edge["from"] in kept and edge["to"] in kept:
            ports.setdefault(edge["from"], []).append(str(edge.get("port", "out")))
    return {id_: ("out",) if "out" in found else tuple(dict.fromkeys(found)) for id_, found in ports.items()}


def _cut(
    document: Document, shape: Shape, kept: set[str], *, opened: Sequence[str], settings: Sequence[str] | None
) -> dict[str, Any]:
    """The kept nodes with their edges, connections and positions; `opened` for-each nodes are only partly kept."""
    nodes = [_without_collect(node) if id_ in opened else node for id_, node in shape.nodes.items() if id_ in kept]
    used = {str(node["params"].get("connection")) for node in nodes if isinstance(node.get("params"), dict)}
    aliases = document.get("connections") or {}
    given = document.get("settings") or {}
    return {
        **{name: value for name, value in document.items() if name not in ("settings", "layout")},
        "connections": {alias: entry for alias, entry in aliases.items() if alias in used},
        "settings": {name: value for name, value in given.items() if settings is None or name in settings},
        "nodes": nodes,
        "edges": [edge for edge in shape.edges if edge["from"] in kept and edge["to"] in kept],
        "layout": {id_: place for id_, place in (document.get("layout") or {}).items() if id_ in kept},
    }


def _without_collect(node: Mapping[str, Any]) -> dict[str, Any]:
    """A for-each around the step: what it would gather may read steps that are not in the excerpt."""
    params = node.get("params")
    kept = {name: value for name, value in params.items() if name != "collect"} if isinstance(params, dict) else params
    return {**node, "params": kept}


def in_the_document(problems: Iterable[Problem], excerpt: Document, document: Document) -> list[Problem]:
    """Problems of an excerpt with their pointers into the whole document."""
    places: dict[str, dict[str, str]] = {}
    for part in ("nodes", "edges"):
        whole = document.get(part) or []
        ids = [entry.get("id") for entry in whole] if part == "nodes" else whole
        wanted = [entry["id"] for entry in excerpt[part]] if part == "nodes" else excerpt[part]
        places[part] = {str(index): str(ids.index(entry)) for index, entry in enumerate(wanted)}
    return [_moved(problem, places) for problem in problems]


def _moved(problem: Problem, places: Mapping[str, Mapping[str, str]]) -> Problem:
    parts = problem.pointer.split("/")
    if len(parts) > 2 and parts[1] in places:
        parts[2] = places[parts[1]].get(parts[2], parts[2])
    return Problem(problem.code, "/".join(parts), problem.message, problem.hint, problem.severity)
