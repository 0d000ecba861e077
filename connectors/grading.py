"""Grades of connectors: bronze works, silver can be tried without an account, gold is complete in every respect.

Asked by `manage.py check_connectors`; looks at declarations and files only. That a connector does what it declares is
shown by the contract suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jsonschema_rs

from connectors.registry import Connector
from connectors.sdk.contract import Plan, static_problems

GRADES = ("bronze", "silver", "gold")


@dataclass(frozen=True)
class Graded:
    """A connector's grade (None: not even bronze) and what it lacks for the next one."""

    grade: str | None
    lacks: tuple[str, ...]


def grade(connector: Connector) -> Graded:
    """The highest grade whose demands, and those of all grades below, are met."""
    reached: str | None = None
    for name in GRADES:
        lacks = tuple(_DEMANDS[name](connector))
        if lacks:
            return Graded(reached, lacks)
        reached = name
    return Graded(reached, ())


def _bronze(connector: Connector) -> Iterator[str]:
    if not connector.docs.strip():
        yield "README.md is missing"
    for name, operation in connector.manifest.operations.items():
        for problem in static_problems(operation):
            yield f"operation {name}: {problem}"


def _silver(connector: Connector) -> Iterator[str]:
    manifest = connector.manifest
    if manifest.icon_path is None:
        yield "icon.svg is missing"
    if not connector.has_simulator:
        yield "it brings no simulator"
    if manifest.test_operation is None and not manifest.message_paths.message:
        yield "neither test_operation nor message_paths is declared"
    if not any((connector.folder / "tests").glob("test_*.py")):
        yield "it has no tests of its own"


def _gold(connector: Connector) -> Iterator[str]:
    plan = Plan.of(connector.folder)
    for name, given in plan.operations.items():
        for check in given.get("exempt", {}):
            yield f"operation {name} is exempt from the check {check}"
    for name, operation in connector.manifest.operations.items():
        if operation.effect == "unsafe" and name not in connector.docs and operation.title not in connector.docs:
            yield f"README.md does not say what to do when {name} is uncertain"
    for trigger in connector.manifest.triggers.values():
        if trigger.signature is None:
            yield "its webhook has no signature"
        for event in trigger.events.values():
            if not event.schema or event.sample is None:
                yield f"event {event.name} has no schema or no sample"
            elif not jsonschema_rs.validator_for(dict(event.schema)).is_valid(event.sample):
                yield f"the sample of event {event.name} does not fit its schema"


_DEMANDS: dict[str, Callable[[Connector], Iterator[str]]] = {"bronze": _bronze, "silver": _silver, "gold": _gold}
