"""The engine's own errors: problems of a document, failures of a step, limits.

Raised and read inside the engine and by the runner, which carries the error dictionary on as it is. Never imports the
connector sdk: both sides agree on the shape of the dictionary only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

ErrorDict = dict[str, Any]

AUTHOR_MUST_FIX: Final = "author_must_fix"
TRY_AGAIN: Final = "try_again"
RECONNECT_NEEDED: Final = "reconnect_needed"
REJECTED: Final = "rejected"
UNCERTAIN: Final = "uncertain"
LIMIT_REACHED: Final = "limit_reached"
DEFECT: Final = "defect"

PYTHON_FAILURES: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a wrong expression or a surprising value can raise in pure code; never a database or network failure."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document.

    Attributes:
        code: Stable name of the problem.
        pointer: JSON pointer (RFC 6901) into the document.
        message: What is wrong, for the author.
        hint: How to mend it.
        severity: `error` refuses the document, `warning` does not.
    """

    code: str
    pointer: str
    message: str
    hint: str = ""
    severity: str = "error"

    def to_dict(self) -> dict[str, str]:
        """The problem as the API answers it."""
        return asdict(self)


class DocumentRefused(Exception):
    """The document has problems of severity `error`; `problems` holds all of them, warnings included."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.pointer}: {p.message}" for p in self.problems[:5]))


class ExpressionRefused(Exception):
    """An expression, path or rule cannot be compiled; the caller knows the pointer and makes the `Problem`.

    `place` is from where to where in the text, if that is known.
    """

    def __init__(self, code: str, message: str, hint: str = "", place: tuple[int, int] | None = None) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place
        super().__init__(message)


class StepFailed(Exception):
    """A step cannot go on; `error` is the error dictionary of its fact."""

    def __init__(self, error: ErrorDict) -> None:
        self.error = error
        super().__init__(error["message"])


class LimitReached(StepFailed):
    """One of the engine's own guards was hit.

    Args:
        limit: Name of the guard.
        value: The bound that was hit.
        message: What happened, for the author.
    """

    def __init__(self, limit: str, value: float, message: str) -> None:
        self.limit = limit
        self.value = value
        self.message = message
        super().__init__(
            error(
                LIMIT_REACHED,
                f"limit_{limit}",
                message,
                hint="Make the expression or the data smaller, or split the work with a for-each.",
                detail={"limit": limit, "value": value},
            )
        )


def error(
    error_class: str,
    code: str,
    message: str,
    *,
    hint: str | None = None,
    field: str | None = None,
    detail: dict[str, Any] | None = None,
) -> ErrorDict:
    """An error dictionary, the one shape of errors in facts, journals and answers."""
    return {
        "class": error_class,
        "code": code,
        "message": message,
        "hint": hint,
        "field": field,
        "detail": detail or {},
    }


def author_error(code: str, message: str, hint: str | None = None) -> StepFailed:
    """A failure only the author of the document can mend."""
    return StepFailed(error(AUTHOR_MUST_FIX, code, message, hint=hint))


def problem_error(problem: Problem) -> ErrorDict:
    """A problem of a document as the error dictionary of the step it is in."""
    found = error(AUTHOR_MUST_FIX, problem.code, problem.message, hint=problem.hint or None)
    return {**found, "pointer": problem.pointer}


def located(failure: StepFailed, pointer: str) -> StepFailed:
    """The same failure with the JSON pointer of the parameter, unless it already names a place."""
    if "pointer" in failure.error:
        return failure
    return StepFailed({**failure.error, "pointer": pointer})


def from_python(failure: Exception, where: str = "") -> StepFailed:
    """A readable failure for a Python exception that escaped pure code."""
    if isinstance(failure, StepFailed):
        return failure
    if isinstance(failure, RecursionError):
        return LimitReached("nesting", 200, f"The data is nested too deeply{where}.")
    if isinstance(failure, ZeroDivisionError):
        return author_error("division_by_zero", f"A number is divided by zero{where}.", "Guard it: b and a / b.")
    if isinstance(failure, OverflowError):
        return LimitReached("number_size", 4096, f"A number became too large{where}.")
    text = str(failure).splitlines()[0][:300] if str(failure) else type(failure).__name__
    return author_error(
        "value_unsuitable",
        f"A value does not suit what is done with it{where}: {text}.",
        "Look at the values this step received; a default or a condition before it may help.",
    )
