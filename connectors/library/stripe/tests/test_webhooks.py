"""Events and their delivery: who hears what, in which shape, signed how; and the starting data."""

from __future__ import annotations

import json
import re

import pytest

from connectors.library.stripe.tests.scenes import DAY, HOOK, SAMPLES, START, Shop, sample_events, sample_text
from connectors.sdk.signatures import SignatureRefused, SignatureSpec, verify

SPEC = SignatureSpec("timestamped_hmac", header="Stripe-Signature", secret="webhook_secret")


def test_every_endpoint_hears_only_what_it_asked_for() -> None:
    shop = Shop()
    everything, some = shop.listen(), shop.listen("charge.succeeded")
    shop.post(f"/v1/webhook_endpoints/{shop.listen()['id']}", disabled=True)

    shop.pay()

    heard = [(delivery.signing["endpoint"], json.loads(delivery.body)["type"]) for delivery in shop.store.deliveries]
    assert [kind for endpoint, kind in heard if endpoint == some["id"]] == ["charge.succeeded"]
    assert [kind for endpoint, kind in heard if endpoint == everything["id"]] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    assert {endpoint for endpoint, _ in heard} == {everything["id"], some["id"]}


def test_the_secret_is_told_once() -> None:
    shop = Shop()
    endpoint = shop.listen()

    again = shop.get(f"/v1/webhook_endpoints/{endpoint['id']}")

    assert re.fullmatch(r"whsec_[A-Za-z0-9]{32}", endpoint["secret"])
    assert endpoint["secret"] not in json.dumps(again)
    assert endpoint["secret"] not in json.dumps(shop.simulator.ledger())


def test_deliveries_are_signed_at_the_moment_they_are_sent() -> None:
    shop = Shop()
    secret = shop.listen()["secret"]
    shop.pay()
    delivery = shop.store.deliveries[0]
    now = START.timestamp() + 7200

    headers = shop.simulator.sign(delivery, now)

    verify(SPEC, [secret], headers, delivery.body, now)
    with pytest.raises(SignatureRefused):
        verify(SPEC, [secret], headers, delivery.body + b" ", now)


def test_the_object_has_the_shape_of_the_endpoints_version() -> None:
    shop = Shop()
    shop.post("/v1/webhook_endpoints", url=HOOK, enabled_events=["charge.succeeded"], api_version="2024-06-20")
    shop.listen("charge.succeeded")

    shop.pay()

    old, new = shop.heard()
    assert (old["api_version"], "invoice" in old["data"]["object"]) == ("2024-06-20", True)
    assert (new["api_version"], "invoice" in new["data"]["object"]) == ("2026-06-24.dahlia", False)
    assert old["id"] == new["id"]


def test_an_event_names_the_request_that_caused_it_and_time_causes_some_without() -> None:
    shop = Shop()
    shop.listen()
    answer = shop.send("POST", "/v1/customers", {"name": "x"}, {"idempotency-key": "k-9"})
    session = shop.session()
    shop.wait(DAY)

    created, expired = shop.heard()
    assert created["request"] == {"id": answer.headers["Request-Id"], "idempotency_key": "k-9"}
    assert expired["data"]["object"]["id"] == session["id"]
    assert expired["request"] == {"id": None, "idempotency_key": None}
    assert expired["created"] == session["expires_at"]


def test_an_event_is_a_snapshot() -> None:
    shop = Shop()
    shop.listen("customer.created")
    customer = shop.post("/v1/customers", name="Before")
    shop.post(f"/v1/customers/{customer['id']}", name="After")

    [event] = shop.get("/v1/events", type="customer.created")["data"]

    assert event["data"]["object"]["name"] == shop.heard()[0]["data"]["object"]["name"] == "Before"


def test_events_are_gone_after_thirty_days() -> None:
    shop = Shop()
    shop.post("/v1/customers", name="x")
    [event] = shop.get("/v1/events")["data"]

    shop.store.advance(30 * DAY + 1)

    assert shop.get("/v1/events")["data"] == []
    assert shop.refused("GET", f"/v1/events/{event['id']}")[0] == 404


def test_endpoints_are_changed_and_deleted() -> None:
    shop = Shop()
    endpoint = shop.listen("charge.succeeded")

    changed = shop.post(f"/v1/webhook_endpoints/{endpoint['id']}", enabled_events=["*"], url="https://new.example/h")
    gone = shop.delete(f"/v1/webhook_endpoints/{endpoint['id']}")
    shop.pay()

    assert (changed["enabled_events"], changed["url"]) == (["*"], "https://new.example/h")
    assert gone == {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
    assert shop.store.deliveries == []


@pytest.mark.parametrize(
    "fields, param",
    [
        ({"url": "not an address", "enabled_events": ["*"]}, "url"),
        ({"url": HOOK}, "enabled_events"),
        ({"url": HOOK, "enabled_events": ["Charge Succeeded"]}, "enabled_events[0]"),
    ],
)
def test_endpoints_that_make_no_sense_are_refused(fields: dict[str, object], param: str) -> None:
    status, error = Shop().refused("POST", "/v1/webhook_endpoints", **fields)

    assert (status, error["param"]) == (400, param)


def test_endpoints_live_on_through_a_reset_of_everything_else() -> None:
    shop = Shop()
    endpoint = shop.listen()
    shop.simulator.seed()

    assert [row["id"] for row in shop.get("/v1/webhook_endpoints")["data"]] == [endpoint["id"]]
    assert shop.store.deliveries == []


def test_the_shop_starts_with_products_that_name_their_part() -> None:
    shop = Shop()
    products = shop.get("/v1/products", limit=100)["data"]

    assert {product["id"]: product["metadata"]["erp_part_number"] for product in products} == {
        "prod_hydraulic_pump": "PUMP-100",
        "prod_control_valve": "VALVE-220",
        "prod_hydraulic_hose": "HOSE-310",
        "prod_seal_kit": "SEAL-415",
        "prod_electric_motor": "MOTOR-500",
        "prod_filter_cartridge": "FILTER-610",
        "prod_pressure_gauge": "GAUGE-700",
        "prod_service_plan": "SERVICE-PLAN",
    }
    assert shop.get("/v1/customers")["data"] == shop.get("/v1/charges")["data"] == []


def test_the_samples_are_what_the_simulator_sends() -> None:
    events = sample_events()
    files = {path.stem: path.read_text("utf-8") for path in SAMPLES.glob("*.json")}

    assert files == {kind: sample_text(events[kind]) for kind in files}


@pytest.mark.parametrize(
    "kind, status, code",
    [
        ("unauthorized", 401, None),
        ("rate_limited", 429, "rate_limit"),
        ("server_error", 500, None),
        ("key_in_use", 409, "idempotency_key_in_use"),
        ("lock_timeout", 429, "lock_timeout"),
    ],
)
def test_faults_look_like_the_systems_own(kind: str, status: int, code: str | None) -> None:
    shop = Shop()

    answer = shop.simulator.fault(kind, None)  # type: ignore[arg-type]

    error = json.loads(answer.body)["error"]
    assert (answer.status, error.get("code")) == (status, code)


def test_a_malformed_answer_is_no_json() -> None:
    answer = Shop().simulator.fault("malformed", None)  # type: ignore[arg-type]

    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
