"""The table of paths the simulated API answers, filled by the decorators in the family modules.

The front desk looks requests up here. It also knows which parameters each path takes, from `parameters.json`.
It never runs a handler.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.library.stripe.simulation.desk import Desk

Handler = Callable[["Desk"], dict[str, Any]]
PARAMETERS: dict[str, list[str]] = json.loads((Path(__file__).parent / "parameters.json").read_text("utf-8"))


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    pattern: re.Pattern[str]
    parameters: frozenset[str]
    handler: Handler


ROUTES: list[Route] = []


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Let the decorated function answer this path; `{id}` is one segment."""

    def register(handler: Handler) -> Handler:
        pattern = re.compile("".join(_segment(part) for part in path.split("/")[1:]))
        ROUTES.append(Route(method, path, pattern, frozenset(PARAMETERS[f"{method} {path}"]), handler))
        # Fixed words win over placeholders: /v1/customers/search is not a customer named search.
        ROUTES.sort(key=lambda entry: entry.path.count("{"))
        return handler

    return register


def _segment(part: str) -> str:
    return "/" + (f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part))


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for entry in ROUTES:
        if entry.method == method:
            match = entry.pattern.fullmatch(path)
            if match:
                return entry, match.groupdict()
    return None
