"""Both systems ask for a slower pace; the platform keeps to it.

Played by `connectors.sandbox.plays`; the buyer's own calls to Stripe are not limited, only what flows call.
"""

from __future__ import annotations

from connectors.sandbox.scenarios.sales import ERP, STRIPE, buy, sale_checks
from connectors.sandbox.scenarios.stage import Check, Context, Scenario


async def play(context: Context) -> None:
    await context.fault(ERP, "rate_limited", {"retry_after_seconds": 1}, times=4)
    await context.fault(STRIPE, "rate_limited", {"path": "/v1/charges*", "retry_after_seconds": 1}, times=1)
    context.told["sale"] = await buy(context, "Nausicaa Bell")


async def checks(context: Context) -> list[Check]:
    return [*await context.faults_met(), *await sale_checks(context, context.told["sale"])]


SCENARIO = Scenario(
    name="rate_limited",
    title="Too many requests",
    story=(
        "Kinetic and Stripe answer 429 and say how long to wait. Calls pause as told, and Nausicaa's order goes "
        "through without a failed run."
    ),
    covers=("C8", "A11", "D1"),
    play=play,
    checks=checks,
    place=50,
    patience_seconds=90.0,
)
