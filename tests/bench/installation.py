"""An installation of the product for a benchmark: set up by `manage.py bench_setup`, watched through its book.

Used by the parts that measure. Counting goes straight to the database, so that it costs the product nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.processes import Stub, fetch
from tests.services.processes import ServerProcess
from tests.services.product import Product

_COUNT = "SELECT status, count(*) FROM flows_run GROUP BY status"
_LOOPBACK = {"IPAAS_OUTBOUND_ALLOW": "127.0.0.0/8", "IPAAS_LOG_LEVEL": "WARNING"}
_ENDED = ("succeeded", "failed", "cancelled", "uncertain")


class Installation:
    """A product with the benchmark's flow deployed."""

    def __init__(self, folder: Path, stub: Stub, env: Mapping[str, str] | None = None) -> None:
        self.product = Product(
            folder, env={"IPAAS_OUTBOUND_ALLOW": "127.0.0.0/8", "IPAAS_LOG_LEVEL": "WARNING", **(env or {})}
        )
        self.stub = stub
        self.product.install(demo=False)
        told = self.product.manage("bench_setup", "--stub", f"{stub.url}/effects", "--json")
        self.setup: dict[str, Any] = json.loads(told)

    @property
    def webhook_url(self) -> str:
        return str(self.setup["webhook_url"])

    @property
    def environment(self) -> str:
        return str(self.setup["environment"])

    @property
    def webhook_headers(self) -> dict[str, str]:
        return {str(name): str(value) for name, value in self.setup.get("headers", {}).items()}

    def serve(self) -> ServerProcess:
        """Start the web process and wait until it is ready."""
        return self.product.serve()

    def worker(self) -> ServerProcess:
        """Start one worker."""
        return self.product.spawn("worker")

    def stop(self) -> None:
        """End all processes of this installation."""
        self.product.stop()

    def call(self, path: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
        """One API request for the benchmark's tenant: GET, or POST of `told`."""
        body = None if told is None else json.dumps(told).encode()
        headers = {"Authorization": f"Bearer {self.setup['token']}"}
        return fetch(f"{self.product.url}/api/v1/tenants/bench/{path}", body=body, headers=headers)

    def runs(self) -> dict[str, int]:
        """How many runs are in each status."""
        database = self.product.env.get("IPAAS_DATABASE_URL")
        if database:
            with psycopg.connect(database) as connection:
                return dict(connection.execute(_COUNT).fetchall())
        reader = sqlite3.connect(f"file:{self.database_file}?mode=ro", uri=True)
        try:
            return dict(reader.execute(_COUNT).fetchall())
        finally:
            reader.close()

    def ended(self) -> int:
        """How many runs have come to an end."""
        counts = self.runs()
        return sum(counts.get(status, 0) for status in _ENDED)

    def first_error(self) -> str:
        """Why a run did not succeed, as the product tells it."""
        rows = self.call("runs/?status=failed,uncertain,cancelled,waiting&limit=1")["items"]
        return str(rows[0]["error"] or rows[0]["summary"]) if rows else ""

    @property
    def database_file(self) -> Path:
        return self.product.data / "ipaas.sqlite3"

    def bytes_on_disk(self) -> int:
        """The size of the SQLite book, with everything of its write-ahead log moved into it."""
        writer = sqlite3.connect(self.database_file, timeout=30)
        try:
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = (
                writer.execute("PRAGMA page_count").fetchone()[0]
                - writer.execute("PRAGMA freelist_count").fetchone()[0]
            )
            return int(pages * writer.execute("PRAGMA page_size").fetchone()[0])
        finally:
            writer.close()
