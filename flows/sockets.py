"""The WebSocket of the browser app: live facts of a run, live rows of the runs list.

Signed in by the session cookie and bound to one tenant of which the person is a member. It is told which runs changed
and reads the book; nothing a client sends changes anything.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import orjson
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from flows import live, reading
from ipaas.accounts.models import Tenant
from ipaas.accounts.roles import allowed

_MOST_ROWS = 50


class LiveSocket(AsyncWebsocketConsumer):
    """One browser tab that watches."""

    tenant: Tenant
    watched_run: str | None = None
    seen: int = 0
    watches_runs: bool = False

    async def connect(self) -> None:
        slug = parse_qs(self.scope["query_string"].decode("latin-1")).get("tenant", [""])[0]
        tenant = await sync_to_async(_tenant_of)(self.scope["user"], slug)
        if tenant is None:
            await self.close(code=4403)
            return
        self.tenant = tenant
        await self.channel_layer.group_add(live.group_of(tenant.id), self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "tenant"):
            await self.channel_layer.group_discard(live.group_of(self.tenant.id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`{"watch": "run", "id", "after"}` or `{"watch": "runs"}`; anything else is answered with a hint."""
        try:
            wish = orjson.loads(text_data or bytes_data or b"")
        except orjson.JSONDecodeError:
            wish = None
        match wish:
            case {"watch": "run", "id": str(run_id), **rest}:
                after = rest.get("after", 0)
                self.watched_run, self.seen = run_id[:40], after if isinstance(after, int) and after >= 0 else 0
                await self._send_facts()
            case {"watch": "runs"}:
                self.watches_runs = True
            case {"watch": None}:
                self.watched_run, self.watches_runs = None, False
            case _:
                await self._send({"type": "error", "message": 'Send {"watch": "run", "id": …} or {"watch": "runs"}.'})

    async def live_changed(self, message: dict[str, Any]) -> None:
        """Some runs of the tenant have new facts."""
        if self.watched_run in message["runs"]:
            await self._send_facts()
        if self.watches_runs:
            rows = await sync_to_async(reading.runs_by_id)(self.tenant, message["runs"][-_MOST_ROWS:])
            for row in rows:
                await self._send({"type": "run", "run": row})

    async def _send_facts(self) -> None:
        assert self.watched_run is not None
        entries = await sync_to_async(reading.facts_after)(self.tenant, self.watched_run, self.seen)
        if entries:
            self.seen = entries[-1]["seq"]
            await self._send({"type": "facts", "run": self.watched_run, "items": entries})
            for row in await sync_to_async(reading.runs_by_id)(self.tenant, [self.watched_run]):
                await self._send({"type": "run", "run": row})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message).decode())


def _tenant_of(user: Any, slug: str) -> Tenant | None:
    if not user.is_authenticated:
        return None
    tenant = Tenant.objects.filter(slug=slug).first()
    return tenant if tenant is not None and allowed(user, tenant, "view") else None
