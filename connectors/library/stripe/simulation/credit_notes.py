"""Credit notes: money taken off an invoice after it was finalized, before or after it was paid.

Only the credit note endpoints call in. A credit note never exceeds what is left of its invoice.
"""

from __future__ import annotations

from connectors.library.stripe.simulation import changes, invoices, refunds
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed, whole
from connectors.library.stripe.simulation.problems import missing, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/credit_notes"
REASONS = ("duplicate", "fraudulent", "order_change", "product_unsatisfactory")


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    invoice = desk.need("invoices", "invoice", params.need_text("invoice"), "invoice")
    if invoice["status"] not in ("open", "paid"):
        message = f"A credit note needs an open or paid invoice; this one is {invoice['status']}."
        raise wrong_state(message, code="invoice_not_editable", param="invoice")
    amount = _amount(desk, invoice)
    paid = invoice["status"] == "paid"
    note = blank("credit_note")
    customer = desk.need("customers", "customer", invoice["customer"])
    number = f"{invoice['number']}-CN-{len(desk.records.where('credit_notes', 'invoice', invoice['id'])) + 1:02d}"
    note.update(id=desk.new_id("cn"), created=desk.now, effective_at=desk.now, invoice=invoice["id"], number=number)
    note.update(amount=amount, subtotal=amount, subtotal_excluding_tax=amount, total=amount, total_excluding_tax=amount)
    note.update(currency=invoice["currency"], customer=customer["id"], memo=params.text("memo"))
    note["reason"] = params.choice("reason", REASONS)
    note["metadata"] = changes.merged_metadata({}, params)
    note["type"] = "post_payment" if paid else "pre_payment"
    note["post_payment_amount" if paid else "pre_payment_amount"] = amount
    note["pdf"] = f"https://pay.stripe.com/credit_notes/{note['id']}/pdf"
    note["lines"] = whole([_line(desk, amount)], f"{URL}/{note['id']}/lines")
    if paid:
        _given_back(desk, note, invoice)
    else:
        _reduced(desk, invoice, amount)
    desk.save("credit_notes", note)
    emit(desk, "credit_note.created", note)
    return note


def _amount(desk: Desk, invoice: Record) -> int:
    params = desk.params
    lines = params.children("lines")
    amount = sum(_line_amount(line) for line in lines) if lines else params.integer("amount", least=1)
    if amount is None:
        raise missing("amount")
    paid = invoice["status"] == "paid"
    taken = invoice["post_payment_credit_notes_amount"]
    left = invoice["amount_paid"] - taken if paid else invoice["amount_remaining"]
    if amount > left:
        message = f"The credit note ({amount}) is more than what is left of the invoice ({left})."
        raise wrong_state(message, code="amount_too_large", param="amount")
    return amount


def _line_amount(line: Params) -> int:
    if "amount" in line:
        return line.need_integer("amount", least=1)
    return line.need_integer("unit_amount", least=1) * (line.integer("quantity", least=1, most=999_999) or 1)


def _line(desk: Desk, amount: int) -> Record:
    line = blank("credit_note_line_item")
    line.update(id=desk.new_id("cnli"), amount=amount, description="Credit", quantity=1, unit_amount=amount)
    line["unit_amount_decimal"] = str(amount)
    return line


def _given_back(desk: Desk, note: Record, invoice: Record) -> None:
    """Credit the customer's balance, or refund the payment as far as the request says."""
    params = desk.params
    refund_amount = params.integer("refund_amount", least=0) or 0
    if refund_amount:
        payment = desk.records.where("invoice_payments", "invoice", invoice["id"])[-1]["payment"]["payment_intent"]
        intent = desk.need("payment_intents", "payment_intent", payment)
        charge = desk.need("charges", "charge", intent["latest_charge"])
        refund = refunds.given(desk, charge, refund_amount)
        note["refunds"] = [{"amount_refunded": refund_amount, "refund": refund["id"], "type": "refund"}]
    elsewhere = params.integer("out_of_band_amount", least=0) or 0
    note["out_of_band_amount"] = elsewhere or None
    credit = note["amount"] - refund_amount - elsewhere
    if credit:
        customer = desk.need("customers", "customer", invoice["customer"])
        before = snapshot(customer)
        customer["balance"] -= credit
        desk.save("customers", customer)
        updated(desk, "customer.updated", before, customer)
    invoice["post_payment_credit_notes_amount"] += note["amount"]
    desk.save("invoices", invoice)


def _reduced(desk: Desk, invoice: Record, amount: int) -> None:
    before = snapshot(invoice)
    invoice["pre_payment_credit_notes_amount"] += amount
    invoice["amount_due"] -= amount
    invoice["amount_remaining"] -= amount
    for payment in desk.records.where("invoice_payments", "invoice", invoice["id"]):
        intent = desk.records.get("payment_intents", payment["payment"].get("payment_intent") or "")
        if intent is not None and invoice["amount_due"]:
            intent["amount"] = payment["amount_requested"] = invoice["amount_due"]
            desk.save("payment_intents", intent)
            desk.save("invoice_payments", payment)
    desk.save("invoices", invoice)
    updated(desk, "invoice.updated", before, invoice)
    if not invoice["amount_due"]:
        invoices.paid_elsewhere(desk, invoice)


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("credit_notes", "credit note")


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    note = desk.need("credit_notes", "credit note")
    before = snapshot(note)
    changes.texts(note, desk.params, "memo")
    note["metadata"] = changes.merged_metadata(note["metadata"], desk.params)
    desk.save("credit_notes", note)
    updated(desk, "credit_note.updated", before, note)
    return note


@route("POST", URL + "/{id}/void")
def void(desk: Desk) -> Record:
    note = desk.need("credit_notes", "credit note")
    invoice = desk.need("invoices", "invoice", note["invoice"])
    if note["status"] == "void" or invoice["status"] != "open":
        message = "Only an issued credit note of an open invoice can be voided."
        raise wrong_state(message, code="credit_note_not_voidable")
    _reduced(desk, invoice, -note["amount"])
    note.update(status="void", voided_at=desk.now)
    desk.save("credit_notes", note)
    emit(desk, "credit_note.voided", note)
    return note


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = equal(desk, found_by(desk, "credit_notes", "invoice", "customer"), "customer")
    return listed(desk, in_time(desk, rows), URL, noun="credit note")
