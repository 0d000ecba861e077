"""What every scenario is and has: its words, a context to act in, and checks to be judged by.

`Context` reaches the simulated systems over HTTP like any client, reads their books, and ends what faults it added.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
from django.db import connection

from connectors.models import SandboxFault
from connectors.sandbox import books, faults
from connectors.sandbox.situation import FRESH_SECONDS
from ipaas.accounts.models import Tenant

_HTTP_SECONDS = 30.0


class StoryBroken(Exception):
    """A simulated system did not do what the story needs; the message says what."""


@dataclass(frozen=True)
class Check:
    """One thing that must be true in the simulated systems' books."""

    name: str
    ok: bool
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As kept and shown."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail}


@dataclass(frozen=True)
class Scenario:
    """A story: `play` acts, `checks` judges by the books. `covers` names rows of the product's mission.

    `rest_seconds` is how long everything must stay true before it counts, for what could still go wrong later.
    """

    name: str
    title: str
    story: str
    covers: tuple[str, ...]
    play: Callable[[Context], Awaitable[None]]
    checks: Callable[[Context], Awaitable[list[Check]]]
    place: int = 100
    patience_seconds: float = 60.0
    rest_seconds: float = 1.0


@dataclass
class Context:
    """One playing of a scenario. `told` is what `play` leaves for `checks`."""

    tenant: Tenant
    server: str
    told: dict[str, Any] = field(default_factory=dict)
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    _added: list[SandboxFault] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _keys: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_HTTP_SECONDS))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for row in self._added:
            await in_thread(faults.remove, self.tenant, row.id)
        if self._session is not None:
            await self._session.close()

    async def call(
        self, system: str, method: str, path: str, *, form: Mapping[str, str] | None = None, check: bool = True
    ) -> Any:
        """One request to a simulated system, with its own key; answers the JSON."""
        assert self._session is not None
        url = f"{self.server}/sandbox/{self.tenant.slug}/{system}{path}"
        try:
            async with self._session.request(method, url, data=form, headers=await self._headers(system)) as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoryBroken(f"{system} does not answer at {self.server}: {type(error).__name__}") from None
        if check and answer.status >= 400:
            raise StoryBroken(
                f"{system} answered {answer.status} to {method} {path}: {raw[:300].decode(errors='replace')}"
            )
        return orjson.loads(raw) if raw else None

    async def ledger(self, system: str) -> dict[str, list[dict[str, Any]]]:
        """What a simulated system holds."""
        found: dict[str, list[dict[str, Any]]] = await self._books(books.ledger, system)
        return found

    async def fault(self, system: str, kind: str, match: dict[str, Any] | None = None, times: int | None = 1) -> None:
        """Let a system fail from now on; what is left of it ends with the play."""
        row = await in_thread(faults.add, self.tenant, system, kind, match, times)
        self._added.append(row)
        # The server may be another process, which looks at its faults this often.
        await asyncio.sleep(FRESH_SECONDS + 0.1)

    async def faults_met(self) -> list[Check]:
        """Whether the faults of the story really happened, as often as they should."""
        left = {row.id: row.times for row in await in_thread(faults.listed, self.tenant)}
        found = []
        for row in self._added:
            if row.times is not None:
                met = row.times - (left.get(row.id) or 0)
                name = f"{row.system} really failed ({row.fault.replace('_', ' ')})"
                found.append(Check(name, met == row.times, f"{met} of {row.times} times"))
        return found

    async def _headers(self, system: str) -> dict[str, str]:
        if system not in self._keys:
            self._keys[system] = await self._books(books.keys, system)
        key = self._keys[system].get("secret_key")
        return {"Authorization": f"Bearer {key}"} if key else {}

    async def _books(self, look: Callable[[Tenant, str], Any], system: str) -> Any:
        try:
            return await in_thread(look, self.tenant, system)
        except books.UnknownSystem:
            raise StoryBroken(f"This story needs the simulated system {system}, which is not installed.") from None


async def in_thread(fn: Callable[..., Any], *arguments: Any) -> Any:
    """Run database work in a thread that leaves no connection behind."""

    def work() -> Any:
        try:
            return fn(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(work)


def money(value: Any) -> Decimal:
    """An amount out of a book; what is no amount is not equal to any."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")
