"""Listening: somebody waits a few minutes for the next real event of a flow, to take it as a sample.

The only writer of that table. Where the flow is deployed, the next event admitted there is the one, and nothing is on
its way; for a draft the trigger's own address is opened for a while, subscribed where the connector can, and events
that come make no run. What a crash leaves open ends by its time.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.models import Connection
from connectors.registry import registry
from connectors.threads import in_thread
from flows import live, publishing, samples, subscriptions
from flows.arrivals import event_detail
from flows.models import Deployment, Event, Flow, Listening, Run, TriggerState
from flows.reading import moment
from flows.trial_parts import bound
from flows.triggers import routes
from ipaas.accounts.models import Environment
from ipaas.book.ids import new_id

LASTS = timedelta(minutes=10)
_KEPT_FOR = timedelta(days=1)
_LOOK_SECONDS = 1.0
_BATCH = 200


class NothingToHear(ValueError):
    """The flow's trigger is not one that can be listened to; `hint` says what to do instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def begin(flow: Flow, environment: Environment, connections: dict[str, str]) -> Listening:
    """Listen for the flow's next event in an environment; an earlier listening there ends.

    Raises:
        NothingToHear: The trigger is no webhook.
        ConnectionsNeeded: A draft's trigger has no connection there.
    """
    params, connector = _trigger(flow)
    at_work = _at_work(flow, environment.id)
    connection_id = ""
    if not at_work:
        alias = str(params.get("connection"))
        connection_id = bound(flow, environment, {alias: connector}, connections)[alias]
    open_ones = Listening.objects.of(flow.tenant_id).filter(flow=flow, environment=environment, state="listening")
    open_ones.update(state="ended")
    row: Listening = Listening.objects.of(flow.tenant_id).create(
        flow=flow,
        environment=environment,
        connection_id=connection_id,
        after=new_id("run"),
        until=datetime.now(UTC) + LASTS,
    )
    title = registry().get(connector).manifest.title
    row.hint = f"Make something happen in {title}: the next event that arrives here is taken." if at_work else ""
    if not at_work:
        row.hint = _opened(row, params, title)
    row.save(update_fields=["hint"])
    return row


def _trigger(flow: Flow) -> tuple[dict[str, Any], str]:
    """Parameters of the draft's webhook trigger, and its connector."""
    node = samples.steps_of(flow.draft).get(samples.trigger_of(flow.draft) or "")
    params = node.get("params") if node is not None else None
    params = params if isinstance(params, dict) else {}
    kind = params.get("type")
    if kind == "schedule":
        raise NothingToHear(
            "A schedule has nothing to listen for: its event holds only the moment it is due.",
            "Test the flow without an event, or write the sample yourself.",
        )
    if kind == "manual":
        raise NothingToHear(
            "This flow is started by hand, so no system sends it an event.",
            "Write the event you want to start it with.",
        )
    aliases = flow.draft.get("connections")
    alias = aliases.get(str(params.get("connection"))) if isinstance(aliases, dict) else None
    connector = alias.get("connector") if isinstance(alias, dict) else None
    if not isinstance(connector, str) or connector not in registry():
        raise NothingToHear("The trigger does not say yet which system it belongs to.", "Choose it in the trigger.")
    if "webhook" not in registry().get(connector).manifest.triggers:
        title = registry().get(connector).manifest.title
        raise NothingToHear(f"{title} sends no events.", "Take the connector's example, or write the sample yourself.")
    return params, connector


def _at_work(flow: Flow, environment_id: str) -> bool:
    rows = Deployment.objects.of(flow.tenant_id).filter(flow=flow, environment_id=environment_id, active=True)
    return rows.exists()


def _opened(row: Listening, params: dict[str, Any], title: str) -> str:
    """Open the draft's address, and say what is to be done for an event to come."""
    state = publishing.trigger_state(row.tenant_id, row.flow_id, row.environment_id)
    connection = Connection.objects.of(row.tenant_id).filter(id=row.connection_id).first()
    state.subscription = subscriptions.pending_by(state, connection, params)
    state.save(update_fields=["subscription"])
    routes.forget(state.token)
    subscriptions.subscribe_now(state)
    status = state.subscription.get("status")
    if status == "active":
        return f"{title} sends its next event here. Make something happen there."
    if status == "pending":
        reason = state.subscription.get("error", "it did not answer")
        return f"{title} could not be asked to send its events yet ({reason}); it is asked again."
    return f"Paste this address into {title} as the webhook's address, then make something happen there."


