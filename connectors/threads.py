"""Database work for asynchronous code: in a worker thread that leaves no connection behind.

Used by the gateway. A thread that kept its connection would hold one per worker for ever, and meet a dead one after a
restart of the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connections

Result = TypeVar("Result")


async def in_thread(work: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
    """Run `work(*arguments, **options)` in a worker thread and close the database connections it opened."""

    def run() -> Result:
        try:
            return work(*arguments, **options)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)
