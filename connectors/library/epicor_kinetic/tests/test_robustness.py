"""Whatever arrives, the server answers in its own words: no exception, no half-kept write. And what call-outs send."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.library.epicor_kinetic.simulation.tables import SERVICES, TABLES
from connectors.library.epicor_kinetic.tests.half_sense import HalfSense, furnished
from connectors.library.epicor_kinetic.tests.scenes import START, V2, Scene
from connectors.sdk.signatures import SignatureRefused, SignatureSpec, verify
from connectors.sdk.simulator import FAULT_KINDS, SimRequest

SCENE = Scene()
SPECIAL = [
    "GetByID", "GetRows", "GetList", "Update", "UpdateExt", "DeleteByID", "MasterUpdate", "ChangeCustomer",
    "ChangeSoldToID", "ChangePartNumMaster", "ChangeSellingQtyMaster", "GetNewCashHeadType", "GetCustomerInfo",
    "ChangeTranAmtCashHead", "GetNewCashDtl", "OnChangedCashApplied", "ReverseCashReceipt", "SubmitToAgent",
    "RunDirect", "GetShipments", "SetInventoryQtyAdj", "GetPartOnHandWhse", "PostGroup", "CloseOrder", "Login",
    "Nonsense",
]  # fmt: skip
NAMES = [*SPECIAL, *(f"GetNew{name}" for name in TABLES), *(table.entity_set for table in TABLES.values())]
COLUMNS = sorted({column for table in TABLES.values() for column in table.columns})
PARAMETERS = [
    "ds", "custNum", "custID", "orderNum", "groupID", "headNum", "invoiceNum", "partNum", "cTableName", "RowMod",
    "ipSellingQuantity", "proposedTranAmt", "whereClauseCustomer", "pageSize", "tranType", *TABLES,
]  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 6000), st.integers(), st.floats(allow_nan=False), st.text(max_size=12),
    st.sampled_from(["A", "U", "D", "2026-08-21", "ACMEPUMP", "PUMP-100", "EPIC06", "Deposit", "OrderHed", "1e400"]),
)  # fmt: skip
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*COLUMNS, *PARAMETERS]), inner, max_size=5),
    ),
    max_leaves=12,
)


def answered(request: SimRequest) -> int:
    response = SCENE.simulator.handle(request)
    told: Any = json.loads(response.body) if response.status >= 400 else {"HttpStatus": response.status}
    assert told["HttpStatus"] == response.status
    assert response.status < 500
    return response.status


@given(st.sampled_from(sorted(SERVICES)), st.sampled_from(NAMES), BODIES, st.sampled_from(["POST", "PATCH", "DELETE"]))
@settings(max_examples=400, deadline=None)
def test_no_body_breaks_a_service(service: str, name: str, body: Any, method: str) -> None:
    raw = json.dumps(body).encode()

    assert answered(SimRequest(method, f"{V2}{service}/{name}", (), SCENE.headers, raw)) > 0


@given(st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "X"]), st.text(max_size=30), st.binary(max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_address_breaks_the_server(method: str, rest: str, raw: bytes) -> None:
    for start in ("", "/api/v1/", V2, V2 + "Erp.BO.CustomerSvc/", V2 + "Erp.BO.PartSvc/Parts("):
        assert answered(SimRequest(method, start + rest, (("$filter", rest), ("$top", rest)), SCENE.headers, raw)) > 0


@given(st.dictionaries(st.sampled_from(["authorization", "x-api-key", "sessioninfo", "callsettings"]), st.text()))
@settings(max_examples=200, deadline=None)
def test_no_header_breaks_the_server(headers: dict[str, str]) -> None:
    path = V2 + "Erp.BO.CustomerSvc/Customers"

    assert answered(SimRequest("GET", path, (("$top", "1"),), {**SCENE.headers, **headers})) > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thousands_of_half_sensible_requests_are_all_answered(seed: int) -> None:
    scene = furnished()
    half_sense = HalfSense(seed, scene.headers)

    seen = Counter(scene.simulator.handle(half_sense.request(scene)).status for _ in range(3000))
    scene.wait(10)

    assert set(seen) <= {200, 201, 204, 400, 404, 409}
    assert seen[200] + seen[201] + seen[204] > 500
    json.dumps(scene.simulator.ledger())


def test_what_a_database_cannot_keep_is_refused() -> None:
    scene = Scene()
    customers = V2 + "Erp.BO.CustomerSvc/Customers"

    half = SimRequest("POST", customers, (), scene.headers, b'{"CustID": "X", "Name": "\\ud800"}')
    nothing = SimRequest("POST", customers, (), scene.headers, b'{"CustID": "X", "Name": "a\\u0000"}')
    asked = SimRequest("GET", customers, (("$filter", "CustID eq 'a\x00'"),), scene.headers)

    assert [scene.simulator.handle(request).status for request in (half, nothing, asked)] == [400, 400, 400]


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"1", b'{"Name": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"CustNum": ' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_no_object_is_told_so(raw: bytes) -> None:
    scene = Scene()

    request = SimRequest("POST", V2 + "Erp.BO.CustomerSvc/Customers", (), scene.headers, raw)
    response = scene.simulator.handle(request)

    assert response.status == 400
    assert json.loads(response.body)["ErrorType"] == "Microsoft.OData.ODataException"


@pytest.mark.parametrize("kind, status", list(zip(FAULT_KINDS, (401, 429, 500, 200), strict=True)))
def test_faults_look_like_the_systems_own(kind: str, status: int) -> None:
    scene = Scene()

    response = scene.simulator.fault(kind, SimRequest("GET", V2))

    assert response.status == status
    assert ("Retry-After" in response.headers) is (kind == "rate_limited")


def test_the_seed_is_the_same_every_time_and_the_ledger_is_plain() -> None:
    one, two = Scene(), Scene()

    assert one.simulator.ledger() == two.simulator.ledger()
    json.dumps(one.simulator.ledger())
    assert one.simulator.ledger()["Customers"][0]["CustID"] == "WEB"


def register(scene: Scene, **more: Any) -> dict[str, Any]:
    body = {"Url": "https://hooks.example/1", "Events": ["customer.updated"], **more}
    made: dict[str, Any] = scene.ask("POST", "Ice.BO.BpmCalloutSvc/Callouts", body)
    return made


def test_a_change_is_called_out_with_what_changed_and_the_secret() -> None:
    scene = Scene()
    made = register(scene)

    scene.ask("PATCH", "Erp.BO.CustomerSvc/Customers('EPIC06',102)", {"City": "Moline"})
    scene.ask("PATCH", "Erp.BO.CustomerSvc/Customers('EPIC06',102)", {"City": "Moline"})
    scene.ask("POST", "Erp.BO.CustomerSvc/Customers", {"CustID": "NEW", "Name": "New"})

    [delivery] = scene.store.deliveries
    event = json.loads(delivery.body)
    assert (event["event"], event["event_id"], event["changed"]) == ("customer.updated", delivery.event_id, ["City"])
    assert event["record"]["CustID"] == "ACMEPUMP"
    assert scene.simulator.sign(delivery, START.timestamp()) == {"X-Ipaas-Secret": made["Secret"]}


def test_a_signed_call_out_is_verified_and_a_changed_one_is_not() -> None:
    scene = Scene()
    secret = register(scene, Signature="hmac", Secret="a-secret-of-mine")["Secret"]
    scene.ask("PATCH", "Erp.BO.CustomerSvc/Customers('EPIC06',102)", {"City": "Moline"})
    [delivery] = scene.store.deliveries
    spec = SignatureSpec(kind="hmac", header="X-Ipaas-Signature", secret="webhook_secret", prefix="sha256=")

    headers = scene.simulator.sign(delivery, START.timestamp())

    verify(spec, [secret], headers, delivery.body, START.timestamp())
    with pytest.raises(SignatureRefused):
        verify(spec, [secret], headers, delivery.body + b" ", START.timestamp())


def test_a_template_gives_the_payload_the_customers_own_shape() -> None:
    scene = Scene()
    template = {"kind": "{event}", "who": {"id": "{CustID}", "number": "{CustNum}", "text": "{Name} of {City}"}}
    register(scene, Template=template)

    scene.ask("PATCH", "Erp.BO.CustomerSvc/Customers('EPIC06',102)", {"City": "Moline"})

    who = {"id": "ACMEPUMP", "number": 102, "text": "Acme Pump & Supply of Moline"}
    assert json.loads(scene.store.deliveries[0].body) == {"kind": "customer.updated", "who": who}


def test_a_refused_change_calls_nobody() -> None:
    scene = Scene()
    register(scene, Events=["*"])

    scene.refused("POST", "Erp.BO.SalesOrderSvc/SalesOrders", {"CustNum": 102, "OrderDtls": [{"PartNum": "NOPE"}]})

    assert scene.store.deliveries == []


def test_the_secret_of_a_call_out_is_shown_once() -> None:
    scene = Scene()
    made = register(scene)

    listed = scene.ask("GET", "Ice.BO.BpmCalloutSvc/Callouts")["value"]

    assert [each["Secret"] for each in listed] == ["(hidden)"]
    assert made["Secret"] not in json.dumps(listed)
