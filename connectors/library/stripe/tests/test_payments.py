"""Money: amounts and currencies, checkout, intents, charges, refunds, disputes, fees and payouts."""

from __future__ import annotations

import pytest

from connectors.library.stripe.tests.scenes import BUYER, DAY, ITEMS, Shop


@pytest.mark.parametrize(
    "amount, currency, code",
    [
        (49, "usd", "amount_too_small"),
        (73, "jpy", "amount_too_small"),
        (1234, "kwd", "parameter_invalid_integer"),
        (100_000_000, "usd", "amount_too_large"),
        (12345, "isk", "parameter_invalid_integer"),
    ],
)
def test_amounts_that_cannot_be_charged_are_refused(amount: int, currency: str, code: str) -> None:
    shop = Shop()

    status, error = shop.refused("POST", "/v1/payment_intents", amount=amount, currency=currency)

    assert (status, error["code"], error["param"]) == (400, code, "amount")
    assert shop.get("/v1/payment_intents")["data"] == []


def test_currencies_are_lower_case_and_must_exist() -> None:
    shop = Shop()

    assert shop.post("/v1/payment_intents", amount=5000, currency="EUR")["currency"] == "eur"
    assert shop.refused("POST", "/v1/payment_intents", amount=5000, currency="xxx")[1]["param"] == "currency"


@pytest.mark.parametrize(
    "amount, currency, settled, rate",
    [
        (10000, "usd", 10000, None),
        (10000, "eur", 10850, 1.085),
        (10000, "jpy", 6700, 0.0067),
        (10000, "kwd", 3250, 3.25),
    ],
)
def test_charges_settle_in_dollars_less_the_fee(amount: int, currency: str, settled: int, rate: float | None) -> None:
    shop = Shop()
    intent = shop.pay(amount=amount, currency=currency, expand=["latest_charge.balance_transaction"])

    entry = intent["latest_charge"]["balance_transaction"]

    fee = round(settled * 0.029 + 1e-9) + 30
    assert (entry["amount"], entry["fee"], entry["net"]) == (settled, fee, settled - fee)
    assert (entry["currency"], entry["exchange_rate"]) == ("usd", rate)


def test_a_guest_checkout_has_no_customer_but_billing_details() -> None:
    shop = Shop()
    done = shop.complete(shop.session()["id"])

    charge = shop.get("/v1/charges")["data"][0]

    assert (done["customer"], charge["customer"]) == (None, None)
    assert charge["billing_details"]["name"] == BUYER["name"]
    assert shop.get("/v1/customers")["data"] == []


