"""The balance: every movement of money as a balance transaction, with fees and conversion to the settlement currency.

Charges, refunds, disputes and payouts book here. It never changes a booked amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.library.stripe.simulation import currencies
from connectors.library.stripe.simulation.agenda import DAY, midnight
from connectors.library.stripe.simulation.desk import Desk
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank

URL = "/v1/balance_transactions"
PERCENT = Decimal("0.029")
FIXED_CENTS = 30
DISPUTE_CENTS = 1500
DAYS_UNTIL_AVAILABLE = 2


@dataclass(frozen=True)
class Movement:
    """Money that moves, in the currency and minor units of its source."""

    kind: str
    category: str
    amount: int
    currency: str
    source: str
    description: str | None = None
    fee: int = 0
    at_once: bool = False


def fee_for(settled: int) -> int:
    return int((settled * PERCENT).to_integral_value(rounding=ROUND_HALF_UP)) + FIXED_CENTS


def book(desk: Desk, movement: Movement) -> Record:
    entry = blank("balance_transaction")
    amount = currencies.settled(movement.amount, movement.currency)
    fee = fee_for(amount) if movement.kind in ("charge", "payment") else movement.fee
    foreign = movement.currency != currencies.SETTLEMENT
    available = desk.now if movement.at_once else midnight(desk.now) + DAYS_UNTIL_AVAILABLE * DAY
    entry.update(
        id=desk.new_id("txn"),
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currencies.SETTLEMENT,
        exchange_rate=float(currencies.rate(movement.currency)) if foreign else None,
        fee_details=_fee_details(fee, movement.kind),
        available_on=available,
        created=desk.now,
        description=movement.description,
        reporting_category=movement.category,
        source=movement.source,
        status="available" if movement.at_once else "pending",
        type=movement.kind,
    )
    return desk.save("balance_transactions", entry)


def _fee_details(fee: int, kind: str) -> list[dict[str, Any]]:
    if not fee:
        return []
    text = "Dispute fee" if kind == "adjustment" else "Stripe processing fees"
    currency = currencies.SETTLEMENT
    return [{"amount": fee, "application": None, "currency": currency, "description": text, "type": "stripe_fee"}]


def ripen(desk: Desk) -> list[Record]:
    """Mark what has become available by now, and return what is available and not paid out."""
    for entry in desk.records.where("balance_transactions", "status", "pending"):
        if entry["available_on"] <= desk.now:
            entry["status"] = "available"
            desk.save("balance_transactions", entry)
    rows = desk.records.where("balance_transactions", "status", "available")
    return [row for row in rows if row.get("_payout") is None and row["type"] != "payout"]


def totals(desk: Desk) -> tuple[int, int]:
    """Available and pending, in minor units of the settlement currency."""
    rows = [row for row in desk.records.all("balance_transactions") if row["available_on"] <= desk.now]
    available = sum(row["net"] for row in rows)
    everything = sum(row["net"] for row in desk.records.all("balance_transactions"))
    return available, everything - available


@route("GET", "/v1/balance")
def retrieve_balance(desk: Desk) -> Record:
    available, pending = totals(desk)
    return {
        "object": "balance",
        "available": [_amount(available)],
        "connect_reserved": [{"amount": 0, "currency": currencies.SETTLEMENT}],
        "livemode": False,
        "pending": [_amount(pending)],
        "refund_and_dispute_prefunding": {"available": [_amount(0)], "pending": [_amount(0)]},
    }


def _amount(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": currencies.SETTLEMENT, "source_types": {"card": amount}}


@route("GET", URL + "/{id}")
def retrieve(desk: Desk) -> Record:
    return desk.need("balance_transactions", "balance transaction")


@route("GET", URL)
def list_all(desk: Desk) -> Record:
    payout = desk.params.text("payout")
    if payout:
        rows = desk.records.where("balance_transactions", "_payout", payout, newest_first=True)
        rows = equal(desk, rows, "source")
    else:
        rows = found_by(desk, "balance_transactions", "source")
    rows = equal(desk, rows, "type", "currency")
    return listed(desk, in_time(desk, rows), URL, noun="balance transaction")
