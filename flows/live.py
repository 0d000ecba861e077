"""Tells browsers and waiting senders that runs have moved on.

The runner calls it after a commit; sockets and intake listen. It carries run ids (and a flow's own reply), never facts:
whoever listens reads the book, so a lost message costs a moment and no truth.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from channels.layers import get_channel_layer
from django.conf import settings

from ipaas.book.ids import new_id

_log = logging.getLogger(__name__)
_GATHER_SECONDS = 0.05


class _Admitted(Protocol):
    duplicate: bool


Admission = TypeVar("Admission", bound=_Admitted)


def group_of(tenant_id: str) -> str:
    """The channel group of everyone who watches a tenant's runs."""
    return f"live.{tenant_id}"


async def heard(tenant_id: str, listening_id: str) -> None:
    """Tell everyone who watches a tenant that a listening has heard its event."""
    await _send(group_of(tenant_id), {"type": "live.heard", "listening": listening_id})


class Live:
    """Gathers changed runs for a twentieth of a second and tells each tenant's watchers once."""

    def __init__(self) -> None:
        self._changed: dict[str, set[str]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self, tenant_id: str, run_id: str) -> None:
        """Note that a run has new facts in the book."""
        self._changed.setdefault(tenant_id, set()).add(run_id)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._flush)

    def _flush(self) -> None:
        changed, self._changed, self._timer = self._changed, {}, None
        for tenant_id, run_ids in changed.items():
            self._start(_send(group_of(tenant_id), {"type": "live.changed", "runs": sorted(run_ids)}))

    def _start(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def ended(self, run_id: str) -> None:
        """A run that could have replied is over: whoever still waits for its reply need not wait longer."""
        self.replied(run_id, None)

    def replied(self, run_id: str, reply: dict[str, Any] | None) -> None:
        """Hand a flow's own reply to the webhook request that waits for it, in this process or another."""
        waiting = _waiting_here.get(run_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)
        elif settings.REDIS_URL:
            self._start(_send(f"reply.{run_id}", {"type": "live.replied", "reply": reply}))


_waiting_here: dict[str, asyncio.Future[dict[str, Any] | None]] = {}


async def with_reply(
    admit: Callable[[str], Awaitable[Admission]], timeout_seconds: float
) -> tuple[Admission, dict[str, Any] | None]:
    """Admit a run under an id made here and wait for the flow's own reply; None when it did not come in time."""
    run_id = new_id("run")
    if settings.REDIS_URL:
        return await _reply_from_elsewhere(run_id, admit, timeout_seconds)
    future: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
    _waiting_here[run_id] = future
    try:
        admitted = await admit(run_id)
        if admitted.duplicate:
            return admitted, None
        try:
            return admitted, await asyncio.wait_for(future, timeout_seconds)
        except TimeoutError:
            return admitted, None
    finally:
        _waiting_here.pop(run_id, None)


async def _reply_from_elsewhere(
    run_id: str, admit: Callable[[str], Awaitable[Admission]], timeout_seconds: float
) -> tuple[Admission, dict[str, Any] | None]:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    group = f"reply.{run_id}"
    await layer.group_add(group, channel)
    try:
        admitted = await admit(run_id)
        if admitted.duplicate:
            return admitted, None
        try:
            message = await asyncio.wait_for(layer.receive(channel), timeout_seconds)
        except TimeoutError:
            return admitted, None
        return admitted, message["reply"]
    finally:
        await layer.group_discard(group, channel)


async def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    try:
        await layer.group_send(group, message)
    except OSError as error:
        # Watchers poll as well; a channel layer that is down must not hold up a run.
        _log.warning("watchers could not be told: %s", error)


_live: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Live] = weakref.WeakKeyDictionary()


def get_live() -> Live:
    """The gatherer of the running event loop."""
    return _live.setdefault(asyncio.get_running_loop(), Live())
