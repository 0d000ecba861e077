"""A tenant at work for the tests of the API: the scripted outside system, and the house that runs flows.

Imported by tests of flows, runs, lookup tables and templates; the fixtures are real parts all the way down.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.models import Connection
from connectors.registry import Registry
from ipaas.accounts.models import Environment, Tenant
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.house import House

BASE = "/api/v1/tenants/acme"


@pytest.fixture
def house(transactional_db: None, stub_registry: Registry, acme: Tenant) -> Iterator[House]:  # noqa: F811
    """The tenant's flows run."""
    with House(acme) as made:
        yield made


def connection(tenant: Tenant, environment: str = "sandbox", **fields: Any) -> Connection:
    """A connection of the scripted outside system that nobody calls."""
    values = {"connector": "stub", "name": "stub", "auth_kind": "none", **fields}
    made: Connection = Connection.objects.of(tenant).create(
        environment=Environment.objects.get(tenant=tenant, name=environment),
        config={"base_url": "http://127.0.0.1:9"},
        **values,
    )
    return made


def code_of(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]
