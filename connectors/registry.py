"""Finds the connectors: folders of `connectors/library` and installed packages by the entry point `ipaas.connectors`.

Asked by the gateway, publishing and the API. A connector that cannot be loaded is left out and kept in `broken` with
the reason (`manage.py check_connectors` prints it); it never keeps the others from working.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import jsonschema_rs

from connectors.sdk.errors import AuthorMustFix, IpaasError
from connectors.sdk.manifest import Manifest, load_manifest
from connectors.sdk.operation import Operation
from connectors.sdk.simulator import Simulator

LIBRARY = Path(__file__).parent / "library"
ENTRY_POINTS = "ipaas.connectors"
_log = logging.getLogger(__name__)


class UnknownConnector(KeyError):
    """No connector of this name is installed, or it is broken."""

    def __str__(self) -> str:
        return f"There is no connector named {self.args[0]!r}."


@dataclass(frozen=True)
class Source:
    """Where a connector lies: its package name and its folder."""

    package: str
    folder: Path


@dataclass
class Connector:
    """One connector, loaded. Validators are compiled on first use and then shared."""

    manifest: Manifest
    folder: Path
    package: str
    operations: ModuleType | None
    _validators: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Its name, everywhere."""
        return self.manifest.name

    @cached_property
    def docs(self) -> str:
        """The README, as Markdown."""
        path = self.folder / "README.md"
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def has_simulator(self) -> bool:
        """Whether it brings a simulated system."""
        return (self.folder / "simulator.py").exists() or (self.folder / "simulator" / "__init__.py").exists()

    @cached_property
    def simulator(self) -> type[Simulator] | None:
        """The simulated system's class, imported on first use."""
        if not self.has_simulator:
            return None
        module = importlib.import_module(f"{self.package}.simulator")
        found: type[Simulator] = module.SIMULATOR
        return found

    def function(self, name: str) -> Callable[..., Any] | None:
        """A function of the connector's operations.py."""
        found = getattr(self.operations, name, None)
        return found if callable(found) else None

    def input_validator(self, operation: Operation) -> Any:
        """The compiled validator of an operation's input."""
        return self._validator("input", operation.name, operation.input)

    def output_validator(self, operation: Operation) -> Any:
        """The compiled validator of an operation's output."""
        return self._validator("output", operation.name, operation.output)

    def _validator(self, side: str, name: str, schema: Mapping[str, Any]) -> Any:
        found = self._validators.get((side, name))
        if found is None:
            found = self._validators[side, name] = jsonschema_rs.validator_for(dict(schema))
        return found


class Registry:
    """All connectors of this installation, by name."""

    def __init__(self, sources: Iterable[Source]) -> None:
        found: dict[str, Connector] = {}
        self.broken: dict[str, str] = {}
        for source in sources:
            name = source.folder.name
            if name in found:
                self.broken[source.package] = f"a connector named {name} is already installed"
                continue
            try:
                found[name] = load(source)
            except IpaasError as error:
                self.broken[name] = error.message
            except Exception as error:  # any author's mistake while importing, and it must not reach the others
                self.broken[name] = f"{type(error).__name__}: {error}"
        for name, reason in self.broken.items():
            _log.error("connector %s is left out: %s", name, reason)
        self._connectors: Mapping[str, Connector] = MappingProxyType(dict(sorted(found.items())))

    def names(self) -> tuple[str, ...]:
        """Names of all working connectors, sorted."""
        return tuple(self._connectors)

    def get(self, name: str) -> Connector:
        """The connector of this name.

        Raises:
            UnknownConnector: Not installed, or broken.
        """
        try:
            return self._connectors[name]
        except KeyError:
            raise UnknownConnector(name) from None

    def __contains__(self, name: str) -> bool:
        return name in self._connectors

    def all(self) -> tuple[Connector, ...]:
        """All working connectors, sorted by name."""
        return tuple(self._connectors.values())


