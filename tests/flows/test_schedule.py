"""Schedules: the right moments in the flow's own time zone, each started once, however many schedulers there are."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from flows import deployed as deployments
from flows import publishing
from flows.models import Deployment, Event, Flow, Run, TriggerState
from flows.triggers import schedule
from flows.triggers.schedule import next_time
from tests.flows.documents import document, fixed
from tests.flows.house import House


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        ("0 7 * * 1-5", "UTC", "2026-03-06T07:00:00+00:00", "2026-03-09T07:00:00+00:00"),
        ("0 7 * * *", "Europe/Zurich", "2026-01-10T06:30:00+00:00", "2026-01-11T06:00:00+00:00"),
        ("0 7 * * *", "Europe/Zurich", "2026-07-10T04:30:00+00:00", "2026-07-10T05:00:00+00:00"),
        ("0 9 * * *", "Asia/Kolkata", "2026-03-01T00:00:00+00:00", "2026-03-01T03:30:00+00:00"),
        ("*/15 * * * *", "America/Chicago", "2026-03-01T00:07:00+00:00", "2026-03-01T00:15:00+00:00"),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00:00+00:00", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_the_next_moment_is_told_in_the_time_zone(expression: str, zone: str, after: str, expected: str) -> None:
    assert next_time(expression, zone, _moment(after)) == _moment(expected)


def test_an_hour_that_does_not_exist_is_started_once_when_the_clock_has_jumped() -> None:
    before = _moment("2026-03-07T18:00:00+00:00")

    first = next_time("30 2 * * *", "America/New_York", before)
    second = next_time("30 2 * * *", "America/New_York", first)

    assert first == _moment("2026-03-08T07:00:00+00:00")  # 03:00 EDT, the first moment after the gap
    assert second == _moment("2026-03-09T06:30:00+00:00")


def test_an_hour_that_comes_twice_is_started_once() -> None:
    before = _moment("2026-10-31T18:00:00+00:00")

    first = next_time("30 1 * * *", "America/New_York", before)
    second = next_time("30 1 * * *", "America/New_York", first)

    assert first == _moment("2026-11-01T05:30:00+00:00")
    assert second == _moment("2026-11-02T06:30:00+00:00")


def test_every_quarter_of_an_hour_goes_on_through_both_changes_of_the_clock() -> None:
    for day in ("2026-03-08T06:30:00+00:00", "2026-11-01T05:30:00+00:00"):
        moments = [_moment(day)]
        for _ in range(8):
            moments.append(next_time("*/15 * * * *", "America/New_York", moments[-1]))
        gaps = {after - before for before, after in pairwise(moments)}
        assert gaps == {timedelta(minutes=15)}


def _scheduled(house: House, cron: str = "*/5 * * * *", **params: Any) -> Deployment:
    trigger = {"type": "schedule", "cron": cron, "time_zone": "UTC", **params}
    drawn = document(fixed("done", ok=True), trigger=trigger)
    return house.deploy({**drawn, "connections": {}})


def _due(house: House, at: datetime) -> TriggerState:
    state = TriggerState.objects.of(house.tenant).get()
    TriggerState.objects.of(house.tenant).filter(id=state.id).update(next_at=at)
    return TriggerState.objects.of(house.tenant).get()


def _look(house: House, schedulers: int = 1) -> None:
    """Have schedulers look once, at the same time."""

    async def look() -> None:
        ends = [asyncio.Event() for _ in range(schedulers)]
        keeping = [asyncio.ensure_future(schedule.keep_forever(end)) for end in ends]
        await asyncio.sleep(0.4)
        for end in ends:
            end.set()
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)

    house.ask(look())


def test_a_deployment_names_its_first_moment_and_a_due_one_starts_a_run(house: House) -> None:
    _scheduled(house)
    first = TriggerState.objects.of(house.tenant).get().next_at
    assert first is not None
    assert first > datetime.now(UTC)
    assert first.minute % 5 == 0
    due = _due(house, datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1))

    _look(house)

    run = Run.objects.of(house.tenant).get()
    assert house.wait(run.id).status == "succeeded"
    event = Event.objects.of(house.tenant).get()
    moment = due.next_at.isoformat().replace("+00:00", "Z")
    assert (event.source, event.dedupe_key) == ("schedule", f"schedule:{moment}")
    assert bytes(event.body) == f'{{"scheduled_for":"{moment}"}}'.encode()
    after = TriggerState.objects.of(house.tenant).get()
    assert after.next_at > datetime.now(UTC)
    assert after.last_at is not None


def test_moments_that_passed_while_no_scheduler_ran_start_once(house: House) -> None:
    _scheduled(house)
    _due(house, datetime.now(UTC) - timedelta(hours=3))

    _look(house)
    _look(house)

    assert Run.objects.of(house.tenant).count() == 1
    assert TriggerState.objects.of(house.tenant).get().next_at > datetime.now(UTC)


def test_two_schedulers_start_one_run(house: House) -> None:
    _scheduled(house)
    _due(house, datetime.now(UTC) - timedelta(seconds=1))

    _look(house, schedulers=3)

    assert Run.objects.of(house.tenant).count() == 1


def test_a_removed_flow_is_not_started_any_more(house: House) -> None:
    _scheduled(house)
    _due(house, datetime.now(UTC) - timedelta(seconds=1))
    publishing.remove(Flow.objects.of(house.tenant).get())

    _look(house)

    assert Run.objects.of(house.tenant).count() == 0
    assert TriggerState.objects.of(house.tenant).get().next_at is None


def test_a_paused_flow_keeps_its_start_until_it_is_resumed(house: House) -> None:
    deployment = _scheduled(house)
    publishing.pause(deployment)
    _due(house, datetime.now(UTC) - timedelta(seconds=1))

    _look(house)

    run = Run.objects.of(house.tenant).get()
    assert run.status == "queued"
    publishing.resume(deployment)
    assert house.wait(run.id).status == "succeeded"


def test_a_flow_that_is_no_longer_scheduled_is_not_started(house: House) -> None:
    _scheduled(house)
    flow = Flow.objects.of(house.tenant).get()
    flow.draft = {**document(fixed("done", ok=True)), "connections": {}}
    flow.save()

    house.redeploy(flow)

    assert TriggerState.objects.of(house.tenant).get().next_at is None


def test_a_start_that_was_due_is_not_lost_by_a_deployment(house: House) -> None:
    _scheduled(house)
    due = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    _due(house, due)

    house.redeploy(Flow.objects.of(house.tenant).get())

    assert TriggerState.objects.of(house.tenant).get().next_at == due
    _look(house)
    assert Run.objects.of(house.tenant).count() == 1


def test_one_flow_that_cannot_be_started_keeps_no_other_from_its_time(house: House) -> None:
    broken = _scheduled(house)
    sound = _scheduled(house)
    version = broken.version
    version.document = {**version.document, "connections": {"gone": {"connector": "uninstalled"}}}
    version.document["nodes"].append(
        {"id": "call", "kind": "call", "params": {"connection": "gone", "operation": "x", "input": {}}}
    )
    version.save()
    deployments.forget()
    past = datetime.now(UTC) - timedelta(seconds=1)
    TriggerState.objects.of(house.tenant).filter(flow=broken.flow).update(next_at=past - timedelta(seconds=1))
    TriggerState.objects.of(house.tenant).filter(flow=sound.flow).update(next_at=past)

    _look(house)

    assert [run.flow_id for run in Run.objects.of(house.tenant)] == [sound.flow_id]


@pytest.mark.parametrize("cron", ["", "every day", "61 * * * *", "* * * *", "0 0 31 2 *", "0 0 L * * * * *", "* " * 90])
def test_a_time_that_no_clock_shows_is_refused_when_it_is_published(house: House, cron: str) -> None:
    with pytest.raises(publishing.Refused) as refused:
        _scheduled(house, cron)

    assert [problem.pointer for problem in refused.value.problems] == ["/nodes/0/params/cron"]
    assert Deployment.objects.of(house.tenant).count() == 0


def test_a_time_zone_that_does_not_exist_is_refused_when_it_is_published(house: House) -> None:
    with pytest.raises(publishing.Refused) as refused:
        _scheduled(house, time_zone="Mars/Olympus")

    assert [problem.pointer for problem in refused.value.problems] == ["/nodes/0/params/time_zone"]
