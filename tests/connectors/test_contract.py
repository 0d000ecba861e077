"""The contract suite of the sdk, run for every connector of the installation through the real gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from connectors.gateway import CallOrder, EffectContext, Gateway
from connectors.models import Connection
from connectors.registry import Connector, registry
from connectors.sdk.contract import Bench, Called, ContractBroken
from connectors.sdk.contract_server import SimulatorServer
from connectors.sdk.errors import IpaasError
from connectors.sdk.manifest import AuthSpec
from connectors.sdk.signatures import SignatureRefused, sign, verify
from connectors.threads import in_thread
from connectors.vault import seal
from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenants import create_tenant
from ipaas.book.ids import new_id
from ipaas.book.writer import close_writer

CONNECTORS = registry().all()
OPERATIONS = [(connector, name) for connector in CONNECTORS for name in connector.manifest.operations]
AUTHS = [(connector, auth) for connector in CONNECTORS for auth in connector.manifest.auth]
WEBHOOKS = [(connector, trigger) for connector in CONNECTORS for trigger in connector.manifest.triggers.values()]


def _named(value: Any) -> str:
    if isinstance(value, Connector):
        return value.name
    return value if isinstance(value, str) else str(getattr(value, "kind", getattr(value, "name", "")))


@pytest.fixture
async def contract_tenant(transactional_db: None) -> AsyncIterator[Tenant]:
    """The tenant whose connections are simulated."""
    yield await in_thread(create_tenant, "contract", "Contract")
    await in_thread(close_writer)


def _fields(connector: Connector, auth: AuthSpec) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Credential and settings out of the simulator's keys, or None where they do not serve this way to sign in."""
    assert connector.simulator is not None
    from connectors.sdk.simulator import MemoryStore

    given = connector.simulator(MemoryStore()).credentials()
    names = auth.fields.get("properties", {})
    if any(name not in given for name in auth.fields.get("required", ())):
        return None
    config = {name: given[name] for name in connector.manifest.config.get("properties", {}) if name in given}
    return {name: given[name] for name in names if name in given}, config


MakeBench = Callable[..., Bench]
ServeFn = Callable[[Connector], Awaitable[SimulatorServer]]


@pytest.fixture
async def serve() -> AsyncIterator[ServeFn]:
    """Serve simulated systems until the test is over."""
    servers: list[SimulatorServer] = []

    async def start(connector: Connector) -> SimulatorServer:
        assert connector.simulator is not None
        server = SimulatorServer(connector.simulator, connector.name, "contract")
        servers.append(server)
        await server.start()
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture
async def bench_of(contract_tenant: Tenant, settings: Any) -> AsyncIterator[MakeBench]:
    """Put connectors on the bench, each check with its own connection and served system."""
    gateways: list[Gateway] = []

    def make(connector: Connector, auth: AuthSpec | None = None) -> Bench:
        served = [(kind, found) for kind in connector.manifest.auth if (found := _fields(connector, kind)) is not None]
        chosen, (credential, config) = next(pair for pair in served if auth is None or pair[0] is auth)

        async def open_caller(server: SimulatorServer) -> Any:
            settings.SANDBOX_BASE_URL = server.url
            row = await in_thread(_connect, contract_tenant, connector.name, chosen.kind, credential, config)
            gateway = Gateway(allow=[])
            gateways.append(gateway)
            return _caller(gateway, row)

        assert connector.simulator is not None
        marked = chosen.fields.get("properties", {})
        secrets = tuple(value for name, value in credential.items() if marked.get(name, {}).get("format") == "password")
        return Bench(connector.manifest, connector.folder, connector.simulator, open_caller, secrets)

    yield make
    for gateway in gateways:
        await gateway.close()


def _connect(tenant: Tenant, connector: str, kind: str, credential: dict[str, Any], config: dict[str, Any]) -> Any:
    row = Connection.objects.of(tenant).create(
        environment=Environment.objects.get(tenant=tenant, name="sandbox"),
        connector=connector,
        name=new_id("contract"),
        auth_kind=kind,
        config=config,
        simulated=True,
    )
    if credential:
        row.sealed, row.key_version = seal(tenant.id, row.id, credential)
        row.save()
    return row


def _caller(gateway: Gateway, row: Connection) -> Any:
    async def call(operation: str, inputs: Any, key: str) -> Called:
        writes = gateway.effect_class(row.connector, operation) != "read"
        effect = EffectContext(f"{row.id}-{key}", key, "run_contract", "step", 1) if writes else None
        try:
            result = await gateway.call(CallOrder(row.tenant_id, row.id, operation, inputs, effect))
        except IpaasError as error:
            return Called(error=error, record=error.record or {})
        return Called(output=result.output, record=result.record)

    return call


def test_no_connector_of_the_installation_is_broken() -> None:
    assert registry().broken == {}
    assert [connector.name for connector in CONNECTORS if connector.simulator is None] == []


@pytest.mark.parametrize("connector, operation", OPERATIONS, ids=_named)
async def test_every_operation_keeps_the_contract(bench_of: MakeBench, connector: Connector, operation: str) -> None:
    await bench_of(connector).check(operation)


@pytest.mark.parametrize("connector, auth", AUTHS, ids=_named)
async def test_every_way_to_sign_in_that_the_simulator_has_keys_for_works(
    serve: ServeFn, contract_tenant: Tenant, settings: Any, connector: Connector, auth: AuthSpec
) -> None:
    found = _fields(connector, auth)
    assert found is not None, "the simulator's credentials() lack fields of this way to sign in"
    server = await serve(connector)
    settings.SANDBOX_BASE_URL = server.url
    row = await in_thread(_connect, contract_tenant, connector.name, auth.kind, *found)
    gateway = Gateway(allow=[])

    tested = await gateway.test(row)
    await gateway.close()

    assert tested["ok"], tested


@pytest.mark.parametrize("connector, trigger", WEBHOOKS, ids=_named)
def test_every_signature_verifies_what_it_signs_and_nothing_else(connector: Connector, trigger: Any) -> None:
    specs = [spec for spec in trigger.signature_options.values() if spec.kind != "none"]
    assert specs or trigger.signature is None

    for option in trigger.signature_options:
        config = {trigger.signature_field: option} if trigger.signature_field else {}
        spec = trigger.bound_to(config).signature
        headers = sign(spec, "secret-1", b'{"a": 1}', 1_700_000_000)
        for secret, raw in (("secret-2", b'{"a": 1}'), ("", b'{"a": 1}')):
            with pytest.raises(SignatureRefused):
                verify(spec, [secret], headers, raw, 1_700_000_000)


@pytest.mark.parametrize("connector, trigger", WEBHOOKS, ids=_named)
def test_every_sample_event_fits_its_schema_and_names_its_type(connector: Connector, trigger: Any) -> None:
    import jsonschema_rs

    from connectors.sdk.values import pick

    for event in trigger.events.values():
        jsonschema_rs.validator_for(dict(event.schema)).validate(event.sample)
        if trigger.event_type is not None:
            assert pick(event.sample, trigger.event_type) == event.name


__all__ = ["ContractBroken"]
