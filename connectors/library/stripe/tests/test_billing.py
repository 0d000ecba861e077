"""Invoices, subscriptions and credit notes over time."""

from __future__ import annotations

from connectors.library.stripe.simulation.periods import following
from connectors.library.stripe.tests.scenes import DAY, START, Shop

PLAN = [{"price": "price_service_plan_usd_monthly", "quantity": 1}]
MONTHLY = {"interval": "month", "interval_count": 1}


def _stamp(text: str) -> int:
    return int(START.fromisoformat(text).timestamp())


def test_periods_keep_the_day_of_the_anchor() -> None:
    anchor = _stamp("2026-01-31T10:00:00+00:00")
    february = following(anchor, anchor, MONTHLY)

    assert february == _stamp("2026-02-28T10:00:00+00:00")
    assert following(anchor, february, MONTHLY) == _stamp("2026-03-31T10:00:00+00:00")


def test_a_subscription_that_cannot_be_paid_falls_behind_and_ends() -> None:
    shop = Shop()
    customer = shop.subscriber()
    subscription = shop.post("/v1/subscriptions", customer=customer["id"], items=PLAN)
    broke = shop.post("/v1/payment_methods", type="card", card={"token": "tok_chargeCustomerFail"})
    shop.post(f"/v1/payment_methods/{broke['id']}/attach", customer=customer["id"])
    shop.post(f"/v1/subscriptions/{subscription['id']}", default_payment_method=broke["id"])
    shop.listen("invoice.payment_failed", "customer.subscription.updated", "customer.subscription.deleted")

    shop.wait(31 * DAY + 3600)
    behind = shop.get(f"/v1/subscriptions/{subscription['id']}")
    shop.wait(10 * DAY)
    ended = shop.get(f"/v1/subscriptions/{subscription['id']}")

    assert (behind["status"], ended["status"]) == ("past_due", "canceled")
    assert ended["cancellation_details"]["reason"] == "payment_failed"
    assert shop.kinds().count("invoice.payment_failed") == 4
    assert shop.kinds()[-1] == "customer.subscription.deleted"


def test_a_first_payment_that_fails_leaves_the_subscription_incomplete_or_undone() -> None:
    shop = Shop()
    customer = shop.subscriber("pm_card_chargeCustomerFail")

    kept = shop.post("/v1/subscriptions", customer=customer["id"], items=PLAN)
    status, error = shop.refused(
        "POST", "/v1/subscriptions", customer=customer["id"], items=PLAN, payment_behavior="error_if_incomplete"
    )

    assert kept["status"] == "incomplete"
    assert (status, error["code"]) == (402, "card_declined")
    assert len(shop.get("/v1/subscriptions", status="all")["data"]) == 1
    shop.wait(DAY)
    assert shop.get(f"/v1/subscriptions/{kept['id']}")["status"] == "incomplete_expired"


def test_a_trial_costs_nothing_until_it_ends() -> None:
    shop = Shop()
    customer = shop.subscriber()
    subscription = shop.post("/v1/subscriptions", customer=customer["id"], items=PLAN, trial_period_days=14)
    assert (subscription["status"], shop.get("/v1/charges")["data"]) == ("trialing", [])

    shop.wait(14 * DAY + 3600)

    assert shop.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"
    assert [charge["amount"] for charge in shop.get("/v1/charges")["data"]] == [19900]


