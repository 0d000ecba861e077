"""Writes of a run whose process died after sending: each class is settled as it promises, and nothing is made twice."""

from __future__ import annotations

from typing import Any

import orjson

from tests.connectors.stub import Seen, reply
from tests.flows.documents import call
from tests.flows.house import House


def _killed_after_sending(house: House, operation: str, inputs: dict[str, Any]) -> str:
    """A run of one write, put back to the moment after its request was sent."""
    run_id = house.start(house.deploy_calls(call("write", operation, inputs)))
    house.wait(run_id, "succeeded")
    house.stop_runner()
    house.effects()
    house.as_killed_after_sending(run_id)
    house.stub.seen.clear()
    return run_id


def _taken_up(house: House) -> None:
    house.start_runner()
    house.sweep()


def test_a_keyed_write_is_sent_again_with_the_same_key(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": "thing_1"})
    run_id = house.start(house.deploy_calls(call("write", "create_keyed", {"name": "a"})))
    house.wait(run_id, "succeeded")
    first = house.stub.seen[0].headers["idempotency-key"]
    house.stop_runner()
    house.effects()
    house.as_killed_after_sending(run_id)

    _taken_up(house)

    house.wait(run_id, "succeeded")
    assert [seen.headers["idempotency-key"] for seen in house.stub.seen] == [first, first]
    assert [(row.status, row.generation) for row in house.effects()] == [("done", 1)]
    assert house.outputs(run_id)["write"] == {"id": "thing_1"}


def test_an_idempotent_write_is_sent_again(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": "9"})
    run_id = _killed_after_sending(house, "put_thing", {"id": "9", "payload": {"name": "a"}})

    _taken_up(house)

    house.wait(run_id, "succeeded")
    assert [(seen.method, seen.path) for seen in house.stub.seen] == [("PUT", "/things/9")]
    assert [row.status for row in house.effects()] == ["done"]


def test_a_findable_write_is_found_and_not_sent_again(house: House) -> None:
    orders: list[dict[str, Any]] = []
    house.stub.answer = lambda seen: _orders(orders, seen)
    run_id = _killed_after_sending(house, "order_findable", {"po": "ch_1"})

    _taken_up(house)

    house.wait(run_id, "succeeded")
    assert [seen.method for seen in house.stub.seen] == ["GET"]
    assert orders == [{"id": "1", "po": "ch_1", "lines": ["A"]}]
    assert [(row.status, row.found) for row in house.effects()] == [("done", True)]


def test_a_findable_write_that_stopped_half_way_goes_on_where_it_stopped(house: House) -> None:
    orders: list[dict[str, Any]] = []
    house.stub.answer = lambda seen: _orders(orders, seen)
    run_id = _killed_after_sending(house, "order_findable", {"po": "ch_1"})
    orders[0]["lines"] = []

    _taken_up(house)

    house.wait(run_id, "succeeded")
    assert [(seen.method, seen.path) for seen in house.stub.seen] == [
        ("GET", "/orders?po=ch_1"),
        ("POST", "/orders/1/lines"),
    ]
    assert orders == [{"id": "1", "po": "ch_1", "lines": ["A"]}]


def test_an_unsafe_write_is_uncertain_and_waits_for_a_person(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": "thing_1"})
    run_id = _killed_after_sending(house, "create_unsafe", {"name": "a"})

    _taken_up(house)

    run = house.wait(run_id)
    assert run.status == "uncertain"
    assert run.finished_at is None
    assert run.error["class"] == "uncertain"
    assert run.error["step"] == "write"
    assert house.stub.seen == []
    assert [row.status for row in house.effects()] == ["uncertain"]


def _orders(orders: list[dict[str, Any]], seen: Seen) -> Any:
    """A system that keeps orders and their lines."""
    if seen.method == "GET":
        return reply({"orders": [order for order in orders if f"po={order['po']}" in seen.path]})
    if seen.path == "/orders":
        orders.append({"id": str(len(orders) + 1), "po": orjson.loads(seen.body)["po"], "lines": []})
    else:
        orders[0]["lines"].append(seen.json()["part"])
    return reply(orders[0])
