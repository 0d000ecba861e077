"""What the Stripe manifest cannot say: look-ups over two calls, ends that may be reached twice, webhook endpoints.

The gateway calls these with an authorised `http`. They never keep anything between calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http
from connectors.sdk.values import quote_segment

API_VERSION = "2026-06-24.dahlia"
PAGE = 100
MOST_PAGES = 20


async def find_customer_by_email(http: Http, inputs: Mapping[str, Any], found: Any = None) -> dict[str, Any]:
    """The newest customer with this address, and how many share it."""
    query = {"email": inputs["email"], "limit": PAGE}
    customers = (await http.request("GET", "/v1/customers", query=query)).json()["data"]
    newest = customers[0] if customers else {"id": None}
    return {"found": bool(customers), "matches": len(customers), **newest}


async def find_checkout_session_by_payment_intent(
    http: Http, inputs: Mapping[str, Any], found: Any = None
) -> dict[str, Any]:
    """The session behind a payment with every line item, or `found: false`."""
    query = {"payment_intent": inputs["payment_intent"], "limit": 1}
    sessions = (await http.request("GET", "/v1/checkout/sessions", query=query)).json()["data"]
    if not sessions:
        return {"found": False, "id": None, "line_items": {"data": [], "has_more": False}}
    session = sessions[0]
    lines = await _line_items(http, session["id"])
    return {"found": True, **session, "line_items": {"object": "list", "data": lines, "has_more": False}}


async def _line_items(http: Http, session_id: str) -> list[dict[str, Any]]:
    path = f"/v1/checkout/sessions/{quote_segment(session_id)}/line_items"
    query: dict[str, Any] = {"limit": PAGE, "expand": ["data.price.product"]}
    lines: list[dict[str, Any]] = []
    for _ in range(MOST_PAGES):
        page = (await http.request("GET", path, query=query)).json()
        lines += page["data"]
        if not page["has_more"]:
            return lines
        query["starting_after"] = lines[-1]["id"]
    raise Rejected(
        f"The checkout session {session_id} has more than {PAGE * MOST_PAGES} line items.",
        code="too_many_line_items",
        hint="Split the basket, or list its line items with an operation of their own.",
    )


async def cancel_subscription(http: Http, inputs: Mapping[str, Any], found: Any = None) -> Any:
    """End a subscription; one that has ended already is answered as it is."""
    path = f"/v1/subscriptions/{quote_segment(inputs['id'])}"
    query = {"invoice_now": inputs.get("invoice_now")}
    answer = await http.request("DELETE", path, query=query, check=False)
    if answer.ok:
        return answer.json()
    current = await http.request("GET", path, check=False)
    if current.ok and current.json()["status"] == "canceled":
        return current.json()
    # Neither ended now nor before: the same request again says why, by the error rules.
    return (await http.request("DELETE", path, query=query)).json()


async def create_webhook_endpoint(http: Http, inputs: Mapping[str, Any], found: Any = None) -> Any:
    """An endpoint for these events in the shape this connector describes them in."""
    form = {
        "url": inputs["url"],
        "enabled_events": inputs["events"],
        "description": inputs.get("description"),
        "api_version": API_VERSION,
    }
    headers = {"Idempotency-Key": http.idempotency_key} if http.idempotency_key else {}
    return (await http.request("POST", "/v1/webhook_endpoints", form=form, headers=headers)).json()


async def update_webhook_endpoint(http: Http, inputs: Mapping[str, Any], found: Any = None) -> Any:
    """Only the given fields change."""
    form = {name: inputs.get(name) for name in ("url", "description", "disabled")}
    form["enabled_events"] = inputs.get("events")
    path = f"/v1/webhook_endpoints/{quote_segment(inputs['id'])}"
    return (await http.request("POST", path, form=form)).json()


async def delete_webhook_endpoint(http: Http, inputs: Mapping[str, Any], found: Any = None) -> Any:
    """Gone is gone, whoever deleted it."""
    path = f"/v1/webhook_endpoints/{quote_segment(inputs['id'])}"
    answer = await http.request("DELETE", path, check=False)
    if answer.status == 404:
        return {"id": inputs["id"], "object": "webhook_endpoint", "deleted": True}
    if answer.ok:
        return answer.json()
    return (await http.request("DELETE", path)).json()
