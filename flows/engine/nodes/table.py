"""The explicit table of node kinds, and their description for the API.

A new kind is a new file and one line here.
"""

from __future__ import annotations

from typing import Any, Final

from flows.engine.nodes import call, condition, fail, for_each, lookup, map, respond, trigger, validate
from flows.engine.nodes.spec import NodeKind

KINDS: Final[dict[str, NodeKind]] = {
    "trigger": NodeKind(trigger.SPEC, trigger.compile, trigger.run),
    "map": NodeKind(map.SPEC, map.compile, map.run),
    "lookup": NodeKind(lookup.SPEC, lookup.compile, lookup.run),
    "condition": NodeKind(condition.SPEC, condition.compile, condition.run),
    "call": NodeKind(call.SPEC, call.compile, call.run),
    "for_each": NodeKind(for_each.SPEC, for_each.compile, for_each.run),
    "validate": NodeKind(validate.SPEC, validate.compile, validate.run),
    "respond": NodeKind(respond.SPEC, respond.compile, respond.run),
    "fail": NodeKind(fail.SPEC, fail.compile, fail.run),
}


def describe() -> list[dict[str, Any]]:
    """Every node kind as the editor needs it; `ports` are those of empty parameters."""
    return [
        {
            "kind": kind.spec.kind,
            "title": kind.spec.title,
            "description": kind.spec.description,
            "icon": kind.spec.icon,
            "shape": kind.spec.shape,
            "ports": [*kind.spec.ports({}), *(["error"] if kind.spec.can_fail else [])],
            "params_schema": kind.spec.params_schema,
        }
        for kind in KINDS.values()
    ]
