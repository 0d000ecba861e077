"""The ERP has written the order, but its answer never comes; the order must not be made again.

Played by `connectors.sandbox.plays`; the connection drops after the order is committed and before it is answered.
"""

from __future__ import annotations

from connectors.sandbox.scenarios.sales import ERP, buy, sale_checks
from connectors.sandbox.scenarios.stage import Check, Context, Scenario


async def play(context: Context) -> None:
    match = {"method": "POST", "path": "*SalesOrder*", "seconds": 3}
    await context.fault(ERP, "timeout_after_commit", match, times=1)
    context.told["sale"] = await buy(context, "Eumaeus Stone")


async def checks(context: Context) -> list[Check]:
    return [*await context.faults_met(), *await sale_checks(context, context.told["sale"])]


SCENARIO = Scenario(
    name="lost_answer",
    title="The answer gets lost",
    story=(
        "Kinetic writes the order, then the line goes dead before it can say so. Nobody knows whether the order was "
        "made, so the platform looks before it tries again, and Eumaeus' order is there exactly once."
    ),
    covers=("C7", "C3", "E1", "D1"),
    play=play,
    checks=checks,
    place=60,
    patience_seconds=90.0,
)
