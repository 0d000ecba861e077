"""Answers that several views share: people, deployments, versions, problem documents."""

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


def deployment_answer(row: Deployment) -> dict[str, Any]:
    """A deployment as the API shows it."""
    url = publishing.webhook_url(row) if row.active else None
    return {
        "id": row.id,
        "environment": row.environment.name,
        "version": row.version.number,
        "active": row.active,
        "paused": row.paused_at is not None,
        "connections": row.connections,
        "webhook_url": url,
        "subscription": _subscription(row) if row.active else {},
        "created_at": moment(row.created_at),
        "created_by": person(row.created_by),
    }


def _subscription(row: Deployment) -> dict[str, Any]:
    state = (
        TriggerState.objects.of(row.tenant_id).filter(flow_id=row.flow_id, environment_id=row.environment_id).first()
    )
    shown = ("status", "id", "events", "error")
    return {name: state.subscription[name] for name in shown if name in state.subscription} if state else {}


def version_answer(version: Version) -> dict[str, Any]:
    """A version as the API shows it."""
    return {
        "id": version.id,
        "number": version.number,
        "message": version.message,
        "created_at": moment(version.created_at),
        "created_by": person(version.created_by),
        "document": version.document,
    }


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
