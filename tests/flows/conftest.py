"""A house at work: one tenant, a runner, a gateway and a scripted outside system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ipaas.accounts.models import Tenant
from ipaas.accounts.tenants import create_tenant
from tests.connectors.conftest import stub_registry  # noqa: F401  a fixture
from tests.flows.house import House


@pytest.fixture
def house(transactional_db: None, stub_registry: object) -> Iterator[House]:  # noqa: F811
    """A tenant whose flows run."""
    tenant: Tenant = create_tenant("acme", "Acme")
    with House(tenant) as made:
        yield made
