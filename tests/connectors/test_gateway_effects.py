"""Writes through the gateway: nothing is made twice, and nobody is told what nobody knows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connectors.gateway import Gateway
from connectors.models import Connection, Effect
from connectors.sdk.errors import IpaasError, Rejected, TryAgain, Uncertain
from connectors.threads import in_thread
from ipaas.book.writer import get_writer
from tests.connectors.conftest import an_effect, an_order
from tests.connectors.stub import Seen, Stub, reply, silence


async def _statuses(connection: Connection) -> list[str]:
    """Statuses once everything that was submitted so far is committed."""
    return [row.status for row in await _rows(connection)]


async def _rows(connection: Connection) -> list[Effect]:
    await get_writer().submit(_nothing, None)
    return await in_thread(list, Effect.objects.of(connection.tenant_id).order_by("generation"))


def _nothing(tx: object, items: list[None]) -> list[None]:
    return items


async def _failing(
    gate: Gateway, connection: Connection, operation: str, inputs: Any = None, **more: Any
) -> IpaasError:
    with pytest.raises(IpaasError) as caught:
        await gate.call(an_order(connection, operation, inputs, effect=an_effect(), **more))
    return caught.value


async def test_a_write_is_recorded_and_a_replay_reuses_its_answer(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"id": "thing_1"})

    first = await gate.call(an_order(connection, "create_keyed", {"name": "a"}, effect=an_effect()))
    again = await gate.call(an_order(connection, "create_keyed", {"name": "b"}, effect=an_effect(run="run_2")))

    assert first.output == again.output == {"id": "thing_1"}
    assert len(stub.seen) == 1
    assert (first.record["reused"], again.record["reused"]) == (False, True)
    assert first.record["effect_id"] == again.record["effect_id"]
    assert first.record["idempotency_key"] == stub.seen[0].headers["idempotency-key"]
    assert again.record["exchanges"] == []
    assert "other values" in again.record["note"]
    assert await _statuses(connection) == ["done"]


async def test_a_refused_write_may_be_mended_and_sent_with_a_new_key(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answers = [lambda seen: reply({"message": "no such part"}, 400), lambda seen: reply({"id": "ok"})]

    error = await _failing(gate, connection, "create_keyed", {"name": "bad"})
    result = await gate.call(an_order(connection, "create_keyed", {"name": "good"}, effect=an_effect()))

    assert type(error) is Rejected
    assert result.output == {"id": "ok"}
    keys = [seen.headers["idempotency-key"] for seen in stub.seen]
    assert keys[0][:-2] == keys[1][:-2]
    assert (keys[0][-2:], keys[1][-2:]) == ("-1", "-2")
    assert await _statuses(connection) == ["rejected", "done"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_write_that_was_turned_away_for_load_is_released(
    gate: Gateway, connection: Connection, stub: Stub, status: int
) -> None:
    stub.answers = [lambda seen: reply({}, status, {"Retry-After": "0.2"}), lambda seen: reply({"id": "ok"})]

    error = await _failing(gate, connection, "create_unsafe")
    result = await gate.call(an_order(connection, "create_unsafe", effect=an_effect()))

    assert isinstance(error, TryAgain)
    assert error.detail["after_seconds"] == 0.2
    assert result.output == {"id": "ok"}
    assert await _statuses(connection) == ["released", "done"]


@pytest.mark.parametrize("failure", [silence, lambda seen: reply({}, 500)])
async def test_a_keyed_write_whose_answer_is_lost_is_sent_again_under_the_same_key(
    gate: Gateway, connection: Connection, stub: Stub, failure: Any
) -> None:
    stub.answers = [failure, lambda seen: reply({"id": "ok"})]

    error = await _failing(gate, connection, "create_keyed", {"name": "a"}, timeout_seconds=0.2)
    again = an_order(connection, "create_keyed", {"name": "a"}, effect=an_effect(attempt=2), timeout_seconds=10)
    result = await gate.call(again)

    assert (type(error), error.detail["retry"]) == (TryAgain, True)
    assert result.output == {"id": "ok"}
    assert stub.seen[0].headers["idempotency-key"] == stub.seen[1].headers["idempotency-key"]
    assert await _statuses(connection) == ["done"]


@pytest.mark.parametrize("failure", [silence, lambda seen: reply({}, 500)])
async def test_an_unrepeatable_write_whose_answer_is_lost_waits_for_a_person(
    gate: Gateway, connection: Connection, stub: Stub, failure: Any
) -> None:
    stub.answer = failure

    first = await _failing(gate, connection, "create_unsafe", timeout_seconds=0.2)
    second = await _failing(gate, connection, "create_unsafe")

    assert (type(first), type(second)) == (Uncertain, Uncertain)
    assert "retry" not in first.detail
    assert len(stub.seen) == 1
    assert await _statuses(connection) == ["uncertain"]


class Orders:
    """A system of orders without idempotency keys; it can swallow answers after having done the work."""

    def __init__(self, stub: Stub) -> None:
        self.orders: list[dict[str, Any]] = []
        self.swallow: set[str] = set()
        stub.answer = self.answer

    async def answer(self, seen: Seen) -> Any:
        if seen.method == "GET":
            wanted = seen.path.rpartition("po=")[2]
            return reply({"orders": [order for order in self.orders if order["po"] == wanted]})
        if seen.path == "/orders":
            order = {"id": len(self.orders) + 1, "po": seen.json()["po"], "lines": []}
            self.orders.append(order)
            return await self._answer("head", order, seen)
        order = self.orders[int(seen.path.split("/")[2]) - 1]
        order["lines"].append(seen.json())
        return await self._answer("lines", order, seen)

    async def _answer(self, what: str, order: dict[str, Any], seen: Seen) -> Any:
        if what in self.swallow:
            self.swallow.discard(what)
            return await silence(seen)
        return reply(order)


@pytest.mark.parametrize("swallowed, found", [("head", True), ("lines", True)])
async def test_a_findable_write_is_looked_for_and_continued_after_a_lost_answer(
    gate: Gateway, connection: Connection, stub: Stub, swallowed: str, found: bool
) -> None:
    system = Orders(stub)
    system.swallow.add(swallowed)

    error = await _failing(gate, connection, "order_findable", {"po": "7"}, timeout_seconds=0.3)
    result = await gate.call(an_order(connection, "order_findable", {"po": "7"}, effect=an_effect(attempt=2)))

    assert (type(error), error.detail["retry"], error.detail["after_seconds"]) == (TryAgain, True, 1.5)
    assert system.orders == [{"id": 1, "po": "7", "lines": [{"part": "A"}]}]
    assert result.output == system.orders[0]
    assert result.record["found"] is found
    assert await _statuses(connection) == ["done"]


async def test_a_findable_write_that_was_never_made_is_made_after_looking(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answers = [silence]

    error = await _failing(gate, connection, "order_findable", {"po": "7"}, timeout_seconds=0.2)
    system = Orders(stub)
    result = await gate.call(an_order(connection, "order_findable", {"po": "7"}, effect=an_effect(attempt=2)))

    assert isinstance(error, TryAgain)
    assert [seen.method for seen in stub.seen] == ["POST", "GET", "POST", "POST"]
    assert len(system.orders) == 1
    assert result.record["found"] is False


async def test_a_refusal_half_way_keeps_the_effect_open_so_that_the_next_try_looks_first(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    system = Orders(stub)
    stub.answers = [system.answer, lambda seen: reply({"message": "part A is unknown"}, 400)]

    error = await _failing(gate, connection, "order_findable", {"po": "7"})
    statuses = await _statuses(connection)
    result = await gate.call(an_order(connection, "order_findable", {"po": "7"}, effect=an_effect(attempt=2)))

    assert (type(error), error.message) == (Rejected, "part A is unknown")
    assert statuses == ["sent"]
    assert len(system.orders) == 1
    assert result.output == system.orders[0]


async def test_a_look_up_that_fails_leaves_the_effect_open(gate: Gateway, connection: Connection, stub: Stub) -> None:
    system = Orders(stub)
    system.swallow.add("head")
    await _failing(gate, connection, "order_findable", {"po": "7"}, timeout_seconds=0.2)
    stub.answers = [lambda seen: reply({}, 503), lambda seen: reply({}, 400)]

    first = await _failing(gate, connection, "order_findable", {"po": "7"})
    second = await _failing(gate, connection, "order_findable", {"po": "7"})
    result = await gate.call(an_order(connection, "order_findable", {"po": "7"}, effect=an_effect(attempt=2)))

    assert (type(first), type(second)) == (TryAgain, Rejected)
    assert len(system.orders) == 1
    assert result.record["found"] is True


async def test_of_two_runs_with_one_effect_only_one_sends(gate: Gateway, connection: Connection, stub: Stub) -> None:
    async def slowly(seen: Seen) -> Any:
        await asyncio.sleep(0.15)
        return reply({"id": "one"})

    stub.answer = slowly

    results = await asyncio.gather(
        gate.call(an_order(connection, "create_keyed", effect=an_effect())),
        gate.call(an_order(connection, "create_keyed", effect=an_effect(run="run_2"))),
        return_exceptions=True,
    )

    assert len(stub.seen) == 1
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["CallResult", "TryAgain"]


@pytest.mark.parametrize("operation", ["create_keyed", "create_unsafe", "order_findable"])
async def test_a_call_that_is_stopped_while_sending_stays_open_in_the_ledger(
    gate: Gateway, connection: Connection, stub: Stub, operation: str
) -> None:
    arrived = asyncio.Event()

    async def hang(seen: Seen) -> Any:
        arrived.set()
        return await silence(seen)

    stub.answer = hang
    task = asyncio.get_running_loop().create_task(
        gate.call(an_order(connection, operation, {"po": "7"}, effect=an_effect()))
    )
    await arrived.wait()

    task.cancel()
    await asyncio.wait([task])

    (row,) = await _rows(connection)
    assert (row.status, row.lease_until) == ("sent", None)
    assert len(stub.seen) == 1


async def test_an_invalid_input_reaches_neither_system_nor_ledger(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    error = await _failing(gate, connection, "create_keyed", {"name": 5})

    assert error.code == "input_invalid"
    assert stub.seen == []
    assert await _statuses(connection) == []


async def test_an_unsigned_defect_after_sending_leaves_the_write_open(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    sent = await _failing(gate, connection, "careless", {"send": True})
    after = await _failing(gate, connection, "careless", {"send": True})

    assert (sent.error_class, type(after)) == ("defect", Uncertain)
    assert len(stub.seen) == 1
