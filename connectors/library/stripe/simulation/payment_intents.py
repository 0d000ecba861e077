"""Payment intents: the life of one payment from its creation over confirmation and capture to its end.

Checkout and invoices create and confirm intents through `new_intent` and `confirmed`. A declined confirmation raises
the card error after everything about it was recorded.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import agenda, cards, changes, charges, currencies, disputes, payment_methods
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit
from connectors.library.stripe.simulation.listing import found_by, in_time, listed
from connectors.library.stripe.simulation.problems import StripeProblem, card_declined, invalid, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.searching import found
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/payment_intents"
BANK_SECONDS = 3 * agenda.DAY
CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
TEXTS = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")


def new_intent(desk: Desk, amount: int, currency: str, customer: str | None, **fields: Any) -> Record:
    intent = blank("payment_intent")
    identifier = desk.new_id("pi")
    intent.update(
        id=identifier,
        amount=amount,
        currency=currency,
        customer=customer,
        created=desk.now,
        client_secret=f"{identifier}_secret_{desk.new_id('x')[2:]}",
        status="requires_payment_method",
    )
    intent.update(fields)
    desk.save("payment_intents", intent)
    emit(desk, "payment_intent.created", intent)
    return intent


def confirmed(desk: Desk, intent: Record, method: Record, *, off_session: bool = False) -> Record:
    """Charge the method. Raises the card error if it is declined."""
    outcome = cards.outcome_of(method)
    intent["payment_method"] = method["id"]
    if outcome.authentication:
        return _authentication(desk, intent, method, off_session)
    sale = charges.Sale(intent["amount"], intent["currency"], method, intent["customer"], intent)
    sale.capture = intent["capture_method"] != "manual"
    sale.description, sale.receipt_email = intent["description"], intent["receipt_email"]
    sale.metadata, sale.shipping = intent["metadata"], intent["shipping"]
    sale.transfer_group = intent["transfer_group"]
    sale.statement_descriptor = intent["statement_descriptor"]
    charge = charges.attempt(desk, sale)
    intent.update(latest_charge=charge["id"], next_action=None)
    if charge["status"] == "failed":
        raise _declined(desk, intent, method, charge)
    intent["last_payment_error"] = None
    if charge["status"] == "pending":
        intent["status"] = "processing"
        desk.save("payment_intents", intent)
        agenda.add(desk, desk.now + BANK_SECONDS, "bank_debit", charge["id"])
        emit(desk, "payment_intent.processing", intent)
        return intent
    _keep_method(desk, intent, method)
    if sale.capture:
        return _succeeded(desk, intent, charge)
    intent.update(status="requires_capture", amount_capturable=intent["amount"])
    desk.save("payment_intents", intent)
    emit(desk, "payment_intent.amount_capturable_updated", intent)
    return intent


def _succeeded(desk: Desk, intent: Record, charge: Record) -> Record:
    intent.update(status="succeeded", amount_capturable=0, amount_received=charge["amount_captured"])
    desk.save("payment_intents", intent)
    emit(desk, "payment_intent.succeeded", intent)
    disputes.open_for(desk, charge)
    return intent


def _keep_method(desk: Desk, intent: Record, method: Record) -> None:
    if intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        method["customer"] = intent["customer"]
        desk.save("payment_methods", method)
        emit(desk, "payment_method.attached", method)


def _authentication(desk: Desk, intent: Record, method: Record, off_session: bool) -> Record:
    if off_session:
        message = "Your card was declined. This transaction requires authentication."
        problem = card_declined(message, "authentication_required", "authentication_required")
        raise _refused(desk, intent, method, problem)
    link = intent.get("_return_url")
    redirect = {"return_url": link, "url": f"https://hooks.stripe.com/3d_secure_2/hosted?intent={intent['id']}"}
    action = {"type": "redirect_to_url", "redirect_to_url": redirect}
    intent["next_action"] = action if link else {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    intent["status"] = "requires_action"
    desk.save("payment_intents", intent)
    emit(desk, "payment_intent.requires_action", intent)
    return intent


def _declined(desk: Desk, intent: Record, method: Record, charge: Record) -> StripeProblem:
    return _refused(desk, intent, method, charges.decline(charge, cards.outcome_of(method)))


def _refused(desk: Desk, intent: Record, method: Record, problem: StripeProblem) -> StripeProblem:
    shown = {name: value for name, value in method.items() if not name.startswith("_")}
    intent.update(status="requires_payment_method", payment_method=None)
    intent["last_payment_error"] = {**problem.error, "payment_method": shown}
    desk.save("payment_intents", intent)
    emit(desk, "payment_intent.payment_failed", intent)
    return problem.after_execution(payment_intent=snapshot(intent), payment_method=shown)


@agenda.due("bank_debit")
def _bank_answer(desk: Desk, charge_id: str) -> None:
    from connectors.library.stripe.simulation import checkout, invoices

    charge = desk.need("charges", "charge", charge_id)
    intent = desk.need("payment_intents", "payment_intent", charge["payment_intent"])
    method = desk.need("payment_methods", "PaymentMethod", charge["payment_method"])
    charges.settle_pending(desk, charge, cards.outcome_of(method))
    paid = charge["status"] == "succeeded"
    if paid:
        _succeeded(desk, intent, charge)
    else:
        _declined(desk, intent, method, charge)
    checkout.money_answered(desk, intent, paid)
    if paid and intent.get("_invoice"):
        invoices.paid_by(desk, desk.need("invoices", "invoice", intent["_invoice"]), intent)


def _method(desk: Desk) -> Record | None:
    """The method a request names or describes."""
    params = desk.params
    identifier, data = params.text("payment_method"), params.child("payment_method_data")
    if data is not None:
        return payment_methods.from_data(desk, data)
    return payment_methods.usable(desk, identifier) if identifier else None


def _fitting(intent: Record, method: Record) -> Record:
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        message = "The payment method is attached to a customer; the payment intent must name the same customer."
        raise invalid(message, param="payment_method")
    if method["type"] not in intent["payment_method_types"]:
        allowed = ", ".join(intent["payment_method_types"])
        message = f"The payment method is of type {method['type']}; this payment intent allows: {allowed}."
        raise invalid(message, param="payment_method")
    return method


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    amount = params.need_integer("amount", least=1)
    currency = currencies.known(params.need_text("currency"))
    currencies.charge_amount(amount, currency)
    customer = desk.referenced("customers", "customer", "customer")
    fields = _creation_fields(desk)
    method = _method(desk)
    confirm = params.boolean("confirm")
    if confirm and method is None:
        message = "A payment method is needed to confirm: send payment_method or payment_method_data."
        raise invalid(message, code="parameter_missing", param="payment_method")
    sketch = {"customer": customer["id"] if customer else None, "payment_method_types": fields["payment_method_types"]}
    if method is not None:
        _fitting(sketch, method)
        fields |= {"payment_method": method["id"], "status": "requires_confirmation"}
    intent = new_intent(desk, amount, currency, sketch["customer"], **fields)
    if confirm and method is not None:
        return confirmed(
            desk, intent, method, off_session=params.text("off_session") in ("true", "one_off", "recurring")
        )
    return intent


def _creation_fields(desk: Desk) -> Record:
    params = desk.params
    fields: Record = {"metadata": changes.merged_metadata({}, params)}
    changes.texts(fields, params, *TEXTS)
    fields["shipping"] = changes.shipping(params.child("shipping"))
    capture = params.choice("capture_method", ("automatic", "automatic_async", "manual"))
    fields["capture_method"] = capture or "automatic_async"
    fields["setup_future_usage"] = params.choice("setup_future_usage", ("on_session", "off_session"))
    fields["_return_url"] = params.text("return_url")
    automatic, types = params.child("automatic_payment_methods"), params.strings("payment_method_types")
    if types and automatic:
        raise invalid("Send either payment_method_types or automatic_payment_methods.", param="payment_method_types")
    if types:
        fields["payment_method_types"] = types
    else:
        fields["payment_method_types"] = ["card", "us_bank_account"]
        fields["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
    return fields


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("payment_intents", "payment_intent")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    intent, params = desk.need("payment_intents", "payment_intent"), desk.params
    before = snapshot(intent)
    if intent["status"] in ("succeeded", "canceled", "processing") and "amount" in params:
        raise _unexpected(intent, "its amount cannot be changed")
    if "currency" in params:
        intent["currency"] = currencies.known(params.text("currency"))
    if "amount" in params:
        intent["amount"] = currencies.charge_amount(params.need_integer("amount", least=1), intent["currency"])
    changes.texts(intent, params, *TEXTS)
    intent["metadata"] = changes.merged_metadata(intent["metadata"], params)
    if "shipping" in params:
        intent["shipping"] = changes.shipping(params.child("shipping"))
    customer = desk.referenced("customers", "customer", "customer")
    if customer:
        intent["customer"] = customer["id"]
    method = _method(desk)
    if method is not None:
        intent["payment_method"] = _fitting(intent, method)["id"]
        intent["status"] = "requires_confirmation"
    if snapshot(intent) != before:
        desk.save("payment_intents", intent)
    return intent


@route("POST", URL + "/{id}/confirm")
def confirm(desk: Desk) -> Record:
    intent = desk.need("payment_intents", "payment_intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise _unexpected(intent, "it cannot be confirmed")
    method = _method(desk)
    if method is None and intent["payment_method"]:
        method = desk.need("payment_methods", "PaymentMethod", intent["payment_method"], "payment_method")
    if method is None:
        raise _unexpected(intent, "it has no payment method to confirm with; send payment_method")
    off_session = desk.params.text("off_session") in ("true", "one_off", "recurring")
    return confirmed(desk, intent, _fitting(intent, method), off_session=off_session)


@route("POST", URL + "/{id}/capture")
def capture(desk: Desk) -> Record:
    intent = desk.need("payment_intents", "payment_intent")
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "there is nothing to capture")
    amount = desk.params.integer("amount_to_capture", least=1) or intent["amount_capturable"]
    if amount > intent["amount_capturable"]:
        message = f"At most {intent['amount_capturable']} can be captured."
        raise wrong_state(message, code="amount_too_large", param="amount_to_capture")
    intent["metadata"] = changes.merged_metadata(intent["metadata"], desk.params)
    charge = desk.need("charges", "charge", intent["latest_charge"])
    return _succeeded(desk, intent, charges.captured(desk, charge, amount))


@route("POST", URL + "/{id}/cancel")
def cancel(desk: Desk) -> Record:
    intent = desk.need("payment_intents", "payment_intent")
    if intent["status"] not in CANCELABLE:
        raise _unexpected(intent, "it cannot be canceled")
    reason = desk.params.choice("cancellation_reason", REASONS)
    return canceled(desk, intent, reason)


def canceled(desk: Desk, intent: Record, reason: str | None) -> Record:
    if intent["status"] == "requires_capture":
        charge = desk.need("charges", "charge", intent["latest_charge"])
        before = snapshot(charge)
        charge.update(refunded=True, amount_refunded=charge["amount"])
        desk.save("charges", charge)
        emit(desk, "charge.refunded", charge, before)
    intent.update(status="canceled", canceled_at=desk.now, cancellation_reason=reason, amount_capturable=0)
    intent["next_action"] = None
    desk.save("payment_intents", intent)
    emit(desk, "payment_intent.canceled", intent)
    return intent


def _unexpected(intent: Record, consequence: str) -> StripeProblem:
    message = f"This payment intent has the status {intent['status']}: {consequence}."
    problem = wrong_state(message, code="payment_intent_unexpected_state")
    problem.error["payment_intent"] = snapshot(intent)
    return problem


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    return listed(desk, in_time(desk, found_by(desk, "payment_intents", "customer")), URL, noun="payment_intent")


@route("GET", URL + "/search")
def search(desk: Desk) -> Record:
    return found(desk, "payment_intents", URL + "/search")
