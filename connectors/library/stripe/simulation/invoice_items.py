"""Invoice items: amounts that wait for a customer's next invoice, or go onto a draft at once.

Subscriptions put prorations here through `new_item`. An item on a finalized invoice never changes.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import catalog, changes, currencies, customers, invoices
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, missing, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/invoiceitems"


def new_item(desk: Desk, customer: str, amount: int, currency: str, **fields: Any) -> Record:
    item = blank("invoiceitem")
    item.update(id=desk.new_id("ii"), customer=customer, amount=amount, net_amount=amount, currency=currency)
    item.update(date=desk.now, period={"start": desk.now, "end": desk.now}, _pending="yes")
    item.update(fields)
    desk.save("invoiceitems", item)
    emit(desk, "invoiceitem.created", item)
    return item


@route("POST", URL)
def create(desk: Desk) -> Record:
    params = desk.params
    customer = customers.living(desk, params.need_text("customer"))
    invoice = desk.referenced("invoices", "invoice", "invoice")
    if invoice is not None and (invoice["status"] != "draft" or invoice["customer"] != customer["id"]):
        message = "Items can only be added to a draft invoice of the same customer."
        raise wrong_state(message, code="invoice_not_editable", param="invoice")
    amount, currency, fields = _amount(desk)
    if invoice is not None and invoice["currency"] != currency:
        message = f"The invoice is in {invoice['currency']}, the item in {currency}."
        raise invalid(message, param="currency")
    fields["metadata"] = changes.merged_metadata({}, params)
    fields["description"] = params.text("description") or fields.get("description")
    item = new_item(desk, customer["id"], amount, currency, **fields)
    if invoice is not None:
        item.update(invoice=invoice["id"], _pending="no")
        desk.save("invoiceitems", item)
        invoices.add_line(desk, invoice, invoices.item_line(desk, item))
    return item


def _amount(desk: Desk) -> tuple[int, str, Record]:
    params = desk.params
    pricing, data = params.child("pricing"), params.child("price_data")
    quantity = params.integer("quantity", least=0, most=999_999) or 1
    if pricing is not None or data is not None:
        source = pricing if pricing is not None else Params({"price_data": params.values["price_data"]})
        price = catalog.priced(desk, source)
        details = {"price_details": {"price": price["id"], "product": price["product"]}, "type": "price_details"}
        fields = {"pricing": details | {"unit_amount_decimal": price["unit_amount_decimal"]}, "quantity": quantity}
        fields |= {"quantity_decimal": str(quantity), "description": catalog.product_name(desk, price)}
        return catalog.extended(price, quantity), price["currency"], fields
    unit = params.decimal("unit_amount_decimal")
    if "amount" not in params and unit is None:
        raise missing("amount")
    currency = currencies.known(params.text("currency") or currencies.SETTLEMENT)
    amount = params.need_integer("amount") if unit is None else int(unit * quantity)
    return amount, currency, {"quantity": quantity, "quantity_decimal": str(quantity)}


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("invoiceitems", "invoiceitem")


def _editable(desk: Desk) -> tuple[Record, Record | None]:
    item = desk.need("invoiceitems", "invoiceitem")
    invoice = desk.records.get("invoices", item["invoice"] or "")
    if invoice is not None and invoice["status"] != "draft":
        message = "This item lies on a finalized invoice and cannot be changed any more."
        raise wrong_state(message, code="invoice_not_editable")
    return item, invoice


@route("POST", URL + "/{id}")
def update(desk: Desk) -> Record:
    item, invoice = _editable(desk)
    before, params = snapshot(item), desk.params
    changes.texts(item, params, "description")
    item["metadata"] = changes.merged_metadata(item["metadata"], params)
    if "amount" in params:
        item["amount"] = item["net_amount"] = params.need_integer("amount")
    if item != before:
        desk.save("invoiceitems", item)
    if invoice is not None:
        invoices.drop_line(desk, invoice, item["id"])
        invoices.add_line(desk, invoice, invoices.item_line(desk, item))
    return item


@route("DELETE", URL + "/{id}")
def delete(desk: Desk) -> Record:
    item, invoice = _editable(desk)
    if invoice is not None:
        invoices.drop_line(desk, invoice, item["id"])
    desk.records.remove("invoiceitems", item["id"])
    emit(desk, "invoiceitem.deleted", item)
    return {"id": item["id"], "object": "invoiceitem", "deleted": True}


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    rows = found_by(desk, "invoiceitems", "invoice", "customer")
    pending = desk.params.boolean("pending")
    if pending is not None:
        rows = [row for row in rows if (row["invoice"] is None) is pending]
    dated = [row | {"created": row["date"]} for row in equal(desk, rows, "customer")]
    kept = {row["id"] for row in in_time(desk, dated)}
    return listed(desk, [row for row in rows if row["id"] in kept], URL, noun="invoiceitem")
