"""The invoice endpoints: create, read, change, finalize, pay, send, void, write off, delete, lines and payments.

What happens to an invoice is in `invoices`; this module reads parameters and checks states.
"""

from __future__ import annotations

from connectors.library.stripe.simulation import agenda, changes, currencies, customers, invoices, payment_methods
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, missing, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.searching import found

URL = invoices.URL
TEXTS = ("description", "footer", "statement_descriptor")


def _need(desk: Desk, *states: str, verb: str = "") -> Record:
    invoice = desk.need("invoices", "invoice")
    if states and invoice["status"] not in states:
        message = f"You can only {verb} an invoice that is {' or '.join(states)}; this one is {invoice['status']}."
        raise wrong_state(message, code="invoice_not_editable")
    return invoice


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    if "from_invoice" in params:
        raise invalid("Revisions are not part of the simulated API.", param="from_invoice")
    customer = customers.living(desk, params.need_text("customer"))
    currency = currencies.known(params.text("currency") or customer["currency"] or currencies.SETTLEMENT)
    fields: Record = {"auto_advance": params.boolean("auto_advance") is True}
    fields["metadata"] = changes.merged_metadata({}, params)
    changes.texts(fields, params, *TEXTS)
    fields.update(_collection(desk))
    invoice = invoices.new_invoice(desk, customer, currency, **fields)
    if params.choice("pending_invoice_items_behavior", ("include", "exclude")) == "include":
        invoices.take_pending(desk, invoice)
    if invoice["auto_advance"]:
        invoice["automatically_finalizes_at"] = desk.now + invoices.COLLECT_SECONDS
        agenda.add(desk, invoice["automatically_finalizes_at"], "invoice_finalization", invoice["id"])
    emit(desk, "invoice.created", invoice)
    return invoice


def _collection(desk: Desk) -> Record:
    params = desk.params
    fields: Record = {}
    method = params.choice("collection_method", ("charge_automatically", "send_invoice"))
    if method:
        fields["collection_method"] = method
    days, due = params.integer("days_until_due", least=0, most=3650), params.integer("due_date")
    if (days is not None or due) and method != "send_invoice":
        raise invalid("A due date is only for collection_method=send_invoice.", param="days_until_due")
    if method == "send_invoice" and days is None and due is None:
        raise missing("days_until_due")
    if days is not None or due:
        fields["due_date"] = due or desk.now + (days or 0) * agenda.DAY
    chosen = params.text("default_payment_method")
    if chosen:
        fields["default_payment_method"] = payment_methods.usable(desk, chosen, "default_payment_method")["id"]
    return fields


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return _need(desk)


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    invoice, params = _need(desk), desk.params
    before = snapshot(invoice)
    if invoice["status"] != "draft" and any(name not in ("metadata", "description", "expand") for name in params):
        message = f"This invoice is {invoice['status']}; only its metadata and description can still be changed."
        raise wrong_state(message, code="invoice_not_editable")
    changes.texts(invoice, params, *TEXTS)
    invoice["metadata"] = changes.merged_metadata(invoice["metadata"], params)
    invoice.update(_collection(desk))
    if params.boolean("auto_advance") is not None:
        invoice["auto_advance"] = params.boolean("auto_advance")
    desk.save("invoices", invoice)
    updated(desk, "invoice.updated", before, invoice)
    return invoice


