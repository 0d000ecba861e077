"""A sale, acted and judged: a customer pays through the simulated Stripe, the ERP's books must hold it exactly once.

Shared by the scenarios of order to cash. Amounts are compared as decimals, never as texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.sandbox.scenarios.stage import Check, Context, StoryBroken, money

STRIPE = "stripe"
ERP = "epicor_kinetic"
CART = (("price_hydraulic_pump_usd", 1), ("price_seal_kit_usd", 2))
_ADDRESS = {"line1": "1 Mill Road", "city": "Duluth", "state": "MN", "postal_code": "55802", "country": "US"}
_NOT_THERE = "None yet. Is the flow “order to cash” deployed to the sandbox, and the server running?"


@dataclass(frozen=True)
class Sale:
    """What a customer bought."""

    charge: str
    email: str
    name: str
    cents: int


async def buy(context: Context, name: str, cart: tuple[tuple[str, int], ...] = CART) -> Sale:
    """A customer fills a cart, goes to the checkout and pays by test card."""
    email = f"{name.split()[0].lower()}.{context.tag}@buyers.test"
    session = await _checkout(context, cart)
    paid = await _complete(context, session["id"], name, email, "pm_card_visa")
    if paid.get("payment_status") != "paid":
        raise StoryBroken(f"The checkout was not paid: {paid.get('error', paid)}")
    intent = await context.call(STRIPE, "GET", f"/v1/payment_intents/{paid['payment_intent']}")
    return Sale(str(intent["latest_charge"]), email, name, int(paid["amount_total"]))


async def try_to_buy(context: Context, name: str, card: str) -> tuple[str, dict[str, Any]]:
    """A customer pays with a card that may be declined; the e-mail and what Stripe answered."""
    email = f"{name.split()[0].lower()}.{context.tag}@buyers.test"
    session = await _checkout(context, CART)
    return email, await _complete(context, session["id"], name, email, card, check=False)


async def _checkout(context: Context, cart: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    form = {"mode": "payment", "success_url": "https://shop.test/thanks", "customer_creation": "always"}
    for place, (price, quantity) in enumerate(cart):
        form |= {f"line_items[{place}][price]": price, f"line_items[{place}][quantity]": str(quantity)}
    session: dict[str, Any] = await context.call(STRIPE, "POST", "/v1/checkout/sessions", form=form)
    return session


async def _complete(
    context: Context, session_id: str, name: str, email: str, card: str, *, check: bool = True
) -> dict[str, Any]:
    form = {"payment_method": card, "customer_details[name]": name, "customer_details[email]": email}
    form |= {f"customer_details[address][{part}]": text for part, text in _ADDRESS.items()}
    path = f"/v1/test_helpers/checkout/sessions/{session_id}/complete"
    answer: dict[str, Any] = await context.call(STRIPE, "POST", path, form=form, check=check)
    return answer


async def sale_checks(context: Context, sale: Sale) -> list[Check]:
    """Whether a sale is in the ERP's books exactly once, with the right lines and money, and its number at Stripe."""
    erp, stripe = await context.ledger(ERP), await context.ledger(STRIPE)
    total = Decimal(sale.cents) / 100
    customers = [row for row in erp["Customers"] if row.get("EMailAddress") == sale.email]
    orders = [row for row in erp["SalesOrders"] if row.get("PONum") == sale.charge]
    receipts = [row for row in erp["CashRecs"] if row.get("CheckRef") == sale.charge]
    number = orders[0]["OrderNum"] if orders else None
    lines = [row for row in erp["OrderDtls"] if row.get("OrderNum") == number]
    charge = next((row for row in stripe["charges"] if row["id"] == sale.charge), {})
    return [
        _once("One customer in the ERP", customers, f"{sale.name}, {sale.email}"),
        _once(f"One sales order for charge {sale.charge}", orders, f"order {number}"),
        _lines(lines, _sold(stripe, sale)),
        _amount("The order's total is what was paid", orders, "DocOrderAmt", total),
        _once("One cash receipt", receipts, f"for charge {sale.charge}"),
        _amount("The receipt's amount is what was paid", receipts, "DocTranAmt", total),
        _written_back(charge, number),
    ]


def _once(name: str, rows: list[dict[str, Any]], found: str) -> Check:
    if len(rows) == 1:
        return Check(name, True, found)
    return Check(name, False, _NOT_THERE if not rows else f"There are {len(rows)}.")


def _amount(name: str, rows: list[dict[str, Any]], column: str, total: Decimal) -> Check:
    amounts = [money(row.get(column)) for row in rows]
    told = ", ".join(f"{amount:.2f}" for amount in amounts) or "none"
    return Check(name, amounts == [total], f"{told}, paid {total:.2f}")


def _lines(lines: list[dict[str, Any]], sold: list[tuple[str, Decimal, Decimal]]) -> Check:
    found = [
        (str(row.get("PartNum")), money(row.get("SellingQuantity")), money(row.get("DocUnitPrice"))) for row in lines
    ]
    told = "; ".join(f"{quantity.normalize():f} × {part} at {price:.2f}" for part, quantity, price in found)
    return Check("The order's lines are what was sold", sorted(found) == sorted(sold), told or "no lines")


def _sold(stripe: dict[str, list[dict[str, Any]]], sale: Sale) -> list[tuple[str, Decimal, Decimal]]:
    """Part number, quantity and price of what Stripe sold, by its own catalogue."""
    products = {row["id"]: row for row in stripe["products"]}
    prices = {row["id"]: row for row in stripe["prices"]}
    sold = []
    for price_id, quantity in CART:
        price = prices[price_id]
        part = products[price["product"]]["metadata"]["erp_part_number"]
        sold.append((str(part), Decimal(quantity), Decimal(price["unit_amount"]) / 100))
    return sold


def _written_back(charge: dict[str, Any], number: Any) -> Check:
    told = (charge.get("metadata") or {}).get("epicor_order")
    ok = number is not None and told == str(number)
    return Check("Stripe's charge carries the order's number", ok, f"metadata epicor_order: {told or 'not there yet'}")
