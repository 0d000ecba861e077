"""Every refusal is a problem document (RFC 9457) with a stable code; bad input is never a 500."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.test import APIClient

from ipaas.accounts.api import problems
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.bodies import MOST_BYTES, Json
from ipaas.accounts.api.problems import Problem, field_errors
from ipaas.accounts.models import Membership, Tenant
from tests.api.conftest import Member

pytestmark = pytest.mark.django_db

HERE = "/api/v1/tenants/acme/"


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, which must have this status and code."""
    body = orjson.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert {"type", "title", "status", "code", "detail"} <= set(body)
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:ipaas:problem:{code}")
    return body


def test_nobody_is_401_with_the_scheme(acme: Tenant) -> None:
    answer = APIClient().get(HERE)

    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="ipaas"'


def test_a_tenant_that_is_not_mine_looks_like_one_that_is_not_there(globex: Tenant, admin: Member) -> None:
    not_mine = problem(admin.client.get("/api/v1/tenants/globex/"), 404, "not_found")
    not_there = problem(admin.client.get("/api/v1/tenants/nowhere/"), 404, "not_found")

    assert not_mine == not_there


def test_a_member_of_another_tenant_hears_404_with_a_session_too(acme: Tenant, stranger: Member) -> None:
    browser = APIClient()
    browser.force_login(stranger.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.get("/api/v1/tenants/globex/").status_code == 200
    problem(browser.get(HERE), 404, "not_found")


def test_a_missing_permission_is_403_and_names_the_roles_that_have_it(acme: Tenant, new_member: Any) -> None:
    answer = new_member("viewer").client.patch(HERE, {"name": "Mine"})

    body = problem(answer, 403, "permission_needed")
    assert body["detail"] == "This needs the permission “manage_members”, which your role does not have."
    assert body["hint"] == "Members with the role admin can do it; an admin can change your role."
    acme.refresh_from_db()
    assert acme.name == "Acme"


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"name": NaN}',
        b'{"name": "a"} trailing',
        b"\xff\xfe",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"[" * 5000 + b"]" * 5000,
        b"{'name': 'a'}",
        b"name=a",
    ],
)
def test_what_is_not_json_is_400(acme: Tenant, admin: Member, raw: bytes) -> None:
    answer = admin.client.patch(HERE, raw, content_type="application/json")

    problem(answer, 400, "malformed_body")
    acme.refresh_from_db()
    assert acme.name == "Acme"


@pytest.mark.parametrize(
    "raw", [b'{"name": "a\\u0000b"}', b'{"na\\u0000me": "a"}', b'{"name": "a", "deep": [{"x": ["\\u0000"]}]}']
)
def test_a_nul_character_is_400(acme: Tenant, admin: Member, raw: bytes) -> None:
    answer = admin.client.patch(HERE, raw, content_type="application/json")

    problem(answer, 400, "nul_character")
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_the_six_characters_that_spell_a_nul_are_no_nul(acme: Tenant, admin: Member) -> None:
    answer = admin.client.patch(HERE, b'{"name": "a\\\\u0000b"}', content_type="application/json")

    assert answer.status_code == 200
    assert answer.json()["name"] == "a\\u0000b"


@pytest.mark.parametrize(
    "query, code",
    [
        ("action=%00", "nul_character"),
        ("%00=a", "nul_character"),
        ("action=%ff", "not_utf8"),
        ("limit=0", "bad_parameter"),
        ("limit=201", "bad_parameter"),
        ("limit=-1", "bad_parameter"),
        ("limit=ten", "bad_parameter"),
        ("limit=%D9%A3", "bad_parameter"),
        ("limit=99999999999999999999", "bad_parameter"),
        ("limit=", "bad_parameter"),
        ("cursor=abc", "bad_cursor"),
        ("cursor=abc:def", "bad_cursor"),
        ("cursor=" + "x" * 3000, "bad_cursor"),
        ("cursor=%F0%9F%92%A9", "bad_cursor"),
        ("since=yesterday", "bad_parameter"),
        ("since=0000-00-00", "bad_parameter"),
        ("until=9999-12-31T23:59:59-14:00", "bad_parameter"),
        ("action=" + "x" * 501, "bad_parameter"),
    ],
)
def test_a_query_that_cannot_be_understood_is_400(admin: Member, query: str, code: str) -> None:
    problem(admin.client.get(f"{HERE}audit/?{query}"), 400, code)


