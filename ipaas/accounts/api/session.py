"""Sign-in over HTTP: who am I, sign in, sign out, change my password.

Cookie sessions only; API tokens need no session. Wrong password and unknown address get one and the same answer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.middleware.csrf import get_token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from ipaas.accounts import roles
from ipaas.accounts.api import shapes
from ipaas.accounts.api.base import ApiView
from ipaas.accounts.api.problems import Problem, field_error, invalid
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import Membership, User
from ipaas.accounts.sessions import SessionAuthentication, TooManyAttempts, confirm_password, sign_in

_DEMO_DOMAIN = "@demo.test"


def person(user: User) -> dict[str, str]:
    """A person as the API shows one."""
    return {"id": user.pk, "email": user.email, "name": user.name}


def my_tenant(membership: Membership, permissions: frozenset[str]) -> dict[str, Any]:
    """A tenant as its member sees it."""
    return {
        "slug": membership.tenant.slug,
        "name": membership.tenant.name,
        "role": membership.role,
        "permissions": [permission for permission in roles.PERMISSIONS if permission in permissions],
    }


def too_many(error: TooManyAttempts) -> Problem:
    """The 429 problem, with its Retry-After."""
    problem = Problem(
        429,
        "too_many_attempts",
        "There were too many attempts to sign in.",
        hint="Wait for the time in Retry-After, then try again.",
    )
    problem.wait = error.after_seconds  # type: ignore[attr-defined]
    return problem


class Session(ApiView):
    """The browser's session."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (AllowAny,)

    @documented(responses=shapes.SessionShape)
    def get(self, request: Request) -> Response:
        """Who is signed in, with their tenants; `user` is null when nobody is."""
        return Response(self._session(request))

    @documented(
        request=shapes.SignIn,
        responses=shapes.SessionShape,
        problems=(401, 403, 429),
        operation="session_create",
    )
    def post(self, request: Request) -> Response:
        """Sign in by e-mail and password.

        Needs the `csrf_token` that GET gives, and answers with a new one.
        """
        SessionAuthentication().enforce_csrf(request._request)
        given = self.checked(shapes.SignIn)
        try:
            user = sign_in(request._request, given["email"], given["password"])
        except TooManyAttempts as error:
            raise too_many(error) from None
        if user is None:
            raise Problem(
                401,
                "wrong_credentials",
                "E-mail address and password do not fit.",
                hint="Check both; capital letters count in the password.",
            )
        request.user = user
        return Response(self._session(request))

    @documented(responses={204: None}, problems=(403,), operation="session_delete")
    def delete(self, request: Request) -> Response:
        """Sign out; fine when nobody is signed in."""
        SessionAuthentication().enforce_csrf(request._request)
        logout(request._request)
        return Response(status=204)

    def _session(self, request: Request) -> dict[str, Any]:
        user = request.user if isinstance(request.user, User) else None
        tenants: list[dict[str, Any]] = []
        if user is not None:
            granted = roles.permissions_by_tenant(user)
            mine = Membership.objects.across_tenants("my tenants").filter(user=user).select_related("tenant")
            tenants = [my_tenant(row, granted.get(row.tenant_id, frozenset())) for row in mine.order_by("tenant__name")]
        return {
            "user": person(user) if user else None,
            "csrf_token": get_token(request._request),
            "tenants": tenants,
            "demo": None if user is not None else _demo(),
        }


def _demo() -> dict[str, Any] | None:
    """Whom a stranger may sign in as where the demo is installed; its addresses exist nowhere else."""
    emails = User.objects.filter(email__endswith=_DEMO_DOMAIN, is_active=True).order_by("email")
    people = list(emails.values_list("email", flat=True)[:20])
    return {"people": people} if people else None


class Password(ApiView):
    """My password."""

    authentication_classes = (SessionAuthentication,)

    @documented(
        request=shapes.PasswordChange, responses={204: None}, problems=(429,), operation="session_password_change"
    )
    def post(self, request: Request) -> Response:
        """Change my password; my other sessions end."""
        given = self.checked(shapes.PasswordChange)
        user: User = request.user  # type: ignore[assignment]
        try:
            fits = confirm_password(request._request, user, given["current_password"])
        except TooManyAttempts as error:
            raise too_many(error) from None
        if not fits:
            raise invalid([field_error("/current_password", "wrong_password", "This is not your password.")])
        try:
            validate_password(given["new_password"], user)
        except ValidationError as error:
            raise invalid([field_error("/new_password", "weak_password", text) for text in error.messages]) from None
        user.set_password(given["new_password"])
        user.save(update_fields=["password"])
        update_session_auth_hash(request._request, user)
        return Response(status=204)
