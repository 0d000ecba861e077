"""The HTTP connector's own operations and its simulated system."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connectors.library.http import operations
from connectors.library.http.simulator import HttpSimulator
from connectors.sdk.errors import Rejected
from connectors.sdk.http import HttpAnswer
from connectors.sdk.signatures import SignatureSpec, verify
from connectors.sdk.simulator import Delivery, MemoryStore, SimRequest


class SimulatedHttp:
    """The authorised client, spoken to the simulator without a network."""

    idempotency_key = "key-1"

    def __init__(self, config: dict[str, Any] | None = None) -> None:
        self.config = config or {}
        self.simulator = HttpSimulator(MemoryStore())
        self.simulator.seed()
        self.sent: list[SimRequest] = []

    async def request(self, method: str, path: str, **options: Any) -> HttpAnswer:
        body = options.get("text", "").encode() if options.get("text") else b""
        if options.get("json") is not None:
            body = orjson.dumps(options["json"])
        headers = {name.lower(): value for name, value in options["headers"].items()}
        query = tuple((options.get("query") or {}).items())
        request = SimRequest(method, path, query, {"authorization": "Bearer sim_http_token_0001", **headers}, body)
        self.sent.append(request)
        answer = self.simulator.handle(request)
        if answer.status >= 400:
            raise Rejected("refused", detail={"status": answer.status})
        return HttpAnswer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body)


async def test_reading_answers_with_status_headers_and_the_parsed_body() -> None:
    http = SimulatedHttp()

    output = await operations.get(http, {"path": "items", "query": {"limit": "5"}})

    assert http.sent[0].path == "/items"
    assert output == {
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": {"items": [{"name": "First", "id": "1"}]},
    }


async def test_a_keyed_post_carries_the_key_in_the_header_that_the_connection_names() -> None:
    http = SimulatedHttp({"idempotency_header": "X-Request-Id"})

    await operations.request_keyed(http, {"path": "/items", "body": {"name": "Second"}, "headers": {"X-A": "b"}})

    assert http.sent[0].headers["x-request-id"] == "key-1"
    assert http.sent[0].headers["x-a"] == "b"


async def test_the_same_key_makes_one_item_and_another_body_under_it_is_refused() -> None:
    http = SimulatedHttp()

    first = await operations.request_keyed(http, {"path": "/items", "body": {"name": "Second"}})
    again = await operations.request_keyed(http, {"path": "/items", "body": {"name": "Second"}})
    with pytest.raises(Rejected):
        await operations.request_keyed(http, {"path": "/items", "body": {"name": "Other"}})

    assert first["body"] == again["body"] == {"name": "Second", "id": "2"}
    assert len(http.simulator.ledger()["items"]) == 2


async def test_deleting_what_is_gone_is_a_success_and_replacing_it_is_too() -> None:
    http = SimulatedHttp()

    first = await operations.request_idempotent(http, {"method": "DELETE", "path": "/items/1"})
    again = await operations.request_idempotent(http, {"method": "DELETE", "path": "/items/1"})
    put = await operations.request_idempotent(http, {"method": "PUT", "path": "/items/1", "body": {"name": "Back"}})

    assert (first["status"], again["status"], put["body"]) == (204, 404, {"name": "Back", "id": "1"})


async def test_text_is_sent_as_it_is_and_a_refusal_of_a_patch_is_an_error() -> None:
    http = SimulatedHttp()

    echoed = await operations.request_unsafe(http, {"method": "POST", "path": "/echo", "body": "plain <text>"})
    with pytest.raises(Rejected):
        await operations.request_unsafe(http, {"method": "PATCH", "path": "/items/99", "body": {}})

    assert echoed["body"]["body"] == "plain <text>"


@pytest.mark.parametrize(
    "method, path, body, status",
    [
        ("POST", "/items", b"not json", 400),
        ("POST", "/items", b"[1]", 400),
        ("PUT", "/items/1", b"", 400),
        ("GET", "/items/zz", b"", 404),
        ("GET", "/nothing", b"", 404),
        ("DELETE", "/items", b"", 405),
        ("GET", "/items?limit=x", b"", 404),
    ],
)
def test_the_simulated_system_refuses_bad_requests_in_its_own_words(
    method: str, path: str, body: bytes, status: int
) -> None:
    simulator = HttpSimulator(MemoryStore())
    simulator.seed()

    answer = simulator.handle(SimRequest(method, path, (), {"x-api-key": "sim_http_key_0001"}, body))

    assert answer.status == status
    assert orjson.loads(answer.body)["error"]["message"]
    assert [item["id"] for item in simulator.ledger()["items"]] == ["1"]


def test_deliveries_of_the_simulated_system_verify_with_the_connectors_signature() -> None:
    delivery = Delivery("http://x", b'{"a": 1}', {}, "evt_1", {})

    headers = HttpSimulator(MemoryStore()).sign(delivery, 0)

    verify(SignatureSpec("hmac", header="X-Signature"), ["sim_http_webhook_secret"], headers, delivery.body, 0)
