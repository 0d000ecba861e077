"""Refunds: money back, whole or in part, at once or (some cards) later, and refunds that fail.

Called by POST /v1/refunds and by intents that release an authorization. It never returns more than was captured.
"""

from __future__ import annotations

from connectors.library.stripe.simulation import agenda, balance, cards, changes, currencies
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.listing import found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/refunds"
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
SETTLED_AFTER_SECONDS = 3600


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    charge = _charge(desk)
    amount = params.integer("amount", least=1)
    left = charge["amount_captured"] - charge["amount_refunded"]
    _check(charge, amount, left)
    if amount is not None:
        currencies.granular(amount, charge["currency"])
    reason = params.choice("reason", REASONS)
    metadata = changes.merged_metadata({}, params)
    return _made(desk, _new(desk, charge, left if amount is None else amount, reason, metadata), charge)


def given(desk: Desk, charge: Record, amount: int) -> Record:
    """A refund that another object (a credit note) asks for."""
    _check(charge, amount, charge["amount_captured"] - charge["amount_refunded"])
    return _made(desk, _new(desk, charge, amount, None, {}), charge)


def _new(desk: Desk, charge: Record, amount: int, reason: str | None, metadata: dict[str, str]) -> Record:
    refund = blank("refund")
    refund.update(
        id=desk.new_id("re" if charge["id"].startswith("ch_") else "pyr"),
        amount=amount,
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        currency=charge["currency"],
        created=desk.now,
        reason=reason,
        metadata=metadata,
    )
    return refund


def _charge(desk: Desk) -> Record:
    params = desk.params
    if params.text("charge"):
        return desk.need("charges", "charge", params.need_text("charge"), "charge")
    intent = desk.referenced("payment_intents", "payment_intent", "payment_intent")
    if intent is None:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, code="parameter_missing")
    charge = desk.records.get("charges", intent["latest_charge"] or "")
    if charge is None or charge["status"] != "succeeded":
        message = f"The payment intent {intent['id']} has no successful charge to refund."
        raise wrong_state(message, code="payment_intent_unexpected_state", param="payment_intent")
    return charge


def _check(charge: Record, amount: int | None, left: int) -> None:
    if charge["disputed"] and not charge.get("_refundable_dispute"):
        message = f"Charge {charge['id']} is disputed by the card holder, so it cannot be refunded."
        raise wrong_state(message, code="charge_disputed")
    if charge["refunded"]:
        raise wrong_state(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["status"] != "succeeded" or not charge["captured"]:
        message = f"Charge {charge['id']} holds no captured money: cancel its payment intent instead."
        raise wrong_state(message, code="charge_not_refundable")
    if amount is not None and amount > left:
        message = f"Refund amount ({amount} {charge['currency']}) is greater than unrefunded amount on charge ({left})."
        raise wrong_state(message, code="amount_too_large", param="amount")


def _made(desk: Desk, refund: Record, charge: Record) -> Record:
    behaviour = cards.outcome_of(desk.records.get("payment_methods", charge["payment_method"]) or {}).refund
    refund["status"] = "pending" if behaviour == "pending" else "succeeded"
    kind = "refund" if refund["id"].startswith("re_") else "payment_refund"
    movement = balance.Movement(kind, "refund", -refund["amount"], refund["currency"], refund["id"], _text(charge))
    refund["balance_transaction"] = balance.book(desk, movement)["id"]
    if behaviour:
        agenda.add(desk, desk.now + SETTLED_AFTER_SECONDS, "refund_outcome", refund["id"])
    before = snapshot(charge)
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] >= charge["amount_captured"]
    desk.save("refunds", refund)
    desk.save("charges", charge)
    emit(desk, "charge.refunded", charge, before)
    emit(desk, "refund.created", refund)
    return refund


def _text(charge: Record) -> str:
    return f"REFUND FOR CHARGE ({charge['description']})" if charge["description"] else "REFUND FOR CHARGE"


@agenda.due("refund_outcome")
def _settled(desk: Desk, identifier: str) -> None:
    refund = desk.need("refunds", "refund", identifier)
    if refund["status"] == "canceled":
        return
    before = snapshot(refund)
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        desk.save("refunds", refund)
        _changed(desk, before, refund)
        return
    _returned(desk, refund, "failed")
    refund["failure_reason"] = "expired_or_canceled_card"
    _changed(desk, before, refund)
    emit(desk, "refund.failed", refund)


def _returned(desk: Desk, refund: Record, status: str) -> None:
    """The refunded money is back in the balance and on the charge."""
    movement = balance.Movement(
        "refund_failure", "refund_failure", refund["amount"], refund["currency"], refund["id"], "REFUND FAILURE"
    )
    refund["failure_balance_transaction"] = balance.book(desk, movement)["id"]
    refund["status"] = status
    charge = desk.need("charges", "charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    desk.save("charges", charge)
    desk.save("refunds", refund)


def _changed(desk: Desk, before: Record, refund: Record) -> None:
    updated(desk, "refund.updated", before, refund)
    updated(desk, "charge.refund.updated", before, refund)


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("refunds", "refund")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    refund = desk.need("refunds", "refund")
    before = snapshot(refund)
    refund["metadata"] = changes.merged_metadata(refund["metadata"], desk.params)
    desk.save("refunds", refund)
    _changed(desk, before, refund)
    return refund


@route("POST", URL + "/{id}/cancel")
def cancel(desk: Desk) -> Record:
    refund = desk.need("refunds", "refund")
    if refund["status"] not in ("pending", "requires_action"):
        message = f"Refund {refund['id']} is {refund['status']} and cannot be canceled any more."
        raise wrong_state(message, code="refund_not_cancelable")
    before = snapshot(refund)
    _returned(desk, refund, "canceled")
    _changed(desk, before, refund)
    return refund


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = found_by(desk, "refunds", "charge", "payment_intent")
    return listed(desk, in_time(desk, rows), URL, noun="refund")
