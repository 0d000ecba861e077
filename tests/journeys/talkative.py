"""An outside system that repeats what it was told, as many do: in bodies, headers and errors, or hangs up instead.

Used by the journey of secrets; a real HTTP server on a loopback port.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        heard = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self.server.heard.append((self.path, dict(self.headers), heard))  # type: ignore[attr-defined]
        if self.path == "/hang-up":
            self.close_connection = True
            return
        told = {"sent": dict(self.headers), "body": heard}
        match self.path:
            case "/reject":
                said = self.headers.get("Authorization", "") or self.headers.get("X-API-Key", "")
                self._answer(
                    400, {"error": {"message": f"{said} may not {heard}", "code": said, "field": said}, **told}
                )
            case "/unauthorized":
                self._answer(401, {"message": f"unknown: {self.headers.get('Authorization', '')}"})
            case "/echo":
                self._answer(201, told)
            case _:
                self._answer(201, {"id": "17"})

    def _answer(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("X-You-Said", self.headers.get("Authorization", "") or self.headers.get("X-API-Key", ""))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


class Talkative:
    """The server; a context manager. `heard` holds path, headers and body of every request."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self._server.heard = self.heard  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
