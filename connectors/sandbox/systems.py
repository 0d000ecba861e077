"""Which systems can be simulated: the connectors that bring a simulator.

Asked by the host, the delivery loop and the console; the classes themselves live with their connectors.
"""

from __future__ import annotations

from connectors.registry import registry
from connectors.sdk.simulator import Simulator


def simulator_of(system: str) -> type[Simulator] | None:
    """The simulator of a system, or None where there is no such system or it brings none."""
    return simulators().get(system)


def simulators() -> dict[str, type[Simulator]]:
    """All simulators by system, in the order of their names."""
    found: dict[str, type[Simulator]] = {}
    for name in sorted(registry().names()):
        simulator = registry().get(name).simulator
        if simulator is not None:
            found[name] = simulator
    return found
