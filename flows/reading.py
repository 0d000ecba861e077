"""Runs as the API and the socket show them: list items, facts, events. Reads the book, never writes it.

All queries are scoped to a tenant and take a fixed number of statements whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flows import values
from flows.control import ACTIVE, FINISHED
from flows.deployed import carried_by
from flows.events import BodyRefused, body_value
from flows.models import Event, Fact, Flow, Run, Value, Version
from ipaas.accounts.models import Environment, Tenant

_MOST_ENTRIES = 500


def moment(value: datetime | None) -> str | None:
    """A moment as the API writes it."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value is not None else None


def run_items(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """List items for runs, with names fetched once for all of them."""
    flows = dict(
        Flow.objects.across_tenants("named by the runs")
        .filter(id__in={r.flow_id for r in runs})
        .values_list("id", "name")
    )
    versions = dict(
        Version.objects.across_tenants("named by the runs")
        .filter(id__in={r.version_id for r in runs})
        .values_list("id", "number")
    )
    environments = dict(Environment.objects.filter(id__in={r.environment_id for r in runs}).values_list("id", "name"))
    return [_item(run, flows, versions, environments) for run in runs]


def _item(run: Run, flows: dict[str, str], versions: dict[str, int], environments: dict[str, str]) -> dict[str, Any]:
    duration = None
    if run.finished_at is not None:
        duration = round((run.finished_at - run.created_at).total_seconds() * 1000)
    return {
        "id": run.id,
        "flow": {"id": run.flow_id, "name": flows.get(run.flow_id, "")},
        "version": versions.get(run.version_id, 0),
        "environment": environments.get(run.environment_id, ""),
        "status": run.status,
        "business_key": run.business_key,
        "summary": run.summary,
        "created_at": moment(run.created_at),
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
        "wake_at": moment(run.due_at) if run.status == "waiting" else None,
        "attempts": run.attempts,
        "duration_ms": duration,
        "error": run.error,
        "replay_of": run.replay_of or None,
        "trial": run.trial,
    }


def runs_by_id(tenant: Tenant, run_ids: Iterable[str]) -> list[dict[str, Any]]:
    """List items of the named runs of a tenant."""
    return run_items(list(Run.objects.of(tenant).filter(id__in=list(run_ids)).order_by("id")))


def run_detail(run: Run) -> dict[str, Any]:
    """One run with its event, its own version's document and what may be done to it."""
    event = Event.objects.of(run.tenant_id).get(id=run.event_id)
    return {
        **run_items([run])[0],
        "event": event_answer(event),
        "document": carried_by(run).document,
        "last_seq": run.seq,
        "can": {
            "cancel": run.status in ACTIVE,
            "replay": run.status in (*FINISHED, "uncertain") and not run.trial,
            "resolve": run.status == "uncertain",
        },
    }


def event_answer(event: Event) -> dict[str, Any]:
    """An event with its headers, query and body as stored."""
    meta = event.meta or {}
    try:
        body = body_value(bytes(event.body), meta)
    except BodyRefused:
        body = bytes(event.body).decode("utf-8", "replace")
    return {
        "id": event.id,
        "source": event.source,
        "dedupe_key": event.dedupe_key,
        "received_at": moment(event.received_at),
        "headers": meta.get("headers", {}),
        "query": meta.get("query", {}),
        "body": body,
    }


def facts_after(tenant: Tenant, run_id: str, after: int, *, apart: bool = False) -> list[dict[str, Any]]:
    """The journal entries of a run after a number; big values in place, or `apart` as `{"$value": id, "bytes": n}`."""
    if not Run.objects.of(tenant).filter(id=run_id).exists():
        return []
    rows = Fact.objects.filter(run_id=run_id, seq__gt=after).order_by("seq")[:_MOST_ENTRIES]
    contents = {} if apart else dict(Value.objects.filter(run_id=run_id).values_list("id", "content"))
    return [{"seq": row.seq, "facts": values.restore(row.facts, contents)} for row in rows]


def all_facts(run: Run) -> Iterator[dict[str, Any]]:
    """Every fact of a run in order, with big values in place."""
    contents = dict(Value.objects.filter(run_id=run.id).values_list("id", "content"))
    for facts in Fact.objects.filter(run_id=run.id).order_by("seq").values_list("facts", flat=True):
        yield from values.restore(facts, contents)


def big_value(run: Run, value_id: str) -> Value | None:
    """One big value of a run."""
    return Value.objects.filter(run_id=run.id, id=value_id).first()
