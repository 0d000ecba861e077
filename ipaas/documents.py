"""Reads and writes JSON files for commands, with errors that name the file.

Used by the management commands; the API reads its own bodies.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import CommandError

from connectors.models import Connection
from flows.flow_tests import not_tests
from flows.outline import outline_problems
from ipaas.accounts.models import Environment, Tenant


def read_json(name: str) -> Any:
    """The value of a JSON file, or of standard input for `-`."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CommandError(f"{name} is not JSON: {error}.") from None


def flow_of(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A flow document and its tests: both in one file, or the tests beside the document in FILE.tests.json."""
    found = read_json(name)
    tests: Any = []
    where = name
    if isinstance(found, dict) and "document" in found:
        document, tests = found["document"], found.get("tests", [])
    else:
        document = found
        beside = tests_beside(name)
        if name != "-" and beside.exists():
            where = str(beside)
            kept = read_json(where)
            tests = kept.get("tests") if isinstance(kept, dict) else kept
    if not isinstance(document, dict) or outline_problems(document):
        raise CommandError(f"{name} is not a flow document.")
    if reason := not_tests(tests):
        raise CommandError(f"The tests in {where} cannot be read: {reason}.")
    return document, tests


def tests_beside(name: str) -> Path:
    """Where the tests of a document file are written: `orders.json` has `orders.tests.json` beside it."""
    path = Path(name)
    return path.with_name(f"{path.name.removesuffix('.json')}.tests.json")


def tenant_of(slug: str) -> Tenant:
    """The tenant of a slug."""
    found = Tenant.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Tenant.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no tenant “{slug}”. Tenants: {known}.")
    return found


def only_connections(tenant: Tenant, environment: Environment, document: dict[str, Any]) -> dict[str, str]:
    """Each alias of a document bound to the environment's connection of its connector; there must be just one."""
    bound = {}
    for alias, wanted in (document.get("connections") or {}).items():
        rows = Connection.objects.of(tenant).filter(environment=environment, connector=wanted["connector"])
        found = list(rows.values_list("id", flat=True))
        if len(found) != 1:
            raise CommandError(
                f"{environment.name} of {tenant.slug} has {len(found)} {wanted['connector']} connections for "
                f"“{alias}”; one is needed. Deploy in the browser to choose."
            )
        bound[alias] = found[0]
    return bound