def test_a_change_in_the_middle_is_billed_in_proportion() -> None:
    shop = Shop()
    customer = shop.subscriber()
    subscription = shop.post("/v1/subscriptions", customer=customer["id"], items=PLAN)
    shop.wait(15 * DAY + DAY // 2)

    item = subscription["items"]["data"][0]["id"]
    shop.post(f"/v1/subscriptions/{subscription['id']}", items=[{"id": item, "quantity": 3}])
    waiting = shop.get("/v1/invoiceitems", customer=customer["id"], pending=True)["data"]
    shop.wait(16 * DAY)

    renewal = shop.get("/v1/invoices", subscription=subscription["id"])["data"][0]
    assert sorted(entry["amount"] for entry in waiting) == [-9950, 29850]
    assert renewal["total"] == 3 * 19900 + 29850 - 9950
    assert shop.get("/v1/invoiceitems", customer=customer["id"], pending=True)["data"] == []


def test_a_subscription_can_end_with_its_period() -> None:
    shop = Shop()
    customer = shop.subscriber()
    subscription = shop.post("/v1/subscriptions", customer=customer["id"], items=PLAN)
    shop.post(f"/v1/subscriptions/{subscription['id']}", cancel_at_period_end=True)

    shop.wait(31 * DAY)

    assert shop.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "canceled"
    assert len(shop.get("/v1/invoices")["data"]) == 1
    assert shop.get("/v1/subscriptions")["data"] == []


def test_a_subscription_checkout_makes_customer_subscription_and_paid_invoice() -> None:
    shop = Shop()
    shop.listen()

    done = shop.complete(shop.session(mode="subscription", line_items=PLAN)["id"])

    invoice = shop.get(f"/v1/invoices/{done['invoice']}")
    payments = shop.get("/v1/invoice_payments", invoice=invoice["id"])["data"]
    assert shop.get(f"/v1/subscriptions/{done['subscription']}")["status"] == "active"
    assert (invoice["status"], [payment["status"] for payment in payments]) == ("paid", ["paid"])
    assert shop.kinds()[-1] == "checkout.session.completed"
    assert {"customer.subscription.created", "invoice.paid", "invoice_payment.paid"} < set(shop.kinds())


def test_a_finalized_invoice_is_fixed() -> None:
    shop = Shop()
    customer = shop.post("/v1/customers", name="Keller")
    invoice = shop.post("/v1/invoices", customer=customer["id"])
    item = shop.post("/v1/invoiceitems", customer=customer["id"], invoice=invoice["id"], amount=900, currency="usd")
    shop.post(f"/v1/invoices/{invoice['id']}/finalize")

    assert shop.refused("POST", f"/v1/invoiceitems/{item['id']}", amount=1)[1]["code"] == "invoice_not_editable"
    assert shop.refused("DELETE", f"/v1/invoices/{invoice['id']}")[1]["code"] == "invoice_not_editable"
    assert shop.refused("POST", f"/v1/invoices/{invoice['id']}", auto_advance=True)[0] == 400
    assert shop.get(f"/v1/invoices/{invoice['id']}")["total"] == 900


def test_invoice_numbers_count_up_for_each_customer() -> None:
    shop = Shop()
    customer = shop.post("/v1/customers", name="Keller", invoice_prefix="KEL")
    numbers = []
    for _ in range(2):
        invoice = shop.post("/v1/invoices", customer=customer["id"])
        shop.post("/v1/invoiceitems", customer=customer["id"], invoice=invoice["id"], amount=900, currency="usd")
        numbers.append(shop.post(f"/v1/invoices/{invoice['id']}/finalize")["number"])

    assert [number.rpartition("-")[2] for number in numbers] == ["0001", "0002"]


def test_a_credit_note_takes_money_off_and_never_more_than_is_left() -> None:
    shop = Shop()
    customer = shop.subscriber()
    invoice = shop.post("/v1/invoices", customer=customer["id"])
    shop.post("/v1/invoiceitems", customer=customer["id"], invoice=invoice["id"], amount=9000, currency="usd")
    shop.post(f"/v1/invoices/{invoice['id']}/finalize")

    before = shop.post("/v1/credit_notes", invoice=invoice["id"], amount=2000)
    paid = shop.post(f"/v1/invoices/{invoice['id']}/pay")
    after = shop.post("/v1/credit_notes", invoice=invoice["id"], amount=3000, refund_amount=3000)
    status, error = shop.refused("POST", "/v1/credit_notes", invoice=invoice["id"], amount=4001)

    assert (before["type"], after["type"], paid["amount_paid"]) == ("pre_payment", "post_payment", 7000)
    assert shop.get("/v1/refunds")["data"][0]["amount"] == 3000
    assert (status, error["param"]) == (400, "amount")


def test_a_void_invoice_cannot_be_paid() -> None:
    shop = Shop()
    customer = shop.subscriber()
    invoice = shop.post("/v1/invoices", customer=customer["id"])
    shop.post("/v1/invoiceitems", customer=customer["id"], invoice=invoice["id"], amount=9000, currency="usd")
    shop.post(f"/v1/invoices/{invoice['id']}/finalize")
    shop.post(f"/v1/invoices/{invoice['id']}/void")

    assert shop.refused("POST", f"/v1/invoices/{invoice['id']}/pay")[0] == 400
    assert [intent["status"] for intent in shop.get("/v1/payment_intents")["data"]] == ["canceled"]
