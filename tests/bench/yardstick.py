"""The yardstick: the least that a careful person would write by hand for the same promise, in one file.

A webhook is committed before it is answered, one POST goes out for it, and its result is committed. SQLite in WAL mode
with full synchronisation, one writer thread that commits what has gathered. No flows, no retries, no journal, no
recovery. Started as `python -m tests.bench.yardstick PORT DATABASE STUB_URL`.
"""

from __future__ import annotations

import asyncio
import json
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import uvicorn

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Statement = tuple[str, tuple[Any, ...]]
IN_FLIGHT = 200


class Writer:
    """One thread, one connection, one transaction for everything that waits."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting: queue.SimpleQueue[tuple[Statement, asyncio.Future[None]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    async def write(self, statement: str, *values: Any) -> None:
        """Return once the statement is committed."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.put(((statement, values), done))
        await done

    def _work(self) -> None:
        database = sqlite3.connect(self._path, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, body BLOB, status TEXT, answer BLOB)")
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            database.execute("BEGIN IMMEDIATE")
            for (statement, values), _ in batch:
                database.execute(statement, values)
            database.execute("COMMIT")
            batch[0][1].get_loop().call_soon_threadsafe(_settle, [done for _, done in batch])


def _settle(waiting: list[asyncio.Future[None]]) -> None:
    for done in waiting:
        done.set_result(None)


class Application:
    """Accept, carry, record."""

    def __init__(self, database: str, target: str) -> None:
        self._writer = Writer(database)
        self._target = target
        self._session: aiohttp.ClientSession | None = None
        self._places = asyncio.Semaphore(IN_FLIGHT)
        self._runs: set[asyncio.Task[None]] = set()
        self.finished = 0
        self.last_at = 0.0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            return await _answer(send, 200, {"finished": self.finished, "last_at": self.last_at})
        body = await _body(receive)
        told = json.loads(body)
        await self._writer.write("INSERT INTO event VALUES (?, ?, 'accepted', NULL)", told["id"], body)
        run = asyncio.create_task(self._carry(told))
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)
        await _answer(send, 202, {"run": told["id"]})

    async def _carry(self, told: dict[str, Any]) -> None:
        async with self._places:
            self._session = self._session or aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT))
            async with self._session.post(self._target, json=mapped(told)) as answer:
                text = await answer.text()
        await self._writer.write("UPDATE event SET status = 'done', answer = ? WHERE id = ?", text, told["id"])
        self.finished += 1
        self.last_at = time.time()


def mapped(told: dict[str, Any]) -> dict[str, Any]:
    """The same eight fields that the benchmark's flow maps."""
    return {
        "external_id": told["id"],
        "total": str(Decimal(told["amount"]) / 100),
        "currency": told["currency"].upper(),
        "customer": {"name": told["customer"]["name"], "email": told["customer"]["email"].lower()},
        "ship_to": {"city": told["address"]["city"]},
        "company": told["metadata"].get("erp_company", "EPIC01"),
        "sent_at": told["sent_at"],
    }


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, told: dict[str, Any]) -> None:
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    port, database, target = sys.argv[1:]
    uvicorn.run(
        Application(database, target),
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        access_log=False,
        lifespan="off",
    )
