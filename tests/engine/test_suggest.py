"""Suggestions of field mappings: names are cut well, the right source comes first, transforms are proven on samples."""

from __future__ import annotations

from typing import Any

import pytest

from flows.mapping.suggest.suggest import suggest
from flows.mapping.suggest.words import concepts_of, words_of

CHARGE = [
    {"path": "id", "type": "string", "examples": ["ch_3Q"]},
    {"path": "amount", "type": "integer", "examples": [88900]},
    {"path": "currency", "type": "string", "examples": ["usd"]},
    {"path": "created", "type": "integer", "examples": [1763645400]},
    {"path": "billing_details.name", "type": "string", "examples": ["Ada Lovelace"]},
    {"path": "billing_details.email", "type": "string", "examples": ["ada@example.com"]},
    {"path": "billing_details.phone", "type": "string", "examples": ["+1 650 555 0100"]},
    {"path": "billing_details.address.line1", "type": "string", "examples": ["1 Main St"]},
    {"path": "billing_details.address.city", "type": "string", "examples": ["Austin"]},
    {"path": "billing_details.address.postal_code", "type": "string", "examples": ["73301"]},
    {"path": "billing_details.address.country", "type": "string", "examples": ["US"]},
]
CUSTOMER = [
    {"path": "Name", "type": "string", "description": "Name of the customer"},
    {"path": "EMailAddress", "type": "string"},
    {"path": "PhoneNum", "type": "string"},
    {"path": "Address1", "type": "string"},
    {"path": "City", "type": "string"},
    {"path": "Zip", "type": "string"},
    {"path": "Country", "type": "string"},
    {"path": "CurrencyCode", "type": "string"},
]


def first(answer: dict[str, Any]) -> dict[str, list[str]]:
    return {entry["target"]: entry["candidates"][0]["source"] for entry in answer["suggestions"]}


def only(source: dict[str, Any] | list[dict[str, Any]], target: dict[str, Any]) -> dict[str, Any]:
    """The best candidate of a case with one target."""
    sources = source if isinstance(source, list) else [source]
    [entry] = suggest({"source_schema": sources, "target_schema": [target]})["suggestions"]
    best: dict[str, Any] = entry["candidates"][0]
    return best


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("billingAddressLine1", ("billing", "address", "line", "1")),
        ("extendedamount", ("extended", "amount")),
        ("E_Mail", ("e", "mail")),
        ("HTTPStatusCode", ("http", "status", "code")),
        ("CUSTNMBR", ("cust", "nmbr")),
        ("zzqqxx", ("zzqqxx",)),
    ],
)
def test_a_name_is_cut_into_its_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_words_that_mean_the_same_become_one_concept() -> None:
    spoken = {concepts_of(words_of(name)) for name in ("zip", "PostalCode", "post_code", "PLZ", "pincode")}

    assert spoken == {("postal_code",)}


def test_the_fields_of_a_payment_fill_a_customer() -> None:
    answer = suggest({"id": "one", "source_schema": CHARGE, "target_schema": CUSTOMER})

    assert answer["id"] == "one"
    assert first(answer) == {
        "Name": ["billing_details.name"],
        "EMailAddress": ["billing_details.email"],
        "PhoneNum": ["billing_details.phone"],
        "Address1": ["billing_details.address.line1"],
        "City": ["billing_details.address.city"],
        "Zip": ["billing_details.address.postal_code"],
        "Country": ["billing_details.address.country"],
        "CurrencyCode": ["currency"],
    }


def test_scores_fall_and_every_candidate_says_why() -> None:
    answer = suggest({"source_schema": CHARGE, "target_schema": CUSTOMER})

    for entry in answer["suggestions"]:
        scores = [candidate["score"] for candidate in entry["candidates"]]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert all(candidate["reason"].endswith(".") for candidate in entry["candidates"])


def test_the_names_of_the_systems_change_nothing() -> None:
    plain = suggest({"source_schema": CHARGE, "target_schema": CUSTOMER})

    named = suggest(
        {"source_schema": CHARGE, "target_schema": CUSTOMER, "source_system": "Qwax", "target_system": "Brumm 9"}
    )

    assert named["suggestions"] == plain["suggestions"]


def test_a_prefix_of_every_field_changes_no_first_choice() -> None:
    prefixed = [{**field, "path": f"zq_{field['path']}"} for field in CUSTOMER]

    answer = suggest({"source_schema": CHARGE, "target_schema": prefixed, "target_system": "zq"})

    expected = first(suggest({"source_schema": CHARGE, "target_schema": CUSTOMER}))
    assert {path.removeprefix("zq_"): source for path, source in first(answer).items()} == expected


def test_first_and_last_name_together_fill_a_full_name() -> None:
    names = [
        {"path": "first_name", "type": "string", "examples": ["Ada"]},
        {"path": "last_name", "type": "string", "examples": ["Lovelace"]},
    ]

    best = only(names, {"path": "full_name", "type": "string"})

    assert best["source"] == ["first_name", "last_name"]
    assert best["transform"] == "concat"
    assert best["transforms"] == [{"fn": "join", "separator": " "}]


@pytest.mark.parametrize(
    ("source", "target", "word", "example"),
    [
        (
            {"path": "amount_cents", "type": "integer", "examples": [88950]},
            {"path": "amount", "type": "decimal"},
            "scale",
            889.5,
        ),
        (
            {"path": "created", "type": "integer", "examples": [1763645400]},
            {"path": "created_on", "type": "date"},
            "date",
            "2025-11-20",
        ),
        (
            {"path": "order_date", "type": "string", "examples": ["2025-11-20T13:30:00Z"]},
            {"path": "OrderDate", "type": "date"},
            "date",
            "2025-11-20",
        ),
        (
            {"path": "full_name", "type": "string", "examples": ["Ada Lovelace"]},
            {"path": "last_name", "type": "string"},
            "split",
            "Lovelace",
        ),
        (
            {"path": "weight", "type": "string", "examples": ["1.5000"]},
            {"path": "weight", "type": "decimal"},
            "copy",
            1.5,
        ),
    ],
)
def test_a_transform_is_proven_on_the_sample(
    source: dict[str, Any], target: dict[str, Any], word: str, example: Any
) -> None:
    best = only(source, target)

    assert best["transform"] == word
    assert best["example"] == example


def test_a_transform_that_fails_on_the_sample_is_not_suggested() -> None:
    best = only(
        {"path": "order_date", "type": "string", "examples": ["next Tuesday"]}, {"path": "OrderDate", "type": "date"}
    )

    assert best["transforms"] == []
    assert "example" not in best


def test_a_list_of_lines_fills_the_lines() -> None:
    sources = [
        {"path": "line_items[].quantity", "type": "integer"},
        {"path": "line_items[].sku", "type": "string"},
        {"path": "tax_lines[].title", "type": "string"},
        {"path": "quantity_on_hand", "type": "integer"},
    ]
    targets = [{"path": "OrderDtls[].OrderQty", "type": "decimal"}, {"path": "OrderDtls[].PartNum", "type": "string"}]

    answer = suggest({"source_schema": sources, "target_schema": targets})

    assert first(answer) == {
        "OrderDtls[].OrderQty": ["line_items[].quantity"],
        "OrderDtls[].PartNum": ["line_items[].sku"],
    }


@pytest.mark.parametrize("path", ["", "[]", "...", "a.[].b", "日付", "@", "x" * 500])
def test_odd_paths_do_no_harm(path: str) -> None:
    answer = suggest({"source_schema": [{"path": path, "type": ""}], "target_schema": [{"path": "name"}]})

    assert set(answer) == {"id", "accept", "suggestions"}
