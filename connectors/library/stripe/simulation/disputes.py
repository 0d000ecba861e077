"""Disputes: opened by the test cards made for it, answered with evidence, won, lost or closed.

Charges call `open_for` after a charge succeeded. Winning and losing follow the evidence text, as in Stripe's test
mode: `winning_evidence` or `losing_evidence`.
"""

from __future__ import annotations

from connectors.library.stripe.simulation import agenda, balance, cards, changes
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.listing import found_by, in_time, listed
from connectors.library.stripe.simulation.problems import unknown_parameter, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/disputes"
DAYS_TO_ANSWER = 9
CLOSED = ("won", "lost", "warning_closed", "prevented")


def open_for(desk: Desk, charge: Record) -> Record | None:
    """The dispute that the charged card brings about, if it is one of those."""
    method = desk.records.get("payment_methods", charge["payment_method"] or "") or {}
    reason = cards.outcome_of(method).dispute
    if reason is None or charge["status"] != "succeeded" or not charge["captured"]:
        return None
    inquiry = reason == "inquiry"
    dispute = blank("dispute")
    dispute.update(
        id=desk.new_id("du"),
        amount=charge["amount_captured"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        currency=charge["currency"],
        created=desk.now,
        reason="fraudulent" if inquiry else reason,
        status="warning_needs_response" if inquiry else "needs_response",
        is_charge_refundable=inquiry,
    )
    dispute["evidence_details"]["due_by"] = agenda.midnight(desk.now) + (DAYS_TO_ANSWER + 1) * agenda.DAY - 1
    dispute["evidence"]["customer_email_address"] = charge["billing_details"]["email"]
    dispute["evidence"]["customer_name"] = charge["billing_details"]["name"]
    if inquiry:
        dispute["payment_method_details"]["card"]["case_type"] = "inquiry"
    charge.update(disputed=True, _refundable_dispute=inquiry)
    desk.save("charges", charge)
    desk.save("disputes", dispute)
    if not inquiry:
        _move(desk, dispute, -dispute["amount"], balance.DISPUTE_CENTS, "Chargeback withdrawal for")
    emit(desk, "charge.dispute.created", dispute)
    if not inquiry:
        emit(desk, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _move(desk: Desk, dispute: Record, amount: int, fee: int, text: str) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    movement = balance.Movement(
        "adjustment", category, amount, dispute["currency"], dispute["id"], f"{text} {dispute['charge']}", fee
    )
    dispute["balance_transactions"].append(balance.book(desk, movement))
    desk.save("disputes", dispute)


def _close(desk: Desk, dispute: Record, status: str) -> None:
    dispute["status"] = status
    desk.save("disputes", dispute)
    emit(desk, "charge.dispute.closed", dispute)
    if status == "won":
        _move(desk, dispute, dispute["amount"], -balance.DISPUTE_CENTS, "Chargeback reversal for")
        emit(desk, "charge.dispute.funds_reinstated", dispute)


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("disputes", "dispute")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    dispute, params = desk.need("disputes", "dispute"), desk.params
    before = snapshot(dispute)
    evidence = params.child("evidence")
    if evidence is not None:
        _open_only(dispute)
        for name in evidence:
            if name not in dispute["evidence"]:
                raise unknown_parameter(evidence.label(name))
        changes.texts(dispute["evidence"], evidence, *(name for name in evidence if name != "enhanced_evidence"))
        dispute["evidence_details"]["has_evidence"] = True
    dispute["metadata"] = changes.merged_metadata(dispute["metadata"], params)
    submitted = evidence is not None and params.boolean("submit") is not False
    if submitted:
        dispute["evidence_details"]["submission_count"] += 1
        warning = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if warning else "under_review"
    desk.save("disputes", dispute)
    updated(desk, "charge.dispute.updated", before, dispute)
    verdict = {"winning_evidence": "won", "losing_evidence": "lost"}.get(
        dispute["evidence"]["uncategorized_text"] or ""
    )
    if submitted and verdict:
        _close(desk, dispute, "warning_closed" if dispute["status"].startswith("warning") else verdict)
    return dispute


@route("POST", URL + "/{id}/close")
def close(desk: Desk) -> Record:
    dispute = desk.need("disputes", "dispute")
    _open_only(dispute)
    _close(desk, dispute, "lost")
    return dispute


def _open_only(dispute: Record) -> None:
    if dispute["status"] in CLOSED:
        raise wrong_state(f"Dispute {dispute['id']} is already {dispute['status']}.", code="dispute_already_closed")


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = found_by(desk, "disputes", "charge", "payment_intent")
    return listed(desk, in_time(desk, rows), URL, noun="dispute")
