"""Stories that can be played in the sandbox: one file each, found by being here.

A scenario acts through the simulated systems' own HTTP interfaces and judges by their own books alone; it knows nothing
of flows or runs. `stage` has what they share.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from connectors.sandbox.scenarios.stage import Scenario

_NO_SCENARIOS = ("stage", "sales")


@functools.cache
def scenarios() -> dict[str, Scenario]:
    """All scenarios by name."""
    found: dict[str, Scenario] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name not in _NO_SCENARIOS:
            scenario: Scenario = importlib.import_module(f"{__name__}.{module.name}").SCENARIO
            found[scenario.name] = scenario
    return dict(sorted(found.items(), key=lambda pair: pair[1].place))
