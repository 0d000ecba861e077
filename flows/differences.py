"""What differs between two documents: nodes, fields, edges, settings, connections. Pure; canvas positions are left out.

Called by the API to compare versions and the draft; the browser's `document/differences.ts` answers the same, and both
are held to one set of cases. Never judges whether a document is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Field = dict[str, Any]
_IDENTITIES = ("target", "port", "id", "name", "key")
_PARTS_OF_THEIR_OWN = ("nodes", "edges", "layout", "schema", "settings", "connections")
_PLACES = frozenset({"x", "y", "width", "height"})
_ABSENT = object()


def difference(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Nodes added, removed and changed down to the field, edges, settings, connections, and how many there are.

    A field is `{"pointer", "kind": "added|removed|changed|order", "before"?, "after"?}`. Entries of lists are known by
    what names them (the target of a rule, the port of a branch), and so their pointers are made of those names.
    """
    before, after = _nodes(first), _nodes(second)
    changed = {}
    for node_id, node in after.items():
        if node_id in before and (fields := list(_fields("", before[node_id], node))):
            changed[node_id] = fields
    edges_before, edges_after = first.get("edges", []), second.get("edges", [])
    keys_before, keys_after = {_edge(edge) for edge in edges_before}, {_edge(edge) for edge in edges_after}
    found: dict[str, Any] = {
        "added": [node_id for node_id in after if node_id not in before],
        "removed": [node_id for node_id in before if node_id not in after],
        "changed": changed,
        "edges_added": [edge for edge in edges_after if _edge(edge) not in keys_before],
        "edges_removed": [edge for edge in edges_before if _edge(edge) not in keys_after],
        "settings": list(_fields("", first.get("settings", {}), second.get("settings", {}))),
        "connections": list(_fields("", first.get("connections", {}), second.get("connections", {}))),
        "other": list(_fields("", _others(first), _others(second))),
    }
    return {**found, "counts": _counts(found)}


def _nodes(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["id"]: {**node, "params": node.get("params") or {}} for node in document.get("nodes", [])}


def _edge(edge: dict[str, Any]) -> tuple[str, str, str]:
    return str(edge.get("from")), str(edge.get("port") or "out"), str(edge.get("to"))


def _others(document: dict[str, Any]) -> dict[str, Any]:
    """What stands beside nodes and edges, such as notes, without where it stands on the canvas."""
    return {name: _unplaced(value) for name, value in document.items() if name not in _PARTS_OF_THEIR_OWN}


def _unplaced(value: Any) -> Any:
    if isinstance(value, list):
        return [_unplaced(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _unplaced(entry) for name, entry in value.items() if name not in _PLACES}
    return value


def _counts(found: dict[str, Any]) -> dict[str, int]:
    fields = [*found["changed"].values(), found["settings"], found["connections"], found["other"]]
    return {
        "added": len(found["added"]),
        "removed": len(found["removed"]),
        "changed": len(found["changed"]),
        "edges": len(found["edges_added"]) + len(found["edges_removed"]),
        "fields": sum(len(part) for part in fields),
    }


def _fields(pointer: str, before: Any, after: Any) -> Iterator[Field]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _field(f"{pointer}/{_escaped(key)}", before.get(key, _ABSENT), after.get(key, _ABSENT))
        return
    named_before, named_after = _named(before, after), _named(after, before)
    if named_before is None or named_after is None:
        yield from _field(pointer, before, after, whole=True)
        return
    for name, entry in named_before.items():
        yield from _field(f"{pointer}/{_escaped(name)}", entry, named_after.get(name, _ABSENT))
    for name, entry in named_after.items():
        if name not in named_before:
            yield {"pointer": f"{pointer}/{_escaped(name)}", "kind": "added", "after": entry}
    order = [[name for name in named if name in other] for named, other in _both(named_before, named_after)]
    if order[0] != order[1]:
        yield {"pointer": pointer, "kind": "order", "before": order[0], "after": order[1]}


def _both(first: Any, second: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    return (first, second), (second, first)


def _field(pointer: str, before: Any, after: Any, *, whole: bool = False) -> Iterator[Field]:
    if before is _ABSENT:
        yield {"pointer": pointer, "kind": "added", "after": after}
    elif after is _ABSENT:
        yield {"pointer": pointer, "kind": "removed", "before": before}
    elif not _same(before, after):
        if whole:
            yield {"pointer": pointer, "kind": "changed", "before": before, "after": after}
        else:
            yield from _fields(pointer, before, after)


def _named(entries: Any, others: Any) -> dict[str, Any] | None:
    """A list's entries by what names them, or None where they have no names of one kind on both sides."""
    if not isinstance(entries, list) or not isinstance(others, list):
        return None
    for identity in _IDENTITIES:
        if all(isinstance(entry, dict) and isinstance(entry.get(identity), str) for entry in [*entries, *others]):
            return _numbered(entries, identity)
    return None


def _numbered(entries: list[dict[str, Any]], identity: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    times: dict[str, int] = {}
    for entry in entries:
        name = entry[identity]
        times[name] = times.get(name, 0) + 1
        found[name if times[name] == 1 else f"{name}#{times[name]}"] = entry
    return found


def _same(first: Any, second: Any) -> bool:
    """Equal as JSON: numbers by value, true never one."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(value, second[key]) for key, value in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(_same(*pair) for pair in zip(first, second, strict=True))
    return isinstance(first, bool) is isinstance(second, bool) and bool(first == second)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
