"""What the engine may know of connectors while it checks a document: names, schemas, effect classes, events.

The only bridge from the registry to the pure engine; it reads, and never calls a connector.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from connectors.registry import Registry


class RegistryCatalog:
    """The registry in the shape of `flows.engine.document.Catalog`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def connectors(self) -> Collection[str]:
        """Names of all connectors."""
        return self._registry.names()

    def operation(self, connector: str, name: str) -> Mapping[str, Any] | None:
        """Effect class and schemas of one operation."""
        found = self._registry.get(connector).manifest.operations.get(name)
        if found is None:
            return None
        return {"title": found.title, "effect": found.effect, "input": found.input, "output": found.output}

    def event(self, connector: str, name: str) -> Mapping[str, Any] | None:
        """One event of a connector's webhook; any name is taken where the connector lists none."""
        trigger = self._registry.get(connector).manifest.triggers.get("webhook")
        if trigger is None:
            return None
        event = trigger.events.get(name)
        if event is not None:
            return {"title": event.title, "schema": event.schema}
        return {"title": name, "schema": {}} if not trigger.events else None
