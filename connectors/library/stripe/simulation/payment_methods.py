"""Payment methods and tokens: made from test names or test card numbers, attached to customers.

Checkout, payment intents, charges, invoices and subscriptions ask it for something to charge.
It stores which test card a method stands for, and never a real number.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import cards, changes
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import equal, listed
from connectors.library.stripe.simulation.problems import card_declined, invalid, missing, no_such, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/payment_methods"


def usable(desk: Desk, identifier: str, param: str = "payment_method") -> Record:
    """A stored method, or a fresh one for a test name."""
    stored = desk.records.get("payment_methods", identifier)
    if stored is not None:
        return stored
    card, bank = cards.by_name(identifier), cards.bank_by_name(identifier)
    if card is not None:
        return from_card(desk, card)
    if bank is not None:
        return from_bank(desk, identifier.removeprefix("pm_"))
    raise no_such("PaymentMethod", identifier, param=param, status=400)


def from_card(desk: Desk, card: cards.Card, prefix: str = "pm") -> Record:
    method = blank("payment_method")
    method.update(id=desk.new_id(prefix), created=desk.now, customer=None, type="card", _number=card.number)
    details = method["card"]
    details.update(brand=card.brand, display_brand=card.brand, funding=card.funding, country=card.country)
    details.update(last4=card.number[-4:], fingerprint=desk.fingerprint(card.number))
    details["networks"]["available"] = [card.brand]
    details["checks"]["cvc_check"] = "fail" if card.outcome.code == "incorrect_cvc" else "pass"
    return desk.save("payment_methods", method)


def from_bank(desk: Desk, name: str) -> Record:
    method = blank("payment_method")
    del method["card"]
    method.update(id=desk.new_id("pm"), created=desk.now, customer=None, type="us_bank_account", _bank=name)
    method["us_bank_account"] = {
        "account_holder_type": "company",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "fingerprint": desk.fingerprint(name),
        "last4": "6789",
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
    }
    return desk.save("payment_methods", method)


def from_data(desk: Desk, data: Params) -> Record:
    """From `payment_method_data` or the body of POST /v1/payment_methods."""
    kind = data.choice("type", ("card", "us_bank_account"))
    if kind is None:
        raise missing(data.label("type"))
    if kind == "us_bank_account":
        method = from_bank(desk, "usBankAccount_success")
    else:
        given = data.child("card")
        if given is None:
            raise missing(data.label("card"))
        method = from_card(desk, _given_card(given))
        method["card"].update(_expiry(desk, given))
    _billing(method, data.child("billing_details"))
    method["metadata"] = changes.merged_metadata(method["metadata"], data)
    return method


def _given_card(given: Params) -> cards.Card:
    token = given.text("token")
    if token:
        card = cards.by_name(token)
        if card is None:
            raise no_such("token", token, param=given.label("token"), status=400)
        return card
    number = given.need_text("number").replace(" ", "")
    card = cards.BY_NUMBER.get(number)
    if card is None:
        declined = card_declined("Only test card numbers work in test mode.", "card_declined", "test_mode_live_card")
        declined.kept = False
        raise declined
    return card


def _expiry(desk: Desk, given: Params) -> dict[str, int]:
    if "number" not in given:
        return {}
    month = given.need_integer("exp_month", least=1, most=12)
    year = given.need_integer("exp_year", least=1)
    return {"exp_month": month, "exp_year": year + 2000 if year < 100 else year}


def _billing(method: Record, given: Params | None) -> None:
    if given is None:
        return
    given.only(("address", "email", "name", "phone", "tax_id"))
    changes.texts(method["billing_details"], given, "email", "name", "phone")
    if "address" in given:
        method["billing_details"]["address"] = changes.address(given.child("address"))


def card_for(desk: Desk, token: str, customer: Record | None) -> Record:
    """A card (`card_..`) made of a token, kept on the customer if there is one."""
    stored = desk.records.get("tokens", token)
    card = cards.BY_NUMBER.get(stored["_number"]) if stored else cards.by_name(token)
    if card is None:
        raise no_such("token", token, param="source", status=400)
    if stored and stored["used"]:
        raise invalid("You cannot use a token more than once.", code="token_already_used", param="source")
    if stored:
        stored["used"] = True
        desk.save("tokens", stored)
    method = from_card(desk, card, "card")
    if customer is not None:
        _refuse_unattachable(card.outcome)
        method["customer"] = customer["id"]
    return method


def _refuse_unattachable(outcome: cards.Outcome) -> None:
    if not outcome.attachable:
        problem = card_declined(outcome.message, outcome.code or "card_declined", outcome.decline_code)
        problem.kept = False
        raise problem


def attached(desk: Desk, method: Record, customer: Record) -> Record:
    if method["customer"] not in (None, customer["id"]):
        raise wrong_state("The payment method is already attached to another customer. Detach it first.")
    _refuse_unattachable(cards.outcome_of(method))
    if method["customer"] is None:
        method["customer"] = customer["id"]
        desk.save("payment_methods", method)
        emit(desk, "payment_method.attached", method)
    return method


def charge_details(method: Record, amount: int) -> dict[str, Any]:
    """`payment_method_details` of a charge with this method."""
    if method["type"] == "us_bank_account":
        bank = method["us_bank_account"]
        names = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
        return {"type": "us_bank_account", "us_bank_account": {name: bank[name] for name in names}}
    details, card = blank("charge_card_details"), method["card"]
    for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "checks"):
        details[name] = card[name]
    details["network"] = card["brand"]
    details["amount_authorized"] = amount
    details["overcapture"]["maximum_amount_capturable"] = amount
    return {"card": details, "type": "card"}


def as_token(desk: Desk, card: cards.Card) -> Record:
    face = from_card(desk, card, "card")
    desk.records.remove("payment_methods", face["id"])
    shown = {name: face["card"][name] for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "last4")}
    return {
        "id": desk.new_id("tok"),
        "object": "token",
        "card": {"id": face["id"], "object": "card", "funding": card.funding, "metadata": {}, **shown},
        "client_ip": None,
        "created": desk.now,
        "livemode": False,
        "type": "card",
        "used": False,
        "_number": card.number,
    }


@route("POST", "/v1/tokens")
def create_token(desk: Desk) -> Record:
    given = desk.params.child("card")
    if given is None:
        raise missing("card")
    token = as_token(desk, _given_card(given))
    token["card"].update(_expiry(desk, given))
    return desk.save("tokens", token)


@route("GET", "/v1/tokens/{id}")
def retrieve_token(desk: Desk) -> Record:
    return desk.need("tokens", "token")


@route("POST", URL)
def create(desk: Desk) -> Record:
    return from_data(desk, desk.params)


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return usable(desk, desk.path["id"]) if cards.by_name(desk.path["id"]) else desk.need(*_NAMES)


_NAMES = ("payment_methods", "PaymentMethod")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    method = desk.need(*_NAMES)
    before = snapshot(method)
    _billing(method, desk.params.child("billing_details"))
    method["metadata"] = changes.merged_metadata(method["metadata"], desk.params)
    desk.save("payment_methods", method)
    updated(desk, "payment_method.updated", before, method)
    return method


@route("POST", URL + "/{id}/attach")
def attach(desk: Desk) -> Record:
    method = usable(desk, desk.path["id"], "id")
    customer = desk.need("customers", "customer", desk.params.need_text("customer"), "customer")
    return attached(desk, method, customer)


@route("POST", URL + "/{id}/detach")
def detach(desk: Desk) -> Record:
    method = desk.need(*_NAMES)
    if method["customer"] is None:
        raise wrong_state("The payment method you provided is not attached to a customer, so it cannot be detached.")
    before = snapshot(method)
    method["customer"] = None
    desk.save("payment_methods", method)
    emit(desk, "payment_method.detached", method, before)
    return method


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    customer = desk.params.text("customer")
    if customer is None:
        return listed(desk, [], URL)
    rows = desk.records.where("payment_methods", "customer", customer, newest_first=True)
    return listed(desk, equal(desk, rows, "type"), URL, noun="PaymentMethod")


@route("GET", "/v1/customers/{id}/payment_methods")
def list_of_customer(desk: Desk) -> Record:
    customer = desk.need("customers", "customer")
    rows = desk.records.where("payment_methods", "customer", customer["id"], newest_first=True)
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return listed(desk, equal(desk, rows, "type"), url, noun="PaymentMethod")