def address_of(row: Listening) -> str | None:
    """Where the event is to be sent; None when the trigger has no address."""
    rows = TriggerState.objects.of(row.tenant_id).filter(flow_id=row.flow_id, environment_id=row.environment_id)
    state = rows.first()
    return subscriptions.address_of(state) if state is not None else None


def answer(row: Listening) -> dict[str, Any]:
    """A listening as the API shows it."""
    return {
        "id": row.id,
        "state": row.state,
        "environment": row.environment.name,
        "address": address_of(row),
        "hint": row.hint,
        "until": moment(row.until),
        "event": _event(row),
    }


def _event(row: Listening) -> dict[str, Any] | None:
    if row.event_id:
        event = Event.objects.of(row.tenant_id).filter(id=row.event_id).first()
        return event_detail(event) if event is not None else None
    if row.heard is None:
        return None
    nothing = {"id": None, "source": "webhook", "business_key": "", "run": None, "summary": ""}
    return {**nothing, "environment": row.environment.name, **row.heard}


# --- hearing --------------------------------------------------------------------------------------------------------


def look(row: Listening) -> bool:
    """Whether the event has come since it was last looked; a listening whose time is over ends."""
    if row.state != "listening":
        return False
    runs = Run.objects.of(row.tenant_id).filter(flow_id=row.flow_id, environment_id=row.environment_id, trial=False)
    run = runs.filter(id__gt=row.after, replay_of="").order_by("id").first()
    if run is not None:
        return _has_heard(row, event_id=run.event_id)
    if row.until <= datetime.now(UTC):
        end(row)
    return False


def hear(listening_id: str, event: dict[str, Any]) -> bool:
    """An event came to an address that is listened to; whether it is the one that was waited for."""
    rows = Listening.objects.across_tenants("the address is its own proof").select_related("flow", "environment")
    row = rows.filter(id=listening_id).first()
    return row is not None and _has_heard(row, heard={**event, "received_at": moment(event["received_at"])})


def _has_heard(row: Listening, **found: Any) -> bool:
    mine = Listening.objects.of(row.tenant_id).filter(id=row.id, state="listening")
    if not mine.update(state="heard", **found):
        return False
    row.refresh_from_db()
    if row.event_id:
        samples.take_event(row.flow, Event.objects.of(row.tenant_id).get(id=row.event_id))
    elif row.heard is not None:
        samples.take_heard(row.flow, row.heard["body"])
    _close(row)
    return True


def end(row: Listening) -> None:
    """Stop listening."""
    if Listening.objects.of(row.tenant_id).filter(id=row.id, state="listening").update(state="ended"):
        _close(row)
    row.refresh_from_db()


def _close(row: Listening) -> None:
    """Have a draft's subscription removed over there, unless the flow is at work there by now, or somebody listens."""
    others = Listening.objects.of(row.tenant_id).filter(flow_id=row.flow_id, environment_id=row.environment_id)
    rows = TriggerState.objects.of(row.tenant_id).filter(flow_id=row.flow_id, environment_id=row.environment_id)
    state = rows.first()
    if state is None or _at_work(row.flow, row.environment_id) or others.filter(state="listening").exists():
        return
    state.subscription = subscriptions.ended(state)
    state.save(update_fields=["subscription"])
    routes.forget(state.token)


async def keep_forever(stop: asyncio.Event) -> None:
    """Look for what is listened for, and tell those who watch."""
    while not stop.is_set():
        for tenant_id, listening_id in await in_thread(_look_at_all):
            await live.heard(tenant_id, listening_id)
        await asyncio.sleep(_LOOK_SECONDS)


def _look_at_all() -> list[tuple[str, str]]:
    rows = Listening.objects.across_tenants("whoever listens").filter(state="listening").select_related("flow")
    return [(row.tenant_id, row.id) for row in rows[:_BATCH] if look(row)]


def tend() -> int:
    """Forget a few listenings of yesterday."""
    rows = Listening.objects.across_tenants("kept for a while only").filter(
        created_at__lt=datetime.now(UTC) - _KEPT_FOR
    )
    old = list(rows.exclude(state="listening").values_list("id", flat=True)[:_BATCH])
    Listening.objects.across_tenants("kept for a while only").filter(id__in=old).delete()
    return len(old)
