"""Customers: create, read, change, delete, list by e-mail, search.

Also called by checkout, which makes customers of buyers. It never merges two customers of one e-mail address:
addresses are not unique.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import changes, payment_methods
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, no_such
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.searching import found
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/customers"
TEXTS = ("name", "email", "phone", "description")


def living(desk: Desk, identifier: str, param: str = "customer") -> Record:
    """A customer that other objects may point to."""
    customer = desk.need("customers", "customer", identifier, param)
    if customer.get("_deleted"):
        raise no_such("customer", identifier, param=param, status=404 if param == "id" else 400)
    return customer


def new_customer(desk: Desk, **fields: Any) -> Record:
    customer = blank("customer")
    customer.update(id=desk.new_id("cus", 14), created=desk.now, invoice_prefix=desk.new_id("x", 8)[2:].upper())
    customer.update(fields)
    return desk.save("customers", customer)


@route("POST", URL)
def create(desk: Desk) -> Record:
    customer = blank("customer")
    _apply(desk, customer)
    customer = new_customer(desk, **{name: value for name, value in customer.items() if name in _WRITABLE})
    source, method = desk.params.text("source"), desk.params.text("payment_method")
    if source:
        customer["default_source"] = payment_methods.card_for(desk, source, customer)["id"]
    if method:
        payment_methods.attached(desk, payment_methods.usable(desk, method), customer)
    emit(desk, "customer.created", customer)
    return customer


_WRITABLE = frozenset((*TEXTS, "address", "shipping", "metadata", "balance", "tax_exempt", "invoice_settings"))


def _apply(desk: Desk, customer: Record) -> None:
    params = desk.params
    changes.texts(customer, params, *TEXTS)
    email = customer["email"]
    if "email" in params and email and ("@" not in email or email.startswith("@") or " " in email):
        raise invalid(f"Invalid email address: {email}", code="email_invalid", param="email")
    customer["metadata"] = changes.merged_metadata(customer["metadata"], params)
    if "address" in params:
        customer["address"] = changes.address(params.child("address"))
    if "shipping" in params:
        customer["shipping"] = changes.shipping(params.child("shipping"))
    if "balance" in params:
        customer["balance"] = params.need_integer("balance")
    exempt = params.choice("tax_exempt", ("none", "exempt", "reverse"))
    if exempt:
        customer["tax_exempt"] = exempt
    prefix = params.text("invoice_prefix", longest=12)
    if prefix:
        customer["invoice_prefix"] = prefix.upper()
    _settings(desk, customer, params.child("invoice_settings"))


def _settings(desk: Desk, customer: Record, settings: Params | None) -> None:
    if settings is None:
        return
    changes.texts(customer["invoice_settings"], settings, "footer")
    method = desk.referenced("payment_methods", "PaymentMethod", "default_payment_method", settings)
    if method and method["customer"] != customer["id"]:
        message = "The payment method must be attached to the customer before it can be the default."
        raise invalid(message, param=settings.label("default_payment_method"))
    if "default_payment_method" in settings:
        customer["invoice_settings"]["default_payment_method"] = method["id"] if method else None


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    customer = desk.need("customers", "customer")
    return _gone(customer["id"]) if customer.get("_deleted") else customer


def _gone(identifier: str) -> Record:
    return {"id": identifier, "object": "customer", "deleted": True}


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    customer = living(desk, desk.path["id"], "id")
    before = snapshot(customer)
    _apply(desk, customer)
    source = desk.params.text("source")
    if source:
        customer["default_source"] = payment_methods.card_for(desk, source, customer)["id"]
    desk.save("customers", customer)
    updated(desk, "customer.updated", before, customer)
    return customer


@route("DELETE", URL + "/{id}")
def delete(desk: Desk) -> Record:
    from connectors.library.stripe.simulation import subscriptions

    customer = living(desk, desk.path["id"], "id")
    for subscription in desk.records.where("subscriptions", "customer", customer["id"]):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            subscriptions.end(desk, subscription, "cancellation_requested")
    emit(desk, "customer.deleted", customer)
    # Invoices and charges still point to the customer, so the record stays; only readers see it no more.
    customer["_deleted"] = True
    desk.save("customers", customer)
    return _gone(customer["id"])


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = [row for row in found_by(desk, "customers", "email") if not row.get("_deleted")]
    return listed(desk, in_time(desk, rows), URL, noun="customer")


@route("GET", URL + "/search")
def search(desk: Desk) -> Record:
    return found(desk, "customers", URL + "/search")
