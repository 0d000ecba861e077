"""The pace of a connection, the speed of the gateway, webhooks in, and how it ends with its loop."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from connectors.gateway import CallOrder, Gateway, SignatureRefused
from connectors.gateway.pace import Pace
from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.errors import TryAgain
from connectors.sdk.manifest import Limits
from connectors.sdk.signatures import sign
from connectors.threads import in_thread
from tests.connectors.conftest import an_effect, an_order
from tests.connectors.stub import Seen, Stub, reply


async def test_more_requests_than_allowed_in_a_second_wait_their_turn() -> None:
    pace = Pace(Limits(requests_per_second=20))
    started = time.monotonic()

    await asyncio.gather(*(pace.turn(5) for _ in range(26)))

    # 20 may go at once, the other 6 follow one every 50 ms.
    assert 0.28 <= time.monotonic() - started < 1.5


async def test_a_turn_that_is_too_far_away_is_worth_another_try_and_costs_nothing() -> None:
    pace = Pace(Limits(requests_per_second=20))
    pace.pause(30)

    with pytest.raises(TryAgain) as refused:
        await pace.turn(1)

    assert refused.value.code == "paced"
    assert 29 < refused.value.detail["after_seconds"] <= 30


async def test_no_more_operations_at_a_time_than_the_system_bears(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    together, most = 0, 0

    async def slow(seen: Seen) -> Any:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.02)
        together -= 1
        return reply({"name": "x"})

    stub.answer = slow

    await asyncio.gather(*(gate.call(an_order(connection, "read_thing", {"id": str(n)})) for n in range(40)))

    assert most == 10


async def test_retry_after_pauses_the_whole_connection(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answers = [lambda seen: reply({}, 429, {"Retry-After": "0.4"})]
    with pytest.raises(TryAgain):
        await gate.call(an_order(connection, "read_thing", {"id": "1"}))
    started = time.monotonic()

    await gate.call(an_order(connection, "read_thing", {"id": "2"}))

    assert 0.35 <= time.monotonic() - started < 2


async def test_a_plain_write_costs_little_of_our_own_time(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answer = lambda seen: reply({"id": "thing_1"})
    await gate.call(an_order(connection, "create_keyed", {"name": "warm"}, effect=an_effect("warm")))
    started = time.process_time()

    for number in range(100):
        await gate.call(an_order(connection, "create_keyed", {"name": "a"}, effect=an_effect(f"order-{number}")))

    # Server, ledger and gateway of the test share this processor time; several times the usual figure is a mistake.
    assert (time.process_time() - started) / 100 < 0.02


async def test_the_gateway_ends_with_a_short_loop_without_leaving_anything_open(
    connection: Connection, stub: Stub, stub_registry: Any
) -> None:
    stub.answer = lambda seen: reply({"name": "from another loop"})
    gateway = Gateway(allow=["127.0.0.0/8"])
    order: CallOrder = an_order(connection, "read_thing", {"id": "1"})

    result = await in_thread(lambda: asyncio.run(gateway.call(order)))

    assert result.output == {"name": "from another loop"}
    assert len(gateway._insides) == 0


def test_effect_classes_are_known_and_unknown_ones_count_as_unsafe() -> None:
    gateway = Gateway()

    assert gateway.effect_class("http", "get") == "read"
    assert gateway.effect_class("http", "no_such") == "unsafe"
    assert gateway.effect_class("no_such", "get") == "unsafe"


async def test_a_webhook_is_verified_as_its_connection_wants_it() -> None:
    trigger = registry().get("http").manifest.triggers["webhook"]
    raw, gateway = b'{"a": 1}', Gateway()
    shared = Connection(config={"signature": "shared_secret", "signature_header": "X-Mine"})
    hmac = Connection(config={})
    unsigned = Connection(config={"signature": "unsigned", "accept_unsigned": True})
    careless = Connection(config={"signature": "unsigned"})

    await gateway.verify(shared, trigger, ["s3cret"], {"X-Mine": "s3cret"}, raw, 0)
    await gateway.verify(hmac, trigger, ["s3cret"], sign(trigger.signature, "s3cret", raw, 0), raw, 0)  # type: ignore[arg-type]
    await gateway.verify(unsigned, trigger, [], {}, raw, 0)
    for connection, secrets, headers in (
        (shared, ["s3cret"], {"X-Signature": "s3cret"}),
        (hmac, ["s3cret"], {}),
        (hmac, [], {}),
        (careless, [], {}),
    ):
        with pytest.raises(SignatureRefused):
            await gateway.verify(connection, trigger, secrets, headers, raw, 0)
