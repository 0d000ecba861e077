"""What answers and failures mean: the error table, by status, body and header."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from connectors.gateway import Gateway
from connectors.models import Connection
from connectors.sdk.errors import (
    AuthorMustFix,
    IpaasError,
    LimitReached,
    ReconnectNeeded,
    Rejected,
    TryAgain,
    Uncertain,
)
from tests.connectors.conftest import an_effect, an_order
from tests.connectors.stub import Stub, reply, silence


async def _failing(gate: Gateway, connection: Connection, operation: str, inputs: Any, **more: Any) -> IpaasError:
    with pytest.raises(IpaasError) as caught:
        await gate.call(an_order(connection, operation, inputs, **more))
    return caught.value


@pytest.mark.parametrize(
    "status, kind, code",
    [
        (400, Rejected, "bad_request"),
        (401, ReconnectNeeded, "unauthorized"),
        (403, Rejected, "forbidden"),
        (404, Rejected, "not_found"),
        (409, Rejected, "conflict"),
        (418, Rejected, "http_418"),
        (422, Rejected, "unprocessable"),
        (408, TryAgain, "http_408"),
        (425, TryAgain, "http_425"),
        (429, TryAgain, "rate_limited"),
        (503, TryAgain, "unavailable"),
        (500, TryAgain, "http_500"),
        (302, Rejected, "redirected"),
    ],
)
async def test_without_a_rule_the_status_decides_for_a_read(
    gate: Gateway, connection: Connection, stub: Stub, status: int, kind: type[IpaasError], code: str
) -> None:
    stub.answer = lambda seen: reply({"message": "in its own words", "field": "id"}, status=status)

    error = await _failing(gate, connection, "read_thing", {"id": "1"})

    assert (type(error), error.code, error.message) == (kind, code, "in its own words")
    assert error.detail["status"] == status
    assert error.record is not None
    assert error.record["exchanges"][0]["status"] == status


async def test_a_rule_gives_class_code_message_and_field_from_the_body(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    body = {"error": {"code": "card_declined", "message": "Your card was declined.", "param": "source"}}
    stub.answer = lambda seen: reply(body, status=402)

    error = await _failing(gate, connection, "read_thing", {"id": "1"})

    assert error.to_dict() == {
        "class": "rejected",
        "code": "card_declined",
        "message": "Your card was declined.",
        "hint": None,
        "field": "source",
        "detail": {"status": 402},
    }


async def test_http_success_can_be_a_business_failure(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answer = lambda seen: reply({"Summary": {"Failed": 1}, "Messages": ["customer_id is required", "line 2"]})

    error = await _failing(gate, connection, "transact", {}, effect=an_effect())

    assert (type(error), error.code, error.message) == (Rejected, "failed_there", "customer_id is required; line 2")


async def test_the_same_body_is_a_success_for_another_operation(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"Summary": {"Failed": 1}})

    result = await gate.call(an_order(connection, "read_thing", {"id": "1"}))

    assert result.output == {"Summary": {"Failed": 1}}


@pytest.mark.parametrize(
    "status, body, code",
    [
        (409, {"code": "locked"}, "locked"),
        (200, {"errors": [{"extensions": {"code": "THROTTLED"}}]}, "throttled"),
    ],
)
async def test_a_rule_can_make_any_status_worth_another_try(
    gate: Gateway, connection: Connection, stub: Stub, status: int, body: Any, code: str
) -> None:
    stub.answer = lambda seen: reply(body, status=status)

    error = await _failing(gate, connection, "read_thing", {"id": "1"})

    assert (type(error), error.code) == (TryAgain, code)


async def test_a_rule_can_make_a_refusal_a_success(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answer = lambda seen: reply({}, status=404)

    result = await gate.call(an_order(connection, "delete_thing", {"id": "1"}, effect=an_effect()))

    assert result.output == {}


async def test_a_server_error_leaves_an_unrepeatable_write_uncertain(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"message": "boom"}, status=500)

    error = await _failing(gate, connection, "create_unsafe", {}, effect=an_effect())

    assert type(error) is Uncertain
    assert "boom" in error.message


async def test_a_rule_by_header_can_declare_a_server_error_harmless(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({}, status=500, headers={"X-Harmless": "yes"})

    error = await _failing(gate, connection, "create_unsafe", {}, effect=an_effect())

    assert (type(error), error.code) == (TryAgain, "harmless")


async def test_an_answer_that_is_not_json_is_worth_another_read(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: web.Response(text="<html>maintenance</html>")

    error = await _failing(gate, connection, "read_thing", {"id": "1"})

    assert (error.error_class, error.code) == ("try_again", "answer_malformed")


async def test_no_answer_in_time_is_worth_another_read(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answer = silence

    error = await _failing(gate, connection, "read_thing", {"id": "1"}, timeout_seconds=0.2)

    assert (type(error), error.code) == (TryAgain, "answer_lost")


async def test_a_system_that_is_down_is_worth_another_try(gate: Gateway, connection: Connection, stub: Stub) -> None:
    await stub.stop()

    error = await _failing(gate, connection, "create_unsafe", {}, effect=an_effect())

    assert (type(error), error.code) == (TryAgain, "no_connection")


async def test_an_answer_larger_than_allowed_is_given_up(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answer = lambda seen: reply({"name": "x" * 200_000})

    error = await _failing(gate, connection, "read_thing", {"id": "1"})

    assert type(error) is LimitReached
    assert error.detail == {"limit": "max_response_bytes", "value": 100_000}


async def test_an_unknown_operation_is_for_the_author_to_mend(gate: Gateway, connection: Connection) -> None:
    error = await _failing(gate, connection, "no_such", {})

    assert (type(error), error.code) == (AuthorMustFix, "operation_unknown")


async def test_another_tenant_cannot_use_a_connection(gate: Gateway, connection: Connection, stub: Stub) -> None:
    order = an_order(connection, "read_thing", {"id": "1"})
    await gate.call(order)

    with pytest.raises(AuthorMustFix) as caught:
        await gate.call(type(order)("ten_other", order.connection_id, order.operation, order.inputs))

    assert caught.value.code == "connection_missing"
    assert len(stub.seen) == 1


async def test_a_mistake_in_a_connectors_code_is_a_defect_that_carries_the_record(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    error = await _failing(gate, connection, "careless", {"send": True}, effect=an_effect())

    assert (error.to_dict()["class"], error.code) == ("defect", "connector_defect")
    assert "division by zero" in error.message
    assert error.record is not None
    assert len(error.record["exchanges"]) == 1
