"""A real server for ASGI applications under test: uvicorn with a loop of its own in a thread, on a free loopback port.

Used by tests of the sandbox and of OAuth; background tasks given to it run on the same loop, as in the product.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

import uvicorn
from django.db import connections

from ipaas.book import loops
from ipaas.book.writer import close_writer

Task = Callable[[asyncio.Event], Awaitable[None]]
Answer = TypeVar("Answer")
_WORKERS = 4


def run(question: Coroutine[Any, Any, Answer]) -> Answer:
    """`asyncio.run`, whose worker threads leave no database connection behind."""

    async def ask() -> Answer:
        pool = ThreadPoolExecutor(_WORKERS)
        asyncio.get_running_loop().set_default_executor(pool)
        try:
            return await question
        finally:
            await close_connections(pool)

    return asyncio.run(ask())


async def close_connections(pool: ThreadPoolExecutor) -> None:
    """Close the database connections of every thread of a pool."""
    everybody = threading.Barrier(_WORKERS)

    def leave() -> None:
        everybody.wait(10)
        connections.close_all()

    await asyncio.gather(*(asyncio.wrap_future(pool.submit(leave)) for _ in range(_WORKERS)))


class Served:
    """One running server; a context manager."""

    def __init__(self, app: Any, *tasks: Task) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False)
        self._server = uvicorn.Server(config)
        self._tasks = tasks
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(15)
        self._socket.close()
        close_writer()

    def _run(self) -> None:
        run(self._serve())

    async def _serve(self) -> None:
        loops.remember(asyncio.get_running_loop())
        stop = asyncio.Event()
        running = [asyncio.create_task(task(stop)) for task in self._tasks]
        await self._server.serve(sockets=[self._socket])
        stop.set()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def eventually(holds: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "still not true"
        time.sleep(0.02)
    return found
