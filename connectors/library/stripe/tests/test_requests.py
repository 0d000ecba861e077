"""How requests are read and answered: keys, versions, idempotency, forms, lists, expansion, search, metadata."""

from __future__ import annotations

import base64
import json

import pytest

from connectors.library.stripe.simulation.forms import Params, decode
from connectors.library.stripe.tests.scenes import DAY, Shop


def test_brackets_become_groups_and_lists() -> None:
    fields = [("a[7]", "1"), ("list[]", "x"), ("list[]", "y"), ("items[1][p]", "2"), ("items[0][p]", "1")]

    params = Params(decode(fields))

    assert [item.text("p") for item in params.children("items")] == ["1", "2"]
    assert params.strings("list") == ["x", "y"]
    group = params.child("a")
    assert group is not None
    assert group.values == {"7": "1"}


def test_the_key_is_taken_as_bearer_and_as_basic_user_name() -> None:
    shop = Shop()
    key = shop.simulator.credentials()["secret_key"]
    basic = base64.b64encode(f"{key}:".encode()).decode()

    statuses = [
        shop.send("GET", "/v1/account", headers={"authorization": text}).status
        for text in (f"Bearer {key}", f"Basic {basic}", "Bearer sk_test_wrong", "Basic %%%", "")
    ]

    assert statuses == [200, 200, 401, 401, 401]


def test_another_account_is_forbidden() -> None:
    answer = Shop().send("GET", "/v1/account", headers={"stripe-account": "acct_other"})

    assert answer.status == 403


def test_answers_carry_the_request_id_and_the_version() -> None:
    answer = Shop().send("GET", "/v1/account", headers={"stripe-version": "2026-10-28.endive"})

    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"


def test_a_version_that_is_no_version_is_refused() -> None:
    assert Shop().send("GET", "/v1/account", headers={"stripe-version": "latest"}).status == 400


def test_a_replay_names_the_original_request() -> None:
    shop = Shop()
    fields, headers = {"email": "a@example.com"}, {"idempotency-key": "k1"}

    first = shop.send("POST", "/v1/customers", fields, headers)
    second = shop.send("POST", "/v1/customers", fields, headers)

    assert second.body == first.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(shop.get("/v1/customers")["data"]) == 1


def test_a_declined_charge_is_replayed_as_declined() -> None:
    shop = Shop()
    fields = {"amount": 5000, "currency": "usd", "payment_method": "pm_card_chargeDeclined", "confirm": True}

    first = shop.send("POST", "/v1/payment_intents", fields, {"idempotency-key": "k2"})
    second = shop.send("POST", "/v1/payment_intents", fields, {"idempotency-key": "k2"})

    assert (first.status, second.status) == (402, 402)
    assert second.body == first.body
    assert len(shop.get("/v1/charges")["data"]) == 1


def test_a_key_belongs_to_the_path_it_was_first_used_for() -> None:
    shop = Shop()
    shop.send("POST", "/v1/customers", {}, {"idempotency-key": "k3"})

    answer = shop.send("POST", "/v1/products", {"name": "x"}, {"idempotency-key": "k3"})

    assert (answer.status, json.loads(answer.body)["error"]["type"]) == (400, "idempotency_error")


def test_a_key_is_forgotten_after_a_day() -> None:
    shop = Shop()
    shop.send("POST", "/v1/customers", {"name": "first"}, {"idempotency-key": "k4"})
    shop.store.advance(DAY)

    again = shop.send("POST", "/v1/customers", {"name": "second"}, {"idempotency-key": "k4"})

    assert again.status == 200
    assert len(shop.get("/v1/customers")["data"]) == 2


def test_reads_keep_no_key() -> None:
    shop = Shop()
    answer = shop.send("GET", "/v1/account", headers={"idempotency-key": "k5"})

    assert "Idempotency-Key" not in answer.headers


