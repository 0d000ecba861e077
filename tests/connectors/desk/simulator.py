"""The simulated help desk: keeps tickets, numbers them, tells its webhook endpoints, and fails in its own words."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, ClassVar

import orjson

from connectors.sdk.simulator import Delivery, SimRequest, SimResponse, Simulator

KEY = "desk-key-0001"


class Desk(Simulator):
    """Tickets and endpoints."""

    system: ClassVar[str] = "desk"
    kept_over_reset: ClassVar[tuple[str, ...]] = ("endpoints",)

    def handle(self, request: SimRequest) -> SimResponse:
        if request.header("X-Desk-Key") != KEY:
            return SimResponse.json(401, {"error": "no such key"})
        if request.path == "/tickets" and request.method == "GET":
            return SimResponse.json(200, {"tickets": self.store.list("Tickets")})
        if request.path.startswith("/tickets/") and request.method == "GET":
            found = self.store.get("Tickets", request.path.removeprefix("/tickets/"))
            return SimResponse.json(200, found) if found else SimResponse.json(404, {"error": "no such ticket"})
        if request.path == "/tickets" and request.method == "POST":
            return self._open(request)
        if request.path == "/endpoints" and request.method == "POST":
            body = request.json()
            self.store.put("endpoints", body["url"], body)
            return SimResponse.json(200, body)
        if request.path == "/broken":
            self.store.put("Tickets", "half", {"subject": "written before the mistake"})
            raise RuntimeError("a mistake in the simulator")
        return SimResponse.json(404, {"error": "nothing here"})

    def _open(self, request: SimRequest) -> SimResponse:
        number = self.store.next_number("ticket", 100)
        ticket = {
            "number": number,
            "subject": request.json()["subject"],
            "at": self.store.now().isoformat(),
        }
        self.store.put("Tickets", str(number), ticket, {"subject": ticket["subject"]})
        for endpoint in self.store.list("endpoints"):
            body = orjson.dumps({"id": f"evt_{number}", "type": "ticket.opened", "ticket": ticket})
            signing = {"secret": endpoint["secret"]}
            headers = {"Content-Type": "application/json"}
            self.store.deliver(Delivery(endpoint["url"], body, headers, f"evt_{number}", signing))
        return SimResponse.json(201, ticket)

    def fault(self, kind: str, request: SimRequest) -> SimResponse:
        if kind == "rate_limited":
            return SimResponse.json(429, {"error": "slow down"}, {"Retry-After": "7"})
        if kind == "malformed":
            return SimResponse(200, b'{"tickets": [', {"Content-Type": "application/json"})
        return SimResponse.json({"unauthorized": 401}.get(kind, 503), {"error": kind})

    def seed(self) -> None:
        self.store.next_number("ticket", 100)
        self.store.put("Tickets", "100", {"number": 100, "subject": "welcome"}, {"subject": "welcome"})

    def credentials(self) -> dict[str, str]:
        return {"key": KEY, "host": "desk.test"}

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        return {"Tickets": self.store.list("Tickets")}

    def sign(self, delivery: Delivery, now: float) -> dict[str, str]:
        text = f"{int(now)}.".encode() + delivery.body
        return {"Desk-Signature": hmac.new(delivery.signing["secret"].encode(), text, hashlib.sha256).hexdigest()}

    def advance(self, seconds: float) -> None:
        self.store.put("Tickets", f"later-{seconds:g}", {"subject": "time went by", "at": self.store.now().isoformat()})


SIMULATOR = Desk
