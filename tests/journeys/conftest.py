"""Installations for the journeys: the single machine (SQLite, one process) and the fleet (PostgreSQL, Redis, workers).

Each is started once per module, with the demo tenant, as a person starts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.installations import fleet_environment, start_fleet
from tests.journeys.shop import Shop
from tests.services.product import Product


@pytest.fixture(scope="module", params=["single", "fleet"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop in front of a running installation, in both shapes."""
    with ExitStack() as stack:
        env = fleet_environment(request, stack) if request.param == "fleet" else {}
        product = Product(tmp_path_factory.mktemp(request.param) / "data", env=env)
        stack.callback(product.stop)
        product.install()
        if request.param == "fleet":
            start_fleet(product)
        else:
            product.serve()
        yield Shop(product)