def test_lists_go_both_ways_and_say_whether_there_is_more() -> None:
    shop = Shop()
    ids = [shop.post("/v1/customers", name=str(n))["id"] for n in range(5)][::-1]

    first = shop.get("/v1/customers", limit=2)
    second = shop.get("/v1/customers", limit=2, starting_after=ids[1])
    back = shop.get("/v1/customers", limit=2, ending_before=ids[4])

    assert ([row["id"] for row in first["data"]], first["has_more"]) == (ids[:2], True)
    assert ([row["id"] for row in second["data"]], second["has_more"]) == (ids[2:4], True)
    assert ([row["id"] for row in back["data"]], back["has_more"]) == (ids[2:4], True)
    assert shop.refused("GET", "/v1/customers", limit=101)[1]["param"] == "limit"
    assert shop.refused("GET", "/v1/customers", starting_after="cus_gone")[1]["param"] == "starting_after"


def test_lists_are_filtered_by_time() -> None:
    shop = Shop()
    early = shop.post("/v1/customers", name="early")
    shop.store.advance(100)
    late = shop.post("/v1/customers", name="late")

    after = shop.get("/v1/customers", created={"gt": early["created"]})["data"]
    until = shop.get("/v1/customers", created={"lte": early["created"]})["data"]

    assert [row["id"] for row in after] == [late["id"]]
    assert [row["id"] for row in until] == [early["id"]]


def test_expansion_reaches_four_levels_and_no_further() -> None:
    shop = Shop()
    shop.buy()

    path = "data.latest_charge.balance_transaction.source.customer"
    intent = shop.get("/v1/payment_intents", expand=[path])["data"][0]
    status, error = shop.refused("GET", "/v1/payment_intents", expand=[f"{path}.invoice"])

    assert intent["latest_charge"]["balance_transaction"]["source"]["customer"]["object"] == "customer"
    assert (status, error["param"]) == (400, "expand[]")


def test_what_cannot_be_expanded_is_refused() -> None:
    shop = Shop()
    customer = shop.post("/v1/customers", name="x")

    status, error = shop.refused("GET", f"/v1/customers/{customer['id']}", expand=["name"])

    assert status == 400
    assert "cannot be expanded (name)" in error["message"]


@pytest.mark.parametrize(
    "query, names",
    [
        ("name:'keller gmbh'", ["Keller GmbH"]),
        ("name~'gmb'", ["Weber GmbH", "Keller GmbH"]),
        ("metadata['size']:'big'", ["Keller GmbH"]),
        ("-metadata['size']:null", ["Keller GmbH"]),
        ("email:'w@example.com' OR metadata['size']:'big'", ["Weber GmbH", "Keller GmbH"]),
        ("created>0 AND -name:'Weber GmbH'", ["Keller GmbH"]),
    ],
)
def test_search_reads_its_language(query: str, names: list[str]) -> None:
    shop = Shop()
    shop.post("/v1/customers", name="Keller GmbH", metadata={"size": "big"})
    shop.post("/v1/customers", name="Weber GmbH", email="w@example.com")

    result = shop.get("/v1/customers/search", query=query)

    assert [row["name"] for row in result["data"]] == names
    assert result["object"] == "search_result"


@pytest.mark.parametrize("query", ["", "name", "colour:'red'", "name:'a' AND email:'b' OR phone:'c'", "metadata:'x'"])
def test_search_refuses_what_it_cannot_read(query: str) -> None:
    status, error = Shop().refused("GET", "/v1/customers/search", query=query)

    assert (status, error["param"]) == (400, "query")


def test_search_pages_by_token() -> None:
    shop = Shop()
    for number in range(3):
        shop.post("/v1/customers", name=f"Buyer {number}")

    first = shop.get("/v1/customers/search", query="created>0", limit=2)
    last = shop.get("/v1/customers/search", query="created>0", limit=2, page=first["next_page"])

    assert (len(first["data"]), first["has_more"], len(last["data"]), last["has_more"]) == (2, True, 1, False)


@pytest.mark.parametrize(
    "metadata",
    [{"k" * 41: "v"}, {"k": "v" * 501}, {f"k{n}": "v" for n in range(51)}, {"k": {"nested": "v"}}],
)
def test_metadata_keeps_its_limits(metadata: dict[str, object]) -> None:
    shop = Shop()

    status, _ = shop.refused("POST", "/v1/customers", metadata=metadata)

    assert status == 400
    assert shop.get("/v1/customers")["data"] == []


def test_metadata_at_its_limits_is_kept() -> None:
    metadata = {f"{n:040d}": "v" * 500 for n in range(50)}

    assert Shop().post("/v1/customers", metadata=metadata)["metadata"] == metadata
