"""The official Stripe client takes money at the simulated Stripe: checkout, refunds, disputes, billing, payouts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
import stripe

from tests.connectors.stripe_server import START, StripeServer, connected, serving

DAY = 86400


@pytest.fixture
def server() -> Iterator[StripeServer]:
    with serving() as running:
        yield running


@pytest.fixture
def client(server: StripeServer) -> Iterator[stripe.StripeClient]:
    with connected(server, server.key) as ready:
        yield ready


def _complete(client: stripe.StripeClient, session_id: str, **params: object) -> stripe.StripeObject:
    path = f"/v1/test_helpers/checkout/sessions/{session_id}/complete"
    return client.deserialize(client.raw_request("post", path, **params), api_mode="V1")


def test_the_catalogue_is_read_and_extended(client: stripe.StripeClient) -> None:
    seeded = client.v1.products.retrieve("prod_hydraulic_pump", {"expand": ["default_price"]})
    assert seeded.metadata["erp_part_number"] == "PUMP-100"
    assert seeded.default_price.unit_amount == 129900

    product = client.v1.products.create({"name": "Pressure sensor", "metadata": {"erp_part_number": "SENSOR-810"}})
    price = client.v1.prices.create({"product": product.id, "currency": "kwd", "unit_amount": 12250})

    assert (price.unit_amount, price.unit_amount_decimal) == (12250, Decimal("12250"))
    assert [found.id for found in client.v1.prices.list({"product": product.id})] == [price.id]


def test_a_checkout_leads_to_payment_charge_and_line_items(client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "https://shop.example/thanks",
            "customer_creation": "always",
            "payment_intent_data": {"metadata": {"shop_order": "W-1"}},
            "line_items": [
                {"price": "price_hydraulic_pump_usd", "quantity": 2},
                {"price_data": {"currency": "usd", "unit_amount": 999, "product_data": {"name": "Cap"}}, "quantity": 3},
            ],
        }
    )
    assert (session.amount_total, session.payment_intent, session.payment_status) == (262797, None, "unpaid")

    done = _complete(client, session.id, customer_details={"email": "rosa@example.com", "name": "Rosa"})

    intent = client.v1.payment_intents.retrieve(
        done.payment_intent, {"expand": ["latest_charge.balance_transaction", "customer"]}
    )
    assert (done.status, done.payment_status, intent.status) == ("complete", "paid", "succeeded")
    assert intent.latest_charge.metadata.to_dict() == {"shop_order": "W-1"}
    assert intent.latest_charge.balance_transaction.fee == 7621 + 30
    assert intent.latest_charge.balance_transaction.net == 262797 - 7651
    assert intent.customer.email == "rosa@example.com"
    [again] = client.v1.checkout.sessions.list({"payment_intent": intent.id}).data
    lines = client.v1.checkout.sessions.line_items.list(again.id, {"expand": ["data.price.product"]}).data
    assert [(line.quantity, line.price.product.name) for line in lines] == [(2, "Hydraulic pump HP-100"), (3, "Cap")]


def test_a_payment_is_captured_refunded_in_parts_and_never_beyond(client: stripe.StripeClient) -> None:
    held = client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "capture_method": "manual",
        }
    )
    assert (held.status, held.amount_capturable) == ("requires_capture", 5000)
    taken = client.v1.payment_intents.capture(held.id, {"amount_to_capture": 4000})
    assert (taken.status, taken.amount_received) == ("succeeded", 4000)

    part = client.v1.refunds.create({"payment_intent": held.id, "amount": 1500, "reason": "requested_by_customer"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": held.id, "amount": 2501})
    rest = client.v1.refunds.create({"charge": taken.latest_charge})
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.refunds.create({"charge": taken.latest_charge})

    charge = client.v1.charges.retrieve(taken.latest_charge, {"expand": ["refunds"]})
    assert (part.amount, rest.amount, refusal.value.param) == (1500, 2500, "amount")
    assert again.value.code == "charge_already_refunded"
    assert (charge.refunded, charge.amount_refunded) == (True, 4000)
    assert [refund.id for refund in charge.refunds] == [rest.id, part.id]


def test_a_direct_charge_takes_a_token(client: stripe.StripeClient) -> None:
    charge = client.v1.charges.create({"amount": 189000, "currency": "jpy", "source": "tok_visa"})

    entry = client.v1.balance_transactions.retrieve(charge.balance_transaction)
    assert charge.payment_method_details.card.last4 == "4242"
    assert (entry.amount, entry.currency, entry.exchange_rate) == (126630, "usd", 0.0067)


def test_a_dispute_is_opened_answered_and_won(client: stripe.StripeClient) -> None:
    client.v1.payment_intents.create(
        {"amount": 8800, "currency": "usd", "payment_method": "pm_card_createDispute", "confirm": True}
    )
    [dispute] = client.v1.disputes.list().data
    assert (dispute.status, dispute.balance_transactions[0].net) == ("needs_response", -8800 - 1500)

    won = client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})

    assert won.status == "won"
    assert client.v1.charges.retrieve(won.charge).disputed is True
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(dispute.id)


def test_a_subscription_bills_at_once_and_again_after_a_month(
    server: StripeServer, client: stripe.StripeClient
) -> None:
    customer = client.v1.customers.create({"email": "plan@example.com", "payment_method": "pm_card_visa"})
    [method] = client.v1.payment_methods.list({"customer": customer.id}).data
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})

    subscription = client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": "price_service_plan_usd_monthly", "quantity": 2}],
            "expand": ["latest_invoice.payments"],
        }
    )
    first = subscription.latest_invoice
    assert (subscription.status, first.status, first.total) == ("active", "paid", 39800)
    assert first.payments.data[0].payment.type == "payment_intent"
    assert first.parent.subscription_details.subscription == subscription.id

    server.wait(32 * DAY)

    invoices = client.v1.invoices.list({"subscription": subscription.id}).data
    assert [(invoice.billing_reason, invoice.status) for invoice in invoices] == [
        ("subscription_cycle", "paid"),
        ("subscription_create", "paid"),
    ]
    renewed = client.v1.subscriptions.retrieve(subscription.id)
    assert renewed["items"].data[0].current_period_start == int(START.timestamp()) + 31 * DAY
    assert client.v1.subscriptions.cancel(subscription.id).status == "canceled"


def test_an_invoice_is_written_finalized_and_paid(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "invoice@example.com"})
    invoice = client.v1.invoices.create(
        {"customer": customer.id, "collection_method": "send_invoice", "days_until_due": 30}
    )
    client.v1.invoice_items.create(
        {"customer": customer.id, "invoice": invoice.id, "pricing": {"price": "price_seal_kit_usd"}, "quantity": 4}
    )

    final = client.v1.invoices.finalize_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.invoices.pay(invoice.id)
    paid = client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})

    assert (final.status, final.amount_due, final.lines.data[0].pricing.price_details.product) == (
        "open",
        7580,
        "prod_seal_kit",
    )
    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    [payment] = client.v1.invoice_payments.list({"invoice": invoice.id}).data
    assert (payment.status, payment.amount_paid) == ("paid", 7580)
    assert [line.amount for line in client.v1.invoices.line_items.list(invoice.id)] == [7580]


def test_a_daily_payout_adds_up_to_what_it_covers(server: StripeServer, client: stripe.StripeClient) -> None:
    for amount in (10000, 25000):
        client.v1.payment_intents.create(
            {"amount": amount, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
        )

    server.wait(3 * DAY)

    [payout] = client.v1.payouts.list({"status": "paid"}).data
    covered = client.v1.balance_transactions.list({"payout": payout.id}).data
    charges = [entry for entry in covered if entry.type == "charge"]
    assert sorted(entry.fee for entry in charges) == [320, 755]
    assert payout.amount == sum(entry.net for entry in charges) == 33925
    assert sum(entry.net for entry in covered) == 0
    assert client.v1.balance.retrieve().available[0].amount == 0
