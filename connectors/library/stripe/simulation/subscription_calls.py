"""The subscription endpoints: create, read, change with proration, cancel, list, search, and subscription items.

What happens to a subscription is in `subscriptions`; this module reads parameters and checks states.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from connectors.library.stripe.simulation import (
    agenda,
    catalog,
    changes,
    customers,
    invoice_items,
    payment_methods,
    subscriptions,
)
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import updated
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, missing, no_such, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.searching import found

URL = "/v1/subscriptions"
BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
PRORATIONS = ("create_prorations", "always_invoice", "none")
_FEEDBACK_WORDS = (
    "customer_service low_quality missing_features other switched_service too_complex too_expensive unused"
)
FEEDBACK = list(_FEEDBACK_WORDS.split())


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    customer = customers.living(desk, params.need_text("customer"))
    items = [_ordered(desk, item) for item in params.children("items")]
    if not items:
        raise missing("items")
    if len({(price["currency"], price["recurring"]["interval"]) for price, _ in items}) > 1:
        raise invalid("All items must share one currency and one billing interval.", param="items")
    order = subscriptions.Order(customer, items)
    order.once = [
        (catalog.priced(desk, item), item.integer("quantity", least=1, most=999_999) or 1)
        for item in params.children("add_invoice_items")
    ]
    order.metadata, order.description = changes.merged_metadata({}, params), params.text("description")
    order.collection = params.choice("collection_method", ("charge_automatically", "send_invoice")) or order.collection
    order.days_until_due = params.integer("days_until_due", least=0, most=3650)
    if order.collection == "send_invoice" and order.days_until_due is None:
        raise missing("days_until_due")
    order.behavior = params.choice("payment_behavior", BEHAVIORS) or order.behavior
    order.trial_days, order.trial_end = params.integer("trial_period_days", least=0, most=730), _trial_end(desk)
    order.method = _method(desk, customer)
    order.more = {"cancel_at_period_end": params.boolean("cancel_at_period_end") is True}
    order.more["cancel_at"] = params.integer("cancel_at")
    subscription, problem = subscriptions.begun(desk, order)
    if problem is not None and not problem.kept:
        raise problem
    if problem is not None and order.behavior == "error_if_incomplete":
        problem.kept = False
        raise problem
    return subscription


def _trial_end(desk: Desk) -> int | None:
    if desk.params.text("trial_end") == "now":
        return None
    moment = desk.params.integer("trial_end")
    if moment is not None and moment <= desk.now:
        raise invalid("trial_end must lie in the future, or be the word now.", param="trial_end")
    return moment


def _ordered(desk: Desk, item: Params) -> tuple[Record, int]:
    price = catalog.priced(desk, item)
    if price["type"] != "recurring":
        message = f"The price {price['id']} is for one-time purchases; a subscription needs recurring prices."
        raise invalid(message, param=item.label("price"))
    quantity = item.integer("quantity", least=0, most=999_999)
    return price, 1 if quantity is None else quantity


def _method(desk: Desk, customer: Record) -> str | None:
    chosen = desk.params.text("default_payment_method")
    if chosen is None:
        return None
    method = payment_methods.usable(desk, chosen, "default_payment_method")
    if method["customer"] != customer["id"]:
        message = "The payment method must be attached to the customer first."
        raise invalid(message, code="resource_missing", param="default_payment_method")
    return str(method["id"])


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("subscriptions", "subscription")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    subscription, params = desk.need("subscriptions", "subscription"), desk.params
    if subscription["status"] in subscriptions.ENDED:
        raise wrong_state("A canceled subscription can only be read.", code="resource_missing", param="id")
    before = snapshot(subscription)
    changes.texts(subscription, params, "description")
    subscription["metadata"] = changes.merged_metadata(subscription["metadata"], params)
    if "default_payment_method" in params:
        customer = desk.need("customers", "customer", subscription["customer"])
        subscription["default_payment_method"] = _method(desk, customer)
    _cancellation(desk, subscription)
    behavior = params.choice("proration_behavior", PRORATIONS) or "create_prorations"
    for change in params.children("items"):
        _changed_item(desk, subscription, change, behavior)
    if not subscription["items"]["data"]:
        raise invalid("A subscription needs at least one item; cancel it instead.", param="items")
    desk.save("subscriptions", subscription)
    updated(desk, "customer.subscription.updated", before, subscription)
    if behavior == "always_invoice" and params.children("items"):
        subscriptions.bill_now(desk, subscription)
    return subscription


def _cancellation(desk: Desk, subscription: Record) -> None:
    params = desk.params
    at_end = params.boolean("cancel_at_period_end")
    if at_end is not None:
        subscription["cancel_at_period_end"] = at_end
        subscription["canceled_at"] = desk.now if at_end else None
        last = subscription["items"]["data"][0]["current_period_end"]
        subscription["cancel_at"] = last if at_end else None
        subscription["cancellation_details"]["reason"] = "cancellation_requested" if at_end else None
    if "cancel_at" in params:
        subscription["cancel_at"] = params.integer("cancel_at")
        if subscription["cancel_at"]:
            agenda.add(desk, subscription["cancel_at"], "subscription_stop", subscription["id"])
    _details(desk, subscription)


def _details(desk: Desk, subscription: Record) -> None:
    details = desk.params.child("cancellation_details")
    if details is not None:
        changes.texts(subscription["cancellation_details"], details, "comment")
        feedback = details.choice("feedback", FEEDBACK)
        subscription["cancellation_details"]["feedback"] = feedback


@agenda.due("subscription_stop")
def _stop(desk: Desk, identifier: str) -> None:
    subscription = desk.need("subscriptions", "subscription", identifier)
    if subscription["status"] not in subscriptions.ENDED and (subscription["cancel_at"] or 0) == desk.now:
        subscriptions.end(desk, subscription, "cancellation_requested")


def _changed_item(desk: Desk, subscription: Record, change: Params, behavior: str) -> None:
    items = subscription["items"]["data"]
    first, identifier = items[0], change.text("id")
    period = (first["current_period_start"], first["current_period_end"])
    if identifier is None:
        price, quantity = _ordered(desk, change)
        fresh = subscriptions.new_item(desk, subscription, price, quantity, period)
        items.append(fresh)
        _prorate(desk, subscription, (None, fresh), behavior)
        return
    item = next((row for row in items if row["id"] == identifier), None)
    if item is None:
        raise no_such("subscription_item", identifier, param=change.label("id"), status=400)
    former = snapshot(item)
    if change.boolean("deleted"):
        items.remove(item)
        _prorate(desk, subscription, (former, None), behavior)
        return
    if "price" in change or "price_data" in change:
        price, _ = _ordered(desk, change)
        item.update(price=snapshot(price), plan=subscriptions.plan_of(price))
    quantity_now = change.integer("quantity", least=0, most=999_999)
    if quantity_now is not None:
        item["quantity"] = quantity_now
    if (item["price"]["id"], item["quantity"]) != (former["price"]["id"], former["quantity"]):
        _prorate(desk, subscription, (former, item), behavior)


def _prorate(desk: Desk, subscription: Record, change: tuple[Record | None, Record | None], behavior: str) -> None:
    """Give back the unused rest of the old item and charge the rest of the period for the new one."""
    if behavior == "none" or subscription["status"] == "trialing":
        return
    for item, sign, text in ((change[0], -1, "Unused time on"), (change[1], 1, "Remaining time on")):
        if item is None:
            continue
        start, end = item["current_period_start"], item["current_period_end"]
        share = Decimal(end - desk.now) / Decimal(max(1, end - start))
        whole_amount = catalog.extended(item["price"], item["quantity"])
        amount = int((whole_amount * share).to_integral_value(rounding=ROUND_HALF_UP)) * sign
        invoice_items.new_item(
            desk,
            subscription["customer"],
            amount,
            subscription["currency"],
            description=f"{text} {item['quantity']} × {catalog.product_name(desk, item['price'])}",
            period={"start": desk.now, "end": end},
            proration=True,
            quantity=item["quantity"],
            parent={"subscription_details": {"subscription": subscription["id"]}, "type": "subscription_details"},
        )


@route("DELETE", URL + "/{id}")
def cancel(desk: Desk) -> Record:
    subscription = desk.need("subscriptions", "subscription")
    if subscription["status"] in subscriptions.ENDED:
        raise no_such("subscription", subscription["id"])
    _details(desk, subscription)
    if desk.params.boolean("invoice_now"):
        subscriptions.bill_now(desk, subscription)
    return subscriptions.end(desk, subscription, "cancellation_requested")


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = found_by(desk, "subscriptions", "customer")
    status = desk.params.text("status")
    if status is None:
        rows = [row for row in rows if row["status"] != "canceled"]
    elif status == "ended":
        rows = [row for row in rows if row["status"] in subscriptions.ENDED]
    elif status != "all":
        rows = [row for row in rows if row["status"] == status]
    price = desk.params.text("price")
    if price:
        rows = [row for row in rows if any(item["price"]["id"] == price for item in row["items"]["data"])]
    return listed(desk, in_time(desk, equal(desk, rows, "collection_method")), URL, noun="subscription")


@route("GET", URL + "/search")
def search(desk: Desk) -> Record:
    return found(desk, "subscriptions", URL + "/search")


@route("GET", "/v1/subscription_items")
def list_items(desk: Desk) -> Record:
    subscription = desk.need("subscriptions", "subscription", desk.params.need_text("subscription"), "subscription")
    return listed(desk, subscription["items"]["data"], "/v1/subscription_items", noun="subscription_item")


@route("GET", "/v1/subscription_items/{id}")
def retrieve_item(desk: Desk) -> Record:
    for subscription in desk.records.all("subscriptions"):
        for item in subscription["items"]["data"]:
            if item["id"] == desk.path["id"]:
                return item
    raise no_such("subscription_item", desk.path["id"])
