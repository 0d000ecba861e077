"""Templates over HTTP: ready-made flows that install soundly, and never over what people have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connectors import connections
from connectors.models import Connection
from connectors.registry import registry
from connectors.sandbox.resets import ensure_seeded
from flows.models import Deployment, Flow, LookupTable, Version
from flows.templates import templates
from ipaas.accounts.models import Environment, Tenant
from ipaas.book.writer import close_writer
from tests.api.conftest import Member
from tests.api.working import BASE, code_of

NAME = "stripe_order_to_cash"
INSTALL = f"{BASE}/templates/{NAME}/install/"


@pytest.fixture
def simulated(db: None, acme: Tenant) -> Iterator[dict[str, Connection]]:
    """Connections to the tenant's simulated systems."""
    ensure_seeded(acme)
    sandbox = Environment.objects.get(tenant=acme, name="sandbox")
    yield {
        name: connections.create_simulated(acme, sandbox, registry().get(name), name)
        for name in ("stripe", "epicor_kinetic")
    }
    close_writer()


def test_templates_are_listed_with_what_they_need(admin: Member) -> None:
    listed = admin.client.get(f"{BASE}/templates/").json()["items"]

    found = {row["name"]: row for row in listed}
    assert found.keys() == templates().keys()
    assert found[NAME]["needs"] == [
        {"alias": "stripe", "connector": "stripe"},
        {"alias": "epicor", "connector": "epicor_kinetic"},
    ]
    assert found[NAME]["tables"] == ["stripe_product_to_part"]
    assert all(row["title"] and row["summary"] and row["purpose"] and row["description"] for row in listed)


def test_a_template_is_shown_with_its_explanation_and_the_rows_it_brings(admin: Member) -> None:
    shown = admin.client.get(f"{BASE}/templates/{NAME}/").json()

    assert len(shown["explanation"]) == 7
    [table] = shown["table_rows"]
    assert (table["name"], table["key_title"], len(table["rows"])) == ("stripe_product_to_part", "Stripe product", 8)
    assert {"key": "prod_seal_kit", "value": "SEAL-415"} in table["rows"]
    assert admin.client.get(f"{BASE}/templates/atlantis/").status_code == 404


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_installs_without_a_problem_and_can_be_published(admin: Member, name: str) -> None:
    made = admin.client.post(f"{BASE}/templates/{name}/install/", {"name": "Mine"})

    assert made.status_code == 201
    flow = made.json()
    assert (flow["name"], flow["problems"], flow["deployments"]) == ("Mine", [], [])
    assert flow["document"] == templates()[name].document
    assert admin.client.post(f"{BASE}/flows/{flow['id']}/versions/", {}).status_code == 201


def test_tables_are_made_once_and_never_overwritten(admin: Member, acme: Tenant) -> None:
    admin.client.post(INSTALL, {})
    rows = f"{BASE}/lookup-tables/stripe_product_to_part/rows/"
    made = {row["key"]: row["value"] for row in admin.client.get(rows).json()["items"]}
    admin.client.patch(rows, {"set": {"prod_seal_kit": "OUR-OWN"}, "remove": ["prod_service_plan"]})

    again = admin.client.post(INSTALL, {})

    kept = {row["key"]: row["value"] for row in admin.client.get(rows).json()["items"]}
    assert made["prod_seal_kit"] == "SEAL-415"
    assert again.status_code == 201
    assert (kept["prod_seal_kit"], "prod_service_plan" in kept) == ("OUR-OWN", False)
    assert LookupTable.objects.of(acme).count() == 1
    assert Flow.objects.of(acme).count() == 2


def test_an_installation_with_an_environment_publishes_and_deploys(
    admin: Member, acme: Tenant, simulated: dict[str, Connection]
) -> None:
    bound = {"stripe": simulated["stripe"].id, "epicor": simulated["epicor_kinetic"].id}

    made = admin.client.post(INSTALL, {"environment": "sandbox", "connections": bound})

    assert made.status_code == 201, made.json()
    [deployment] = made.json()["deployments"]
    assert (deployment["environment"], deployment["version"], deployment["connections"]) == ("sandbox", 1, bound)
    assert deployment["webhook_url"]
    assert deployment["subscription"]["status"] == "pending"


def test_where_there_is_one_connection_of_each_system_none_need_be_chosen(
    admin: Member, acme: Tenant, simulated: dict[str, Connection]
) -> None:
    made = admin.client.post(INSTALL, {"environment": "sandbox"})

    assert made.status_code == 201
    [deployment] = made.json()["deployments"]
    assert deployment["connections"]["stripe"] == simulated["stripe"].id


def test_an_installation_that_cannot_be_deployed_leaves_nothing_behind(admin: Member, acme: Tenant) -> None:
    answer = admin.client.post(INSTALL, {"environment": "sandbox"})

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/connections/stripe", "/connections/epicor"}
    assert Flow.objects.of(acme).count() == 0
    assert Version.objects.of(acme).count() == 0
    assert LookupTable.objects.of(acme).count() == 0


def test_who_may_not_deploy_installs_nothing_where_it_asks_to(
    new_member: Callable[[str], Member], acme: Tenant
) -> None:
    analyst = new_member("analyst")

    refused = analyst.client.post(INSTALL, {"environment": "production"})

    assert code_of(refused) == (403, "permission_needed")
    assert Flow.objects.of(acme).count() == 0
    assert analyst.client.post(INSTALL, {}).status_code == 201
    assert code_of(new_member("viewer").client.post(INSTALL, {})) == (403, "permission_needed")
    assert Deployment.objects.of(acme).count() == 0


def test_only_a_template_that_exists_is_installed(admin: Member, stranger: Member, acme: Tenant) -> None:
    assert admin.client.post(f"{BASE}/templates/atlantis/install/", {}).status_code == 404
    assert admin.client.post(INSTALL, {"environment": "moon"}).status_code == 422
    assert admin.client.post(INSTALL, {"name": ""}).status_code == 422
    assert stranger.client.post(INSTALL, {}).status_code == 404
    assert Flow.objects.of(acme).count() == 0


def test_the_reference_of_documents_is_there_for_whoever_is_signed_in(admin: Member) -> None:
    schema = admin.client.get("/api/v1/flow-schema/").json()
    kinds = admin.client.get("/api/v1/node-kinds/").json()

    assert schema["title"] == "Flow document"
    assert {row["kind"] for row in kinds["items"]} == set(schema["$defs"]["node"]["properties"]["kind"]["enum"])
    assert all(row["title"] and row["description"] and row["params_schema"] for row in kinds["items"])
    assert {row["fn"] for row in kinds["transforms"]} >= {"lookup", "minor_to_decimal", "unix_to_date"}