def test_another_media_type_is_415(admin: Member) -> None:
    answer = admin.client.patch(HERE, b"name=a", content_type="application/x-www-form-urlencoded")

    problem(answer, 415, "unsupported_media_type")


def test_a_method_that_is_not_there_is_405(admin: Member) -> None:
    for method in ("put", "delete", "post", "options"):
        answer = getattr(admin.client, method)(HERE)
        problem(answer, 405, "method_not_allowed")
        assert "GET" in answer["Allow"]


def test_a_body_that_is_too_large_is_413(acme: Tenant, admin: Member) -> None:
    raw = b'{"name": "' + b"a" * MOST_BYTES + b'"}'

    problem(admin.client.patch(HERE, raw, content_type="application/json"), 413, "too_large")


def test_fields_that_do_not_fit_are_422_with_their_pointers(acme: Tenant, admin: Member) -> None:
    answer = admin.client.post(HERE + "members/", {"email": "nobody", "role": "king", "name": "x" * 151})

    body = problem(answer, 422, "invalid_input")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
        ("/email", "invalid"),
        ("/name", "max_length"),
        ("/role", "invalid_choice"),
    ]
    assert body["detail"] == "/email: Enter a valid email address. There are 2 more."
    assert Membership.objects.of(acme).count() == 1


@pytest.mark.parametrize("body", [[], "text", 7, True])
def test_a_body_that_is_no_object_is_422(admin: Member, body: Any) -> None:
    problem(admin.client.patch(HERE, body), 422, "invalid_input")


def test_no_body_at_all_is_422_where_one_is_needed(admin: Member) -> None:
    problem(admin.client.patch(HERE), 422, "invalid_input")


def test_whatever_the_client_would_rather_have_it_gets_json(admin: Member) -> None:
    for accept in ("text/html", "application/xml", "image/*;q=0.1", "nonsense"):
        answer = admin.client.get(HERE, HTTP_ACCEPT=accept)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("path", ["members/" + "m" * 41 + "/", "members/MEM_1/", "members/a.b/", "environments/pröd/"])
def test_an_id_that_is_none_leads_nowhere(admin: Member, path: str) -> None:
    assert admin.client.get(HERE + path).status_code == 404


@pytest.mark.parametrize("path", ["members/mem_none/", "tokens/tok_none/", "environments/moon/"])
def test_an_id_that_is_not_there_is_404(admin: Member, path: str) -> None:
    problem(admin.client.get(HERE + path), 404, "not_found")


def test_djangos_own_pages_are_problem_documents_too() -> None:
    request = RequestFactory().get("/api/v1/nowhere/")

    problem(problems.page_not_found(request, Exception()), 404, "not_found")
    problem(problems.bad_request(request, Exception()), 400, "bad_request")
    problem(problems.permission_denied(request, Exception()), 403, "permission_denied")
    problem(problems.server_error(request), 500, "defect")


def test_nested_errors_become_flat_pointers() -> None:
    detail = {
        "rows": [{}, {"key": [ErrorDetail("Too long.", "max_length")]}],
        "a/b~c": [ErrorDetail("Bad.", "invalid")],
        "non_field_errors": [ErrorDetail("Does not add up.", "sum")],
    }

    found = [(error["pointer"], error["code"]) for error in field_errors(ValidationError(detail).detail)]

    assert found == [("/rows/1/key", "max_length"), ("/a~1b~0c", "invalid"), ("", "sum")]


def test_a_problem_leaves_out_what_it_does_not_have() -> None:
    assert Problem(409, "name_taken", "There is one already.").document() == {
        "type": "urn:ipaas:problem:name_taken",
        "title": "Conflict",
        "status": 409,
        "code": "name_taken",
        "detail": "There is one already.",
    }


def test_a_view_without_a_permission_for_a_method_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="must name a permission for DELETE"):

        class Careless(TenantView):
            permission = {"GET": "view"}

            def delete(self, request: Any, **ids: str) -> None: ...


def test_numbers_beyond_64_bits_can_be_answered() -> None:
    assert Json().render({"n": 2**70}) == b'{"n":1180591620717411303424}'
