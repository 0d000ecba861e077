"""The guard: no request reaches an address that it should not, whatever it is called."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from yarl import URL

from connectors.gateway import Gateway
from connectors.gateway.guard import AllowList, Guard, GuardedResolver, OutboundRefused, Reach, forbidden, reach_of
from connectors.threads import in_thread
from tests.connectors.conftest import ConnectFn, an_effect, an_order
from tests.connectors.stub import Stub, reply


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "168.63.129.16", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
        "2001:0:7f00:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_forbidden(address: str) -> None:
    assert forbidden(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::6810:84e5", "2002:808:808::1"])
def test_public_addresses_are_not(address: str) -> None:
    assert forbidden(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize(
    "entries, host, port, address, allowed",
    [
        (["10.0.0.0/8"], "erp.test", 443, "10.1.2.3", True),
        (["10.0.0.0/8"], "erp.test", 443, "192.168.0.1", False),
        (["10.1.2.3"], "erp.test", 443, "10.1.2.3", True),
        (["erp.test"], "erp.test", 8443, "10.1.2.3", True),
        (["erp.test:8443"], "erp.test", 8443, "10.1.2.3", True),
        (["erp.test:8443"], "erp.test", 443, "10.1.2.3", False),
        (["[::1]:8000"], "::1", 8000, "::1", True),
        (["fd00::/8"], "erp.test", 443, "fd00::5", True),
        ([""], "erp.test", 443, "10.1.2.3", False),
    ],
)
def test_the_allow_list_takes_networks_addresses_and_hosts(
    entries: list[str], host: str, port: int, address: str, allowed: bool
) -> None:
    guard = Guard(AllowList(entries))

    def refused() -> bool:
        try:
            guard.check_address(host, port, ipaddress.ip_address(address))
        except OutboundRefused:
            return True
        return False

    assert refused() is not allowed


REACH = reach_of(
    ["api.stripe.com", "*.shopify.com", "{config.host}"], "https://erp.test:8443/kinetic", {"host": "h.test"}
)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.stripe.com/v1", "https://shop.shopify.com/admin", "https://a.b.shopify.com/", "https://h.test/x",
        "https://erp.test:8443/kinetic/api", "http://api.stripe.com/v1",
    ],
)  # fmt: skip
def test_declared_hosts_are_reached(url: str) -> None:
    Guard(AllowList([])).check(URL(url, encoded=True), REACH)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/", "https://api.stripe.com.evil.test/", "https://shopify.com/", "https://evilshopify.com/",
        "https://api.stripe.com:8443/", "https://erp.test/kinetic", "https://api.stripe.com@evil.test/",
        "https://user:pw@api.stripe.com/", "ftp://api.stripe.com/", "file:///etc/passwd", "//api.stripe.com/",
        "https://api.stripe.com/../x", "https://api.stripe.com/a/%2e%2e/x", "https://api.stripe.com/a/%252e%252e/x",
        "https://api.stripe.com/a\\..\\x",
    ],
)  # fmt: skip
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused):
        Guard(AllowList(["0.0.0.0/0"])).check(URL(url, encoded=True), REACH)


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "[::ffff:7f00:1]", "10.0.0.1"])
def test_a_connections_own_address_must_be_public_too(host: str) -> None:
    base_url = f"http://{host}/api"

    with pytest.raises(OutboundRefused) as refused:
        Guard(AllowList([])).check(URL(base_url, encoded=True), reach_of([], base_url, {}))

    assert refused.value.code == "address_refused"


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
async def test_names_and_odd_spellings_of_loopback_are_refused_when_they_are_resolved(
    connect: ConnectFn, stub: Stub, stub_registry: Any, host: str
) -> None:
    row = await in_thread(connect, config={"base_url": f"http://{host}:{stub.port}"})
    gateway = Gateway(allow=[])

    with pytest.raises(OutboundRefused):
        await gateway.call(an_order(row, "create_unsafe", {}, effect=an_effect()))
    await gateway.close()

    assert stub.seen == []


async def test_one_forbidden_address_refuses_the_whole_name() -> None:
    answers: list[Any] = [{"host": "8.8.8.8"}, {"host": "127.0.0.1"}]

    class Names:
        async def resolve(self, host: str, port: int, family: Any) -> list[Any]:
            return answers

        async def close(self) -> None: ...

    resolver = GuardedResolver(Guard(AllowList([])))
    await resolver.close()
    resolver._inner = Names()  # type: ignore[assignment]

    with pytest.raises(OutboundRefused):
        await resolver.resolve("two-faced.test", 443)


async def test_an_allowed_name_is_reached(connect: ConnectFn, stub: Stub, stub_registry: Any) -> None:
    row = await in_thread(connect, config={"base_url": f"http://localhost:{stub.port}"})
    gateway = Gateway(allow=[f"localhost:{stub.port}"])
    stub.answer = lambda seen: reply({"name": "ok"})

    result = await gateway.call(an_order(row, "read_thing", {"id": "1"}))
    await gateway.close()

    assert result.output == {"name": "ok"}


# --- redirects ------------------------------------------------------------------------------------------------------


async def test_a_redirect_on_the_same_host_is_followed_with_the_credential(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    row = await in_thread(connect, "bearer", {"token": "tok_12345"})
    stub.answers = [lambda seen: reply({}, 307, {"Location": "/v1/elsewhere"})]

    await gate.call(an_order(row, "read_thing", {"id": "1"}))

    assert [seen.path for seen in stub.seen] == ["/v1/EPIC06/things/1", "/v1/elsewhere"]
    assert stub.seen[1].headers["authorization"] == "Bearer tok_12345"


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "https://evil.test/", "//evil.test/x", "file:///x"]
)
async def test_a_redirect_to_where_the_connection_may_not_go_is_refused(
    gate: Gateway, connect: ConnectFn, stub: Stub, location: str
) -> None:
    row = await in_thread(connect, "bearer", {"token": "tok_12345"})
    stub.answer = lambda seen: reply({}, 302, {"Location": location})

    with pytest.raises(OutboundRefused):
        await gate.call(an_order(row, "read_thing", {"id": "1"}))

    assert len(stub.seen) == 1


async def test_a_redirect_to_another_allowed_host_goes_without_the_credential(
    stub_registry: Any, connect: ConnectFn, stub: Stub
) -> None:
    other = Stub(answer=lambda seen: reply({"name": "other"}))
    await other.start()
    config = {"other": f"127.0.0.1:{other.port}"}
    row = await in_thread(connect, "api_key", {"secret_key": "sk_12345678"}, config=config)
    gateway = Gateway(allow=["127.0.0.0/8"])
    stub.answer = lambda seen: reply({}, 307, {"Location": f"{other.url}/x"})

    result = await gateway.call(an_order(row, "read_thing", {"id": "1", "account": "acct_1"}))
    await gateway.close()
    await other.stop()

    assert result.output == {"name": "other"}
    assert "sk_12345678" not in str(other.seen)
    assert "authorization" not in other.seen[0].headers
    assert other.seen[0].headers["x-account"] == "acct_1"


async def test_redirects_end_after_three(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect)
    stub.answer = lambda seen: reply({}, 302, {"Location": "/again"})

    with pytest.raises(OutboundRefused) as refused:
        await gate.call(an_order(row, "read_thing", {"id": "1"}))

    assert refused.value.code == "too_many_redirects"
    assert len(stub.seen) == 4


async def test_a_write_keeps_method_and_body_over_307_and_does_not_wander_over_302(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    row = await in_thread(connect)
    stub.answers = [lambda seen: reply({}, 307, {"Location": "/things/"}), lambda seen: reply({"id": 1})]
    await gate.call(an_order(row, "create_unsafe", {"a": 1}, effect=an_effect("one")))

    stub.answers = [lambda seen: reply({}, 302, {"Location": "/things/"})]
    with pytest.raises(Exception, match="302"):
        await gate.call(an_order(row, "create_unsafe", {"a": 1}, effect=an_effect("two")))

    assert [(seen.method, seen.path, seen.body) for seen in stub.seen] == [
        ("POST", "/things", b'{"a":1}'),
        ("POST", "/things/", b'{"a":1}'),
        ("POST", "/things", b'{"a":1}'),
    ]


# --- the sandbox ----------------------------------------------------------------------------------------------------


async def test_a_simulated_connection_reaches_its_own_sandbox_and_nothing_else(
    connect: ConnectFn, stub: Stub, stub_registry: Any, settings: Any
) -> None:
    settings.SANDBOX_BASE_URL = stub.url
    row = await in_thread(connect, simulated=True, config={"base_url": "https://api.example.com"})
    gateway = Gateway(allow=[])
    stub.answer = lambda seen: reply({"name": "simulated"})

    result = await gateway.call(an_order(row, "read_thing", {"id": "1"}))
    stub.answers = [lambda seen: reply({}, 302, {"Location": f"{stub.url}/sandbox/other/stub/x"})]
    with pytest.raises(OutboundRefused):
        await gateway.call(an_order(row, "read_thing", {"id": "2"}))
    await gateway.close()

    assert result.output == {"name": "simulated"}
    assert [seen.path for seen in stub.seen] == [f"/sandbox/acme/stub/v1/EPIC06/things/{n}" for n in (1, 2)]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/sandbox/acme/stripe/../../api", "http://127.0.0.1:8000/sandbox/acme/stripe/%2e%2e/x",
        "http://127.0.0.1:8000/sandbox/acme/stripe2/v1", "http://127.0.0.1:8000/sandbox/other/stripe/v1",
        "http://127.0.0.1:8000/api/v1", "http://127.0.0.1:8001/sandbox/acme/stripe/v1", "https://api.stripe.com/v1",
        "http://127.0.0.1:8000@evil.test/sandbox/acme/stripe/v1",
    ],
)  # fmt: skip
def test_the_sandbox_cannot_be_left(url: str) -> None:
    reach = Reach((("api.stripe.com", None),), sandbox_prefix="http://127.0.0.1:8000/sandbox/acme/stripe")

    with pytest.raises(OutboundRefused):
        Guard(AllowList(["127.0.0.0/8"])).check(URL(url, encoded=True), reach)


async def test_without_the_exception_the_sandbox_address_is_as_forbidden_as_any_loopback(
    connect: ConnectFn, stub: Stub, stub_registry: Any, settings: Any
) -> None:
    settings.SANDBOX_BASE_URL = stub.url
    row = await in_thread(connect, config={"base_url": f"{stub.url}/sandbox/acme/stub"})
    gateway = Gateway(allow=[])

    with pytest.raises(OutboundRefused):
        await gateway.call(an_order(row, "read_thing", {"id": "1"}))
    await gateway.close()

    assert stub.seen == []
