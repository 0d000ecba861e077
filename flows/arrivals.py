"""The events of a flow as people look through them: the newest first, each with the run it started.

Asked by the API when somebody chooses an event as a sample. Reads the book, never writes it; the pages go over runs,
because the book finds those by flow, and a fixed number of statements fetches the events of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from flows.models import Event, Flow, Run
from flows.reading import event_answer, moment
from ipaas.accounts.models import Environment


def first_runs(flow: Flow) -> QuerySet[Run]:
    """The runs that events of a flow started, in every environment; replays and trials are left out."""
    return Run.objects.of(flow.tenant_id).filter(flow_id=flow.id, replay_of="", trial=False)


def event_items(flow: Flow, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """List items for the events of these runs."""
    events = {
        row.id: row
        for row in Event.objects.of(flow.tenant_id).filter(id__in=[run.event_id for run in runs]).defer("body", "meta")
    }
    names = environments(runs)
    return [_item(events[run.event_id], run, names) for run in runs if run.event_id in events]


def environments(runs: Sequence[Run]) -> dict[str, str]:
    """Names of the environments of these runs by id."""
    return dict(Environment.objects.filter(id__in={run.environment_id for run in runs}).values_list("id", "name"))


def _item(event: Event, run: Run, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": event.id,
        "received_at": moment(event.received_at),
        "environment": names.get(event.environment_id, ""),
        "source": event.source,
        "business_key": run.business_key,
        "run": run.id,
        "summary": run.summary,
    }


def event_detail(event: Event) -> dict[str, Any]:
    """One event with what it carried, as it was stored."""
    run = Run.objects.of(event.tenant_id).get(id=event.run_id)
    return {**_item(event, run, environments([run])), **event_answer(event)}
