"""Every route below a tenant is closed to strangers: 401 without credentials, 404 with another tenant's.

Made from the OpenAPI, so that a route that is added is covered by itself.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from rest_framework.test import APIClient

from ipaas.accounts.models import AuditEntry, Tenant
from tests.api.conftest import Member
from tests.api.samples import Operation, operations

pytestmark = pytest.mark.django_db

BELOW_A_TENANT = operations("/api/v1/tenants/{tenant}/")
SIGNED_IN = [row for row in operations("/api/v1/") if not row.path.startswith("/api/v1/session/")]


def ask(client: APIClient, operation: Operation) -> Any:
    """Send a syntactically valid request of an operation to acme."""
    address = operation.address(tenant="acme")
    media_type, body = operation.body() or ("application/json", None)
    if body is None:
        return getattr(client, operation.method)(address)
    raw = orjson.dumps(body) if media_type == "application/json" else str(body).encode()
    return client.generic(operation.method.upper(), address, raw, content_type=media_type)


def test_there_are_routes_to_look_at() -> None:
    assert len(BELOW_A_TENANT) >= 14


@pytest.mark.parametrize("operation", SIGNED_IN, ids=str)
def test_without_credentials_it_is_401(acme: Tenant, operation: Operation) -> None:
    answer = ask(APIClient(), operation)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="ipaas"'
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("operation", BELOW_A_TENANT, ids=str)
def test_with_another_tenants_token_it_is_404(acme: Tenant, stranger: Member, operation: Operation) -> None:
    before = AuditEntry.objects.of(acme).count()

    answer = ask(stranger.client, operation)

    assert answer.status_code == 404
    assert orjson.loads(answer.content)["detail"] == "There is no such tenant here."
    assert AuditEntry.objects.of(acme).count() == before


@pytest.mark.parametrize("operation", BELOW_A_TENANT, ids=str)
def test_with_another_tenants_session_it_is_404(acme: Tenant, stranger: Member, operation: Operation) -> None:
    browser = APIClient()
    browser.force_login(stranger.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = ask(browser, operation)

    assert answer.status_code == 404
    assert orjson.loads(answer.content)["detail"] == "There is no such tenant here."
