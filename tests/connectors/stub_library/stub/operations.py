"""The coded operations of the stub."""

from __future__ import annotations

from typing import Any

from connectors.sdk.http import Http
from connectors.sdk.operation import Found


async def find_order(http: Http, inputs: dict[str, Any]) -> Found | None:
    """An order by its number; without lines it is not complete."""
    rows = (await http.request("GET", "/orders", query={"po": inputs["po"]})).json()["orders"]
    if not rows:
        return None
    return Found(rows[0], complete=bool(rows[0].get("lines")))


async def order_findable(http: Http, inputs: dict[str, Any], found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Create the head, then the lines."""
    head = found or (await http.request("POST", "/orders", json={"po": inputs["po"]})).json()
    return dict((await http.request("POST", f"/orders/{head['id']}/lines", json={"part": "A"})).json())


async def careless(http: Http, inputs: dict[str, Any]) -> Any:
    """Send when asked to, then fail."""
    if inputs.get("send"):
        await http.request("POST", "/things", json={})
    return {"value": 1 / 0}