def test_a_checkout_emits_its_events_in_order() -> None:
    shop = Shop()
    shop.listen()

    shop.buy()

    assert shop.kinds() == [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_session_is_paid_once() -> None:
    shop = Shop()
    session = shop.session()
    shop.complete(session["id"])

    status, _ = shop.refused("POST", f"/v1/test_helpers/checkout/sessions/{session['id']}/complete")

    assert status == 400
    assert len(shop.get("/v1/charges")["data"]) == 1


def test_a_declined_checkout_stays_open_and_can_be_paid_with_another_card() -> None:
    shop = Shop()
    session = shop.session()
    path = f"/v1/test_helpers/checkout/sessions/{session['id']}/complete"

    status, error = shop.refused("POST", path, payment_method="pm_card_chargeDeclined")
    done = shop.complete(session["id"])

    assert (status, error["decline_code"]) == (402, "generic_decline")
    assert [charge["status"] for charge in shop.get("/v1/charges")["data"]] == ["succeeded", "failed"]
    assert len(shop.get("/v1/payment_intents")["data"]) == 1
    assert done["payment_status"] == "paid"


def test_shipping_is_part_of_the_total() -> None:
    rate = {"display_name": "Freight", "type": "fixed_amount", "fixed_amount": {"amount": 2500, "currency": "usd"}}

    done = Shop().buy(
        shipping_options=[{"shipping_rate_data": rate}], shipping_address_collection={"allowed_countries": ["US"]}
    )

    assert done["amount_total"] == 2 * 129900 + 5 * 1895 + 2500
    assert done["total_details"]["amount_shipping"] == 2500
    assert done["collected_information"]["shipping_details"]["address"]["city"] == "Cleveland"


def test_a_session_expires_after_a_day() -> None:
    shop = Shop()
    shop.listen()
    session = shop.session()

    shop.wait(DAY)

    assert shop.get(f"/v1/checkout/sessions/{session['id']}")["status"] == "expired"
    assert shop.kinds() == ["checkout.session.expired"]


def test_a_bank_debit_is_unpaid_at_first_and_paid_days_later() -> None:
    shop = Shop()
    shop.listen()
    session = shop.complete(shop.session()["id"], payment_method="pm_usBankAccount_success")
    assert session["payment_status"] == "unpaid"
    assert "charge.pending" in shop.kinds()
    shop.forget()

    shop.wait(3 * DAY)

    assert shop.get(f"/v1/checkout/sessions/{session['id']}")["payment_status"] == "paid"
    assert shop.kinds()[:3] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_an_absent_customer_cannot_authenticate() -> None:
    shop = Shop()
    present = shop.pay("pm_card_authenticationRequired")

    status, error = shop.refused(
        "POST",
        "/v1/payment_intents",
        amount=5000,
        currency="usd",
        confirm=True,
        off_session=True,
        payment_method="pm_card_authenticationRequired",
    )

    assert present["status"] == "requires_action"
    assert (status, error["code"]) == (402, "authentication_required")


def test_a_finished_intent_can_be_neither_confirmed_nor_canceled() -> None:
    shop = Shop()
    intent = shop.pay()

    for action in ("confirm", "cancel", "capture"):
        status, error = shop.refused("POST", f"/v1/payment_intents/{intent['id']}/{action}")
        assert (status, error["code"]) == (400, "payment_intent_unexpected_state")
        assert error["payment_intent"]["status"] == "succeeded"


def test_a_refund_that_fails_gives_the_money_back_to_the_balance() -> None:
    shop = Shop()
    intent = shop.pay("pm_card_refundFail")
    refund = shop.post("/v1/refunds", payment_intent=intent["id"])
    shop.listen()

    shop.wait(3600)

    after = shop.get(f"/v1/refunds/{refund['id']}")
    charge = shop.get(f"/v1/charges/{refund['charge']}")
    assert (refund["status"], after["status"]) == ("succeeded", "failed")
    assert (charge["refunded"], charge["amount_refunded"]) == (False, 0)
    assert "refund.failed" in shop.kinds()


def test_a_pending_refund_can_be_canceled_and_a_settled_one_cannot() -> None:
    shop = Shop()
    pending = shop.post("/v1/refunds", payment_intent=shop.pay("pm_card_pendingRefund")["id"])
    settled = shop.post("/v1/refunds", payment_intent=shop.pay()["id"])

    canceled = shop.post(f"/v1/refunds/{pending['id']}/cancel")

    assert canceled["status"] == "canceled"
    assert shop.refused("POST", f"/v1/refunds/{settled['id']}/cancel")[0] == 400


def test_a_disputed_charge_cannot_be_refunded_unless_it_is_an_inquiry() -> None:
    shop = Shop()
    disputed, asked = shop.pay("pm_card_createDispute"), shop.pay("pm_card_createDisputeInquiry")

    assert shop.refused("POST", "/v1/refunds", payment_intent=disputed["id"])[1]["code"] == "charge_disputed"
    assert shop.post("/v1/refunds", payment_intent=asked["id"])["status"] == "succeeded"


def test_writing_metadata_on_a_charge_tells_only_what_changed_and_only_once() -> None:
    shop = Shop()
    charge = shop.get(f"/v1/payment_intents/{shop.pay(metadata={'order': '7'})['id']}")["latest_charge"]
    shop.listen("charge.updated")

    shop.post(f"/v1/charges/{charge}", metadata={"epicor_order": "100482"})
    shop.post(f"/v1/charges/{charge}", metadata={"epicor_order": "100482"})

    [event] = shop.heard()
    assert event["data"]["previous_attributes"] == {"metadata": {"epicor_order": None}}
    assert event["data"]["object"]["metadata"] == {"order": "7", "epicor_order": "100482"}


def test_money_is_paid_out_once_and_the_books_end_at_zero() -> None:
    shop = Shop()
    shop.buy()
    shop.pay("pm_card_createDispute")
    shop.post("/v1/refunds", payment_intent=shop.pay(amount=9000)["id"], amount=1000)

    shop.wait(10 * DAY)

    entries = shop.get("/v1/balance_transactions", limit=100)["data"]
    [payout] = shop.get("/v1/payouts")["data"]
    covered = shop.get("/v1/balance_transactions", payout=payout["id"], limit=100)["data"]
    assert sum(entry["net"] for entry in entries) == 0
    assert payout["amount"] == sum(entry["net"] for entry in covered if entry["type"] != "payout")
    assert {entry["id"] for entry in covered} == {entry["id"] for entry in entries}
    assert (payout["status"], payout["reconciliation_status"]) == ("paid", "completed")


def test_a_manual_payout_takes_no_more_than_is_available() -> None:
    shop = Shop()
    shop.pay("pm_card_bypassPending", amount=10000)

    status, error = shop.refused("POST", "/v1/payouts", amount=9681, currency="usd")
    payout = shop.post("/v1/payouts", amount=9680, currency="usd")

    assert (status, error["code"]) == (400, "balance_insufficient")
    assert payout["status"] == "pending"
    assert shop.get("/v1/balance")["available"][0]["amount"] == 0


def test_line_items_need_one_currency_and_the_right_mode() -> None:
    shop = Shop()
    mixed = [ITEMS[0], {"price": "price_hydraulic_pump_eur", "quantity": 1}]
    plan = [{"price": "price_service_plan_usd_monthly", "quantity": 1}]
    address = "https://x.example"

    for items in (mixed, plan):
        status, _ = shop.refused("POST", "/v1/checkout/sessions", mode="payment", success_url=address, line_items=items)
        assert status == 400
    assert shop.get("/v1/checkout/sessions")["data"] == []
