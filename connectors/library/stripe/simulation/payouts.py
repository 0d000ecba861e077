"""Payouts: what the bank receives, once a day by itself or when asked for, and which movements each one covers.

The agenda calls in at every midnight (UTC) the virtual clock passes. A balance transaction is paid out once.
"""

from __future__ import annotations

from connectors.library.stripe.simulation import agenda, balance, changes, currencies
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.problems import StripeProblem, invalid, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/payouts"
BANK_ACCOUNT = "ba_1SimulatedOperating"
REJECTED_BANK_ACCOUNT = "ba_1SimulatedClosed"


def begin_daily(desk: Desk) -> None:
    agenda.add(desk, agenda.midnight(desk.now) + agenda.DAY, "daily_payout", "account")


@agenda.due("daily_payout")
def _daily(desk: Desk, subject: str) -> None:
    begin_daily(desk)
    rows = balance.ripen(desk)
    if not rows:
        return
    emit(desk, "balance.available", _balance(desk))
    total = sum(row["net"] for row in rows)
    if total <= 0:
        return
    payout = _new(desk, total, automatic=True, description="STRIPE PAYOUT")
    for row in rows:
        row["_payout"] = payout["id"]
        desk.save("balance_transactions", row)
    _booked(desk, payout, covered=True)


def _balance(desk: Desk) -> Record:
    return balance.retrieve_balance(desk)


def _new(desk: Desk, amount: int, *, automatic: bool, description: str | None) -> Record:
    payout = blank("payout")
    payout.update(
        id=desk.new_id("po"),
        amount=amount,
        arrival_date=agenda.midnight(desk.now) + agenda.DAY,
        automatic=automatic,
        created=desk.now,
        currency=currencies.SETTLEMENT,
        description=description,
        destination=BANK_ACCOUNT,
        status="in_transit" if automatic else "pending",
        reconciliation_status="in_progress" if automatic else "not_applicable",
    )
    return payout


def _booked(desk: Desk, payout: Record, *, covered: bool) -> Record:
    movement = balance.Movement(
        "payout", "payout", -payout["amount"], payout["currency"], payout["id"], payout["description"], at_once=True
    )
    entry = balance.book(desk, movement)
    if covered:
        entry["_payout"] = payout["id"]
    payout["balance_transaction"] = entry["id"]
    desk.save("payouts", payout)
    agenda.add(desk, payout["arrival_date"], "payout_arrival", payout["id"])
    emit(desk, "payout.created", payout)
    return payout


@agenda.due("payout_arrival")
def _arrived(desk: Desk, identifier: str) -> None:
    payout = desk.need("payouts", "payout", identifier)
    if payout["status"] not in ("pending", "in_transit"):
        return
    if payout["destination"] == REJECTED_BANK_ACCOUNT:
        _failed(desk, payout)
        return
    payout.update(status="paid", trace_id={"status": "supported", "value": f"02{desk.number('trace', 1000000001)}"})
    desk.save("payouts", payout)
    emit(desk, "payout.paid", payout)
    if payout["automatic"]:
        before = snapshot(payout)
        payout["reconciliation_status"] = "completed"
        desk.save("payouts", payout)
        emit(desk, "payout.reconciliation_completed", payout, before)


def _failed(desk: Desk, payout: Record) -> None:
    text = "The bank account has been closed."
    _returned(desk, payout, "payout_failure", "failed")
    payout.update(failure_code="account_closed", failure_message=text)
    desk.save("payouts", payout)
    emit(desk, "payout.failed", payout)


def _returned(desk: Desk, payout: Record, kind: str, status: str) -> None:
    movement = balance.Movement(
        kind, "payout_reversal", payout["amount"], payout["currency"], payout["id"], at_once=True
    )
    payout.update(status=status, failure_balance_transaction=balance.book(desk, movement)["id"])
    desk.save("payouts", payout)


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    amount = params.need_integer("amount", least=1)
    currency = currencies.known(params.need_text("currency"))
    if currency != currencies.SETTLEMENT:
        message = f"The account holds only {currencies.SETTLEMENT}; a payout in {currency} is not possible."
        raise invalid(message, param="currency")
    available, _ = balance.totals(desk)
    if amount > available:
        message = f"You have insufficient funds: {available} {currency} is available."
        raise StripeProblem(400, "invalid_request_error", message, code="balance_insufficient").after_execution()
    destination = params.text("destination")
    if destination not in (None, BANK_ACCOUNT, REJECTED_BANK_ACCOUNT):
        raise invalid(f"No such external account: '{destination}'", code="resource_missing", param="destination")
    payout = _new(desk, amount, automatic=False, description=params.text("description"))
    payout["destination"] = destination or BANK_ACCOUNT
    payout["metadata"] = changes.merged_metadata({}, params)
    payout["method"] = params.choice("method", ("standard", "instant")) or "standard"
    payout["statement_descriptor"] = params.text("statement_descriptor", longest=22)
    return _booked(desk, payout, covered=False)


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("payouts", "payout")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    payout = desk.need("payouts", "payout")
    before = snapshot(payout)
    payout["metadata"] = changes.merged_metadata(payout["metadata"], desk.params)
    desk.save("payouts", payout)
    updated(desk, "payout.updated", before, payout)
    return payout


@route("POST", URL + "/{id}/cancel")
def cancel(desk: Desk) -> Record:
    payout = desk.need("payouts", "payout")
    if payout["status"] != "pending" or payout["automatic"]:
        raise wrong_state(f"Payout {payout['id']} is {payout['status']} and cannot be canceled any more.")
    _returned(desk, payout, "payout_cancel", "canceled")
    agenda.drop(desk, "payout_arrival", payout["id"])
    emit(desk, "payout.canceled", payout)
    return payout


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = equal(desk, found_by(desk, "payouts", "status"), "destination")
    return listed(desk, in_time(desk, in_time(desk, rows), "arrival_date"), URL, noun="payout")
