"""Invoices: their lines and totals, finalization, payment and what becomes of a failed payment.

Subscriptions, checkout and the invoice endpoints act through these functions. A finalized invoice's lines and totals
never change.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import agenda, catalog, payment_intents
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit
from connectors.library.stripe.simulation.listing import whole
from connectors.library.stripe.simulation.problems import StripeProblem, invalid, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/invoices"
SHOWN_LINES = 10
RETRY_SECONDS = 3 * agenda.DAY
MOST_ATTEMPTS = 4
COLLECT_SECONDS = 3600


def new_invoice(desk: Desk, customer: Record, currency: str, **fields: Any) -> Record:
    invoice = blank("invoice")
    invoice.update(
        id=desk.new_id("in"),
        account_name="Industrial Parts Supply",
        created=desk.now,
        currency=currency,
        customer=customer["id"],
        customer_name=customer["name"],
        customer_email=customer["email"],
        customer_phone=customer["phone"],
        customer_address=customer["address"],
        customer_shipping=customer["shipping"],
        customer_tax_exempt=customer["tax_exempt"],
        period_start=desk.now,
        period_end=desk.now,
        _lines=[],
    )
    invoice.update(fields)
    return _totalled(desk, invoice)


def priced_line(desk: Desk, price: Record, quantity: int, text: str | None = None) -> Record:
    """An invoice line of a price; the caller may set period and parent."""
    line = blank("line_item")
    amount = catalog.extended(price, quantity)
    line.update(
        id=desk.new_id("il"),
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        description=text or f"{quantity} × {catalog.product_name(desk, price)}",
        quantity=quantity,
        quantity_decimal=str(quantity),
        period={"start": desk.now, "end": desk.now},
        pricing={
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
    )
    return line


def item_line(desk: Desk, item: Record) -> Record:
    """The line of an invoice item."""
    line = blank("line_item")
    for name in ("amount", "currency", "description", "metadata", "period", "pricing", "quantity", "quantity_decimal"):
        line[name] = snapshot(item)[name]
    line.update(id=desk.new_id("il"), subtotal=item["amount"], _item=item["id"])
    details = {"invoice_item": item["id"], "proration": item["proration"], "proration_details": None}
    line["parent"] = {
        "invoice_item_details": details | {"subscription": _subscription_of(item)},
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
    return line


def _subscription_of(item: Record) -> str | None:
    return ((item["parent"] or {}).get("subscription_details") or {}).get("subscription")


def add_line(desk: Desk, invoice: Record, line: Record) -> Record:
    line["invoice"] = invoice["id"]
    invoice["_lines"].append(line)
    return _totalled(desk, invoice)


def drop_line(desk: Desk, invoice: Record, item_id: str) -> Record:
    invoice["_lines"] = [line for line in invoice["_lines"] if line.get("_item") != item_id]
    return _totalled(desk, invoice)


def take_pending(desk: Desk, invoice: Record) -> None:
    """Put the customer's waiting invoice items of the same currency on this draft."""
    for item in desk.records.where("invoiceitems", "customer", invoice["customer"]):
        if item["invoice"] is None and item["currency"] == invoice["currency"]:
            item.update(invoice=invoice["id"], _pending="no")
            desk.save("invoiceitems", item)
            add_line(desk, invoice, item_line(desk, item))


def _totalled(desk: Desk, invoice: Record) -> Record:
    total = sum(line["amount"] for line in invoice["_lines"])
    due = max(0, total)
    for name in ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"):
        invoice[name] = total
    invoice.update(amount_due=due, amount_remaining=due)
    lines = whole(invoice["_lines"][:SHOWN_LINES], f"{URL}/{invoice['id']}/lines")
    invoice["lines"] = lines | {"has_more": len(invoice["_lines"]) > SHOWN_LINES}
    return desk.save("invoices", invoice)


