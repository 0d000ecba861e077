"""The authorised HTTP client that a coded operation is given, and the answer it returns.

The gateway implements it; connectors only see this protocol. It reaches the manifest's hosts and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypedDict, Unpack

import orjson

from connectors.sdk.errors import TryAgain


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; an empty body is None.

        Raises:
            AnswerMalformed: The body is not JSON.
        """
        if not self.body.strip():
            return None
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise AnswerMalformed(self.status) from None


class AnswerMalformed(TryAgain):
    """The answer is not what it says it is. In a write the gateway treats it as a lost answer."""

    def __init__(self, status: int) -> None:
        super().__init__(
            f"The system answered {status} with a body that is not JSON.",
            code="answer_malformed",
            hint="If it happens again, look at the recorded answer: it may be a proxy's or a maintenance page.",
        )


class RequestOptions(TypedDict, total=False):
    """What a request may have besides method and path.

    Attributes:
        query: Query fields; nested values are written with brackets, None is left out.
        json: Body sent as JSON; None is no body.
        form: Body sent as a form; nested values are written with brackets.
        text: Body sent as it is; give its Content-Type in `headers` (default text/plain).
        headers: Further headers.
        check: Apply the manifest's error rules and the default table (the default); False returns any answer as it is.
        writes: Whether this request can change anything there. Default: every method but GET, HEAD and OPTIONS.
            Say False for a POST that only reads, so that a lost answer is known to be harmless.
    """

    query: Mapping[str, Any] | None
    json: Any
    form: Mapping[str, Any] | None
    text: str | None
    headers: Mapping[str, str] | None
    check: bool
    writes: bool | None


class Http(Protocol):
    """What a coded operation may use of the network."""

    @property
    def config(self) -> Mapping[str, Any]:
        """The connection's settings that are no secret."""
        ...

    @property
    def idempotency_key(self) -> str | None:
        """The key of this effect, the same on every try; None in reads. Derive one per request if there are many."""
        ...

    @property
    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...

    async def request(self, method: str, path: str, **options: Unpack[RequestOptions]) -> HttpAnswer:
        """Send one authorised request and return the answer.

        Args:
            method: HTTP method.
            path: Path below the connection's base URL, already URL-quoted (`quote_segment`), or an absolute URL on one
                of the manifest's hosts.
            **options: See `RequestOptions`.

        Raises:
            CallFailed: By the error rules, or because no answer came.
        """
        ...
