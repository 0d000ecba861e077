"""The outside system of the benchmarks: an HTTP server that counts what it is sent and when.

Started as a process of its own: `python -m tests.bench.stub PORT`. POST anything: counted by its `external_id`, timed
by its `sent_at`; GET /stats tells; POST /reset forgets.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Stub:
    """Counts the effects that reach the outside."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.received = 0
        self.last_at = 0.0
        self.latencies: list[float] = []

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if scope["path"] == "/stats":
            await _answer(send, 200, self.stats())
        elif scope["path"] == "/reset":
            self.__init__()  # type: ignore[misc]
            await _answer(send, 200, {})
        else:
            self.record(body)
            await _answer(send, 201, {"id": f"eff_{self.received}"})

    def record(self, body: bytes) -> None:
        """Count one effect; the sender's clock is this machine's."""
        now = time.time()
        told = json.loads(body)
        self.received += 1
        self.last_at = now
        self.ids.add(str(told.get("external_id")))
        if isinstance(told.get("sent_at"), int | float):
            self.latencies.append(now - told["sent_at"])

    def stats(self) -> dict[str, Any]:
        return {
            "received": self.received,
            "distinct": len(self.ids),
            "last_at": self.last_at,
            "latencies": self.latencies,
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
    uvicorn.run(Stub(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
