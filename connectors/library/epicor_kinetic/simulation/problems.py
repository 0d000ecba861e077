"""Refusals of the simulated server, in the shape in which Epicor's REST layer tells them.

Raised anywhere below the front desk, which turns them into an answer; texts are our own, names of types are Epicor's.
"""

from __future__ import annotations

from typing import Any

REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 410: "Gone", 500: "Internal Server Error"}


class EpicorProblem(Exception):
    """One refusal. `table` and `field` fill ErrorDetails when known."""

    def __init__(
        self, status: int, error_type: str, message: str, *, table: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.message = message
        self.table = table
        self.field = field

    def body(self, correlation: str) -> dict[str, Any]:
        detail = {"Message": self.message, "Type": "Error"}
        if self.table:
            detail["Table"] = self.table
        if self.field:
            detail["Field"] = self.field
        return {
            "HttpStatus": self.status,
            "ReasonPhrase": REASONS.get(self.status, "REST API Exception"),
            "ErrorMessage": self.message,
            "ErrorType": self.error_type,
            "ErrorDetails": [detail],
            "CorrelationId": correlation,
        }


def business(message: str, table: str | None = None, field: str | None = None) -> EpicorProblem:
    """A business rule says no."""
    return EpicorProblem(400, "Ice.Common.BusinessObjectException", message, table=table, field=field)


def odata(message: str) -> EpicorProblem:
    """The query or the body does not fit the service's metadata."""
    return EpicorProblem(400, "Microsoft.OData.ODataException", message)


def not_found(message: str = "The record was not found.") -> EpicorProblem:
    return EpicorProblem(404, "Ice.Common.RecordNotFoundException", message)


def no_such_api(what: str) -> EpicorProblem:
    return EpicorProblem(404, "Epicor.RESTApi.ApiException", f"{what} is not known to this server.")


def duplicate(table: str, field: str, message: str) -> EpicorProblem:
    return EpicorProblem(409, "Ice.Common.DuplicateRecordException", message, table=table, field=field)


def modified(table: str) -> EpicorProblem:
    """SysRevID conflict."""
    message = f"The {table} row has been modified by another user and could not be updated. Read it again."
    return EpicorProblem(409, "Ice.Common.RowConflictException", message, table=table, field="SysRevID")


def unexpected() -> EpicorProblem:
    """What a remote caller sees of an internal failure."""
    message = "Sorry! Something went wrong: an unexpected internal problem occurred. Please contact the administrator."
    return EpicorProblem(500, "System.Exception", message)
