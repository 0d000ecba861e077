"""From a document to a plan: everything a run needs, compiled once per version.

Called by the runner (`compile_plan`, cached by version) and by the document check (`examine`). A plan is immutable
after it is made and safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.context import Catalog, CompileContext, Param, Scope
from flows.engine.errors import DocumentRefused, Problem, StepFailed
from flows.engine.graph import Graph, pointer_of_alias
from flows.engine.link import PlannedNode, link
from flows.engine.nodes.table import KINDS
from flows.engine.shape import shape_problems
from flows.engine.standins import Given, StandIns
from flows.engine.values import text_of

__all__ = ["Plan", "PlannedNode", "compile_plan", "examine"]


class Plan:
    """A compiled version of a flow.

    Attributes:
        nodes: id -> node, in topological order.
        trigger: Id of the trigger node.
        connections: alias -> connector.
        tables: Names of all lookup tables that are read.
        timeout_seconds: Bound on a run's active time (see decide), None without one.
        top: Ids of the nodes outside every for-each; `loose` those of them nothing leads to, the trigger not counted.
        reads: id -> the steps that its parameters read, for nodes that were compiled.
    """

    def __init__(self, document: Mapping[str, Any], nodes: dict[str, PlannedNode], tables: frozenset[str]) -> None:
        settings = document.get("settings") or {}
        self.nodes = nodes
        self.trigger = next(node.id for node in nodes.values() if node.kind == "trigger")
        self.connections = _aliases(document)
        self.tables = tables
        self.timeout_seconds: float | None = settings.get("timeout_seconds")
        self.top = tuple(node.id for node in nodes.values() if node.parent is None)
        self.loose = tuple(id_ for id_ in self.top if not nodes[id_].sources and id_ != self.trigger)
        self.reads: dict[str, frozenset[str]] = {}
        self._keys: dict[str, Param] = {}

    def business_key(self, trigger: Scope) -> str:
        """The event's own name, such as a charge id; empty when it is not declared or cannot be read."""
        return self._key("business_key", trigger) or ""

    def lane(self, trigger: Scope) -> str | None:
        """Runs of one lane go one after the other; None for no lane."""
        return self._key("lane", trigger)

    def dedupe_key(self, trigger: Scope) -> str | None:
        """What makes two arrivals the same event; None when it is not declared."""
        return self._key("dedupe_key", trigger)

    def story(self, scope: Scope) -> str | None:
        """What the run came to, in the flow's own words (`settings.summary`); None without them or when it is empty."""
        return self._read("summary", scope)

    def _key(self, name: str, trigger: Scope) -> str | None:
        return self._read(name, {"trigger": trigger, "steps": {}, "env": {}})

    def _read(self, name: str, scope: Scope) -> str | None:
        param = self._keys.get(name)
        if param is None:
            return None
        try:
            return text_of(param(scope)) or None
        except StepFailed:
            return None


def compile_plan(document: Mapping[str, Any], catalog: Catalog, stand_ins: StandIns | None = None) -> Plan:
    """Compile a document; nodes with a stand-in do what it says instead of their own work.

    Raises:
        DocumentRefused: it has problems; warnings alone do not refuse it.
    """
    plan, problems = examine(document, catalog, stand_ins)
    if plan is None:
        raise DocumentRefused(problems)
    return plan


def examine(document: Any, catalog: Catalog, stand_ins: StandIns | None = None) -> tuple[Plan | None, list[Problem]]:
    """Check and compile in one go: the plan (None when refused) and every problem found.

    1. The outer shape by the schema; nothing more is looked at when it does not fit. 2. The graph. 3. Connections and
    settings. 4. Every node's parameters. 5. Whether each step that is read is above its reader. Parameters of nodes
    that are given their answer are not looked at, nor is what is inside them.
    """
    stand_ins = stand_ins or {}
    idle = _idle(document, stand_ins) if stand_ins else frozenset()
    problems = [problem for problem in shape_problems(document) if not _excused(problem, document, idle)]
    if problems:
        return None, problems
    graph = Graph(document)
    problems.extend(graph.problems)
    problems.extend(_connection_problems(document, catalog))
    keys, key_problems = _compile_keys(document, catalog, graph)
    problems.extend(key_problems)
    compiled = _compile_nodes(document, graph, catalog, idle)
    for id_, (_, context) in compiled.items():
        problems.extend(context.problems)
        problems.extend(_step_problems(id_, context, graph))
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    tables = frozenset(table for _, context in compiled.values() for table in context.tables)
    plan = Plan(document, link(graph, compiled, stand_ins), tables)
    plan.reads = {id_: frozenset(step for step, _ in context.steps) for id_, (_, context) in compiled.items()}
    plan._keys.update(keys)
    return plan, problems


