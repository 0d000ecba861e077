"""Charges: one attempt to move money, its capture, its reading and its changes.

Payment intents, checkout and invoices attempt charges through `attempt`; POST /v1/charges does so directly.
It never decides what a failed charge means for the payment around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.library.stripe.simulation import balance, cards, changes, currencies, disputes, payment_methods
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.listing import found_by, in_time, listed
from connectors.library.stripe.simulation.problems import StripeProblem, card_declined, invalid, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.searching import found
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/charges"


@dataclass
class Sale:
    """What is charged, on what, for whom."""

    amount: int
    currency: str
    method: Record
    customer: str | None = None
    intent: Record | None = None
    capture: bool = True
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    receipt_email: str | None = None
    shipping: Record | None = None
    transfer_group: str | None = None
    statement_descriptor: str | None = None


def attempt(desk: Desk, sale: Sale) -> Record:
    """A new charge: succeeded, failed or (bank debits) pending. Its event is out when this returns."""
    outcome = cards.outcome_of(sale.method)
    charge = _new(desk, sale)
    if outcome.settles:
        charge.update(status="pending", paid=False, captured=True, amount_captured=sale.amount)
        kind = "charge.pending"
    elif outcome.code:
        _fail(charge, outcome)
        kind = "charge.failed"
    else:
        charge.update(status="succeeded", paid=True, outcome=_approved())
        if sale.capture:
            _settle(desk, charge, sale.amount)
        kind = "charge.succeeded"
    desk.save("charges", charge)
    emit(desk, kind, charge)
    return charge


def _new(desk: Desk, sale: Sale) -> Record:
    charge, intent = blank("charge"), sale.intent or {}
    identifier = desk.new_id("ch" if sale.method["type"] == "card" else "py")
    charge.update(
        id=identifier,
        amount=sale.amount,
        currency=sale.currency,
        created=desk.now,
        customer=sale.customer,
        description=sale.description,
        metadata=dict(sale.metadata),
        payment_intent=intent.get("id"),
        payment_method=sale.method["id"],
        payment_method_details=payment_methods.charge_details(sale.method, sale.amount),
        billing_details=snapshot(sale.method["billing_details"]),
        receipt_email=sale.receipt_email,
        receipt_url=f"https://pay.stripe.com/receipts/payment/{identifier}",
        shipping=sale.shipping,
        transfer_group=sale.transfer_group,
        statement_descriptor=sale.statement_descriptor,
        calculated_statement_descriptor="INDUSTRIAL PARTS",
        _invoice=intent.get("_invoice"),
    )
    return charge


def _approved() -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _fail(charge: Record, outcome: cards.Outcome) -> None:
    charge.update(status="failed", paid=False, captured=False)
    charge.update(failure_code=outcome.code, failure_message=outcome.message)
    charge["outcome"] = _approved() | {
        "network_status": "declined_by_network",
        "reason": outcome.decline_code or outcome.code,
        "network_decline_code": "05" if outcome.code == "card_declined" else None,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def _settle(desk: Desk, charge: Record, amount: int) -> None:
    """Book the captured money."""
    at_once = cards.outcome_of(desk.records.get("payment_methods", charge["payment_method"]) or {}).available_at_once
    kind = "charge" if charge["id"].startswith("ch_") else "payment"
    movement = balance.Movement(
        kind, "charge", amount, charge["currency"], charge["id"], charge["description"], at_once=at_once
    )
    entry = balance.book(desk, movement)
    charge.update(captured=True, amount_captured=amount, balance_transaction=entry["id"])


def settle_pending(desk: Desk, charge: Record, outcome: cards.Outcome) -> None:
    """A bank debit has come through, or has not."""
    if outcome.settles == "succeeded":
        charge.update(status="succeeded", paid=True, outcome=_approved())
        _settle(desk, charge, charge["amount"])
        kind = "charge.succeeded"
    else:
        _fail(charge, outcome)
        charge["amount_captured"] = 0
        kind = "charge.failed"
    desk.save("charges", charge)
    emit(desk, kind, charge)


def captured(desk: Desk, charge: Record, amount: int) -> Record:
    _settle(desk, charge, amount)
    desk.save("charges", charge)
    emit(desk, "charge.captured", charge)
    return charge


def decline(charge: Record, outcome: cards.Outcome) -> StripeProblem:
    """The answer to a request whose charge was declined."""
    problem = card_declined(outcome.message, outcome.code or "card_declined", outcome.decline_code)
    problem.error["charge"] = charge["id"]
    parameter = {"expired_card": "exp_month", "incorrect_cvc": "cvc"}.get(outcome.code or "")
    if parameter:
        problem.error["param"] = parameter
    return problem


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    amount = params.need_integer("amount", least=1)
    currency = currencies.known(params.need_text("currency"))
    currencies.charge_amount(amount, currency)
    customer = desk.referenced("customers", "customer", "customer")
    sale = Sale(amount, currency, _source(desk, customer), customer["id"] if customer else None)
    sale.capture = params.boolean("capture") is not False
    sale.description, sale.receipt_email = params.text("description"), params.text("receipt_email")
    sale.metadata = changes.merged_metadata({}, params)
    sale.shipping = changes.shipping(params.child("shipping"))
    sale.transfer_group = params.text("transfer_group")
    sale.statement_descriptor = params.text("statement_descriptor", longest=22)
    charge = attempt(desk, sale)
    if charge["status"] == "failed":
        raise decline(charge, cards.outcome_of(sale.method))
    disputes.open_for(desk, charge)
    return charge


def _source(desk: Desk, customer: Record | None) -> Record:
    params = desk.params
    source = params.text("source")
    if source and source.startswith("card_"):
        return desk.need("payment_methods", "source", source, "source")
    if source:
        return payment_methods.card_for(desk, source, None)
    card = params.child("card")
    if card is not None:
        return payment_methods.from_data(desk, type(params)({"type": "card", "card": card.values}))
    if customer is None:
        raise invalid("Must provide source or customer.", code="parameter_missing")
    if not customer["default_source"]:
        message = "Cannot charge a customer that has no active card."
        raise card_declined(message, "missing", None).after_execution(param="card")
    return desk.need("payment_methods", "source", customer["default_source"], "customer")


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("charges", "charge")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    charge, params = desk.need("charges", "charge"), desk.params
    before = snapshot(charge)
    changes.texts(charge, params, "description", "receipt_email", "transfer_group")
    charge["metadata"] = changes.merged_metadata(charge["metadata"], params)
    if "shipping" in params:
        charge["shipping"] = changes.shipping(params.child("shipping"))
    customer = desk.referenced("customers", "customer", "customer")
    if customer and charge["customer"] not in (None, customer["id"]):
        raise wrong_state("The charge already belongs to another customer.", param="customer")
    if customer:
        charge["customer"] = customer["id"]
    fraud = params.child("fraud_details")
    if fraud:
        report = fraud.choice("user_report", ("fraudulent", "safe"))
        charge["fraud_details"] = {"user_report": report} if report else {}
    desk.save("charges", charge)
    updated(desk, "charge.updated", before, charge)
    return charge


@route("POST", URL + "/{id}/capture")
def capture(desk: Desk) -> Record:
    charge = desk.need("charges", "charge")
    if charge["status"] != "succeeded" or charge["captured"] or charge["refunded"]:
        code = "charge_already_captured" if charge["captured"] else "charge_expired_for_capture"
        raise wrong_state(f"Charge {charge['id']} cannot be captured (any more).", code=code)
    if charge["payment_intent"]:
        message = f"This charge belongs to a payment intent; capture {charge['payment_intent']} instead."
        raise wrong_state(message)
    amount = desk.params.integer("amount", least=1) or charge["amount"]
    if amount > charge["amount"]:
        raise wrong_state("You cannot capture more than was authorized.", code="amount_too_large", param="amount")
    return captured(desk, charge, amount)


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = found_by(desk, "charges", "payment_intent", "customer", "transfer_group")
    return listed(desk, in_time(desk, rows), URL, noun="charge")


@route("GET", URL + "/search")
def search(desk: Desk) -> Record:
    return found(desk, "charges", URL + "/search")
