"""A tenant, connections, a scripted system and a gateway that may reach it, all real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import connectors.registry as registries
from connectors.gateway import CallOrder, EffectContext, Gateway
from connectors.models import Connection
from connectors.registry import Registry, library_sources
from connectors.threads import in_thread
from connectors.vault import seal
from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenants import create_tenant
from ipaas.book.writer import close_writer
from tests.connectors.stub import Stub

STUBS = Path(__file__).parent / "stub_library"


@pytest.fixture
def stub_registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The installation has the stub connectors beside its own."""
    made = Registry([*library_sources(STUBS, "tests.connectors.stub_library")])
    monkeypatch.setattr(registries, "_registry", made)
    return made


@pytest.fixture
def tenant(transactional_db: None) -> Iterator[Tenant]:
    """A tenant whose effects the ledger records."""
    yield create_tenant("acme", "Acme")
    close_writer()


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """The outside system."""
    server = Stub()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def gate(stub: Stub, stub_registry: Registry) -> AsyncIterator[Gateway]:
    """A gateway that may reach the outside system of the test."""
    gateway = Gateway(allow=[f"127.0.0.1:{stub.port}"])
    yield gateway
    await gateway.close()


ConnectFn = Callable[..., Connection]


@pytest.fixture
def connect(tenant: Tenant, stub: Stub) -> ConnectFn:
    """Make connections of the stub connector."""

    def make(auth_kind: str = "none", credential: dict[str, Any] | None = None, **fields: Any) -> Connection:
        environment = Environment.objects.get(tenant=tenant, name="sandbox")
        config = {"base_url": stub.url, **fields.pop("config", {})}
        values = {"connector": "stub", "name": f"stub {auth_kind}", **fields}
        row = Connection.objects.of(tenant).create(
            environment=environment, auth_kind=auth_kind, config=config, **values
        )
        if credential:
            row.sealed, row.key_version = seal(tenant.id, row.id, credential)
            row.save()
        return row

    return make


@pytest.fixture
async def connection(connect: ConnectFn) -> Connection:
    """A connection of the stub that needs no credential."""
    return await in_thread(connect)


def an_effect(key: str = "order-1", run: str = "run_1", attempt: int = 1) -> EffectContext:
    """The identity of a write."""
    return EffectContext(key=key, business_key=f"business {key}", run_id=run, step="create", attempt=attempt)


def an_order(connection: Connection, operation: str, inputs: Any = None, **more: Any) -> CallOrder:
    """An order for a connection."""
    return CallOrder(str(connection.tenant_id), str(connection.id), operation, inputs or {}, **more)
