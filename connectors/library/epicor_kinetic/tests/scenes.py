"""A simulated Kinetic to ask, with short ways of asking; shared by the tests beside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulator import SIMULATOR
from connectors.sdk.simulator import MemoryStore, SimRequest, SimResponse

START = datetime(2026, 8, 21, 15, 0, tzinfo=UTC)
V1, V2 = "/api/v1/", "/api/v2/odata/EPIC06/"


class Scene:
    """One company on one server."""

    def __init__(self) -> None:
        self.store = MemoryStore(lambda: START, seed=3)
        self.simulator = SIMULATOR(self.store)
        self.simulator.seed()
        self.keys = self.simulator.credentials()
        self.headers = {"authorization": self.login(), "x-api-key": self.keys["api_key"]}

    def login(self, password: str | None = None) -> str:
        pair = f"{self.keys['username']}:{password or self.keys['password']}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def send(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, str] | None = None, headers: Any = None
    ) -> SimResponse:
        raw = b"" if body is None else json.dumps(body).encode()
        asked = self.headers if headers is None else headers
        return self.simulator.handle(SimRequest(method, path, tuple((query or {}).items()), asked, raw))

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The JSON of an answer that must be a success; decimals exact."""
        response = self.send(method, V2 + path, body, query={f"${name}": value for name, value in query.items()})
        assert response.status < 300, response.body
        return json.loads(response.body, parse_float=Decimal) if response.body else None

    def refused(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """The error of an answer that must be a refusal."""
        response = self.send(method, V2 + path, body, query={f"${name}": value for name, value in query.items()})
        assert response.status >= 400, response.body
        found: dict[str, Any] = json.loads(response.body)
        assert found["HttpStatus"] == response.status
        return found

    def rows(self, entity_set: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", entity_set, **query)["value"]
        return found

    def order(self, **more: Any) -> dict[str, Any]:
        line = {"PartNum": "PUMP-100", "SellingQuantity": 2, "DocUnitPrice": 499}
        body = {"CustNum": 102, "PONum": "PO1", "OrderDtls": [line], **more}
        made: dict[str, Any] = self.ask("POST", "Erp.BO.SalesOrderSvc/SalesOrders", body)
        return made

    def wait(self, seconds: float) -> None:
        self.store.advance(seconds)
        self.simulator.advance(seconds)


def where(error: dict[str, Any]) -> tuple[int, str, str]:
    detail = error["ErrorDetails"][0]
    return error["HttpStatus"], detail.get("Table", ""), detail.get("Field", "")
