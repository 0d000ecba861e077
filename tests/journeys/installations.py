"""How a fleet is started for a test: a fresh PostgreSQL database, an empty Redis, web, two workers and a scheduler."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.services.postgres import fresh_database
from tests.services.processes import ServerProcess
from tests.services.product import Product
from tests.services.redis import empty, numbered

FLEET_REDIS = 15


def fleet_environment(request: pytest.FixtureRequest, stack: ExitStack) -> dict[str, str]:
    """The environment that makes an installation a fleet; its database is dropped when the stack closes."""
    database = stack.enter_context(fresh_database(request.getfixturevalue("postgres_url")))
    redis = numbered(request.getfixturevalue("redis_server_url"), FLEET_REDIS)
    empty(redis)
    return {"IPAAS_DATABASE_URL": database, "IPAAS_REDIS_URL": redis}


def start_fleet(product: Product, workers: int = 2) -> list[ServerProcess]:
    """Start web, workers and scheduler; the workers' processes."""
    product.serve()
    started = [product.spawn("worker") for _ in range(workers)]
    product.spawn("scheduler")
    return started
