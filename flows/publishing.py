"""Drafts, versions and deployments: save, check, publish, deploy, pause, end, roll back.

The only writer of those tables. A draft may have problems; a version may not; a deployment binds every connection alias
to a connection of its own environment.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from connectors.models import Connection
from connectors.registry import registry
from flows import control, subscriptions
from flows.catalog import RegistryCatalog
from flows.deployed import trigger_params
from flows.engine.document import check
from flows.engine.errors import Problem
from flows.models import Deployment, Flow, TriggerState, Version
from flows.triggers import routes, schedule
from ipaas.accounts.models import Environment, Tenant, User
from ipaas.book.ids import new_id


class DraftConflict(Exception):
    """Somebody else has saved the draft since; nothing was changed."""


class Refused(Exception):
    """The document or the binding has problems; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def problems_of(document: dict[str, Any]) -> list[Problem]:
    """Everything that is wrong with a document, errors and warnings."""
    return [*check(document, RegistryCatalog(registry())), *schedule.problems(document)]


def create_flow(tenant: Tenant, person: User, name: str, document: dict[str, Any], **more: str) -> Flow:
    """A new flow with its first draft."""
    return Flow.objects.of(tenant).create(
        name=name,
        draft=document,
        draft_etag=new_id("etag"),
        problems_count=len(problems_of(document)),
        updated_at=datetime.now(UTC),
        updated_by=person,
        **more,
    )


def save_draft(flow: Flow, person: User, document: dict[str, Any] | None, etag: str | None, **fields: str) -> Flow:
    """Save a draft, or name and description; a stale etag is refused with DraftConflict."""
    changes: dict[str, Any] = {**fields, "updated_at": datetime.now(UTC), "updated_by": person}
    rows = Flow.objects.of(flow.tenant_id).filter(id=flow.id)
    if document is not None:
        changes |= {"draft": document, "draft_etag": new_id("etag"), "problems_count": len(problems_of(document))}
        if etag is not None:
            rows = rows.filter(draft_etag=etag)
    if not rows.update(**changes):
        raise DraftConflict
    flow.refresh_from_db()
    return flow


def publish(flow: Flow, person: User | None, message: str) -> Version:
    """Make the draft a version; the same document as the newest version is that version again."""
    errors = [problem for problem in problems_of(flow.draft) if problem.severity == "error"]
    if errors:
        raise Refused(errors)
    with transaction.atomic():
        Flow.objects.of(flow.tenant_id).select_for_update().get(id=flow.id)
        versions = Version.objects.of(flow.tenant_id).filter(flow=flow)
        last = versions.aggregate(number=Max("number"))["number"] or 0
        return versions.create(
            tenant_id=flow.tenant_id,
            flow=flow,
            number=last + 1,
            document=flow.draft,
            message=message,
            created_by=person,
        )


@dataclass(slots=True, frozen=True)
class Deploy:
    """A request to put a version to work."""

    version: Version
    environment: Environment
    connections: dict[str, str]
    person: User | None
    subscribe: bool = True


def deploy(request: Deploy) -> Deployment:
    """Put a version to work in an environment, where its webhook's address stays, and so does a pause."""
    version, environment = request.version, request.environment
    bound = bind(version, environment, request.connections)
    with transaction.atomic():
        active = Deployment.objects.of(version.tenant_id).filter(
            flow_id=version.flow_id, environment=environment, active=True
        )
        paused_at = active.select_for_update().values_list("paused_at", flat=True).first()
        active.update(active=False)
        deployment = Deployment.objects.of(version.tenant_id).create(
            flow_id=version.flow_id,
            version=version,
            environment=environment,
            connections=bound,
            paused_at=paused_at,
            created_by=request.person,
        )
        state = trigger_state(version.tenant_id, version.flow_id, environment.id)
        state.subscription = subscriptions.pending(deployment, state)
        state.next_at = _first_time(version, state.next_at)
        state.save(update_fields=["subscription", "next_at"])
    routes.forget(state.token)
    if paused_at is None:
        # What an ended deployment had kept is carried now that the flow is at work again.
        transaction.on_commit(lambda: control.let_paused_go(deployment))
    if request.subscribe:
        # The other system must not be asked for what a caller's transaction may still take back.
        transaction.on_commit(lambda: subscriptions.subscribe_now(state))
    return deployment


