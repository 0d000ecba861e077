"""Sign-in by session: who am I, right and wrong passwords, too many of them, CSRF, and no planted sessions."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from ipaas.accounts import attempts
from ipaas.accounts.models import Tenant, User
from tests.api.conftest import PASSWORD, Member, join

pytestmark = pytest.mark.django_db

SESSION = "/api/v1/session/"


class Browser(APIClient):
    """A client with cookies that sends the CSRF token of its last answer, as the browser app does."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)
        self.token = self.get(SESSION).json()["csrf_token"]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request with the CSRF token."""
        answer = getattr(self, method)(path, body, HTTP_X_CSRFTOKEN=self.token, **headers)
        if path == SESSION and method == "post" and answer.status_code == 200:
            self.token = answer.json()["csrf_token"]
        return answer

    def sign_in(self, email: str = "admin@acme.test", password: str = PASSWORD, **headers: str) -> Any:
        """Try to sign in."""
        return self.send("post", SESSION, {"email": email, "password": password}, **headers)


def test_nobody_is_signed_in_at_first(acme: Tenant) -> None:
    answer = APIClient().get(SESSION)

    assert answer.status_code == 200
    assert answer.json()["user"] is None
    assert answer.json()["tenants"] == []
    assert len(answer.json()["csrf_token"]) == 64
    assert answer["Cache-Control"] == "private, no-store"


def test_a_member_signs_in_with_any_spelling_of_the_address(acme: Tenant, globex: Tenant, admin: Member) -> None:
    join(globex, "viewer", "admin@acme.test")
    browser = Browser()

    answer = browser.sign_in(" Admin@ACME.test ")

    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": admin.user.pk, "email": "admin@acme.test", "name": "Admin"}
    assert [(row["slug"], row["role"]) for row in answer.json()["tenants"]] == [("acme", "admin"), ("globex", "viewer")]
    assert answer.json()["tenants"][1]["permissions"] == ["view"]
    assert browser.get(SESSION).json()["user"]["email"] == "admin@acme.test"
    assert browser.get("/api/v1/tenants/acme/").status_code == 200


def test_wrong_password_and_unknown_address_sound_the_same(acme: Tenant, admin: Member) -> None:
    wrong = Browser().sign_in(password="wrong")
    unknown = Browser().sign_in(email="nobody@acme.test")
    admin.user.is_active = False
    admin.user.save()
    deactivated = Browser().sign_in()

    assert [row.status_code for row in (wrong, unknown, deactivated)] == [401, 401, 401]
    assert wrong.json() == unknown.json() == deactivated.json()
    assert wrong.json()["code"] == "wrong_credentials"


def test_wrong_password_and_unknown_address_cost_the_same_work(
    acme: Tenant, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived: list[int] = []
    scrypt = hashlib.scrypt

    def counted(*args: Any, **options: Any) -> bytes:
        derived.append(options["n"] * options["r"] * options["p"])
        return scrypt(*args, **options)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    Browser().sign_in(password="wrong")
    for_known = derived.copy()
    derived.clear()
    Browser().sign_in(email="nobody@acme.test")

    assert len(for_known) == 1
    assert derived == for_known


def test_a_session_is_not_made_by_a_refused_sign_in(acme: Tenant, admin: Member) -> None:
    browser = Browser()

    browser.sign_in(password="wrong")

    assert browser.get(SESSION).json()["user"] is None
    assert browser.get("/api/v1/tenants/acme/").status_code == 401


def test_passwords_cannot_be_tried_at_leisure(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    with time_machine.travel(datetime(2026, 3, 1, 12, 1, tzinfo=UTC), tick=False):
        refused = [browser.sign_in(password="wrong").status_code for _ in range(attempts.MOST_PER_EMAIL)]
        locked = browser.sign_in(email="ADMIN@acme.test")
        somebody_else = browser.sign_in(email="nobody@acme.test")

    assert set(refused) == {401}
    assert (locked.status_code, locked.json()["code"]) == (429, "too_many_attempts")
    assert locked["Retry-After"] == str(14 * 60)
    assert somebody_else.status_code == 401
    with time_machine.travel(datetime(2026, 3, 1, 12, 15, 1, tzinfo=UTC), tick=False):
        assert browser.sign_in().status_code == 200


def test_an_address_that_tries_many_accounts_is_stopped(
    acme: Tenant, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_PER_ADDRESS", 3)
    browser = Browser()

    tried = [browser.sign_in(f"user{n}@acme.test", REMOTE_ADDR="203.0.113.9").status_code for n in range(4)]

    assert tried == [401, 401, 401, 429]
    assert browser.sign_in(REMOTE_ADDR="203.0.113.10").status_code == 200


def test_a_household_with_ipv6_counts_as_one_address() -> None:
    waits = [attempts.begin(f"2001:db8::{n:x}", f"u{n}@a.test", now=0.0) for n in range(attempts.MOST_PER_ADDRESS + 1)]

    assert waits[:-1] == [None] * attempts.MOST_PER_ADDRESS
    assert waits[-1] == attempts.WINDOW_SECONDS
    assert attempts.begin("2001:db8:0:1::1", "u@a.test", now=0.0) is None


def test_the_right_password_forgives_the_wrong_ones(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    for _ in range(2):
        for _ in range(attempts.MOST_PER_EMAIL - 1):
            browser.sign_in(password="wrong")
        assert browser.sign_in().status_code == 200


def test_signing_in_needs_the_csrf_token(acme: Tenant, admin: Member) -> None:
    browser = Browser()

    answer = browser.post(SESSION, {"email": "admin@acme.test", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert browser.get(SESSION).json()["user"] is None


def test_a_session_changes_nothing_without_the_csrf_token(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    browser.sign_in()

    answer = browser.patch("/api/v1/tenants/acme/", {"name": "Mine"})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    acme.refresh_from_db()
    assert acme.name == "Acme"
    assert browser.send("patch", "/api/v1/tenants/acme/", {"name": "Ours"}).status_code == 200


def test_a_token_needs_no_csrf_token(acme: Tenant, admin: Member) -> None:
    assert admin.client.patch("/api/v1/tenants/acme/", {"name": "Ours"}).status_code == 200


def test_a_planted_session_is_worth_nothing(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    planted = browser.session
    planted["planted"] = True
    planted.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    old_csrf = browser.token

    browser.sign_in()

    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    assert browser.token != old_csrf
    thief = APIClient()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert thief.get(SESSION).json()["user"] is None


def test_the_cookies_are_as_closed_as_they_can_be(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    browser.sign_in()

    session = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert settings.PUBLIC_URL.startswith("https://") == settings.SESSION_COOKIE_SECURE


def test_signing_out_ends_the_session(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    browser.sign_in()
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value

    assert browser.delete(SESSION).status_code == 403
    assert browser.send("delete", SESSION).status_code == 204

    thief = APIClient()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get(SESSION).json()["user"] is None


def test_a_changed_password_ends_other_sessions(acme: Tenant, admin: Member) -> None:
    here, elsewhere = Browser(), Browser()
    here.sign_in()
    elsewhere.sign_in()
    change = {"current_password": PASSWORD, "new_password": "another horse battery"}

    answer = here.send("post", "/api/v1/session/password/", change)

    assert answer.status_code == 204
    assert here.get(SESSION).json()["user"]["email"] == "admin@acme.test"
    assert elsewhere.get(SESSION).json()["user"] is None
    assert Browser().sign_in().status_code == 401
    assert Browser().sign_in(password="another horse battery").status_code == 200


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"current_password": "wrong", "new_password": "another horse battery"}, "/current_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, "/new_password"),
        ({"current_password": PASSWORD, "new_password": "admin@acme.test"}, "/new_password"),
        ({"current_password": PASSWORD}, "/new_password"),
    ],
)
def test_a_password_is_not_changed_for_the_wrong_person_or_to_a_weak_one(
    acme: Tenant, admin: Member, change: dict[str, str], pointer: str
) -> None:
    browser = Browser()
    browser.sign_in()

    answer = browser.send("post", "/api/v1/session/password/", change)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    admin.user.refresh_from_db()
    assert admin.user.check_password(PASSWORD)


def test_changing_a_password_needs_a_session(acme: Tenant, admin: Member) -> None:
    change = {"current_password": PASSWORD, "new_password": "another horse battery"}

    answer = admin.client.post("/api/v1/session/password/", change)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Cookie realm="ipaas"'


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@b.test"}, {"email": "", "password": ""}, {"email": ["a"], "password": {"b": 1}}, [], "text", 3],
)
def test_a_sign_in_that_is_none_is_422(acme: Tenant, body: Any) -> None:
    assert Browser().send("post", SESSION, body).status_code == 422


def test_a_session_ends_when_the_account_is_deactivated(acme: Tenant, admin: Member) -> None:
    browser = Browser()
    browser.sign_in()
    User.objects.filter(pk=admin.user.pk).update(is_active=False)

    assert browser.get(SESSION).json()["user"] is None
    assert browser.get("/api/v1/tenants/acme/").status_code == 401


def test_a_session_ends_after_half_a_day(acme: Tenant, admin: Member) -> None:
    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        browser = Browser()
        browser.sign_in()

    with time_machine.travel(start + timedelta(hours=12, seconds=1), tick=False):
        assert browser.get(SESSION).json()["user"] is None


def test_two_accounts_cannot_differ_in_case_alone(acme: Tenant, admin: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        get_user_model().objects.create_user("ADMIN@acme.test", PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Upper@acme.test")])

    assert User.objects.count() == 1


def test_a_stranger_is_told_the_demos_people_and_nobody_elses(client: APIClient) -> None:
    User.objects.create_user("admin@demo.test", "a long enough password")
    User.objects.create_user("someone@company.test", "a long enough password")

    answer = client.get("/api/v1/session/").json()

    assert answer["demo"] == {"people": ["admin@demo.test"]}
