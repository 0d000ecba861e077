"""A real server for ASGI applications under test: uvicorn with a loop of its own in a thread, on a free loopback port.

Used by tests of the sandbox and of OAuth; background tasks given to it run on the same loop, as in the product.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self

import uvicorn

from ipaas.book.writer import close_writer

Task = Callable[[asyncio.Event], Awaitable[None]]


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
        asyncio.run(self._serve())

    async def _serve(self) -> None:
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
