"""Drafts that are tried out in tests: a flow of several steps, what somebody wants of it, and what came of that.

Used by the tests of trials; everything runs in the house, against the scripted outside system.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from flows import samples, trials
from flows.models import Flow, Run, Sample
from flows.trials import Wanted
from ipaas.accounts.members import add_member
from ipaas.accounts.models import User
from tests.flows.documents import call, document, node
from tests.flows.house import House

READ = {"id": "{{ trigger.body.id }}"}
SEVERAL = document(
    call("first", "read_thing", READ),
    node("order", "map", {"rules": [{"target": "name", "source": "steps.first.name"}]}),
    call("write", "create_keyed", {"name": "{{ steps.order.name }}"}),
    call("after", "create_keyed", {"name": "after"}),
    business_key="{{ trigger.body.id }}",
    dedupe_key="{{ trigger.body.id }}",
    lane="{{ trigger.body.id }}",
)


@pytest.fixture
def person(house: House) -> User:
    """An analyst of the tenant."""
    return add_member(house.tenant, "ana@acme.test", "analyst").membership.user


def drawn(house: House, draft: dict[str, Any]) -> Flow:
    """A flow with a draft that was never published."""
    made: Flow = Flow.objects.of(house.tenant).create(
        name="draft", draft=draft, draft_etag="etag_1", updated_at=datetime.now(UTC)
    )
    return made


def wanted(house: House, flow: Flow, person: User, mode: str, step: str = "", **more: Any) -> Wanted:
    """A wish to try something in the sandbox with a small event."""
    fields = {
        "document": flow.draft,
        "environment": house.environment(),
        "connections": {},
        "event": {"body": {"id": "7"}, "headers": {}, "query": {}},
        **more,
    }
    return Wanted(flow=flow, mode=mode, step=step, person=person, **fields)


def tried(house: House, flow: Flow, person: User, mode: str, step: str = "", **more: Any) -> Run:
    """The run of a trial, once it has ended."""
    return house.wait(trials.start(wanted(house, flow, person, mode, step, **more)).run_id)


def by_step(flow: Flow) -> dict[str, Sample]:
    """The samples of a flow."""
    return {row.step: row for row in samples.samples_of(flow)}


def written(house: House) -> list[str]:
    """The names that the outside system was asked to write."""
    return [parse_qs(seen.body.decode())["name"][0] for seen in house.stub.seen if seen.method == "POST"]
