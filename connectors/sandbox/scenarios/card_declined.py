"""A declined card is a business outcome: nothing of it may be in the ERP.

Played by `connectors.sandbox.plays`. A second customer pays in the same play, so that silence is not taken for success.
"""

from __future__ import annotations

from connectors.sandbox.scenarios.sales import ERP, STRIPE, buy, sale_checks, try_to_buy
from connectors.sandbox.scenarios.stage import Check, Context, Scenario


async def play(context: Context) -> None:
    email, answer = await try_to_buy(context, "Calypso Reed", "pm_card_chargeDeclinedInsufficientFunds")
    context.told.update(email=email, answer=answer, sale=await buy(context, "Nestor Hale"))


async def checks(context: Context) -> list[Check]:
    email, error = context.told["email"], (context.told["answer"].get("error") or {})
    erp, stripe = await context.ledger(ERP), await context.ledger(STRIPE)
    paid = [row for row in stripe["charges"] if row["paid"] and _email_of(row) == email]
    customers = [row for row in erp["Customers"] if row.get("EMailAddress") == email]
    declined = error.get("code") == "card_declined"
    return [
        Check("Stripe declined the card", declined, str(error.get("message") or "It did not.")),
        Check("No money was taken", not paid, f"{len(paid)} charges"),
        Check("The ERP knows nothing of it", not customers, f"{len(customers)} customers with {email}"),
        *await sale_checks(context, context.told["sale"]),
    ]


def _email_of(charge: dict) -> str | None:
    return (charge.get("billing_details") or {}).get("email")


SCENARIO = Scenario(
    name="card_declined",
    title="A card is declined",
    story=(
        "Calypso's card has no money left: Stripe declines it, and the ERP hears nothing. The next customer, Nestor, "
        "pays, and his order goes through as if nothing had happened."
    ),
    covers=("C5", "D1"),
    play=play,
    checks=checks,
    place=30,
    rest_seconds=3.0,
)