def bind(version: Version, environment: Environment, given: dict[str, str]) -> dict[str, str]:
    """Every alias of the document bound to a connection of the environment and of the right connector."""
    wanted: dict[str, Any] = version.document.get("connections") or {}
    found = {row.id: row for row in Connection.objects.of(version.tenant_id).filter(id__in=list(given.values()))}
    problems = []
    for alias, declared in wanted.items():
        row = found.get(given.get(alias, ""))
        pointer = f"/connections/{alias}"
        connector = declared.get("connector")
        if row is None or row.environment_id != environment.id:
            message = f"No connection of {environment.name} is chosen for “{alias}”."
            hint = f"Choose a {connector} connection, or add one under Connections."
            problems.append(Problem("connection_not_bound", pointer, message, hint))
        elif row.connector != connector:
            message = f"“{row.name}” is a {row.connector} connection, but “{alias}” needs {connector}."
            problems.append(
                Problem("connection_of_other_connector", pointer, message, f"Choose a {connector} connection.")
            )
    for alias in given.keys() - wanted.keys():
        message = f"The flow has no connection called “{alias}”."
        problems.append(Problem("unknown_connection", f"/connections/{alias}", message, "Leave it out."))
    if problems:
        raise Refused(problems)
    return {alias: given[alias] for alias in wanted}


def trigger_state(tenant_id: str, flow_id: str, environment_id: str) -> TriggerState:
    """What a flow's trigger keeps in an environment; its address is made once and stays."""
    state: TriggerState
    state, _ = TriggerState.objects.of(tenant_id).get_or_create(
        flow_id=flow_id,
        environment_id=environment_id,
        defaults={"tenant_id": tenant_id, "token": secrets.token_urlsafe(24)},
    )
    return state


def _first_time(version: Version, due_at: datetime | None) -> datetime | None:
    """When a schedule starts next; a start that is due already is not lost by a deployment."""
    params = trigger_params(version.document)
    if params.get("type") != "schedule":
        return None
    now = datetime.now(UTC)
    if due_at is not None and due_at <= now:
        return due_at
    return schedule.next_time(params["cron"], params.get("time_zone", "UTC"), now)


def roll_back(flow: Flow, environment: Environment, person: User) -> Deployment:
    """Put the version that was at work before the present one to work again, with its own connections."""
    before = earlier(flow, environment)
    if before is None:
        raise control.NotPossible(f"No earlier version was deployed in {environment.name}.")
    return deploy(Deploy(before.version, environment, before.connections, person))


def earlier(flow: Flow, environment: Environment) -> Deployment | None:
    """The deployment that a rollback would repeat: the last one of another version than the one at work."""
    rows = Deployment.objects.of(flow.tenant_id).filter(flow=flow, environment=environment)
    before = rows.filter(active=False).select_related("version", "created_by").order_by("-id")
    if current := rows.filter(active=True).first():
        before = before.exclude(version_id=current.version_id)
    return before.first()


def pause(deployment: Deployment) -> None:
    """Keep what arrives from now on without running it."""
    deployment.paused_at = datetime.now(UTC)
    deployment.save(update_fields=["paused_at"])
    routes.forget()


def resume(deployment: Deployment) -> None:
    """Run what was kept, and what arrives from now on."""
    deployment.paused_at = None
    deployment.save(update_fields=["paused_at"])
    routes.forget()
    control.let_paused_go(deployment)


def end(deployment: Deployment) -> None:
    """Take a flow out of work in its environment; what it has kept waits until a version is deployed there again."""
    with transaction.atomic():
        Deployment.objects.of(deployment.tenant_id).filter(id=deployment.id).update(active=False)
        state = trigger_state(deployment.tenant_id, deployment.flow_id, deployment.environment_id)
        state.subscription = subscriptions.ended(state)
        state.next_at = None
        state.save(update_fields=["subscription", "next_at"])
    routes.forget(state.token)


def webhook_url(deployment: Deployment, state: TriggerState) -> str | None:
    """The address of a deployment's webhook, where its trigger is one."""
    if trigger_params(deployment.version.document).get("type", "webhook") != "webhook":
        return None
    return subscriptions.address_of(state)


def remove(flow: Flow) -> None:
    """Take a flow out of sight: its deployments end, its runs stay readable."""
    with transaction.atomic():
        Deployment.objects.of(flow.tenant_id).filter(flow=flow, active=True).update(active=False)
        Flow.objects.of(flow.tenant_id).filter(id=flow.id).update(deleted_at=datetime.now(UTC))
        subscriptions.end_for(flow)
    routes.forget()
