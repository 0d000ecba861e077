"""Checkout sessions: what a shop sends a buyer to, and what happens once the buyer has paid.

The buyer's part is played through POST /v1/test_helpers/checkout/sessions/{id}/complete, the one path here that the
real API does not have. A session never takes money twice.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import (
    agenda,
    buying,
    catalog,
    changes,
    currencies,
    customers,
    payment_methods,
)
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, missing, no_such, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/checkout/sessions"
HOSTED = ("hosted", "hosted_page")
MODES = ("hosted_page", "embedded_page", "elements", "form", "hosted", "embedded", "custom")
SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 3600


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    mode = params.choice("mode", ("payment", "subscription", "setup"))
    if mode == "setup":
        raise invalid("Setup mode is not part of the simulated API; use payment or subscription.", param="mode")
    if mode is None:
        raise missing("mode")
    customer = desk.referenced("customers", "customer", "customer")
    if customer and params.text("customer_email"):
        raise invalid("You may only specify one of these parameters: customer, customer_email.", param="customer")
    session = blank("checkout.session")
    session.update(id=f"cs_test_{desk.new_id('x', 56)[2:]}", created=desk.now, mode=mode)
    _items(desk, session)
    _settings(desk, session, customer["id"] if customer else None)
    desk.save("checkout_sessions", session)
    agenda.add(desk, session["expires_at"], "session_expiry", session["id"])
    return session


def _settings(desk: Desk, session: Record, customer: str | None) -> None:
    params, subscribing = desk.params, session["mode"] == "subscription"
    changes.texts(session, params, "client_reference_id", "success_url", "cancel_url", "customer_email", "locale")
    session["ui_mode"] = params.choice("ui_mode", MODES) or "hosted_page"
    if session["ui_mode"] in HOSTED:
        if not session["success_url"]:
            raise missing("success_url")
        session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
    creation = params.choice("customer_creation", ("always", "if_required"))
    if creation and (customer or subscribing):
        raise invalid("customer_creation is for payment mode without a customer.", param="customer_creation")
    session["customer"] = customer
    session["customer_creation"] = ("always" if subscribing else creation or "if_required") if not customer else None
    session["metadata"] = changes.merged_metadata({}, params)
    session["payment_method_types"] = params.strings("payment_method_types") or ["card", "us_bank_account"]
    session["payment_method_collection"] = "always" if subscribing else "if_required"
    session["expires_at"] = _expiry(desk)
    countries = params.child("shipping_address_collection")
    if countries:
        session["shipping_address_collection"] = {"allowed_countries": countries.strings("allowed_countries")}
    invoicing = params.child("invoice_creation")
    if invoicing:
        session["invoice_creation"]["enabled"] = invoicing.boolean("enabled") is True
    _data(session, params.child("payment_intent_data"), "_intent_data")
    _data(session, params.child("subscription_data"), "_subscription_data")


def _data(session: Record, data: Params | None, name: str) -> None:
    kept: Record = {"metadata": {}}
    if data is not None:
        kept["metadata"] = changes.merged_metadata({}, data)
        changes.texts(kept, data, "description", "receipt_email", "transfer_group", "statement_descriptor")
        if name == "_intent_data":
            kept["capture_method"] = data.choice("capture_method", ("automatic", "automatic_async", "manual"))
            kept["setup_future_usage"] = data.choice("setup_future_usage", ("on_session", "off_session"))
        else:
            kept["trial_period_days"] = data.integer("trial_period_days", least=1, most=730)
    session[name] = kept


def _expiry(desk: Desk) -> int:
    moment = desk.params.integer("expires_at")
    if moment is None:
        return desk.now + LONGEST_SECONDS
    if not SHORTEST_SECONDS <= moment - desk.now <= LONGEST_SECONDS:
        raise invalid("expires_at must lie between 30 minutes and 24 hours ahead.", param="expires_at")
    return moment


def _items(desk: Desk, session: Record) -> None:
    items = desk.params.children("line_items")
    if not items:
        raise missing("line_items")
    lines: list[Record] = [_line(desk, item) for item in items]
    if len({line["currency"] for line in lines}) > 1:
        raise invalid("All line items must have the same currency.", param="line_items")
    recurring = any(line["price"]["type"] == "recurring" for line in lines)
    if recurring != (session["mode"] == "subscription"):
        message = "Recurring prices need mode=subscription, and mode=subscription needs at least one recurring price."
        raise invalid(message, param="mode")
    subtotal = sum(line["amount_total"] for line in lines)
    cost = _shipping(desk.params)
    total = subtotal + (cost["amount_total"] if cost else 0)
    currency = lines[0]["currency"]
    if total:
        currencies.charge_amount(total, currency, "line_items")
    session.update(_items=lines, currency=currency, amount_subtotal=subtotal, amount_total=total)
    session["shipping_cost"] = cost
    session["total_details"]["amount_shipping"] = cost["amount_total"] if cost else 0


def _line(desk: Desk, item: Params) -> Record:
    item.only(("price", "price_data", "quantity", "adjustable_quantity", "tax_rates", "dynamic_tax_rates", "metadata"))
    price = catalog.priced(desk, item)
    quantity = item.integer("quantity", least=1, most=999_999)
    if quantity is None:
        raise missing(item.label("quantity"))
    amount = catalog.extended(price, quantity)
    line = blank("item")
    line.update(id=desk.new_id("li"), amount_subtotal=amount, amount_total=amount, currency=price["currency"])
    line.update(description=catalog.product_name(desk, price), price=snapshot(price), quantity=quantity)
    return line


def _shipping(params: Params) -> Record | None:
    options = params.children("shipping_options")
    if not options:
        return None
    data = options[0].child("shipping_rate_data")
    fixed = data.child("fixed_amount") if data else None
    if fixed is None:
        raise missing(options[0].label("shipping_rate_data") + "[fixed_amount]")
    amount = fixed.need_integer("amount", least=0)
    return {"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "shipping_rate": None}


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return _need(desk)


def _need(desk: Desk) -> Record:
    session = desk.records.get("checkout_sessions", desk.path["id"])
    if session is None:
        raise no_such("checkout.session", desk.path["id"])
    return session


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    session = _need(desk)
    session["metadata"] = changes.merged_metadata(session["metadata"], desk.params)
    return desk.save("checkout_sessions", session)


@route("GET", URL + "/{id}/line_items")
def line_items(desk: Desk) -> Record:
    session = _need(desk)
    return listed(desk, session["_items"], f"{URL}/{session['id']}/line_items", noun="line item")


@route("POST", URL + "/{id}/expire")
def expire(desk: Desk) -> Record:
    session = _open(_need(desk), "expired")
    return _expired(desk, session)


@agenda.due("session_expiry")
def _timed_out(desk: Desk, identifier: str) -> None:
    session = desk.need("checkout_sessions", "checkout.session", identifier)
    if session["status"] == "open":
        _expired(desk, session)


def _expired(desk: Desk, session: Record) -> Record:
    session.update(status="expired", url=None)
    agenda.drop(desk, "session_expiry", session["id"])
    desk.save("checkout_sessions", session)
    emit(desk, "checkout.session.expired", session)
    return session


def _open(session: Record, verb: str) -> Record:
    if session["status"] != "open":
        message = f"Only open sessions can be {verb}; this one is {session['status']}."
        raise wrong_state(message, code="checkout_session_not_open")
    return session


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = found_by(desk, "checkout_sessions", "payment_intent", "customer", "subscription")
    rows = equal(desk, rows, "status")
    details = desk.params.child("customer_details")
    if details:
        email = details.need_text("email")
        rows = [row for row in rows if (row["customer_details"] or {}).get("email") == email]
    return listed(desk, in_time(desk, rows), URL, noun="checkout.session")


@route("POST", "/v1/test_helpers/checkout/sessions/{id}/complete")
def complete(desk: Desk) -> Record:
    session = _open(_need(desk), "completed")
    details = _buyer(desk, session)
    method = payment_methods.usable(desk, desk.params.text("payment_method") or "pm_card_visa")
    buying.with_billing(method, details)
    session["customer_details"] = details
    if session["customer"] is None and session["customer_creation"] == "always":
        known = {name: details[name] for name in ("name", "email", "phone", "address")}
        customer = customers.new_customer(desk, **known, currency=session["currency"])
        session["customer"] = customer["id"]
        emit(desk, "customer.created", customer)
    if session["shipping_address_collection"]:
        shipping = {"address": details["address"], "name": details["name"]}
        session["collected_information"] = {
            "business_name": None,
            "individual_name": None,
            "shipping_details": shipping,
        }
    desk.save("checkout_sessions", session)
    if session["mode"] == "subscription":
        buying.subscribe(desk, session, method)
    else:
        buying.pay(desk, session, method)
    session.update(status="complete", url=None)
    agenda.drop(desk, "session_expiry", session["id"])
    desk.save("checkout_sessions", session)
    emit(desk, "checkout.session.completed", session)
    return session


def _buyer(desk: Desk, session: Record) -> dict[str, Any]:
    """What the buyer typed in, or what is known of the customer, or a made-up buyer."""
    given = desk.params.child("customer_details") or Params({}, "customer_details")
    given.only(("email", "name", "phone", "address"))
    known = desk.records.get("customers", session["customer"] or "") or {}
    usual = {"line1": "500 Foundry Road", "line2": None, "city": "Cleveland", "state": "OH", "postal_code": "44114"}
    address = changes.address(given.child("address"), fallback=known.get("address") or usual | {"country": "US"})
    email = given.text("email") or known.get("email") or session["customer_email"] or "buyer@example.com"
    return {
        "address": address,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": given.text("name") or known.get("name") or "Jordan Mills",
        "phone": given.text("phone") or known.get("phone"),
        "tax_exempt": "none",
        "tax_ids": [],
    }


def money_answered(desk: Desk, intent: Record, paid: bool) -> None:
    """A bank debit behind a session has come through, or has not."""
    for session in desk.records.where("checkout_sessions", "payment_intent", intent["id"]):
        if paid:
            session["payment_status"] = "paid"
            desk.save("checkout_sessions", session)
        kind = "checkout.session.async_payment_succeeded" if paid else "checkout.session.async_payment_failed"
        emit(desk, kind, session)
