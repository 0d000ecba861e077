"""Serves a connector's simulator on a loopback port for the contract suite, with the faults of the sandbox.

Each server holds one in-memory system; the suite starts one per check, so that every check begins with the seed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiohttp import web

from connectors.sdk.simulator import MemoryStore, SimRequest, SimResponse, Simulator

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class ArmedFault:
    """A fault that is on: for every request, or for the n-th write only (counted from 1)."""

    kind: str
    nth_write: int | None = None


@cache
def _seeded(simulator: type[Simulator]) -> MemoryStore:
    """The seed of a simulated system, made once: a hundred checks begin with it."""
    store = MemoryStore()
    simulator(store).seed()
    return store


class SimulatorServer:
    """One simulated system over HTTP at `{url}/sandbox/{tenant}/{system}`."""

    def __init__(self, simulator: type[Simulator], system: str, tenant: str) -> None:
        self.store = _seeded(simulator).twin()
        self.simulator = simulator(self.store)
        self.path = f"/sandbox/{tenant}/{system}"
        self.fault: ArmedFault | None = None
        self.requests: list[SimRequest] = []
        self._writes = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on a free loopback port."""
        app = web.Application(client_max_size=50_000_000)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def arm(self, kind: str, nth_write: int | None = None) -> None:
        """Show a fault from now on; `calm` ends it."""
        self.fault = ArmedFault(kind, nth_write)
        self._writes = 0

    def calm(self) -> None:
        """No more faults."""
        self.fault = None

    def state(self) -> dict[str, Any]:
        """All that the system holds, as its ledger shows it."""
        return self.simulator.ledger()

    def sizes(self) -> dict[str, int]:
        """How many records each collection of the ledger has."""
        return {name: len(rows) for name, rows in self.state().items()}

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        sim = SimRequest(
            method=request.method,
            path=request.path.removeprefix(self.path) or "/",
            query=tuple(request.query.items()),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            base_url=self.url + self.path,
        )
        self.requests.append(sim)
        kind = self._fault_for(sim)
        if kind == "timeout_before_commit":
            return self._hang_up(request)
        if kind in ("unauthorized", "rate_limited", "server_error", "malformed"):
            return _as_web(self.simulator.fault(kind, sim))
        response = self.simulator.handle(sim)
        if kind == "timeout_after_commit":
            return self._hang_up(request)
        if kind == "error_after_commit":
            return _as_web(self.simulator.fault("server_error", sim))
        if kind == "malformed_after_commit":
            return _as_web(self.simulator.fault("malformed", sim))
        return _as_web(response)

    def _fault_for(self, request: SimRequest) -> str | None:
        if request.method not in _READS:
            self._writes += 1
        if self.fault is None:
            return None
        if self.fault.nth_write is None:
            return self.fault.kind
        is_it = request.method not in _READS and self._writes == self.fault.nth_write
        return self.fault.kind if is_it else None

    def _hang_up(self, request: web.Request) -> web.StreamResponse:
        """Break the connection without a word: for the caller the same as silence, without the waiting."""
        assert request.transport is not None
        request.transport.abort()
        raise asyncio.CancelledError


def _as_web(response: SimResponse) -> web.Response:
    return web.Response(status=response.status, body=response.body, headers=response.headers)
