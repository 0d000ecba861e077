"""Subscriptions: how they begin, renew, fall behind, change and end.

Checkout and the subscription endpoints act through `begun`, `end` and the functions between; the agenda calls in at
the end of each period. Money moves only through invoices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.library.stripe.simulation import agenda, invoices, periods
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.listing import whole
from connectors.library.stripe.simulation.problems import StripeProblem
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.shapes import blank

ENDED = ("canceled", "incomplete_expired")
INCOMPLETE_SECONDS = 23 * 3600


@dataclass
class Order:
    """What somebody subscribes to, and how it is to be paid."""

    customer: Record
    items: list[tuple[Record, int]]
    once: list[tuple[Record, int]] = field(default_factory=list)
    method: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    trial_days: int | None = None
    trial_end: int | None = None
    collection: str = "charge_automatically"
    days_until_due: int | None = None
    behavior: str = "allow_incomplete"
    more: dict[str, Any] = field(default_factory=dict)


def new_item(desk: Desk, subscription: Record, price: Record, quantity: int, period: tuple[int, int]) -> Record:
    item = blank("subscription_item")
    item.update(id=desk.new_id("si", 14), created=desk.now, price=snapshot(price), quantity=quantity)
    item.update(subscription=subscription["id"], plan=plan_of(price))
    item.update(current_period_start=period[0], current_period_end=period[1])
    return item


def plan_of(price: Record) -> Record:
    plan, recurring = blank("plan"), price["recurring"]
    for name in ("id", "active", "created", "currency", "metadata", "nickname", "product", "billing_scheme"):
        plan[name] = price[name]
    plan.update(amount=price["unit_amount"], amount_decimal=price["unit_amount_decimal"])
    plan.update(interval=recurring["interval"], interval_count=recurring["interval_count"])
    return plan


def begun(desk: Desk, order: Order) -> tuple[Record, StripeProblem | None]:
    """A new subscription with its first invoice, and the card error if its first payment was declined."""
    trial_end = order.trial_end or (desk.now + order.trial_days * agenda.DAY if order.trial_days else None)
    subscription = _new(desk, order, trial_end)
    invoice = _invoice(desk, subscription, "subscription_create", free=trial_end is not None)
    for price, quantity in order.once:
        invoices.add_line(desk, invoice, invoices.priced_line(desk, price, quantity))
    subscription["latest_invoice"] = invoice["id"]
    desk.save("subscriptions", subscription)
    emit(desk, "customer.subscription.created", subscription)
    emit(desk, "invoice.created", invoice)
    invoices.finalized(desk, invoice)
    problem = None
    if invoice["status"] == "open" and order.collection == "charge_automatically":
        problem = _first_payment(desk, subscription, invoice, order)
    agenda.add(desk, _period_end(subscription), "subscription_period", subscription["id"])
    return subscription, problem


def _new(desk: Desk, order: Order, trial_end: int | None) -> Record:
    subscription = blank("subscription")
    recurring = order.items[0][0]["recurring"]
    end = trial_end or periods.following(desk.now, desk.now, recurring)
    waits = order.collection == "charge_automatically" and trial_end is None
    subscription.update(
        id=desk.new_id("sub"),
        created=desk.now,
        start_date=desk.now,
        billing_cycle_anchor=trial_end or desk.now,
        currency=order.items[0][0]["currency"],
        customer=order.customer["id"],
        collection_method=order.collection,
        days_until_due=order.days_until_due,
        default_payment_method=order.method,
        description=order.description,
        metadata=order.metadata,
        status="trialing" if trial_end else "incomplete" if waits else "active",
        trial_start=desk.now if trial_end else None,
        trial_end=trial_end,
    )
    subscription.update(order.more)
    items = [new_item(desk, subscription, price, quantity, (desk.now, end)) for price, quantity in order.items]
    subscription["items"] = whole(items, f"/v1/subscription_items?subscription={subscription['id']}")
    return subscription


def _first_payment(desk: Desk, subscription: Record, invoice: Record, order: Order) -> StripeProblem | None:
    if order.behavior == "default_incomplete":
        agenda.add(desk, desk.now + INCOMPLETE_SECONDS, "subscription_incomplete", subscription["id"])
        return None
    try:
        invoices.collected(desk, invoice)
    except StripeProblem as problem:
        agenda.add(desk, desk.now + INCOMPLETE_SECONDS, "subscription_incomplete", subscription["id"])
        return problem
    return None


def _period_end(subscription: Record) -> int:
    return int(subscription["items"]["data"][0]["current_period_end"])


def _invoice(desk: Desk, subscription: Record, reason: str, *, free: bool = False) -> Record:
    """A draft invoice over the current period of every item."""
    customer = desk.need("customers", "customer", subscription["customer"])
    days = subscription["days_until_due"]
    invoice = invoices.new_invoice(
        desk,
        customer,
        subscription["currency"],
        billing_reason=reason,
        auto_advance=True,
        collection_method=subscription["collection_method"],
        due_date=desk.now + days * agenda.DAY if days is not None else None,
        parent=_parent(subscription),
        _subscription=subscription["id"],
    )
    for item in subscription["items"]["data"]:
        invoices.add_line(desk, invoice, _line(desk, subscription, item, free))
    invoices.take_pending(desk, invoice)
    return invoice


def _parent(subscription: Record) -> Record:
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def _line(desk: Desk, subscription: Record, item: Record, free: bool) -> Record:
    line = invoices.priced_line(desk, item["price"], item["quantity"])
    if free:
        line.update(amount=0, subtotal=0, description=f"Trial period for {line['description']}")
    line["period"] = {"start": item["current_period_start"], "end": item["current_period_end"]}
    details = {"invoice_item": None, "proration": False, "proration_details": {"credited_items": None}}
    details |= {"subscription": subscription["id"], "subscription_item": item["id"]}
    line["parent"] = {"invoice_item_details": None, "subscription_item_details": details}
    line["parent"]["type"] = "subscription_item_details"
    return line


def bill_now(desk: Desk, subscription: Record) -> None:
    """An extra invoice over what is pending, collected at once."""
    customer = desk.need("customers", "customer", subscription["customer"])
    invoice = invoices.new_invoice(
        desk,
        customer,
        subscription["currency"],
        billing_reason="subscription_update",
        auto_advance=True,
        collection_method=subscription["collection_method"],
        parent=_parent(subscription),
        _subscription=subscription["id"],
    )
    invoices.take_pending(desk, invoice)
    if not invoice["_lines"]:
        desk.records.remove("invoices", invoice["id"])
        return
    subscription["latest_invoice"] = invoice["id"]
    desk.save("subscriptions", subscription)
    emit(desk, "invoice.created", invoice)
    invoices.finalized(desk, invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        invoices.collected(desk, invoice)


@agenda.due("subscription_period")
def _period_over(desk: Desk, identifier: str) -> None:
    subscription = desk.need("subscriptions", "subscription", identifier)
    if subscription["status"] in (*ENDED, "incomplete"):
        return
    if subscription["cancel_at_period_end"] or (subscription["cancel_at"] or desk.now + 1) <= desk.now:
        end(desk, subscription, "cancellation_requested")
        return
    before = snapshot(subscription)
    items = subscription["items"]["data"]
    until = periods.following(subscription["billing_cycle_anchor"], desk.now, items[0]["price"]["recurring"])
    for item in items:
        item.update(current_period_start=desk.now, current_period_end=until)
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    invoice = _invoice(desk, subscription, "subscription_cycle")
    invoice["automatically_finalizes_at"] = desk.now + invoices.COLLECT_SECONDS
    desk.save("invoices", invoice)
    subscription["latest_invoice"] = invoice["id"]
    desk.save("subscriptions", subscription)
    emit(desk, "invoice.created", invoice)
    updated(desk, "customer.subscription.updated", before, subscription)
    agenda.add(desk, invoice["automatically_finalizes_at"], "invoice_finalization", invoice["id"])
    agenda.add(desk, until, "subscription_period", identifier)


@agenda.due("subscription_incomplete")
def _never_paid(desk: Desk, identifier: str) -> None:
    subscription = desk.need("subscriptions", "subscription", identifier)
    if subscription["status"] != "incomplete":
        return
    before = snapshot(subscription)
    subscription.update(status="incomplete_expired", ended_at=desk.now)
    desk.save("subscriptions", subscription)
    agenda.drop(desk, "subscription_period", identifier)
    updated(desk, "customer.subscription.updated", before, subscription)


def invoice_answered(desk: Desk, subscription: Record, invoice: Record, *, paid: bool) -> None:
    """An invoice of the subscription was paid, or its payment failed."""
    if subscription["status"] in ENDED:
        return
    before = snapshot(subscription)
    if paid and subscription["status"] in ("incomplete", "past_due", "unpaid"):
        subscription["status"] = "active"
    elif not paid and subscription["status"] in ("active", "trialing"):
        subscription["status"] = "past_due"
    desk.save("subscriptions", subscription)
    updated(desk, "customer.subscription.updated", before, subscription)
    if not paid and subscription["status"] == "past_due" and invoice["next_payment_attempt"] is None:
        end(desk, subscription, "payment_failed")


def end(desk: Desk, subscription: Record, reason: str) -> Record:
    subscription.update(status="canceled", ended_at=desk.now, cancel_at_period_end=False)
    subscription["canceled_at"] = subscription["canceled_at"] or desk.now
    subscription["cancellation_details"]["reason"] = reason
    agenda.drop(desk, "subscription_period", subscription["id"])
    desk.save("subscriptions", subscription)
    emit(desk, "customer.subscription.deleted", subscription)
    return subscription