def finalized(desk: Desk, invoice: Record, *, intent: Record | None = None) -> Record:
    """From draft to open; nothing due means paid at once."""
    if invoice["status"] != "draft":
        raise wrong_state(
            f"This invoice is {invoice['status']}; only drafts can be finalized.", code="invoice_not_editable"
        )
    if not invoice["_lines"]:
        raise wrong_state("You cannot finalize an invoice without lines.", code="invoice_no_customer_line_items")
    customer = desk.need("customers", "customer", invoice["customer"])
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    customer["currency"] = customer["currency"] or invoice["currency"]
    desk.save("customers", customer)
    invoice.update(number=f"{customer['invoice_prefix']}-{number:04d}", status="open", effective_at=desk.now)
    invoice.update(automatically_finalizes_at=None, ending_balance=0)
    invoice["status_transitions"]["finalized_at"] = desk.now
    page = f"https://invoice.stripe.com/i/acct_test/{invoice['id']}"
    invoice.update(hosted_invoice_url=page, invoice_pdf=f"{page}/pdf")
    if invoice["collection_method"] == "send_invoice" and invoice["due_date"] is None:
        invoice["due_date"] = desk.now + 30 * agenda.DAY
    if invoice["amount_due"]:
        _open_payment(desk, invoice, intent)
    desk.save("invoices", invoice)
    emit(desk, "invoice.finalized", invoice)
    if not invoice["amount_due"]:
        _mark_paid(desk, invoice, 0)
    return invoice


def _open_payment(desk: Desk, invoice: Record, intent: Record | None) -> None:
    if intent is None:
        text = f"Payment for Invoice {invoice['number']}"
        intent = payment_intents.new_intent(
            desk,
            invoice["amount_due"],
            invoice["currency"],
            invoice["customer"],
            description=text,
            payment_method_types=["card", "us_bank_account"],
            _invoice=invoice["id"],
        )
    new_payment(desk, invoice, intent, invoice["amount_due"])


def new_payment(desk: Desk, invoice: Record, intent: Record, amount: int) -> Record:
    payment = blank("invoice_payment")
    payment.update(
        id=desk.new_id("inpay"),
        amount_requested=amount,
        created=desk.now,
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=not desk.records.where("invoice_payments", "invoice", invoice["id"]),
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
    )
    return desk.save("invoice_payments", payment)


def attached(desk: Desk, invoice: Record, intent: Record) -> Record:
    """A payment made apart from the invoice counts towards it; too much of it is told."""
    payment = new_payment(desk, invoice, intent, intent["amount_received"])
    intent["_invoice"] = invoice["id"]
    desk.save("payment_intents", intent)
    payment.update(status="paid", amount_paid=intent["amount_received"])
    payment["status_transitions"]["paid_at"] = desk.now
    emit(desk, "invoice_payment.paid", payment)
    paid = invoice["amount_paid"] + intent["amount_received"]
    if paid < invoice["amount_due"]:
        invoice.update(amount_paid=paid, amount_remaining=invoice["amount_due"] - paid)
        return desk.save("invoices", invoice)
    cancel_payment(desk, invoice)
    invoice["amount_overpaid"] = paid - invoice["amount_due"]
    _mark_paid(desk, invoice, paid)
    if invoice["amount_overpaid"]:
        emit(desk, "invoice.overpaid", invoice)
    return invoice


def method_for(desk: Desk, invoice: Record) -> Record | None:
    """What an invoice is charged to, if nothing is named: its subscription's, then its customer's method."""
    subscription = desk.records.get("subscriptions", invoice.get("_subscription") or "") or {}
    customer = desk.records.get("customers", invoice["customer"]) or {}
    candidates = (
        invoice["default_payment_method"],
        subscription.get("default_payment_method"),
        (customer.get("invoice_settings") or {}).get("default_payment_method"),
        customer.get("default_source"),
    )
    chosen = next((candidate for candidate in candidates if candidate), None)
    return desk.records.get("payment_methods", chosen) if chosen else None