@route("DELETE", URL + "/{id}")
def delete(desk: Desk) -> Record:
    invoice = _need(desk, "draft", verb="delete")
    desk.records.remove("invoices", invoice["id"])
    emit(desk, "invoice.deleted", invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


@route("POST", URL + "/{id}/finalize")
def finalize(desk: Desk) -> Record:
    invoice = invoices.finalized(desk, _need(desk, "draft", verb="finalize"))
    advance = desk.params.boolean("auto_advance")
    if advance is not None:
        invoice["auto_advance"] = advance
        desk.save("invoices", invoice)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        agenda.add(desk, desk.now + invoices.COLLECT_SECONDS, "invoice_collection", invoice["id"])
    return invoice


@route("POST", URL + "/{id}/pay")
def pay(desk: Desk) -> Record:
    invoice = _need(desk, "draft", "open", "uncollectible", verb="pay")
    if invoice["status"] == "draft":
        invoices.finalized(desk, invoice)
    if invoice["status"] == "paid":
        return invoice
    if desk.params.boolean("paid_out_of_band"):
        return invoices.paid_elsewhere(desk, invoice)
    chosen = desk.params.text("payment_method") or desk.params.text("source")
    return invoices.collected(desk, invoice, payment_methods.usable(desk, chosen) if chosen else None)


@route("POST", URL + "/{id}/send")
def send(desk: Desk) -> Record:
    invoice = _need(desk, "draft", "open", verb="send")
    if invoice["collection_method"] != "send_invoice":
        raise wrong_state("You can only send an invoice whose collection_method is send_invoice.")
    if invoice["status"] == "draft":
        invoices.finalized(desk, invoice)
    emit(desk, "invoice.sent", invoice)
    return invoice


@route("POST", URL + "/{id}/attach_payment")
def attach_payment(desk: Desk) -> Record:
    invoice = _need(desk, "open", verb="attach a payment to")
    identifier = desk.params.need_text("payment_intent")
    intent = desk.need("payment_intents", "payment_intent", identifier, "payment_intent")
    if intent["customer"] != invoice["customer"] or intent["currency"] != invoice["currency"]:
        message = "The payment must be of the same customer and in the same currency as the invoice."
        raise wrong_state(message, param="payment_intent")
    if intent["status"] != "succeeded" or intent.get("_invoice"):
        message = "Only a payment that has succeeded and belongs to no invoice yet can be attached here."
        raise wrong_state(message, param="payment_intent")
    return invoices.attached(desk, invoice, intent)


@route("POST", URL + "/{id}/void")
def void(desk: Desk) -> Record:
    return _ended(desk, _need(desk, "open", "uncollectible", verb="void"), "void")


@route("POST", URL + "/{id}/mark_uncollectible")
def mark_uncollectible(desk: Desk) -> Record:
    return _ended(desk, _need(desk, "open", verb="write off"), "uncollectible")


def _ended(desk: Desk, invoice: Record, status: str) -> Record:
    mark, kind = ("voided_at", "invoice.voided")
    if status == "uncollectible":
        mark, kind = ("marked_uncollectible_at", "invoice.marked_uncollectible")
    else:
        invoices.cancel_payment(desk, invoice)
    invoice["status"] = status
    invoice["status_transitions"][mark] = desk.now
    agenda.drop(desk, "invoice_collection", invoice["id"])
    desk.save("invoices", invoice)
    emit(desk, kind, invoice)
    return invoice


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = equal(desk, found_by(desk, "invoices", "customer", "status"), "collection_method")
    subscription = desk.params.text("subscription")
    if subscription:
        rows = [row for row in rows if row.get("_subscription") == subscription]
    return listed(desk, in_time(desk, rows), URL, noun="invoice")


@route("GET", URL + "/search")
def search(desk: Desk) -> Record:
    return found(desk, "invoices", URL + "/search")


@route("GET", URL + "/{id}/lines")
def lines(desk: Desk) -> Record:
    invoice = _need(desk)
    return listed(desk, invoice["_lines"], f"{URL}/{invoice['id']}/lines", noun="line item")


@route("GET", "/v1/invoice_payments")
def list_payments(desk: Desk) -> Record:
    rows = found_by(desk, "invoice_payments", "invoice", "status")
    payment = desk.params.child("payment")
    if payment:
        kind = payment.choice("type", ("charge", "payment_intent", "payment_record"))
        if kind is None:
            raise missing("payment[type]")
        wanted = payment.text(kind)
        rows = [row for row in rows if row["payment"]["type"] == kind]
        rows = [row for row in rows if wanted is None or row["payment"].get(kind) == wanted]
    return listed(desk, rows, "/v1/invoice_payments", noun="invoice payment")


@route("GET", "/v1/invoice_payments/{id}")
def retrieve_payment(desk: Desk) -> Record:
    return desk.need("invoice_payments", "invoice payment")
