"""Who may come in, and how the server says no: every refusal is one of its own."""

from __future__ import annotations

import json

import pytest

from connectors.library.epicor_kinetic.tests.scenes import V1, V2, Scene

COMPANY = V2 + "Erp.BO.CompanySvc/Companies"


def refusal(scene: Scene, headers: dict[str, str], path: str = COMPANY) -> tuple[int, str]:
    response = scene.send("GET", path, headers=headers)
    return response.status, json.loads(response.body)["ErrorMessage"]


def test_missing_login_wrong_password_missing_key_and_wrong_key_are_told_apart() -> None:
    scene = Scene()
    right = {"authorization": scene.login()}

    assert refusal(scene, {}) == (401, "Authorization is missing.")
    assert refusal(scene, {"authorization": scene.login("guess")}) == (401, "Invalid username or password.")
    assert refusal(scene, right) == (401, "The API key is missing: version 2 needs the header x-api-key.")
    assert refusal(scene, {**right, "x-api-key": "guess"}) == (401, "The API key is not valid.")
    assert scene.send("GET", COMPANY, headers=scene.headers).status == 200


def test_version_1_needs_no_key() -> None:
    scene = Scene()

    response = scene.send("GET", V1 + "Erp.BO.CompanySvc/Companies", headers={"authorization": scene.login()})

    assert response.status == 200
    assert "odata.metadata" in json.loads(response.body)


def test_the_key_may_stand_in_the_query() -> None:
    scene = Scene()

    query = {"api-key": scene.keys["api_key"]}
    assert scene.send("GET", COMPANY, headers={"authorization": scene.login()}, query=query).status == 200


def test_a_token_serves_for_an_hour() -> None:
    scene = Scene()
    login = {"username": scene.keys["username"], "password": scene.keys["password"]}

    token = json.loads(scene.send("POST", "/TokenResource.svc/", headers=login).body)
    bearer = {"authorization": f"Bearer {token['AccessToken']}", "x-api-key": scene.keys["api_key"]}

    assert token["ExpiresIn"] == 3600
    assert scene.send("GET", COMPANY, headers=bearer).status == 200
    scene.wait(3601)
    assert refusal(scene, bearer) == (401, "The token has expired.")
    assert scene.send("POST", "/TokenResource.svc/", headers={**login, "password": "guess"}).status == 401


def test_a_key_of_limited_scope_reads_only() -> None:
    scene = Scene()
    reading = {**scene.headers, "x-api-key": "sandbox-kinetic-key-reading-only"}
    path = V2 + "Erp.BO.CustomerSvc/"

    assert scene.send("GET", path + "Customers", headers=reading).status == 200
    assert scene.send("POST", path + "GetByID", {"custNum": 102}, headers=reading).status == 200
    response = scene.send("POST", path + "Customers", {"CustID": "X", "Name": "X"}, headers=reading)
    assert response.status == 403
    assert json.loads(response.body)["ErrorType"] == "System.UnauthorizedAccessException"


def test_a_session_lapses() -> None:
    scene = Scene()
    session = scene.ask("POST", "Ice.LIB.SessionModSvc/Login", {})["returnObj"]
    headers = {**scene.headers, "sessioninfo": json.dumps({"SessionID": session})}

    assert scene.send("GET", COMPANY, headers=headers).status == 200
    scene.wait(1801)
    assert scene.send("GET", COMPANY, headers=headers).status == 410
    assert scene.send("GET", COMPANY, headers={**scene.headers, "sessioninfo": "nonsense"}).status == 400


def test_another_company_is_refused_in_the_path_and_in_the_header() -> None:
    scene = Scene()
    settings = {**scene.headers, "callsettings": json.dumps({"Company": "EPIC07"})}

    assert scene.send("GET", "/api/v2/odata/EPIC07/Erp.BO.CompanySvc/Companies").status == 403
    assert scene.send("GET", V1 + "Erp.BO.CompanySvc/Companies", headers=settings).status == 403
    assert scene.send("GET", COMPANY, headers=settings).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/api/v3/x", V2 + "Erp.BO.NoSvc/Things", V2 + "Erp.BO.CustomerSvc/Things", "/api/v2/efx/EPIC06/L/F"]
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    response = Scene().send("GET", path)

    assert response.status == 404
    assert json.loads(response.body)["ErrorType"] == "Epicor.RESTApi.ApiException"


def test_the_name_that_does_not_exist_on_real_servers_is_served_and_marked() -> None:
    scene = Scene()

    response = scene.send("GET", V2 + "Erp.BO.CashReceiptSvc/CashReceipts")

    assert response.status == 200
    assert response.headers["X-Simulator-Alias"] == "Erp.BO.CashReceiptSvc is served by Erp.BO.CashRecSvc/CashRecs"


def test_metadata_names_types_keys_and_columns_of_the_customers_own() -> None:
    scene = Scene()

    response = scene.send("GET", V2 + "Erp.BO.SalesOrderSvc/$metadata")
    document = scene.ask("GET", "Erp.BO.SalesOrderSvc/")

    assert response.headers["Content-Type"] == "application/xml"
    assert b'<EntityType Name="OrderHed" OpenType="true">' in response.body
    assert b'<Property Name="WebOrderID_c" Type="Edm.String"/>' in response.body
    assert [each["name"] for each in document["value"]][:2] == ["SalesOrders", "OrderDtls"]
