"""The API keeps what its OpenAPI promises: every operation, with examples, boundary values and bounded fuzzing.

Requests go as the demo tenant's admin against the real application, partly at objects that are really there. Checked:
never a 500, only statuses, media types and bodies that the document names. The seed is fixed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from ipaas import demo
from ipaas.accounts import tokens
from ipaas.accounts.models import Tenant, User
from tests.api.conftest import bearer

ADMIN = "admin@demo.test"
SESSION = "/api/v1/session/"
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {
            "deterministic": True,
            "max-examples": 15,
            "database": "none",
            "with-security-parameters": False,
        },
        "phases": {"coverage": {"enabled": True}, "stateful": {"enabled": False}},
    }
)
schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application(), config=CONFIG)


# What stands in addresses and is no id of a list.
KNOWN = {"environment": ["sandbox", "qa"], "system": ["stripe"], "first": ["1"], "second": ["1"]}


class Demo:
    """The seeded tenant: its admin's client, and what really is where."""

    def __init__(self, token: str) -> None:
        self.client: APIClient = bearer(token)
        self.bearer = {"Authorization": f"Bearer {token}"}
        csrf = APIClient().get(SESSION).json()["csrf_token"]
        self.csrf = {"headers": {"X-CSRFToken": csrf}, "cookies": {"csrftoken": csrf}}
        self._known: dict[str, list[str]] = {}

    def signed(self, path: str) -> dict[str, Any]:
        """What a request carries: the admin's token, or for the session a CSRF token instead."""
        return self.csrf if path == SESSION else {"headers": self.bearer}

    def real(self, path: str, name: str) -> list[str]:
        """What may stand for `{name}` in a path: ids or names from the list before it."""
        if name in KNOWN:
            return KNOWN[name]
        before = path.partition("{" + name + "}")[0]
        if before not in self._known:
            self._known[before] = self._listed(before, "name" if name == "name" else "id")
        return self._known[before]

    def _listed(self, path: str, field: str) -> list[str]:
        places = {
            name: next(iter(self.real(path, name)), "none") for name in re.findall(r"{(\w+)}", path) if name != "tenant"
        }
        answer = self.client.get(path.format_map({"tenant": demo.SLUG, **places}))
        items = answer.json()["items"] if answer.status_code == 200 else []
        # The admin who asks stays what they are, or nothing would be allowed any more.
        return [item[field] for item in items if item.get("email") != ADMIN][:3]


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    """The demo tenant, committed, so that every thread of the application sees it; gone afterwards."""
    with django_db_blocker.unblock():
        demo.seed()
        tenant = Tenant.objects.get(slug=demo.SLUG)
        text, _ = tokens.issue(tenant, User.objects.get(email=ADMIN), "fuzzing")
        yield Demo(text)
        call_command("flush", interactive=False, verbosity=0)


def aim(case: Any, seeded: Demo) -> None:
    """Point requests at the demo tenant, and most at objects that are there; deletions at what is not."""
    parameters = case.path_parameters or {}
    choice = zlib.crc32(repr((case.operation.label, parameters, case.query)).encode())
    for name in parameters:
        if name == "tenant":
            parameters[name] = demo.SLUG
        elif case.method != "DELETE" and choice % 4 and (real := seeded.real(case.operation.path, name)):
            parameters[name] = real[choice % len(real)]


@pytest.mark.django_db
def test_there_are_real_objects_to_aim_at(seeded: Demo) -> None:
    below = "/api/v1/tenants/{tenant}/"

    assert seeded.real(below + "members/{member_id}/", "member_id") != []
    assert seeded.real(below + "flows/{flow_id}/check/", "flow_id") != []


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_what_it_promises(case: Any, seeded: Demo) -> None:
    cache.clear()
    aim(case, seeded)

    case.call_and_validate(checks=CHECKS, **seeded.signed(case.operation.path))
