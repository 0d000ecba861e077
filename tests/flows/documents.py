"""Flow documents for tests, put together from short parts; everything goes through the outside system of the tests.

Used by the tests of flows and of their API. Pure.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

MANUAL = {"type": "manual"}
WEBHOOK = {"type": "webhook", "connection": "stub"}


def node(id_: str, kind: str, params: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One node."""
    return {"id": id_, "kind": kind, "params": params or {}, **more}


def call(id_: str, operation: str, inputs: Any = None, **more: Any) -> dict[str, Any]:
    """A call of the outside system."""
    return node(id_, "call", {"connection": "stub", "operation": operation, "input": inputs or {}}, **more)


def fixed(id_: str, **values: Any) -> dict[str, Any]:
    """A map of fixed values: a pure step."""
    return node(id_, "map", {"rules": [{"target": name, "value": value} for name, value in values.items()]})


def edge(source: str, target: str, port: str = "") -> dict[str, str]:
    """One edge."""
    return {"from": source, "to": target, **({"port": port} if port else {})}


def document(
    *nodes: dict[str, Any],
    trigger: dict[str, Any] = MANUAL,
    edges: list[dict[str, str]] | None = None,
    connector: str = "stub",
    **settings: Any,
) -> dict[str, Any]:
    """A document that begins with the trigger `start`; without `edges` the nodes follow each other."""
    if edges is None:
        top = ["start", *[each["id"] for each in nodes if "parent" not in each]]
        edges = [edge(source, target) for source, target in pairwise(top)]
    return {
        "schema": 1,
        "connections": {"stub": {"connector": connector}},
        "settings": settings,
        "nodes": [node("start", "trigger", trigger), *nodes],
        "edges": edges,
    }