def collected(desk: Desk, invoice: Record, method: Record | None = None) -> Record:
    """Charge an open invoice. Raises the card error after the failure was recorded."""
    method = method or method_for(desk, invoice)
    if method is None:
        message = "The customer has no payment method to charge. Attach one and set it as the default, or name one."
        raise invalid(message, code="resource_missing", param="payment_method")
    payment = desk.records.where("invoice_payments", "invoice", invoice["id"])[-1]
    intent = desk.need("payment_intents", "payment_intent", payment["payment"]["payment_intent"])
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    try:
        payment_intents.confirmed(desk, intent, method, off_session=True)
    except StripeProblem as problem:
        _payment_failed(desk, invoice)
        raise problem
    if intent["status"] == "succeeded":
        return paid_by(desk, invoice, intent)
    return desk.save("invoices", invoice)


def _payment_failed(desk: Desk, invoice: Record) -> None:
    again = invoice["auto_advance"] and invoice["attempt_count"] < MOST_ATTEMPTS
    invoice["next_payment_attempt"] = desk.now + RETRY_SECONDS if again else None
    if again:
        agenda.add(desk, desk.now + RETRY_SECONDS, "invoice_collection", invoice["id"])
    desk.save("invoices", invoice)
    emit(desk, "invoice.payment_failed", invoice)
    _tell_subscription(desk, invoice, paid=False)


def paid_by(desk: Desk, invoice: Record, intent: Record) -> Record:
    for payment in desk.records.where("invoice_payments", "invoice", invoice["id"]):
        if payment["payment"].get("payment_intent") == intent["id"]:
            payment.update(status="paid", amount_paid=intent["amount_received"])
            payment["status_transitions"]["paid_at"] = desk.now
            desk.save("invoice_payments", payment)
            emit(desk, "invoice_payment.paid", payment)
    invoice.update(attempted=True, attempt_count=max(1, invoice["attempt_count"]))
    return _mark_paid(desk, invoice, intent["amount_received"])


def paid_elsewhere(desk: Desk, invoice: Record) -> Record:
    """Somebody paid by other means and told so."""
    cancel_payment(desk, invoice)
    return _mark_paid(desk, invoice, invoice["amount_due"])


def cancel_payment(desk: Desk, invoice: Record) -> None:
    for payment in desk.records.where("invoice_payments", "invoice", invoice["id"]):
        intent = desk.records.get("payment_intents", payment["payment"].get("payment_intent") or "")
        if payment["status"] == "open":
            payment["status"] = "canceled"
            payment["status_transitions"]["canceled_at"] = desk.now
            desk.save("invoice_payments", payment)
        if intent and intent["status"] in payment_intents.CANCELABLE:
            payment_intents.canceled(desk, intent, "void_invoice")


def _mark_paid(desk: Desk, invoice: Record, amount: int) -> Record:
    invoice.update(status="paid", amount_paid=amount, amount_remaining=0, next_payment_attempt=None)
    invoice["status_transitions"]["paid_at"] = desk.now
    agenda.drop(desk, "invoice_collection", invoice["id"])
    desk.save("invoices", invoice)
    emit(desk, "invoice.paid", invoice)
    emit(desk, "invoice.payment_succeeded", invoice)
    _tell_subscription(desk, invoice, paid=True)
    return invoice


def _tell_subscription(desk: Desk, invoice: Record, *, paid: bool) -> None:
    from connectors.library.stripe.simulation import subscriptions

    subscription = desk.records.get("subscriptions", invoice.get("_subscription") or "")
    if subscription is not None:
        subscriptions.invoice_answered(desk, subscription, invoice, paid=paid)


@agenda.due("invoice_finalization")
def _finalize_in_time(desk: Desk, identifier: str) -> None:
    invoice = desk.records.get("invoices", identifier)
    if invoice is None or invoice["status"] != "draft" or not invoice["_lines"]:
        return
    finalized(desk, invoice)
    if invoice["status"] == "open":
        _collect_in_time(desk, identifier)


@agenda.due("invoice_collection")
def _collect_in_time(desk: Desk, identifier: str) -> None:
    invoice = desk.need("invoices", "invoice", identifier)
    if invoice["status"] != "open" or invoice["collection_method"] != "charge_automatically":
        return
    try:
        collected(desk, invoice)
    except StripeProblem as problem:
        # Without a method nothing was tried yet; a declined try has already been recorded and announced.
        if not problem.kept:
            invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
            _payment_failed(desk, invoice)
