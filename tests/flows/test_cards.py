"""Card numbers: cut to their last four in texts and bodies; what only looks like one stays."""

from __future__ import annotations

import orjson
import pytest

from ipaas.book.cards import mask_body, mask_cards


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005"]
)
def test_a_card_number_keeps_its_last_four_only(number: str) -> None:
    assert mask_cards(f"paid by {number}.") == f"paid by •••{number[-4:]}."


@pytest.mark.parametrize("text", ["4242424242424243", "order 10231", "2026-11-21", "1234567890123456"])
def test_other_numbers_stay(text: str) -> None:
    assert mask_cards(text) == text


def test_a_body_without_cards_is_the_very_same_bytes() -> None:
    body = b'{"id": "evt_1", "note": "\xff"}'

    assert mask_body(body) is body


def test_json_stays_json_also_where_the_number_stands_bare() -> None:
    masked = orjson.loads(mask_body(b'{"card": 4242424242424242, "again": "4242424242424242"}'))

    assert masked == {"card": 9999999999994242, "again": "9999999999994242"}
