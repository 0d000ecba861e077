"""The ERP is down for a while; what was paid meanwhile arrives when it is back.

Played by `connectors.sandbox.plays`; the outage hits whatever the flow calls first, reads and writes alike.
"""

from __future__ import annotations

from connectors.sandbox.scenarios.sales import ERP, buy, sale_checks
from connectors.sandbox.scenarios.stage import Check, Context, Scenario

CALLS = 3


async def play(context: Context) -> None:
    await context.fault(ERP, "server_error", times=CALLS)
    context.told["sale"] = await buy(context, "Telemachus Fox")


async def checks(context: Context) -> list[Check]:
    return [*await context.faults_met(), *await sale_checks(context, context.told["sale"])]


SCENARIO = Scenario(
    name="erp_down",
    title="The ERP is down",
    story=(
        "Kinetic refuses its next calls with a server error. Telemachus' payment waits, is tried again with growing "
        "pauses, and ends in the books once the ERP is back. Nothing is lost, nothing is made twice."
    ),
    covers=("C7", "A11", "D1"),
    play=play,
    checks=checks,
    place=40,
    patience_seconds=90.0,
)
