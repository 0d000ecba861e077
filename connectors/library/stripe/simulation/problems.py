"""Stripe's error bodies as exceptions.

Every module of the simulation raises `StripeProblem`; the front desk turns it into an answer.
It never decides what is stored: `kept` only says whether the answer counts as an executed request.
"""

from __future__ import annotations

from typing import Any

DOCS = "https://stripe.com/docs/error-codes/"


class StripeProblem(Exception):
    """An answer in Stripe's error shape."""

    def __init__(self, status: int, kind: str, message: str, *, code: str | None = None, param: str | None = None):
        super().__init__(message)
        self.status = status
        self.kept = False
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code:
            self.error["code"] = code
            self.error["doc_url"] = DOCS + code.replace("_", "-")
        if param:
            self.error["param"] = param

    def after_execution(self, **more: Any) -> StripeProblem:
        """The request was executed before it failed: what it wrote stays and a repeated key gets this answer."""
        self.kept = True
        self.error.update(more)
        return self


def invalid(message: str, *, code: str | None = None, param: str | None = None, status: int = 400) -> StripeProblem:
    return StripeProblem(status, "invalid_request_error", message, code=code, param=param)


def missing(param: str) -> StripeProblem:
    return invalid(f"The required parameter {param} is missing.", code="parameter_missing", param=param)


def unknown_parameter(param: str) -> StripeProblem:
    return invalid(f"This endpoint knows no parameter named {param}.", code="parameter_unknown", param=param)


def empty(param: str) -> StripeProblem:
    message = f"{param} was sent as an empty string, which cannot be stored here. Leave it out or give a value."
    return invalid(message, code="parameter_invalid_empty", param=param)


def no_such(noun: str, identifier: str, *, param: str = "id", status: int = 404) -> StripeProblem:
    return invalid(f"No such {noun}: '{identifier}'", code="resource_missing", param=param, status=status)


def wrong_state(message: str, *, code: str | None = None, param: str | None = None) -> StripeProblem:
    return invalid(message, code=code, param=param)


def card_declined(message: str, code: str, decline_code: str | None) -> StripeProblem:
    problem = StripeProblem(402, "card_error", message, code=code)
    if decline_code:
        problem.error["decline_code"] = decline_code
    return problem.after_execution()
