"""Every webhook comes five times; the books must hold everything once.

Played by `connectors.sandbox.plays`; judged once more after a rest, when the last copies have arrived.
"""

from __future__ import annotations

from connectors.sandbox.scenarios.sales import STRIPE, buy, sale_checks
from connectors.sandbox.scenarios.stage import Check, Context, Scenario

COPIES = 5


async def play(context: Context) -> None:
    await context.fault(STRIPE, "duplicate_webhook", {"copies": COPIES}, times=None)
    context.told["sale"] = await buy(context, "Odysseus Grant")


async def checks(context: Context) -> list[Check]:
    return await sale_checks(context, context.told["sale"])


SCENARIO = Scenario(
    name="duplicate_webhooks",
    title="Stripe sends everything five times",
    story=(
        "Stripe promises to send each event at least once, and sometimes keeps that promise too well. Odysseus pays "
        "once, every event arrives five times, and the ERP still holds one order and one receipt."
    ),
    covers=("C9", "E1", "D1"),
    play=play,
    checks=checks,
    place=20,
    rest_seconds=4.0,
)
