"""Answers that several views share: people, deployments, versions, and the refusal of a document.

Called by the views of this package. Reads what publishing and the models hold; never writes, never checks who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows import publishing
from flows.engine.errors import Problem as DocumentProblem
from flows.models import Deployment, TriggerState, Version
from flows.reading import moment
from ipaas.accounts.api.problems import Problem
from ipaas.accounts.models import User


def person(user: User | None) -> dict[str, str] | None:
    """A person by id and name."""
    return None if user is None else {"id": str(user.pk), "name": user.name or user.email}


def deployment_answers(rows: Sequence[Deployment]) -> list[dict[str, Any]]:
    """Deployments as the API shows them; what their triggers keep is fetched once for all."""
    states: dict[tuple[str, str], TriggerState] = {}
    if active := [row for row in rows if row.active]:
        kept = TriggerState.objects.of(active[0].tenant_id).filter(flow_id__in={row.flow_id for row in active})
        states = {(state.flow_id, state.environment_id): state for state in kept}
    return [_deployment(row, states.get((row.flow_id, row.environment_id)) if row.active else None) for row in rows]


def deployment_answer(row: Deployment) -> dict[str, Any]:
    """One deployment as the API shows it."""
    return deployment_answers([row])[0]


def _deployment(row: Deployment, state: TriggerState | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "environment": row.environment.name,
        "version": row.version.number,
        "active": row.active,
        "paused": row.paused_at is not None,
        "connections": row.connections,
        "webhook_url": publishing.webhook_url(row, state) if state is not None else None,
        "subscription": _subscription(state),
        "created_at": moment(row.created_at),
        "created_by": person(row.created_by),
    }


def _subscription(state: TriggerState | None) -> dict[str, Any]:
    shown = ("status", "id", "events", "error")
    return {name: state.subscription[name] for name in shown if name in state.subscription} if state else {}


def version_answer(version: Version) -> dict[str, Any]:
    """A version as lists show it."""
    return {
        "id": version.id,
        "number": version.number,
        "message": version.message,
        "created_at": moment(version.created_at),
        "created_by": person(version.created_by),
    }


def version_detail(version: Version) -> dict[str, Any]:
    """A version with its document."""
    return {**version_answer(version), "document": version.document}


def problems_answer(problems: Sequence[DocumentProblem]) -> dict[str, Any]:
    """Problems of a document as an answer."""
    return {"problems": [problem.to_dict() for problem in problems]}


def refused(problems: Sequence[DocumentProblem], code: str = "document_refused") -> Problem:
    """The problem document of a refused document or binding."""
    first = problems[0]
    more = f" There are {len(problems) - 1} more." if len(problems) > 1 else ""
    return Problem(
        422,
        code,
        detail=f"{first.message}{more}",
        hint=first.hint or None,
        errors=[problem.to_dict() for problem in problems],
    )
