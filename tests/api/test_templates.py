"""Templates over HTTP: what may not be deployed is not installed either."""

from __future__ import annotations

from flows.models import Flow, LookupTable
from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import join

INSTALL = "/api/v1/tenants/acme/templates/stripe_order_to_cash/install/"


def test_who_may_not_deploy_there_installs_nothing(acme: Tenant) -> None:
    analyst = join(acme, "analyst", "ann@acme.test")

    refused = analyst.client.post(INSTALL, {"environment": "production"})

    assert (refused.status_code, refused.json()["code"]) == (403, "permission_needed")
    assert Flow.objects.of(acme).count() == 0
    assert LookupTable.objects.of(acme).count() == 0
    assert AuditEntry.objects.of(acme).filter(action="template.installed").count() == 0


def test_a_template_alone_becomes_a_draft(acme: Tenant) -> None:
    analyst = join(acme, "analyst", "ann@acme.test")

    made = analyst.client.post(INSTALL, {"name": "Our orders"})

    assert made.status_code == 201
    assert (made.json()["name"], made.json()["deployments"]) == ("Our orders", [])
    assert list(Flow.objects.of(acme).values_list("name", flat=True)) == ["Our orders"]
