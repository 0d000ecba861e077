"""The main story: a customer pays at the checkout, and the ERP holds customer, order and receipt.

Played by `connectors.sandbox.plays`; nothing fails here, so what does not hold is a fault of ours.
"""

from __future__ import annotations

from connectors.sandbox.scenarios.sales import buy, sale_checks
from connectors.sandbox.scenarios.stage import Check, Context, Scenario


async def play(context: Context) -> None:
    context.told["sale"] = await buy(context, "Penelope Carter")


async def checks(context: Context) -> list[Check]:
    return await sale_checks(context, context.told["sale"])


SCENARIO = Scenario(
    name="stripe_checkout",
    title="A customer pays at the checkout",
    story=(
        "Penelope buys a pump and two seal kits in the web shop and pays by card. Stripe reports the payment; Kinetic "
        "gets the customer, the order with both lines and the cash receipt, and Stripe learns the order's number."
    ),
    covers=("D1", "A14", "B6", "B7"),
    play=play,
    checks=checks,
    place=10,
)
