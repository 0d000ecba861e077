"""The simulated Stripe behind a real HTTP server on the loopback, for the official client.

Tests queue failures: an answer lost after the request was committed, or one of the system's own faults.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import stripe

from connectors.library.stripe.simulator import SIMULATOR
from connectors.sdk.simulator import MemoryStore, SimRequest, SimResponse

START = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


class StripeServer(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = MemoryStore(lambda: START, seed=11)
        self.simulator = SIMULATOR(self.store)
        self.simulator.seed()
        self.failures: deque[str] = deque()
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.one_at_a_time = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def key(self) -> str:
        return self.simulator.credentials()["secret_key"]

    def answer(self, request: SimRequest) -> SimResponse | None:
        """What to send back; None means that the connection breaks."""
        with self.one_at_a_time:
            self.asked.append((request.method, request.path, dict(request.headers)))
            failure = self.failures.popleft() if self.failures else ""
            if failure and not failure.endswith("_after_commit"):
                return self.simulator.fault(failure, request)
            response = self.simulator.handle(request)
            if failure == "broken_after_commit":
                return None
            if failure == "error_after_commit":
                return self.simulator.fault("server_error", request)
            return response

    def wait(self, seconds: float) -> None:
        self.store.advance(seconds)
        self.simulator.advance(seconds)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StripeServer

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
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read `asked` instead of a log."""


@contextmanager
def serving() -> Iterator[StripeServer]:
    server = StripeServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def connected(server: StripeServer, key: str) -> Iterator[stripe.StripeClient]:
    """The official client with a key, talking to the server."""
    wire = stripe.RequestsClient()
    try:
        yield stripe.StripeClient(key, base_addresses={"api": server.url}, max_network_retries=2, http_client=wire)
    finally:
        wire.close()
