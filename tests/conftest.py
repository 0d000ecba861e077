"""Fixtures that every area shares: the real PostgreSQL, Redis and Chromium, and the product as real processes.

Nothing here is an imitation and nothing is skipped: a missing program fails the test that asked for it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.services.browser import chromium_path
from tests.services.postgres import fresh_database
from tests.services.product import Product
from tests.services.redis import empty, numbered
from tests.services.shared import shared

# Tests that start, kill and restart whole installations may take longer than the usual two minutes.
_SLOW_FOLDERS = {"journeys", "crash", "browser"}
_SLOW_SECONDS = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _SLOW_FOLDERS.intersection(item.path.parts) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_SLOW_SECONDS))


def _worker_number() -> int:
    """The number of this pytest-xdist worker, 0 without workers."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def services_folder() -> Path:
    """Where the processes of one test run tell each other what they started."""
    return Path(os.environ.get("IPAAS_DATA") or tempfile.gettempdir()) / "services"


@pytest.fixture(scope="session")
def postgres_url(services_folder: Path) -> str:
    """The run's real PostgreSQL; its user may create databases."""
    return shared("postgres", services_folder)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """A new empty PostgreSQL database for one test."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_server_url(services_folder: Path) -> str:
    """The run's real Redis, without a database number."""
    return shared("redis", services_folder)


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """An empty Redis database that no other worker process uses."""
    url = numbered(redis_server_url, 1 + _worker_number())
    empty(url)
    return url


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; at the end nobody is connected to it any more, so that PostgreSQL lets it go."""
    yield
    from django.db import connection

    from ipaas.book.writer import close_writer

    close_writer()
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real Chromium."""
    return chromium_path()


@pytest.fixture
def new_product(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """Make installations of the product under this test's folder; all their processes end with the test."""
    made: list[Product] = []

    def make(name: str = "product", env: Mapping[str, str] | None = None) -> Product:
        product = Product(tmp_path / name, env=env)
        made.append(product)
        return product

    yield make
    for product in made:
        product.stop()
