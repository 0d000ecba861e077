"""The WebSocket of the browser app: live facts of a run, live rows of the runs list.

Signed in by the session cookie and bound to one tenant of which the person is a member. It is told which runs changed
and reads the book; nothing a client sends changes anything.
"""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import parse_qs

import orjson
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from flows import live, reading
from ipaas.accounts.models import Tenant, User
from ipaas.accounts.roles import allowed

_MOST_ROWS = 50
_RUN_ID = re.compile(r"[a-z0-9_]{1,40}")
_MEMBER_FOR_SECONDS = 10.0


class LiveSocket(AsyncWebsocketConsumer):
    """One browser tab that watches."""

    tenant: Tenant
    member_at: float = 0.0
    watched_run: str | None = None
    seen: int = 0
    watches_runs: bool = False

    async def connect(self) -> None:
        slug = parse_qs(self.scope["query_string"].decode("latin-1")).get("tenant", [""])[0]
        tenant = await sync_to_async(_tenant_of)(self.scope, slug)
        if tenant is None:
            await self.close(code=4403)
            return
        self.tenant, self.member_at = tenant, time.monotonic()
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
            case {"watch": "run", "id": str(run_id), **rest} if _RUN_ID.fullmatch(run_id):
                after = rest.get("after", 0)
                self.watched_run, self.seen = run_id, after if isinstance(after, int) and after >= 0 else 0
                if await self._still_member():
                    await self._send_facts()
            case {"watch": "runs"}:
                self.watches_runs = True
            case {"watch": None}:
                self.watched_run, self.watches_runs = None, False
            case _:
                await self._send({"type": "error", "message": 'Send {"watch": "run", "id": …} or {"watch": "runs"}.'})

    async def live_changed(self, message: dict[str, Any]) -> None:
        """Some runs of the tenant have new facts."""
        if not await self._still_member():
            return
        if self.watched_run in message["runs"]:
            await self._send_facts()
        if self.watches_runs:
            rows = await sync_to_async(reading.runs_by_id)(self.tenant, message["runs"][-_MOST_ROWS:])
            for row in rows:
                if not row["trial"]:
                    await self._send({"type": "run", "run": row})

    async def live_heard(self, message: dict[str, Any]) -> None:
        """Somebody of the tenant listened for an event, and it came."""
        if await self._still_member():
            await self._send({"type": "heard", "listening": message["listening"]})

    async def _still_member(self) -> bool:
        """Whether the person may still look; asked now and then, and a socket of somebody who left is closed."""
        now = time.monotonic()
        if now - self.member_at >= _MEMBER_FOR_SECONDS:
            if await sync_to_async(_tenant_of)(self.scope, self.tenant.slug) is None:
                await self.close(code=4403)
                return False
            self.member_at = now
        return True

    async def _send_facts(self) -> None:
        assert self.watched_run is not None
        entries = await sync_to_async(reading.facts_after)(self.tenant, self.watched_run, self.seen, apart=True)
        if entries:
            self.seen = entries[-1]["seq"]
            await self._send({"type": "facts", "run": self.watched_run, "items": entries})
            for row in await sync_to_async(reading.runs_by_id)(self.tenant, [self.watched_run]):
                await self._send({"type": "run", "run": row})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message).decode())


def _tenant_of(scope: Any, slug: str) -> Tenant | None:
    """The tenant, for a member whose session is still open, as the book has it now."""
    user, session = scope["user"], scope.get("session")
    if not user.is_authenticated or "\x00" in slug:
        return None
    if session is not None and not session.exists(session.session_key):
        return None
    tenant = Tenant.objects.filter(slug=slug).first()
    person = User.objects.filter(pk=user.pk).first()
    return tenant if tenant is not None and allowed(person, tenant, "view") else None
