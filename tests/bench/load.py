"""The load generator: many clients that post webhooks and take the time, in a process of its own.

Started as `python -m tests.bench.load ORDER` with an Order in JSON; prints a Report in JSON. It never retries: an
answer that is not 2xx is counted as refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp
import uvloop

from tests.bench.figures import percentile


@dataclass(frozen=True)
class Order:
    """What to send: `count` webhooks by `clients` at once, at most `per_second` of them a second (0: no limit)."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    count: int = 1000
    clients: int = 50
    per_second: float = 0.0
    name: str = "evt"
    seconds: float = 120.0


def event(name: str, number: int) -> dict[str, Any]:
    """One business event of ordinary size (about 0.9 KB)."""
    return {
        "id": f"{name}_{number:06d}",
        "type": "order.paid",
        "sent_at": time.time(),
        "amount": 1999 + number % 500,
        "currency": "usd",
        "live": True,
        "customer": {"id": f"cus_{number % 97:04d}", "name": "Ada Byron", "email": f"ada{number % 97}@example.com"},
        "address": {"line1": "12 Analytical Row", "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB"},
        "items": [
            {"sku": f"P-{line:03d}", "quantity": line, "price": 333 * line, "title": "Part"} for line in (1, 2, 3)
        ],
        "metadata": {"channel": "web", "campaign": "autumn", "erp_company": "EPIC06", "note": "n" * 200},
    }


async def fire(order: Order) -> dict[str, Any]:
    """Carry out the order and report."""
    took: list[float] = []
    refused: dict[str, int] = {}
    numbers = iter(range(order.count))
    started = time.time()

    async def client(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            if order.per_second:
                await asyncio.sleep(started + number / order.per_second - time.time())
            begun = time.perf_counter()
            status = await _post(session, order, event(order.name, number))
            took.append(time.perf_counter() - begun)
            if not status.startswith("2"):
                refused[status] = refused.get(status, 0) + 1

    timeout = aiohttp.ClientTimeout(total=30)
    connector = aiohttp.TCPConnector(limit=order.clients)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await asyncio.wait_for(asyncio.gather(*(client(session) for _ in range(order.clients))), order.seconds)
    ended = time.time()
    return {
        "started_at": started,
        "ended_at": ended,
        "accepted": len(took) - sum(refused.values()),
        "refused": refused,
        "p50_ms": percentile(took, 50) * 1000,
        "p99_ms": percentile(took, 99) * 1000,
    }


async def _post(session: aiohttp.ClientSession, order: Order, told: dict[str, Any]) -> str:
    headers = {"Content-Type": "application/json", **order.headers}
    try:
        async with session.post(order.url, data=json.dumps(told), headers=headers) as answer:
            await answer.read()
            return str(answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__


def as_argument(order: Order) -> str:
    """The order as the process's one argument."""
    return json.dumps(asdict(order))


if __name__ == "__main__":
    print(json.dumps(uvloop.run(fire(Order(**json.loads(sys.argv[1]))))))
