"""Every operation of the Stripe connector, performed against the simulated Stripe, answers as its schema says.

The requests are the ones the gateway makes of the manifest; only the network between is left out.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from connectors.gateway.declared import Prepared, perform
from connectors.library.stripe import operations
from connectors.library.stripe.tests.scenes import BROKE, BUYER, DAY, ITEMS, Shop
from connectors.sdk.errors import Rejected
from connectors.sdk.http import HttpAnswer
from connectors.sdk.manifest import Manifest, load_manifest

FOLDER = Path(operations.__file__).parent
PLAN = [{"price": "price_service_plan_usd_monthly", "quantity": 1}]
World = dict[str, Any]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load_manifest(FOLDER)


class ShopHttp:
    """What the gateway gives an operation, with the simulator on the other end."""

    def __init__(self, shop: Shop, key: str | None) -> None:
        self.shop = shop
        self.idempotency_key = key
        self.config: Mapping[str, Any] = {}
        self.now: datetime = shop.store.now()

    async def request(self, method: str, path: str, *, check: bool = True, **given: Any) -> HttpAnswer:
        fields = {**(given.get("query") or {}), **(given.get("form") or {})}
        answer = self.shop.send(method, path, fields, _lower(given.get("headers") or {}))
        if check and answer.status >= 400:
            raise Rejected(answer.body.decode(), code=str(answer.status))
        return HttpAnswer(answer.status, answer.headers, answer.body)

    async def send(self, prepared: Prepared, *, writes: bool) -> HttpAnswer:
        return await self.request(
            prepared.method, prepared.path, query=prepared.query, form=prepared.form, headers=prepared.headers
        )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def call(manifest: Manifest, shop: Shop, name: str, inputs: Mapping[str, Any], key: str | None = None) -> Any:
    """Perform an operation as the gateway does: input checked, output read."""
    operation = manifest.operations[name]
    jsonschema_rs.validate(dict(operation.input), inputs)
    http = ShopHttp(shop, key or f"key-{name}-{shop.store.token(8)}" if operation.effect == "keyed" else None)
    if operation.request is not None:
        return await perform(operation, http, {}, inputs)
    return await getattr(operations, name)(http, inputs)


def _id(of: str) -> Callable[[World], World]:
    return lambda world: {"id": world[of]["id"]}


def _invoiced(world: World) -> World:
    return {"customer": world["payer"]["id"], "invoice": world["create_invoice"]["id"]}


# Each operation once, in an order in which each finds what it needs.
STEPS: dict[str, Callable[[World], World]] = {
    "retrieve_account": lambda world: {},
    "create_webhook_endpoint": lambda world: {"url": "https://ipaas.example/hooks/1", "events": ["charge.succeeded"]},
    "update_webhook_endpoint": lambda world: {"id": world["create_webhook_endpoint"]["id"], "events": ["*"]},
    "create_product": lambda world: {"id": "prod_sensor", "name": "Sensor", "metadata": {"erp_part_number": "S-1"}},
    "retrieve_product": lambda world: {"id": "prod_sensor"},
    "update_product": lambda world: {"id": "prod_sensor", "description": "4-20 mA"},
    "list_products": lambda world: {"active": True},
    "create_price": lambda world: {"product": "prod_sensor", "currency": "eur", "unit_amount": 14900},
    "retrieve_price": _id("create_price"),
    "list_prices": lambda world: {"product": "prod_sensor"},
    "create_customer": lambda world: {"name": "Keller", "email": BUYER["email"], "address": BUYER["address"]},
    "retrieve_customer": _id("create_customer"),
    "update_customer": lambda world: {"id": world["create_customer"]["id"], "metadata": {"epicor_cust_id": "KELLER"}},
    "find_customer_by_email": lambda world: {"email": BUYER["email"]},
    "list_customers": lambda world: {"created_from": 1},
    "create_checkout_session": lambda world: {
        "mode": "payment",
        "line_items": ITEMS,
        "success_url": "https://shop.example/thanks",
        "customer": world["create_customer"]["id"],
    },
    "retrieve_checkout_session": _id("create_checkout_session"),
    "list_checkout_sessions": lambda world: {"payment_intent": world["bought"]["payment_intent"]},
    "list_checkout_line_items": _id("bought"),
    "find_checkout_session_by_payment_intent": lambda world: {"payment_intent": world["bought"]["payment_intent"]},
    "expire_checkout_session": _id("create_checkout_session"),
    "create_payment_intent": lambda world: {"amount": 5000, "currency": "usd"},
    "retrieve_payment_intent": _id("create_payment_intent"),
    "list_payment_intents": lambda world: {"max_items": 3},
    "confirm_payment_intent": lambda world: {
        "id": world["create_payment_intent"]["id"],
        "payment_method": "pm_card_visa",
    },
    "capture_payment_intent": lambda world: {"id": world["held"]["id"], "amount_to_capture": 4000},
    "cancel_payment_intent": _id("waiting"),
    "retrieve_charge": lambda world: {"id": world["confirm_payment_intent"]["latest_charge"]},
    "update_charge": lambda world: {"id": world["retrieve_charge"]["id"], "metadata": {"epicor_order": "100482"}},
    "list_charges": lambda world: {"payment_intent": world["create_payment_intent"]["id"]},
    "create_refund": lambda world: {"charge": world["retrieve_charge"]["id"], "amount": 1000},
    "retrieve_refund": _id("create_refund"),
    "list_refunds": lambda world: {"charge": world["retrieve_charge"]["id"]},
    "create_invoice": lambda world: {
        "customer": world["payer"]["id"],
        "collection_method": "send_invoice",
        "days_until_due": 30,
    },
    "create_invoice_item": lambda world: _invoiced(world) | {"amount": 45000, "currency": "usd"},
    "retrieve_invoice": _id("create_invoice"),
    "list_invoice_lines": _id("create_invoice"),
    "finalize_invoice": _id("create_invoice"),
    "send_invoice": _id("create_invoice"),
    "create_credit_note": lambda world: {"invoice": world["create_invoice"]["id"], "amount": 5000},
    "pay_invoice": _id("create_invoice"),
    "list_invoices": lambda world: {"customer": world["payer"]["id"], "status": "paid"},
    "list_invoice_payments": lambda world: {"invoice": world["create_invoice"]["id"]},
    "void_invoice": _id("unpaid"),
    "create_subscription": lambda world: {"customer": world["payer"]["id"], "items": PLAN},
    "retrieve_subscription": _id("create_subscription"),
    "update_subscription": lambda world: {"id": world["create_subscription"]["id"], "metadata": {"machine": "P4"}},
    "list_subscriptions": lambda world: {"customer": world["payer"]["id"]},
    "cancel_subscription": _id("create_subscription"),
    "list_disputes": lambda world: {},
    "retrieve_dispute": lambda world: {"id": world["list_disputes"]["items"][0]["id"]},
    "retrieve_balance": lambda world: {},
    "create_payout": lambda world: {"amount": 50000, "currency": "usd"},
    "list_payouts": lambda world: {"status": "paid"},
    "retrieve_payout": lambda world: {"id": world["list_payouts"]["items"][0]["id"]},
    "list_balance_transactions": lambda world: {"payout": world["retrieve_payout"]["id"], "type": "charge"},
    "retrieve_balance_transaction": lambda world: {"id": world["list_balance_transactions"]["items"][0]["id"]},
    "list_events": lambda world: {"type": "charge.succeeded"},
    "retrieve_event": lambda world: {"id": world["list_events"]["items"][0]["id"]},
    "delete_webhook_endpoint": _id("create_webhook_endpoint"),
}


def _prepared(shop: Shop) -> World:
    """What operations find there that other people or other systems made."""
    payer = shop.subscriber()
    unpaid = shop.post("/v1/invoices", customer=payer["id"])
    shop.post("/v1/invoiceitems", customer=payer["id"], invoice=unpaid["id"], amount=900, currency="usd")
    shop.post(f"/v1/invoices/{unpaid['id']}/finalize")
    shop.pay("pm_card_createDispute", amount=8800)
    bought = shop.buy()
    shop.wait(4 * DAY)
    shop.pay("pm_card_bypassPending", amount=90000)
    return {
        "payer": payer,
        "unpaid": unpaid,
        "bought": bought,
        "held": shop.pay(capture_method="manual"),
        "waiting": shop.post("/v1/payment_intents", amount=900, currency="usd"),
    }


def test_the_steps_cover_every_operation(manifest: Manifest) -> None:
    assert set(STEPS) == set(manifest.operations)


async def test_every_operation_works_and_answers_as_its_schema_says(manifest: Manifest) -> None:
    shop = Shop()
    world = _prepared(shop)

    for name, inputs in STEPS.items():
        world[name] = await call(manifest, shop, name, inputs(world))
        jsonschema_rs.validate(dict(manifest.operations[name].output), world[name])

    assert world["find_checkout_session_by_payment_intent"]["line_items"]["data"][0]["price"]["product"]["id"] in {
        "prod_hydraulic_pump",
        "prod_seal_kit",
    }
    assert world["cancel_subscription"]["status"] == "canceled"
    assert shop.get("/v1/webhook_endpoints")["data"] == []


async def test_reads_leave_the_system_as_it_is(manifest: Manifest) -> None:
    shop = Shop()
    world = _prepared(shop)
    made = [name for name, operation in manifest.operations.items() if operation.writes]
    for name, inputs in STEPS.items():
        if name in made or name.startswith(("list_", "retrieve_")):
            world[name] = await call(manifest, shop, name, inputs(world))
    before = shop.store.collections()

    for name, inputs in STEPS.items():
        if name not in made:
            await call(manifest, shop, name, inputs(world))

    assert shop.store.collections() == before


async def test_a_keyed_operation_repeated_with_its_key_has_one_effect(manifest: Manifest) -> None:
    shop = Shop()
    intent = shop.pay()
    inputs = {"payment_intent": intent["id"], "amount": 1000}

    first = await call(manifest, shop, "create_refund", inputs, "one-key")
    second = await call(manifest, shop, "create_refund", inputs, "one-key")

    assert second["id"] == first["id"]
    assert shop.get(f"/v1/charges/{intent['latest_charge']}")["amount_refunded"] == 1000


async def test_what_is_gone_already_can_be_ended_again(manifest: Manifest) -> None:
    shop = Shop()
    subscription = shop.post("/v1/subscriptions", customer=shop.subscriber()["id"], items=PLAN)
    endpoint = shop.listen()

    ended = [await call(manifest, shop, "cancel_subscription", {"id": subscription["id"]}) for _ in range(2)]
    gone = [await call(manifest, shop, "delete_webhook_endpoint", {"id": endpoint["id"]}) for _ in range(2)]

    assert [answer["status"] for answer in ended] == ["canceled", "canceled"]
    assert [answer["deleted"] for answer in gone] == [True, True]
    with pytest.raises(Rejected):
        await call(manifest, shop, "cancel_subscription", {"id": "sub_nowhere"})


async def test_a_payment_without_a_checkout_has_no_line_items(manifest: Manifest) -> None:
    shop = Shop()

    answer = await call(manifest, shop, "find_checkout_session_by_payment_intent", {"payment_intent": shop.pay()["id"]})

    assert answer == {"found": False, "id": None, "line_items": {"data": [], "has_more": False}}


async def test_all_line_items_of_a_large_basket_are_found(manifest: Manifest) -> None:
    shop = Shop()
    items = [{"price": "price_hydraulic_hose_usd", "quantity": number} for number in range(1, 131)]
    bought = shop.buy(line_items=items)

    found = await call(
        manifest, shop, "find_checkout_session_by_payment_intent", {"payment_intent": bought["payment_intent"]}
    )
    listed = await call(manifest, shop, "list_checkout_line_items", {"id": bought["id"], "max_items": 110})

    assert [line["quantity"] for line in found["line_items"]["data"]] == list(range(1, 131))
    assert (len(listed["items"]), listed["has_more"]) == (110, True)


async def test_an_unknown_email_finds_nobody_and_a_shared_one_the_newest(manifest: Manifest) -> None:
    shop = Shop()
    shop.post("/v1/customers", email="two@example.com")
    newest = shop.post("/v1/customers", email="two@example.com")

    nobody = await call(manifest, shop, "find_customer_by_email", {"email": "none@example.com"})
    somebody = await call(manifest, shop, "find_customer_by_email", {"email": "two@example.com"})

    assert nobody == {"found": False, "matches": 0, "id": None}
    assert (somebody["found"], somebody["matches"], somebody["id"]) == (True, 2, newest["id"])


def test_samples_fit_their_schemas(manifest: Manifest) -> None:
    for name, operation in manifest.operations.items():
        assert operation.sample is not None, name
        jsonschema_rs.validate(dict(operation.input), operation.sample.input)
        jsonschema_rs.validate(dict(operation.output), operation.sample.output)
    for name, event in manifest.triggers["webhook"].events.items():
        assert event.sample["type"] == name
        jsonschema_rs.validate(dict(event.schema), event.sample)


def test_every_coded_operation_has_its_function(manifest: Manifest) -> None:
    coded = {name for name, operation in manifest.operations.items() if operation.request is None}
    functions = {
        name
        for name, function in inspect.getmembers(operations, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }

    assert coded == functions


def test_people_are_told_what_every_field_is(manifest: Manifest) -> None:
    untitled = [
        f"{name}{pointer}"
        for name, operation in manifest.operations.items()
        for side in (operation.input, operation.output)
        for pointer in _untitled(side, "")
    ]

    assert untitled == []


def _untitled(schema: Mapping[str, Any], pointer: str) -> list[str]:
    found = []
    for name, field in schema.get("properties", {}).items():
        here = f"{pointer}/{name}"
        found += [] if field.get("title") else [here]
        found += _untitled(field, here) + _untitled(field.get("items", {}), f"{here}[]")
    return found


def test_the_pinned_version_is_the_same_everywhere(manifest: Manifest) -> None:
    assert manifest.headers["Stripe-Version"] == operations.API_VERSION
    sample = manifest.triggers["webhook"].events["charge.succeeded"].sample
    assert sample["api_version"] == operations.API_VERSION


def test_a_declined_card_keeps_its_reason_for_the_error_table() -> None:
    shop = Shop()

    status, error = shop.refused(
        "POST", "/v1/payment_intents", amount=5000, currency="usd", confirm=True, payment_method=BROKE
    )

    assert (status, error["code"], error["decline_code"]) == (402, "card_declined", "insufficient_funds")
    assert json.dumps(error).count("insufficient_funds") >= 1
