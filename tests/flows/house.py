"""The product's inside in one process: runner, gateway, book and an outside system on one loop, in a thread.

Tests deploy documents, start runs, stop and start runners, and read the book; nothing is imitated but the system that
is called, which is a real HTTP server on a loopback port.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

import orjson
from asgiref.sync import sync_to_async
from django.db import connections

from connectors.gateway import Gateway
from connectors.models import Connection, Effect
from flows import bell, publishing, runner
from flows import deployed as deployments
from flows.intake import Arrival, admit_from_thread
from flows.models import Deployment, Fact, Flow, Run, TriggerState
from flows.triggers import routes
from flows.triggers.webhook import webhook_app
from ipaas.accounts.models import Environment, Tenant
from ipaas.book import loops
from ipaas.book.writer import close_writer, get_writer
from tests.connectors.serving import run as run_loop
from tests.connectors.stub import Stub
from tests.flows.documents import document

Answer = TypeVar("Answer")
_gateways = importlib.import_module("connectors.gateway.gateway")


@dataclass
class HookAnswer:
    """What a sender of a webhook heard."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


class House:
    """One tenant's flows at work; a context manager. Its methods are called from the test's thread."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.stub = Stub()
        self._ready = threading.Event()
        self._end: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._runners: list[runner.Runner] = []
        self._thread = threading.Thread(target=lambda: run_loop(self._live()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        self.start_runner()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        _gateways._gateway = None
        routes.forget()
        deployments.forget()
        close_writer()

    async def _live(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        loops.remember(self._loop)
        await self.stub.start()
        _gateways._gateway = Gateway(allow=[f"127.0.0.1:{self.stub.port}"])
        self._ready.set()
        await self._end.wait()
        for each in list(self._runners):
            await self._stop(each)
        await _gateways.gateway().close()
        await self.stub.stop()
        await sync_to_async(connections.close_all)()

    def ask(self, question: Coroutine[Any, Any, Answer], seconds: float = 20) -> Answer:
        """Run something on the loop."""
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(seconds)

    # --- runners ------------------------------------------------------------------------------------------------

    def start_runner(self, *, capacity: int = 50, lease_seconds: float = 30.0, own: bool = False) -> runner.Runner:
        """A runner at work on the book; with `own` it has a gateway of its own, as in another process."""

        async def start() -> runner.Runner:
            gate = Gateway(allow=[f"127.0.0.1:{self.stub.port}"]) if own else _gateways.gateway()
            made = runner.Runner(get_writer(), gate, capacity=capacity, lease_seconds=lease_seconds, jitter=lambda: 1.0)
            made.start()
            if not own:
                runner.install(made)
                bell.answer_with(made.wake)
            self._runners.append(made)
            return made

        return self.ask(start())

    def stop_runner(self, drain_seconds: float = 5.0) -> None:
        """Stop the runners in order, as the end of a process does."""

        async def stop() -> None:
            for each in list(self._runners):
                await self._stop(each, drain_seconds)

        self.ask(stop())

    async def _stop(self, each: runner.Runner, drain_seconds: float = 5.0) -> None:
        self._runners.remove(each)
        if runner.runner_here() is each:
            bell.answer_with(_nobody)
            runner.install(None)
        await each.stop(drain_seconds)

    def sweep(self) -> None:
        """Have every runner take what is due."""
        for each in self._runners:
            self._loop.call_soon_threadsafe(each.sweep)

    # --- flows --------------------------------------------------------------------------------------------------

    def environment(self, name: str = "sandbox") -> Environment:
        """An environment of the tenant."""
        return Environment.objects.get(tenant=self.tenant, name=name)

    def connect(self, name: str = "stub", environment: str = "sandbox", **fields: Any) -> Connection:
        """A connection to the outside system."""
        config = {"base_url": self.stub.url, **fields.pop("config", {})}
        values = {"connector": "stub", "auth_kind": "none", "status": "ok", **fields}
        made: Connection = Connection.objects.of(self.tenant).create(
            environment=self.environment(environment), name=name, config=config, **values
        )
        return made

    def deploy(self, drawn: dict[str, Any], connection: Connection | None = None, name: str = "flow") -> Deployment:
        """A new flow, published and put to work in the sandbox."""
        flow = Flow.objects.of(self.tenant).create(
            name=name, draft=drawn, draft_etag="etag_1", updated_at=datetime.now(UTC)
        )
        return self.redeploy(flow, connection)

    def redeploy(self, flow: Flow, connection: Connection | None = None) -> Deployment:
        """Publish the flow's draft and put it to work in the sandbox."""
        row = connection or Connection.objects.of(self.tenant).first() or self.connect()
        version = publishing.publish(flow, None, "")
        bound = dict.fromkeys(flow.draft["connections"], row.id)
        return publishing.deploy(publishing.Deploy(version, self.environment(), bound, None))

    def deploy_calls(self, *calls: dict[str, Any], **settings: Any) -> Deployment:
        """A flow of calls, one after the other, started by hand."""
        return self.deploy(document(*calls, **settings))

    # --- runs ---------------------------------------------------------------------------------------------------

    def arrival(self, deployment: Deployment, body: Any = None, **more: Any) -> Arrival:
        """An arrival at a deployment's trigger."""
        fields = {"source": "manual", "dedupe_key": "", "meta": {"content_type": "application/json"}, **more}
        return Arrival(
            deployed=deployments.load(deployment.id),
            received_at=fields.pop("received_at", datetime.now(UTC)),
            body=orjson.dumps(body),
            **fields,
        )

    def start(self, deployment: Deployment, body: Any = None, **more: Any) -> str:
        """Start a run; its id."""
        return admit_from_thread(self.arrival(deployment, body, **more)).run_id

    def hook(
        self, deployment: Deployment, body: Any, headers: dict[str, str] | None = None, raw: bytes | None = None
    ) -> HookAnswer:
        """Send a webhook to a deployment's address."""
        state = TriggerState.objects.of(self.tenant).get(flow_id=deployment.flow_id)
        sent = orjson.dumps(body) if raw is None else raw
        return self.post(f"/hooks/{state.token}", sent, headers)

    def post(self, path: str, raw: bytes, headers: dict[str, str] | None = None) -> HookAnswer:
        """Send a webhook to any address."""
        return self.ask(_post(path, raw, {"content-type": "application/json", **(headers or {})}))

    def run(self, run_id: str) -> Run:
        """A run as the book has it now."""
        found: Run = Run.objects.of(self.tenant).get(id=run_id)
        return found

    def wait(self, run_id: str, *statuses: str, seconds: float = 10) -> Run:
        """The run, once it is in one of these statuses (without any: once it has ended)."""
        wanted = statuses or ("succeeded", "failed", "cancelled", "uncertain")
        return self.until(lambda: row if (row := self.run(run_id)).status in wanted else None, f"{wanted}", seconds)

    def until(self, holds: Callable[[], Answer], what: str = "", seconds: float = 10) -> Answer:
        """Ask until the answer is true, and return it."""
        deadline = time.monotonic() + seconds
        while not (found := holds()):
            assert time.monotonic() < deadline, f"still not true: {what}\n{self.story()}"
            time.sleep(0.01)
        return found

    def story(self) -> str:
        """What the runs say of themselves, for a failure's message."""
        rows = Run.objects.of(self.tenant).order_by("-id")[:20]
        return "\n".join(f"{row.id} {row.status} {row.summary} due {row.due_at} by {row.holder}" for row in rows)

    def facts(self, run_id: str, kind: str = "") -> list[dict[str, Any]]:
        """The facts of a run, of one type when named."""
        entries = Fact.objects.filter(run_id=run_id).order_by("seq")
        return [fact for entry in entries for fact in entry.facts if not kind or fact["type"] == kind]

    def outputs(self, run_id: str) -> dict[str, Any]:
        """What each step of a run came to."""
        return {fact["step"]: fact["output"] for fact in self.facts(run_id, "step_succeeded")}

    def effects(self) -> list[Effect]:
        """The tenant's effects, the oldest first, once what was submitted so far is committed."""
        get_writer().submit_from_thread(lambda tx, items: items, None)
        return list(Effect.objects.of(self.tenant).order_by("id"))

    def as_killed_after_sending(self, run_id: str) -> None:
        """Put the book back to how it was when the first write had been sent and its answer had not come.

        That is how a process that was killed then leaves it: the run held by nobody alive, the effect intended.
        """
        first = next(row for row in self._entries(run_id) if any(fact["type"] == "step_started" for fact in row.facts))
        Fact.objects.filter(run_id=run_id, seq__gt=first.seq).delete()
        past = datetime.now(UTC) - timedelta(seconds=1)
        Run.objects.of(self.tenant).filter(id=run_id).update(
            status="running", seq=first.seq, holder="hld_dead", due_at=past, finished_at=None, error=None
        )
        Effect.objects.of(self.tenant).update(status="intended", answer=None, settled_at=None, lease_until=past)

    def _entries(self, run_id: str) -> list[Fact]:
        return list(Fact.objects.filter(run_id=run_id).order_by("seq"))


def _nobody(run_ids: Any) -> None:
    """No runner is at work."""


async def _post(path: str, raw: bytes, headers: dict[str, str]) -> HookAnswer:
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await webhook_app(scope, receive, send)
    names = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return HookAnswer(sent[0]["status"], names, sent[1]["body"])
