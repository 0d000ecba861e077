"""What a completed checkout session sets off: a payment, or a subscription with its first invoice.

Only `checkout` calls in. Money moves through payment intents and invoices, never from here.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import invoices, payment_intents, payment_methods, subscriptions
from connectors.library.stripe.simulation.desk import Desk
from connectors.library.stripe.simulation.events import emit
from connectors.library.stripe.simulation.problems import StripeProblem
from connectors.library.stripe.simulation.records import Record


def with_billing(method: Record, details: dict[str, Any]) -> None:
    for name in ("address", "email", "name", "phone"):
        method["billing_details"][name] = details[name]


def pay(desk: Desk, session: Record, method: Record) -> None:
    if session["amount_total"] == 0:
        session["payment_status"] = "no_payment_required"
        return
    intent = _intent(desk, session)
    payment_intents.confirmed(desk, intent, method)
    session["payment_intent"] = intent["id"]
    session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    if session["invoice_creation"]["enabled"] and intent["status"] == "succeeded" and session["customer"]:
        session["invoice"] = _invoiced(desk, session, intent)["id"]


def _intent(desk: Desk, session: Record) -> Record:
    """The session's intent: a declined attempt leaves it behind for the next one."""
    earlier = desk.records.get("payment_intents", session.get("_intent", ""))
    if earlier is not None:
        return earlier
    data = {name: value for name, value in session["_intent_data"].items() if value is not None}
    collected = session["collected_information"]
    intent = payment_intents.new_intent(
        desk,
        session["amount_total"],
        session["currency"],
        session["customer"],
        payment_method_types=session["payment_method_types"],
        shipping=collected["shipping_details"] | {"carrier": None, "phone": None} if collected else None,
        **data,
    )
    session["_intent"] = intent["id"]
    desk.save("checkout_sessions", session)
    return intent


def _invoiced(desk: Desk, session: Record, intent: Record) -> Record:
    customer = desk.need("customers", "customer", session["customer"])
    invoice = invoices.new_invoice(desk, customer, session["currency"], metadata=dict(session["metadata"]))
    for item in session["_items"]:
        invoices.add_line(
            desk, invoice, invoices.priced_line(desk, item["price"], item["quantity"], item["description"])
        )
    intent["_invoice"] = invoice["id"]
    desk.save("payment_intents", intent)
    emit(desk, "invoice.created", invoice)
    invoices.finalized(desk, invoice, intent=intent)
    invoices.paid_by(desk, invoice, intent)
    return invoice


def subscribe(desk: Desk, session: Record, method: Record) -> None:
    customer = desk.need("customers", "customer", session["customer"])
    payment_methods.attached(desk, method, customer)
    recurring = [line for line in session["_items"] if line["price"]["type"] == "recurring"]
    once = [line for line in session["_items"] if line["price"]["type"] != "recurring"]
    order = subscriptions.Order(customer, [(line["price"], line["quantity"]) for line in recurring])
    order.once = [(line["price"], line["quantity"]) for line in once]
    order.method, order.metadata = method["id"], session["_subscription_data"]["metadata"]
    order.description = session["_subscription_data"].get("description")
    order.trial_days = session["_subscription_data"].get("trial_period_days")
    subscription, problem = subscriptions.begun(desk, order)
    if problem is not None:
        raise _refused(problem)
    session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"], payment_status="paid")


def _refused(problem: StripeProblem) -> StripeProblem:
    # A session whose first payment is declined stays open and leaves no subscription behind.
    problem.kept = False
    return problem
