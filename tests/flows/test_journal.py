"""The journal: admission once, the fence, holding, letting go, big values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows import journal
from flows.models import Event, Fact, Run, Value
from flows.values import BIG_FROM_BYTES
from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenants import create_tenant
from ipaas.book.ids import new_id
from ipaas.book.writer import close_writer, get_writer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def tenant(transactional_db: None) -> Any:
    """A tenant whose rows the journal writes."""
    yield create_tenant("journal", "Journal")
    close_writer()


def _admission(
    tenant: Tenant, dedupe_key: str, due_at: datetime | None = NOW
) -> tuple[journal.NewEvent, journal.NewRun]:
    environment = Environment.objects.get(tenant=tenant, name="sandbox")
    event_id, run_id = new_id("evt"), new_id("run")
    event = journal.NewEvent(
        event_id, tenant.id, "flow_1", environment.id, "webhook", dedupe_key, NOW, {"headers": {"a": "b"}}, b'{"n": 1}'
    )
    run = journal.NewRun(
        run_id, tenant.id, "flow_1", "ver_1", environment.id, "dep_1", event_id, "ch_1", "", NOW, "", due_at,
        [{"type": "run_admitted", "at": "2026-03-01T12:00:00Z", "trigger_node": "t", "event_id": event_id}],
    )  # fmt: skip
    return event, run


def _write(batch_fn: Any, item: Any) -> Any:
    return get_writer().submit_from_thread(batch_fn, item)


def _hold(holder: str = "hld_a", now: datetime = NOW, **more: Any) -> list[journal.Held]:
    held: list[journal.Held] = _write(journal.hold, journal.Hold(holder, now, now + timedelta(seconds=30), 10, **more))
    return held


def test_a_second_arrival_of_the_same_event_answers_with_the_first_run(tenant: Tenant) -> None:
    first = _write(journal.admit, _admission(tenant, "evt_1"))
    second = _write(journal.admit, _admission(tenant, "evt_1"))

    assert first.duplicate is False
    assert second == journal.Admitted(first.run_id, duplicate=True)
    assert Event.objects.of(tenant).count() == 1
    assert Run.objects.of(tenant).count() == 1


def test_the_same_event_twice_in_one_commit_makes_one_run(tenant: Tenant) -> None:
    items = [_admission(tenant, "evt_1"), _admission(tenant, "evt_1"), _admission(tenant, "evt_2")]

    def together(tx: Any, given: list[Any]) -> list[Any]:
        return [journal.admit(tx, given[0])]

    answers = _write(together, items)

    assert [answer.duplicate for answer in answers] == [False, True, False]
    assert answers[1].run_id == answers[0].run_id
    assert Run.objects.of(tenant).count() == 2


def test_a_due_run_is_held_once_with_its_event_and_facts(tenant: Tenant) -> None:
    admitted = _write(journal.admit, _admission(tenant, "evt_1"))

    [held] = _hold("hld_a")
    others = _hold("hld_b")

    assert held.run_id == admitted.run_id
    assert held.event_body == b'{"n": 1}'
    assert held.event_meta == {"headers": {"a": "b"}}
    assert [fact["type"] for fact in held.facts] == ["run_admitted"]
    assert held.received_at == NOW
    assert others == []


def test_a_lease_that_ended_gives_the_run_to_the_next_holder_and_the_fence_stops_the_first(tenant: Tenant) -> None:
    _write(journal.admit, _admission(tenant, "evt_1"))
    [first] = _hold("hld_a")
    [second] = _hold("hld_b", now=NOW + timedelta(seconds=31))

    _write(journal.append, journal.Append(second.run_id, second.seq + 1, [{"type": "x", "at": ""}], None))
    with pytest.raises(journal.FenceLost):
        _write(journal.append, journal.Append(first.run_id, first.seq + 1, [{"type": "y", "at": ""}], None))

    facts = [row.facts for row in Fact.objects.filter(run_id=first.run_id).order_by("seq")]
    assert [fact["type"] for entry in facts for fact in entry] == ["run_admitted", "x"]


def test_a_refused_append_does_not_move_the_run(tenant: Tenant) -> None:
    admitted = _write(journal.admit, _admission(tenant, "evt_1"))
    change = journal.RunChange("succeeded", None, 1, NOW, finished_at=NOW)

    with pytest.raises(journal.FenceLost):
        _write(journal.append, journal.Append(admitted.run_id, 1, [{"type": "x", "at": ""}], change))

    assert Run.objects.of(tenant).get().status == "queued"


def test_runs_that_are_not_due_are_left_alone(tenant: Tenant) -> None:
    _write(journal.admit, _admission(tenant, "kept", due_at=None))
    _write(journal.admit, _admission(tenant, "later", due_at=NOW + timedelta(seconds=5)))

    assert _hold(now=NOW) == []
    assert len(_hold(now=NOW + timedelta(seconds=5))) == 1


def test_letting_go_makes_held_runs_due_at_once_and_touches_no_waiting_one(tenant: Tenant) -> None:
    _write(journal.admit, _admission(tenant, "held"))
    _write(journal.admit, _admission(tenant, "later", due_at=NOW + timedelta(hours=1)))
    _hold("hld_dead")

    count = _write(journal.let_go, journal.LetGo(None, NOW))

    assert count == 1
    assert [held.dedupe_key for held in _hold("hld_next")] == ["held"]


def test_a_big_value_is_stored_once_beside_and_comes_back_whole(tenant: Tenant) -> None:
    admitted = _write(journal.admit, _admission(tenant, "evt_1"))
    [held] = _hold()
    big = {"rows": ["x" * 1000] * 400}
    facts = [{"type": "step_succeeded", "at": "", "step": name, "output": big} for name in ("a", "b")]

    _write(journal.append, journal.Append(admitted.run_id, held.seq + 1, facts, None))

    row = Fact.objects.get(run_id=admitted.run_id, seq=2)
    assert row.facts[0]["output"]["bytes"] > BIG_FROM_BYTES
    assert row.facts[0]["output"]["$value"] == row.facts[1]["output"]["$value"]
    assert Value.objects.filter(run_id=admitted.run_id).count() == 1
    [again] = _hold("hld_b", now=NOW + timedelta(minutes=5))
    assert [fact["output"] for fact in again.facts[1:]] == [big, big]
