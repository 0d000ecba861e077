"""What differs between two documents: nodes, fields, edges, settings. Pure; canvas positions are left out.

Called by the API to compare two versions of a flow. Never judges whether a document is right.
"""

from __future__ import annotations

from typing import Any


def difference(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Ids of nodes added and removed, and per changed node every pointer with its value before and after."""
    before = {node["id"]: node for node in first.get("nodes", [])}
    after = {node["id"]: node for node in second.get("nodes", [])}
    changed = {}
    for node_id in before.keys() & after.keys():
        fields = _fields("", before[node_id], after[node_id])
        if fields:
            changed[node_id] = fields
    edges_before, edges_after = first.get("edges", []), second.get("edges", [])
    return {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": dict(sorted(changed.items())),
        "edges_added": [edge for edge in edges_after if edge not in edges_before],
        "edges_removed": [edge for edge in edges_before if edge not in edges_after],
        "settings": _fields("", first.get("settings", {}), second.get("settings", {})),
    }


def _fields(pointer: str, before: Any, after: Any) -> list[dict[str, Any]]:
    if type(before) is type(after) and isinstance(before, dict):
        found = []
        for key in sorted(before.keys() | after.keys()):
            escaped = key.replace("~", "~0").replace("/", "~1")
            found += _fields(f"{pointer}/{escaped}", before.get(key), after.get(key))
        return found
    if type(before) is type(after) and isinstance(before, list) and len(before) == len(after):
        return [
            field
            for i, pair in enumerate(zip(before, after, strict=True))
            for field in _fields(f"{pointer}/{i}", *pair)
        ]
    return [] if before == after else [{"pointer": pointer, "before": before, "after": after}]
