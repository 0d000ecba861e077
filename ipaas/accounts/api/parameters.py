"""Query parameters of lists: times and short texts, each refused with a 400 problem that names it.

Called by list views of every app; the query string as a whole has been checked before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.fields import DateTimeField

from ipaas.accounts.api.problems import bad_parameter

_LONGEST = 500
_times = DateTimeField()

MOMENT: dict[str, Any] = {"schema": {"type": "string", "format": "date-time"}}


def moment(request: Any, name: str) -> datetime | None:
    """A time like 2026-03-01T12:00:00Z, or None when it is not given."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        found: datetime = _times.run_validation(text)
    except ValidationError:
        raise bad_parameter(name, "Give a time like 2026-03-01T12:00:00Z.") from None
    return found


def text(request: Any, name: str) -> str:
    """A short text, empty when it is not given."""
    given: str = request.query_params.get(name, "")
    if len(given) > _LONGEST:
        raise bad_parameter(name, f"Give at most {_LONGEST} characters.")
    return given.strip()
