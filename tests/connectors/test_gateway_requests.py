"""What leaves by the gateway for a declared operation, and what comes back as its output."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.gateway import Gateway
from connectors.models import Connection
from connectors.sdk.errors import Rejected
from tests.connectors.conftest import an_effect, an_order
from tests.connectors.stub import Seen, Stub, reply


async def test_path_values_are_quoted_and_query_and_headers_filled(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"name": "First"})

    result = await gate.call(
        an_order(connection, "read_thing", {"id": "A/B #1%", "expand": ["data.fee"], "account": "acct_1"})
    )

    (seen,) = stub.seen
    assert seen.method == "GET"
    assert seen.path == "/v1/EPIC06/things/A%2FB%20%231%25?expand%5B%5D=data.fee"
    assert seen.headers["x-account"] == "acct_1"
    assert seen.headers["x-version"] == "1"
    assert seen.headers["callsettings"] == '{"Company":"EPIC06"}'
    assert "x-missing" not in seen.headers
    assert result.output == {"name": "First"}


async def test_an_optional_header_field_that_is_missing_leaves_the_header_out(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    await gate.call(an_order(connection, "read_thing", {"id": "1"}))

    assert "x-account" not in stub.seen[0].headers


@pytest.mark.parametrize("value", [".", "..", ""])
async def test_a_path_value_that_a_url_cannot_carry_is_refused_before_sending(
    gate: Gateway, connection: Connection, stub: Stub, value: str
) -> None:
    with pytest.raises(Rejected) as refused:
        await gate.call(an_order(connection, "read_thing", {"id": value}))

    assert (refused.value.code, refused.value.field) == ("input_invalid", "/id")
    assert stub.seen == []


async def test_an_input_that_does_not_fit_the_schema_names_the_field(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    with pytest.raises(Rejected) as refused:
        await gate.call(an_order(connection, "read_thing", {"id": 5}))

    assert (refused.value.code, refused.value.field) == ("input_invalid", "/id")
    assert stub.seen == []


async def test_a_form_body_is_written_with_brackets_and_carries_the_key(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    inputs = {
        "name": "Ä & Co",
        "amount": Decimal("10.50"),
        "metadata": {"order_id": "7"},
        "tags": ["a", "b"],
        "lines": [{"price": "p_1"}, {"price": "p_2"}],
        "active": True,
        "note": None,
    }

    await gate.call(an_order(connection, "create_keyed", inputs, effect=an_effect()))

    (seen,) = stub.seen
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert sorted(parse_qsl(seen.body.decode())) == [
        ("active", "true"),
        ("amount", "10.5"),
        ("lines[0][price]", "p_1"),
        ("lines[1][price]", "p_2"),
        ("metadata[order_id]", "7"),
        ("name", "Ä & Co"),
        ("tags[]", "a"),
        ("tags[]", "b"),
    ]
    assert seen.headers["idempotency-key"].endswith("-1")


async def test_one_field_can_be_the_whole_json_body(gate: Gateway, connection: Connection, stub: Stub) -> None:
    await gate.call(an_order(connection, "put_thing", {"id": "1", "payload": [1, 2]}, effect=an_effect()))

    assert (stub.seen[0].method, stub.seen[0].path, stub.seen[0].json()) == ("PUT", "/things/1", [1, 2])


async def test_a_fixed_query_text_is_sent_and_a_part_of_the_answer_picked(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"data": {"name": "Picked"}})

    result = await gate.call(an_order(connection, "read_name"))

    assert stub.seen[0].path == "/name?$select=name"
    assert result.output == "Picked"


async def test_an_answer_without_a_body_is_an_empty_object(gate: Gateway, connection: Connection, stub: Stub) -> None:
    stub.answer = lambda seen: reply({}, status=204)

    result = await gate.call(an_order(connection, "read_thing", {"id": "1"}))

    assert result.output == {}


def _query(seen: Seen) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(seen.path).query))


@pytest.mark.parametrize(
    "operation",
    ["list_by_last_id", "list_by_cursor", "list_by_link", "list_by_next_url", "list_by_offset", "list_by_page"],
)
async def test_every_paging_style_gathers_all_rows_once(
    gate: Gateway, connection: Connection, stub: Stub, operation: str
) -> None:
    rows = [{"id": str(number)} for number in range(5)]

    def page(seen: Seen) -> object:
        query = _query(seen)
        if operation == "list_by_last_id":
            start = int(query.get("starting_after", "-1")) + 1
            return reply({"data": rows[start : start + 2], "has_more": start + 2 < 5})
        if operation == "list_by_cursor":
            start = int(query.get("page", "0"))
            return reply({"data": rows[start : start + 2], "next_page": str(start + 2) if start + 2 < 5 else None})
        if operation in ("list_by_link", "list_by_next_url"):
            start = int(query.get("at", "0"))
            more = start + 2 < 5
            url = f"{stub.url}/list?at={start + 2}"
            link = {"Link": f'<{stub.url}/x>; rel="previous", <{url}>; rel="next"'} if more else {}
            body = {"orders": rows[start : start + 2], "value": rows[start : start + 2]}
            return reply({**body, **({"@odata.nextLink": url} if more else {})}, headers=link)
        if operation == "list_by_offset":
            start = int(query.get("$skip", "0"))
            return reply({"value": rows[start : start + int(query["$top"])]})
        start = (int(query["page"]) - 1) * int(query["page_size"])
        return reply({"rows": rows[start : start + 2], "total": 5})

    stub.answer = page  # type: ignore[assignment]

    result = await gate.call(an_order(connection, operation, {}))

    assert result.output == {"items": rows, "has_more": False}
    assert len(stub.seen) == 3


async def test_a_list_stops_at_max_items_and_says_that_there_is_more(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"data": [{"id": "1"}, {"id": "2"}], "has_more": True})

    result = await gate.call(an_order(connection, "list_by_last_id", {"max_items": 3, "email": "a@b.test"}))

    assert result.output == {"items": [{"id": "1"}, {"id": "2"}, {"id": "1"}], "has_more": True}
    assert [_query(seen)["email"] for seen in stub.seen] == ["a@b.test", "a@b.test"]


async def test_a_system_that_names_the_same_page_again_ends_the_list(
    gate: Gateway, connection: Connection, stub: Stub
) -> None:
    stub.answer = lambda seen: reply({"value": [{"id": "1"}], "@odata.nextLink": f"{stub.url}/list?at=1"})

    result = await gate.call(an_order(connection, "list_by_next_url", {}))

    assert result.output["items"] == [{"id": "1"}, {"id": "1"}]
    assert len(stub.seen) == 2