def _idle(document: Any, stand_ins: StandIns) -> frozenset[str]:
    """The nodes that are given their answer, and those inside them: none of these does anything of its own."""
    found = {id_ for id_, stand_in in stand_ins.items() if isinstance(stand_in, Given)}
    grown = True
    while grown:
        inside = {node["id"] for node in document["nodes"] if str(node.get("parent")) in found} - found
        found |= inside
        grown = bool(inside)
    return frozenset(found)


def _excused(problem: Problem, document: Any, idle: frozenset[str]) -> bool:
    parts = problem.pointer.split("/")
    if not idle or len(parts) < 4 or parts[1] != "nodes" or parts[3] != "params":
        return False
    return document["nodes"][int(parts[2])]["id"] in idle


def _aliases(document: Mapping[str, Any]) -> dict[str, str]:
    return {alias: entry["connector"] for alias, entry in (document.get("connections") or {}).items()}


def _connection_problems(document: Mapping[str, Any], catalog: Catalog) -> list[Problem]:
    known = catalog.connectors()
    return [
        Problem(
            "unknown_connector",
            f"{pointer_of_alias(alias)}/connector",
            f"There is no connector '{connector}'.",
            "Choose one of the installed connectors.",
        )
        for alias, connector in _aliases(document).items()
        if connector not in known
    ]


def _compile_keys(
    document: Mapping[str, Any], catalog: Catalog, graph: Graph
) -> tuple[dict[str, Param], list[Problem]]:
    context = CompileContext("/settings", catalog, {}, ())
    settings = document.get("settings") or {}
    keys = {
        name: context.expression(settings[name], f"/{name}", template=True)
        for name in ("business_key", "lane", "dedupe_key")
        if name in settings
    }
    for step, pointer in context.steps:
        context.problems.append(
            Problem("step_not_upstream", pointer, f"'{step}' has not run yet here.", "Use trigger only.")
        )
    story = CompileContext("/settings", catalog, {}, ())
    if "summary" in settings:
        keys["summary"] = story.expression(settings["summary"], "/summary", template=True)
    for step, pointer in dict.fromkeys(story.steps):
        if step not in graph.nodes:
            story.problems.append(Problem("unknown_step", pointer, f"There is no step '{step}'.", "Check the id."))
    return keys, [*context.problems, *story.problems]


def _compile_nodes(
    document: Mapping[str, Any], graph: Graph, catalog: Catalog, idle: frozenset[str]
) -> dict[str, tuple[Any, CompileContext]]:
    ports: dict[str, set[str]] = {}
    for source, port, _ in graph.edges:
        ports.setdefault(source, set()).add(port)
    aliases = _aliases(document)
    compiled: dict[str, tuple[Any, CompileContext]] = {}
    for id_, node in graph.nodes.items():
        context = CompileContext(f"/nodes/{graph.position[id_]}", catalog, aliases, ports.get(id_, ()))
        params = None if id_ in idle else KINDS[node["kind"]].compile(node.get("params") or {}, context)
        compiled[id_] = (params, context)
    return compiled


def _step_problems(id_: str, context: CompileContext, graph: Graph) -> list[Problem]:
    problems: list[Problem] = []
    for step, pointer in dict.fromkeys(context.steps):
        if step not in graph.nodes:
            problems.append(Problem("unknown_step", pointer, f"There is no step '{step}'.", "Check the id."))
        elif graph.above and not graph.is_above(step, id_) and not _inside(step, id_, pointer, graph):
            problems.append(
                Problem(
                    "step_not_upstream",
                    pointer,
                    f"'{step}' is not always settled before '{id_}'.",
                    f"Lead an edge from '{step}' to '{id_}', or read another step.",
                )
            )
    return problems


def _inside(step: str, id_: str, pointer: str, graph: Graph) -> bool:
    """A for-each's `collect` reads the steps inside it."""
    return pointer.endswith("/params/collect") and graph.nodes[step].get("parent") == id_