def load(source: Source) -> Connector:
    """Load and check one connector.

    Raises:
        AuthorMustFix: The manifest is wrong, or an operation has no implementation.
    """
    manifest = load_manifest(source.folder)
    operations = None
    if (source.folder / "operations.py").exists() or (source.folder / "operations" / "__init__.py").exists():
        operations = importlib.import_module(f"{source.package}.operations")
    connector = Connector(manifest, source.folder, source.package, operations)
    _check_code(connector)
    return connector


def _check_code(connector: Connector) -> None:
    for name, operation in connector.manifest.operations.items():
        if operation.request is None and connector.function(name) is None:
            raise AuthorMustFix(
                f"The operation {name} has neither a request nor a function {name} in operations.py.",
                pointer=f"/operations/{name}",
                code="implementation_missing",
            )
        if operation.find is not None and connector.function(operation.find) is None:
            raise AuthorMustFix(
                f"The look-up {operation.find} of {name} is no function of operations.py.",
                pointer=f"/operations/{name}/find",
                code="implementation_missing",
            )
    for index, auth in enumerate(connector.manifest.auth):
        login = auth.login.function if auth.login is not None else None
        if login is not None and connector.function(login) is None:
            raise AuthorMustFix(
                f"{login} is no function of operations.py.",
                pointer=f"/auth/{index}/login/function",
                code="implementation_missing",
            )


def library_sources(library: Path = LIBRARY, package: str = "connectors.library") -> list[Source]:
    """The connectors of a library folder: every sub-folder that does not begin with `_` or `.`."""
    folders = sorted(path for path in library.iterdir() if path.is_dir() and path.name[0] not in "._")
    return [Source(f"{package}.{folder.name}", folder) for folder in folders]


def installed_sources() -> list[Source]:
    """The connectors of installed packages; the entry point's value is the package that holds the manifest."""
    sources = []
    for point in entry_points(group=ENTRY_POINTS):
        spec = importlib.util.find_spec(point.value)
        if spec is None or not spec.submodule_search_locations:
            _log.error("the entry point %s names no package: %s", point.name, point.value)
            continue
        sources.append(Source(point.value, Path(next(iter(spec.submodule_search_locations)))))
    return sources


_registry: Registry | None = None
_lock = threading.Lock()


def registry() -> Registry:
    """The installation's registry, made once per process."""
    global _registry
    if _registry is None:
        with _lock:
            if _registry is None:
                _registry = Registry([*library_sources(), *installed_sources()])
    return _registry


def public_description(connector: Connector) -> dict[str, Any]:
    """What people and the browser app may know of a connector; `icon_url` is relative to the tenant's API."""
    manifest = connector.manifest
    return {
        "name": manifest.name,
        "title": manifest.title,
        "description": manifest.description,
        "category": manifest.category,
        "icon_url": f"connectors/{manifest.name}/icon.svg",
        "auth": [
            {"kind": auth.kind, "title": auth.title, "description": auth.description, "fields": dict(auth.fields)}
            for auth in manifest.auth
        ],
        "config": dict(manifest.config),
        "operations": [_public_operation(operation) for operation in manifest.operations.values()],
        "triggers": [
            {
                "type": trigger.type,
                "title": trigger.title,
                "description": trigger.description,
                "subscribes": trigger.subscription is not None,
                "events": [
                    {
                        "name": event.name,
                        "title": event.title,
                        "description": event.description,
                        "schema": dict(event.schema),
                        "sample": event.sample,
                    }
                    for event in trigger.events.values()
                ],
            }
            for trigger in manifest.triggers.values()
        ],
        "has_simulator": connector.has_simulator,
    }


def _public_operation(operation: Operation) -> dict[str, Any]:
    sample = operation.sample
    return {
        "name": operation.name,
        "title": operation.title,
        "description": operation.description,
        "effect": operation.effect,
        "input": dict(operation.input),
        "output": dict(operation.output),
        "sample": None if sample is None else {"input": sample.input, "output": sample.output},
    }
