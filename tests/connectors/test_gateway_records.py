"""Records: everything that helps, nothing that is secret."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connectors.gateway import Gateway
from connectors.gateway.records import MASK, MOST_BODY_BYTES, Masker
from connectors.sdk.errors import Rejected
from connectors.threads import in_thread
from tests.connectors.conftest import ConnectFn, an_effect, an_order
from tests.connectors.stub import Stub, reply

SECRET = "sk_test_51H8/verysecret+key"


async def test_a_record_holds_the_exchange_without_the_credential(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    row = await in_thread(connect, "api_key", {"secret_key": SECRET})
    stub.answer = lambda seen: reply({"you_sent": SECRET, "name": "x"}, headers={"X-Echo": SECRET, "Set-Cookie": "a=b"})

    result = await gate.call(an_order(row, "read_thing", {"id": SECRET}))

    (exchange,) = result.record["exchanges"]
    assert result.output == {"you_sent": MASK, "name": "x"}
    assert (exchange["method"], exchange["status"]) == ("GET", 200)
    assert exchange["url"] == f"{stub.url}/v1/EPIC06/things/{MASK}?api-key={MASK}"
    assert exchange["request_headers"]["Authorization"] == MASK
    assert exchange["response_headers"]["x-echo"] == MASK
    assert exchange["response_headers"]["set-cookie"] == MASK
    assert orjson.loads(exchange["response_body"]) == {"you_sent": MASK, "name": "x"}
    assert exchange["duration_ms"] > 0
    assert "verysecret" not in str(result.record)


async def test_an_error_that_repeats_the_credential_is_masked(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect, "api_key", {"secret_key": SECRET})
    stub.answer = lambda seen: reply({"message": f"Invalid key: {SECRET}", "field": SECRET}, status=400)

    with pytest.raises(Rejected) as refused:
        await gate.call(an_order(row, "create_unsafe", {"a": 1}, effect=an_effect()))

    assert refused.value.message == f"Invalid key: {MASK}"
    assert "verysecret" not in str(refused.value.to_dict()) + str(refused.value.record) + str(refused.value)


async def test_a_bound_connection_shows_no_credential_in_its_repr(gate: Gateway, connect: ConnectFn) -> None:
    row = await in_thread(connect, "api_key", {"secret_key": SECRET})
    await gate.call(an_order(row, "read_thing", {"id": "1"}))

    (inside,) = gate._insides.values()

    assert "verysecret" not in repr(await inside.bindings.get(row.tenant_id, row.id))


@pytest.mark.parametrize(
    "text, masked",
    [
        ("card 4242424242424242 ok", f"card {MASK}4242 ok"),
        ("card 4242 4242 4242 4242", f"card {MASK}4242"),
        ("5555-5555-5555-4444", f"{MASK}4444"),
        ("amex 378282246310005", f"amex {MASK}0005"),
        ("no card 4242424242424241", "no card 4242424242424241"),
        ("order 1234567890123456", "order 1234567890123456"),
        ("tracking 94242424242424242429", "tracking 94242424242424242429"),
    ],
)
def test_card_numbers_are_masked_to_their_last_four(text: str, masked: str) -> None:
    assert Masker().text(text) == masked


@pytest.mark.parametrize(
    "body, masked",
    [
        (b'{"password": "a b\\"c", "x": 1}', f'{{"password": "{MASK}", "x": 1}}'),
        (b'{"client_secret":"s","access_token": "t"}', f'{{"client_secret":"{MASK}","access_token": "{MASK}"}}'),
        (
            b"grant_type=x&client_secret=abc&refresh_token=def",
            f"grant_type=x&client_secret={MASK}&refresh_token={MASK}",
        ),
        (b'{"card":{"cvc":"123"}}', f'{{"card":{{"cvc":"{MASK}"}}}}'),
    ],
)
def test_fields_that_are_secret_by_name_are_masked(body: bytes, masked: str) -> None:
    assert Masker().body(body) == masked


def test_a_long_body_is_cut_and_no_part_of_a_secret_is_left_at_the_edge() -> None:
    secret = "s3cr3t-" * 20
    masker = Masker.of([secret])

    for start in (MOST_BODY_BYTES - 70, MOST_BODY_BYTES + 2048 - 70):
        text = masker.body(b"x" * start + secret.encode() + b"y" * 5000)

        assert "s3cr3t" not in text
        assert "cut" in text
        assert len(text) < MOST_BODY_BYTES + 100


def test_the_basic_form_and_the_quoted_form_of_a_secret_are_masked() -> None:
    masker = Masker.of(["user:p/ss wörd"])

    assert masker.text("dXNlcjpwL3NzIHfDtnJk") == MASK
    assert masker.text("x=user%3Ap%2Fss%20w%C3%B6rd&y") == f"x={MASK}&y"


async def test_the_ledger_keeps_the_request_masked(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    from connectors.models import Effect

    row = await in_thread(connect, "api_key", {"secret_key": SECRET})
    inputs: dict[str, Any] = {"note": f"use {SECRET}", "card": "4242424242424242", "password": "hidden"}

    await gate.call(an_order(row, "create_unsafe", inputs, effect=an_effect()))

    kept = await in_thread(Effect.objects.of(row.tenant_id).get)
    assert kept.request == {"note": f"use {MASK}", "card": f"{MASK}4242", "password": MASK}
