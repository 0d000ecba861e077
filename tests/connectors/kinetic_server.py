"""The simulated Kinetic behind a real HTTP server on the loopback, and the operations called as the gateway calls them.

A test can cut the connection at the n-th request, before or after the server has kept what was asked of it.
"""

from __future__ import annotations

import base64
import importlib
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import aiohttp
import jsonschema
import orjson
from yarl import URL

from connectors.gateway.answers import Lost, judge
from connectors.sdk.errors import TryAgain
from connectors.sdk.http import HttpAnswer
from connectors.sdk.manifest import Manifest, load_manifest
from connectors.sdk.operation import Found
from connectors.sdk.simulator import MemoryStore, SimRequest, SimResponse
from connectors.sdk.values import form_text

PACKAGE = "connectors.library.epicor_kinetic"
FOLDER = Path(__file__).parents[2] / "connectors" / "library" / "epicor_kinetic"
MANIFEST: Manifest = load_manifest(FOLDER)
LINES = [{"PartNum": "PUMP-100", "SellingQuantity": 2, "DocUnitPrice": "499.00"}]
START = datetime(2026, 8, 21, 15, 0, tzinfo=UTC)


class KineticServer(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = MemoryStore(lambda: START, seed=5)
        self.simulator = importlib.import_module(f"{PACKAGE}.simulator").SIMULATOR(self.store)
        self.simulator.seed()
        self.asked: list[str] = []
        self.cut_at = 0
        self.cut_kept = True
        self.faults: list[str] = []
        self.one_at_a_time = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, request: SimRequest) -> SimResponse | None:
        """What to send back; None means that the connection breaks."""
        with self.one_at_a_time:
            self.asked.append(f"{request.method} {request.path}")
            cut = len(self.asked) == self.cut_at
            if cut and not self.cut_kept:
                return None
            if self.faults:
                return self.simulator.fault(self.faults.pop(0), request)
            response = self.simulator.handle(request)
            return None if cut else response

    def ledger(self, collection: str, **wanted: Any) -> list[dict[str, Any]]:
        rows = self.simulator.ledger()[collection]
        return [row for row in rows if all(row.get(column) == value for column, value in wanted.items())]

    def wait(self, seconds: float) -> None:
        self.store.advance(seconds)
        self.simulator.advance(seconds)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: KineticServer

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = SimRequest(
            self.command,
            unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            base_url=self.server.url,
        )
        response = self.server.answer(request)
        self.close_connection = True
        if response is None:
            # Half an answer: a client repeats a read by itself when it got none at all.
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class KineticHttp:
    """The sdk's Http over a real socket, with the manifest's own error rules."""

    def __init__(self, server: KineticServer, session: aiohttp.ClientSession, operation: str) -> None:
        self.server = server
        self.session = session
        self.operation = operation
        self.config = {**server.simulator.credentials(), **CONFIG}
        self.idempotency_key = "key-of-the-effect"
        self.now = START

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        writes: bool | None = None,
    ) -> HttpAnswer:
        writes = method != "GET" if writes is None else writes
        keys = self.server.simulator.credentials()
        login = base64.b64encode(f"{keys['username']}:{keys['password']}".encode()).decode()
        url = self.server.url + path + (f"?{form_text(query)}" if query else "")
        body = None if json is None else orjson.dumps(json)
        sent = {"x-api-key": keys["api_key"], "Authorization": f"Basic {login}", **(headers or {})}
        try:
            async with self.session.request(method, URL(url, encoded=True), data=body, headers=sent) as response:
                answer = HttpAnswer(response.status, dict(response.headers), await response.read())
        except aiohttp.ClientError as error:
            again = TryAgain(f"The connection broke: {error}", code="answer_lost")
            raise Lost(again) if writes else again from None
        judge(MANIFEST, self.operation, answer, writes=writes, now=START.timestamp())
        return answer


CONFIG: dict[str, Any] = {"customer_defaults": {"TermsCode": "CC", "GroupCode": "WEB"}}


class Kinetic:
    """The connector's operations against the server."""

    def __init__(self, server: KineticServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.code = importlib.import_module(f"{PACKAGE}.operations")

    async def call(self, name: str, **inputs: Any) -> Any:
        """One try of an operation; its output fits its schema."""
        operation = MANIFEST.operations[name]
        jsonschema.Draft202012Validator(operation.input).validate(inputs)
        output = await getattr(self.code, name)(KineticHttp(self.server, self.session, name), inputs)
        jsonschema.Draft202012Validator(operation.output).validate(output)
        return output

    async def send(self, address: str, body: dict[str, Any]) -> None:
        """A record written by somebody else."""
        http = KineticHttp(self.server, self.session, "call_method")
        await http.request("POST", f"/api/v2/odata/EPIC06/{address}", json=body)

    async def a_deposit(self, amount: str = "100.00") -> dict[str, Any]:
        """An order of one line and a deposit on it."""
        order = await self.call("create_sales_order", CustID="ACMEPUMP", PONum="ch_1", OrderDtls=LINES)
        await self.call("ensure_cash_group", GroupID="S260821", BankAcctID="STRIPE")
        paid = {"OrderNum": order["OrderNum"], "DocTranAmt": amount, "CheckRef": "ch_1"}
        found: dict[str, Any] = await self.call("create_deposit", GroupID="S260821", **paid)
        return found

    async def resume(self, name: str, **inputs: Any) -> Any:
        """A later try after one whose end is not known: look first, then go on as the gateway does."""
        operation = MANIFEST.operations[name]
        http = KineticHttp(self.server, self.session, name)
        found = await getattr(self.code, operation.find)(http, inputs) if operation.find else None
        if isinstance(found, Found) and found.complete:
            jsonschema.Draft202012Validator(operation.output).validate(found.output)
            return found.output
        more = {} if found is None else {"found": found.output}
        return await getattr(self.code, name)(http, inputs, **more)


@asynccontextmanager
async def running() -> AsyncIterator[Kinetic]:
    server = KineticServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Kinetic(server, session)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
