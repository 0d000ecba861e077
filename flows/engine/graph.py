"""The shape of a document's graph: nodes, edges, parents, order.

Called by `plan.py` with a document that already fits the schema. Finds what a schema cannot say: duplicate ids, edges
to nowhere, cycles, loops inside themselves, nodes nothing leads to. Knows nothing of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.context import escape
from flows.engine.errors import Problem
from flows.engine.nodes.table import KINDS


class Graph:
    """A document's graph and the problems found in it.

    Attributes:
        nodes: id -> node of the document.
        position: id -> index in the document.
        edges: (source, port, target) without duplicates; only those that fit.
        order: ids in topological order; a for-each comes before its children.
        problems: What is wrong.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self.nodes: dict[str, Mapping[str, Any]] = {}
        self.position: dict[str, int] = {}
        self.edges: dict[tuple[str, str, str], int] = {}
        self.order: list[str] = []
        self.above: dict[str, int] = {}
        self._add_nodes(document["nodes"])
        self._check_parents()
        self._add_edges(document.get("edges") or [])
        self._sort()
        self._check_trigger()
        if not any(problem.severity == "error" for problem in self.problems):
            self._check_reach()

    def _problem(self, code: str, pointer: str, message: str, hint: str = "", severity: str = "error") -> None:
        self.problems.append(Problem(code, pointer, message, hint, severity))

    def _add_nodes(self, nodes: list[Mapping[str, Any]]) -> None:
        for index, node in enumerate(nodes):
            if node["id"] in self.nodes:
                first = self.position[node["id"]]
                self._problem(
                    "duplicate_id",
                    f"/nodes/{index}/id",
                    f"The id '{node['id']}' is already taken by node {first}.",
                    "Every node needs an id of its own.",
                )
                continue
            self.nodes[node["id"]] = node
            self.position[node["id"]] = index

    def _check_parents(self) -> None:
        self.children: dict[str | None, list[str]] = {None: []}
        for id_, node in self.nodes.items():
            parent = node.get("parent")
            pointer = f"/nodes/{self.position[id_]}/parent"
            if parent is not None and parent not in self.nodes:
                self._problem("unknown_parent", pointer, f"There is no node '{parent}'.", "Choose a for-each node.")
            elif parent is not None and self.nodes[parent]["kind"] != "for_each":
                self._problem(
                    "parent_not_for_each",
                    pointer,
                    f"'{parent}' is not a for-each.",
                    "Only a for-each has steps inside.",
                )
            elif parent is not None and node["kind"] == "trigger":
                self._problem("trigger_inside", pointer, "A trigger cannot be inside a for-each.")
            elif parent is not None and id_ in self._enclosing(parent):
                self._problem("parent_cycle", pointer, f"'{id_}' would be inside itself.")
            else:
                self.children.setdefault(parent, []).append(id_)
        for id_, node in self.nodes.items():
            if node["kind"] == "for_each" and id_ not in self.children:
                self._problem(
                    "for_each_empty", f"/nodes/{self.position[id_]}", f"The for-each '{id_}' has no steps inside.",
                    "Put at least one step inside it.",
                )  # fmt: skip

    def _enclosing(self, id_: str) -> list[str]:
        """The node and all for-each nodes around it, inside out; stops at a repetition."""
        found: list[str] = []
        current: str | None = id_
        while current is not None and current in self.nodes and current not in found:
            found.append(current)
            current = self.nodes[current].get("parent")
        return found

    def _add_edges(self, edges: list[Mapping[str, Any]]) -> None:
        for index, edge in enumerate(edges):
            if not self._ends_fit(edge, index):
                continue
            source, target = edge["from"], edge["to"]
            spec = KINDS[self.nodes[source]["kind"]].spec
            ports = spec.ports(self.nodes[source].get("params") or {})
            port = edge.get("port", "out")
            if port not in ports and not (port == "error" and spec.can_fail):
                known = [*ports, *(["error"] if spec.can_fail else [])]
                hint = f"Its ways out are: {', '.join(known)}." if known else "Nothing follows this node."
                where = f"/edges/{index}/port" if "port" in edge else f"/edges/{index}"
                self._problem("unknown_port", where, f"'{source}' has no way out '{port}'.", hint)
            elif (source, port, target) in self.edges:
                self._problem(
                    "duplicate_edge", f"/edges/{index}", f"'{source}' already leads to '{target}'.", severity="warning"
                )
            else:
                self.edges[(source, port, target)] = index

    def _ends_fit(self, edge: Mapping[str, Any], index: int) -> bool:
        fits = True
        for end in ("from", "to"):
            if edge[end] not in self.nodes:
                fits = False
                self._problem("unknown_node", f"/edges/{index}/{end}", f"There is no node '{edge[end]}'.")
        if not fits:
            return False
        source, target = self.nodes[edge["from"]], self.nodes[edge["to"]]
        if target["kind"] == "trigger":
            self._problem("edge_into_trigger", f"/edges/{index}/to", "Nothing leads to a trigger.")
            return False
        if source.get("parent") != target.get("parent"):
            self._problem(
                "edge_across_loops",
                f"/edges/{index}",
                f"'{edge['from']}' and '{edge['to']}' are not inside the same for-each.",
                "Lead into and out of a for-each by its own edges.",
            )
            return False
        return True

    def _sort(self) -> None:
        """Topological order within each parent, a loop's children right after it; cycles become problems."""
        followers: dict[str, list[str]] = {}
        waiting = dict.fromkeys(self.nodes, 0)
        for source, target in {(source, target): None for source, _, target in self.edges}:
            followers.setdefault(source, []).append(target)
            waiting[target] += 1
        ready = {parent: [c for c in children if not waiting[c]] for parent, children in self.children.items()}
        stack = [iter(ready[None])]
        queues: list[list[str]] = [ready[None]]
        while stack:
            id_ = next(stack[-1], None)
            if id_ is None:
                stack.pop()
                queues.pop()
                continue
            self.order.append(id_)
            for follower in followers.get(id_, ()):
                waiting[follower] -= 1
                if not waiting[follower]:
                    queues[-1].append(follower)
            if self.children.get(id_):
                queues.append(ready[id_])
                stack.append(iter(queues[-1]))
        left = [id_ for id_ in self.nodes if waiting[id_] > 0]
        if left:
            cycle = _cycle(left, followers)
            index = self.edges[next(e for e in self.edges if e[0] == cycle[-1] and e[2] == cycle[0])]
            self._problem(
                "cycle", f"/edges/{index}", f"The way goes round: {' → '.join([*cycle, cycle[0]])}.",
                "Remove one of these edges; to repeat steps use a for-each.",
            )  # fmt: skip

    def _check_trigger(self) -> None:
        triggers = [id_ for id_, node in self.nodes.items() if node["kind"] == "trigger"]
        if not triggers:
            self._problem("no_trigger", "/nodes", "The flow has no trigger.", "Add a trigger: it starts the run.")
        for id_ in triggers[1:]:
            self._problem(
                "several_triggers",
                f"/nodes/{self.position[id_]}",
                "A flow has exactly one trigger.",
                "Remove this one.",
            )

    def _check_reach(self) -> None:
        """Warn of nodes that can never start; note for each node the steps above it as a bit set."""
        reached: set[str] = set()
        bit = {id_: 1 << index for index, id_ in enumerate(self.order)}
        sources: dict[str, set[str]] = {}
        for source, _, target in self.edges:
            sources.setdefault(target, set()).add(source)
        for id_ in self.order:
            parent = self.nodes[id_].get("parent")
            above = 0 if parent is None else self.above[parent] | bit[parent]
            for source in sources.get(id_, ()):
                above |= self.above[source] | bit[source]
            self.above[id_] = above
            starts = self.nodes[id_]["kind"] == "trigger" if parent is None else parent in reached
            if sources.get(id_, set()) & reached or (not sources.get(id_) and starts):
                reached.add(id_)
            else:
                self._problem(
                    "unreachable", f"/nodes/{self.position[id_]}", f"Nothing leads to '{id_}', so it never runs.",
                    "Connect it, or remove it.", "warning",
                )  # fmt: skip
        self._bit = bit

    def is_above(self, step: str, id_: str) -> bool:
        """Whether `step` is settled, or open around it, whenever node `id_` starts."""
        return bool(self.above.get(id_, 0) & self._bit.get(step, 0))


def _cycle(left: list[str], followers: Mapping[str, list[str]]) -> list[str]:
    """One cycle among nodes that could not be ordered: walk back along what each waits for until one repeats."""
    inside = set(left)
    before = {target: source for source in left for target in followers.get(source, ()) if target in inside}
    path = [next(id_ for id_ in left if id_ in before)]
    while before[path[-1]] not in path:
        path.append(before[path[-1]])
    path = path[path.index(before[path[-1]]) :]
    return list(reversed(path))


def pointer_of_alias(alias: str) -> str:
    """JSON pointer of a connection alias."""
    return f"/connections/{escape(alias)}"
