"""Problem documents (RFC 9457): how the API says no, and the handlers that turn every refusal into one.

Views raise `Problem` or what `not_found` and its sisters make; everything DRF and Django raise is translated here.
A request that is not JSON or not text is 400, a field that does not fit is 422 with its JSON pointer. Never a 500.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

MEDIA_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """A refusal with a stable `code`, a `detail` for the person who must act, a `hint` how, and `errors` by field."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        title: str = "",
        hint: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(detail or title or HTTPStatus(status).phrase, code)
        self.status_code = status
        self.code = code
        self.title = title or HTTPStatus(status).phrase
        self.text = detail or self.title
        self.hint = hint
        self.errors = [dict(error) for error in errors]

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        found: dict[str, Any] = {
            "type": f"urn:ipaas:problem:{self.code}",
            "title": self.title,
            "status": self.status_code,
            "code": self.code,
            "detail": self.text,
        }
        if self.hint:
            found["hint"] = self.hint
        if self.errors:
            found["errors"] = self.errors
        return found


def field_error(pointer: str, code: str, message: str, hint: str | None = None) -> dict[str, Any]:
    """One entry of a problem's `errors`."""
    return {"pointer": pointer, "code": code, "message": message, "hint": hint}


def not_found(what: str = "object") -> Problem:
    """There is no such thing here, or not for you: both sound the same."""
    return Problem(404, "not_found", f"There is no such {what} here.")


def forbidden(permission: str, roles: Sequence[str]) -> Problem:
    """A member may not do this; says which roles may."""
    who = " or ".join(roles)
    return Problem(
        403,
        "permission_needed",
        f"This needs the permission “{permission}”, which your role does not have.",
        hint=f"Members with the role {who} can do it; an admin can change your role.",
    )


def conflict(code: str, detail: str, hint: str | None = None) -> Problem:
    """The request is fine but does not fit what is there now."""
    return Problem(409, code, detail, hint=hint)


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Fields do not fit."""
    first = errors[0]
    more = f" There are {len(errors) - 1} more." if len(errors) > 1 else ""
    return Problem(422, "invalid_input", f"{first['pointer'] or 'The body'}: {first['message']}{more}", errors=errors)


def bad_parameter(name: str, message: str) -> Problem:
    """A query parameter does not fit."""
    return Problem(400, "bad_parameter", f"{name}: {message}", errors=[field_error(name, "bad_parameter", message)])


def field_errors(detail: Any, pointer: str = "") -> Iterator[dict[str, Any]]:
    """DRF's nested error detail as flat entries with JSON pointers."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from field_errors(inner, pointer if name == "non_field_errors" else f"{pointer}/{escaped}")
    elif isinstance(detail, list | tuple) and any(isinstance(inner, Mapping | list) for inner in detail):
        for index, inner in enumerate(detail):
            if inner:
                yield from field_errors(inner, f"{pointer}/{index}")
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield field_error(pointer, getattr(inner, "code", "invalid"), str(inner))
    else:
        yield field_error(pointer, getattr(detail, "code", "invalid"), str(detail))


def problem_of(error: Exception) -> Problem | None:
    """The problem that an exception stands for; None for a defect, which must be loud."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return invalid(list(field_errors(error.detail)))
    if isinstance(error, DjangoValidationError):
        return invalid([field_error("", "invalid", message) for message in error.messages])
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "too_large", "The request is too large.")
    if isinstance(error, SuspiciousOperation):
        return Problem(400, "bad_request", "The request cannot be understood.")
    if isinstance(error, DjangoPermissionDenied):
        return Problem(403, "permission_denied", "You may not do this.")
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


_FRAMEWORK_CODES = {
    "parse_error": "malformed_body",
    "authentication_failed": "not_authenticated",
}


def _of_framework(error: exceptions.APIException) -> Problem:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else error.default_code
    return Problem(error.status_code, _FRAMEWORK_CODES.get(code, code), str(error.detail))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal as a problem document."""
    problem = problem_of(error)
    if problem is None:
        return None
    headers: dict[str, str] = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    set_rollback()
    return Response(problem.document(), problem.status_code, headers=headers, content_type=MEDIA_TYPE)


def _page(problem: Problem) -> HttpResponse:
    return JsonResponse(problem.document(), status=problem.status_code, content_type=MEDIA_TYPE)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: a path that leads nowhere."""
    return _page(Problem(404, "not_found", "There is nothing at this address."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a request that Django itself refuses."""
    return _page(Problem(400, "bad_request", "The request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return _page(Problem(403, "permission_denied", "You may not do this."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: our own defect, without its details."""
    return _page(
        Problem(500, "defect", "Something went wrong on our side; it has been written to the log.", title="Defect")
    )
