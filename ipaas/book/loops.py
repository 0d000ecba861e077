"""The process's main event loop, for synchronous code (API views) that must ask something asynchronous.

The server's start-up remembers it; views call `ask`. Commands without a server get a loop for the one question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_main: asyncio.AbstractEventLoop | None = None


def remember(loop: asyncio.AbstractEventLoop) -> None:
    """Name the loop on which gateway and runner of this process live."""
    global _main
    _main = loop


def ask(question: Coroutine[Any, Any, Answer], timeout_seconds: float = 60.0) -> Answer:
    """Run a coroutine on the main loop from another thread and wait for its answer."""
    if _main is not None and _main.is_running():
        return asyncio.run_coroutine_threadsafe(question, _main).result(timeout_seconds)
    return asyncio.run(question)
