"""Whatever is sent, the simulated Stripe answers in Stripe's words: never an exception, never a half-made object."""

from __future__ import annotations

import json
import random

import pytest

from connectors.library.stripe.simulation.routes import ROUTES
from connectors.library.stripe.tests.scenes import Shop
from connectors.sdk.simulator import SimRequest

ODD = ("", "-1", "0", "true", "null", "9" * 30, "usd", "pm_card_visa", "ü€", "a" * 600, "1.5", "2026-01-01", "%00", "*")
SHAPES = ("{name}", "{name}[]", "{name}[0]", "{name}[0][price]", "{name}[a][b]", "{name}[data][x]", "{name}[email]")


def _filled() -> Shop:
    shop = Shop()
    shop.listen()
    shop.buy()
    customer = shop.subscriber()
    shop.post("/v1/subscriptions", customer=customer["id"], items=[{"price": "price_service_plan_usd_monthly"}])
    invoice = shop.post("/v1/invoices", customer=customer["id"])
    shop.post("/v1/invoiceitems", customer=customer["id"], invoice=invoice["id"], amount=900, currency="usd")
    shop.post("/v1/refunds", payment_intent=shop.pay()["id"], amount=10)
    shop.pay("pm_card_createDispute")
    shop.session()
    shop.wait(86400 * 4)
    return shop


def _identifiers(shop: Shop) -> list[str]:
    held = shop.simulator.ledger()
    return [row["id"] for rows in held.values() for row in rows[:2]] + ["nowhere", "../x"]


@pytest.mark.parametrize("seed", range(6))
def test_odd_parameters_on_every_path_get_an_answer_in_the_systems_own_shape(seed: int) -> None:
    chance = random.Random(seed)
    shop = _filled()
    values = (*ODD, *_identifiers(shop))

    for entry in ROUTES * 3:
        names = chance.sample(sorted(entry.parameters), min(len(entry.parameters), chance.randint(0, 4)))
        pairs = {chance.choice(SHAPES).format(name=name): chance.choice(values) for name in names}
        path = entry.path.replace("{id}", chance.choice(values[len(ODD) :]))

        answer = shop.send(entry.method, path, pairs)

        assert answer.status in (200, 400, 402, 404), (entry.method, path, pairs, answer.body)
        assert isinstance(json.loads(answer.body), dict)


def test_odd_bodies_are_refused() -> None:
    shop = Shop()
    bodies = (b"\xff\xfe", b"a=1&a[b]=2", b"a[=1", b"[]=1", b"a[b]c=1", b"email=%00", b"a" + b"[x]" * 40 + b"=1")

    statuses = [
        shop.simulator.handle(SimRequest("POST", "/v1/customers", headers=shop.headers, body=body)).status
        for body in bodies
    ]

    assert statuses == [400] * len(bodies)
    assert shop.get("/v1/customers")["data"] == []


def test_json_bodies_are_refused_because_this_api_takes_forms() -> None:
    shop = Shop()
    headers = shop.headers | {"content-type": "application/json"}

    answer = shop.simulator.handle(SimRequest("POST", "/v1/customers", headers=headers, body=b'{"name":"x"}'))

    assert answer.status == 400
    assert "x-www-form-urlencoded" in json.loads(answer.body)["error"]["message"]


def test_unknown_paths_and_methods_are_not_found() -> None:
    shop = Shop()

    assert shop.refused("GET", "/v1/unknown")[0] == 404
    assert shop.refused("DELETE", "/v1/charges/ch_1")[0] == 404


def test_a_refused_request_leaves_nothing_behind() -> None:
    shop = Shop()
    shop.listen()
    before = shop.store.collections()
    items = [
        {"price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Cap"}}, "quantity": 1},
        {"price": "price_unknown", "quantity": 1},
    ]

    status, error = shop.refused(
        "POST", "/v1/checkout/sessions", mode="payment", success_url="https://x.example", line_items=items
    )

    assert (status, error["param"]) == (400, "line_items[1][price]")
    assert shop.store.collections() == before
    assert shop.heard() == []


def test_reading_changes_nothing() -> None:
    shop = _filled()
    before = shop.store.collections()

    for entry in ROUTES:
        if entry.method == "GET":
            for identifier in _identifiers(shop)[:6]:
                shop.send("GET", entry.path.replace("{id}", identifier))

    assert shop.store.collections() == before
