"""Sign-in by session cookie: the check of e-mail and password, and the CSRF rule of cookie requests.

Passwords are checked by django-allauth's backend (any case of the e-mail, the same work for unknown addresses, ready
for second factors). Called by the session API and by every view's authentication.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from rest_framework import authentication
from rest_framework.exceptions import PermissionDenied

from ipaas.accounts import attempts
from ipaas.accounts.audit import client_address
from ipaas.accounts.models import User
from ipaas.accounts.people import plain_email


class TooManyAttempts(RuntimeError):
    """Sign-in is closed for this address or e-mail for a while."""

    def __init__(self, after_seconds: float) -> None:
        super().__init__("too many attempts to sign in")
        self.after_seconds = after_seconds


def sign_in(request: HttpRequest, email: str, password: str) -> User | None:
    """Sign a person in, or answer None; raises `TooManyAttempts`.

    A new session key and a new CSRF secret are made, so that a planted session is worth nothing.
    """
    address, spelled = client_address(request), plain_email(email)
    wait = attempts.begin(address, spelled)
    if wait is not None:
        raise TooManyAttempts(wait)
    user = authenticate(request, email=spelled, password=password)
    if not isinstance(user, User):
        return None
    attempts.succeeded(address, spelled)
    login(request, user)
    return user


def confirm_password(request: HttpRequest, user: User, password: str) -> bool:
    """Whether a signed-in person knows their password; counted like a sign-in, raises `TooManyAttempts`."""
    address = client_address(request)
    wait = attempts.begin(address, user.email)
    if wait is not None:
        raise TooManyAttempts(wait)
    if not user.check_password(password):
        return False
    attempts.succeeded(address, user.email)
    return True


class SessionAuthentication(authentication.SessionAuthentication):
    """Signs a request in by session cookie; whatever changes something needs the CSRF token."""

    def authenticate_header(self, request: Any) -> str:
        return 'Cookie realm="ipaas"'

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                "The CSRF token is missing or does not fit. Send the session's csrf_token as X-CSRFToken.",
                code="csrf_failed",
            ) from error
