"""What remains of trials: a day of them, the last of each flow, and never less of a real run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows import trials
from flows.models import Event, Fact, Run, Trial, Value
from ipaas.accounts.models import User
from tests.connectors.stub import silence
from tests.flows.documents import call, document, fixed
from tests.flows.house import House
from tests.flows.trying import drawn, person, tried, wanted  # noqa: F401  a fixture

# ruff: noqa: F811


def test_trials_of_yesterday_are_removed_with_all_that_was_recorded(house: House, person: User) -> None:
    house.connect()
    deployment = house.deploy(document(call("write", "create_keyed", {"note": "{{ trigger.body.text }}"})))
    text = {"text": "x" * 300_000}
    real = house.wait(house.start(deployment, text))
    old = tried(house, deployment.flow, person, "whole", event={"body": text, "headers": {}, "query": {}})
    fresh = tried(house, deployment.flow, person, "whole")
    before = datetime.now(UTC) - timedelta(hours=25)
    Trial.objects.of(house.tenant).filter(run_id=old.id).update(created_at=before)
    Run.objects.of(house.tenant).update(created_at=before)

    removed = trials.tend()

    assert (removed, trials.tend()) == (1, 0)
    assert set(Run.objects.of(house.tenant).values_list("id", flat=True)) == {real.id, fresh.id}
    assert set(Event.objects.of(house.tenant).values_list("run_id", flat=True)) == {real.id, fresh.id}
    assert set(Fact.objects.values_list("run_id", flat=True)) == {real.id, fresh.id}
    assert set(Value.objects.values_list("run_id", flat=True)) == {real.id}
    assert {effect.run_id for effect in house.effects()} == {real.id, fresh.id}


def test_a_flow_keeps_its_last_trials_and_those_that_have_not_ended(
    house: House, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "MOST_PER_FLOW", 2)
    house.connect()
    flow = drawn(house, document(call("write", "create_keyed")))
    house.stub.answers = [silence]
    still = trials.start(wanted(house, flow, person, "whole"))
    house.until(lambda: house.stub.seen)
    done = [tried(house, flow, person, "whole").id for _ in range(4)]

    removed = trials.tend()

    assert removed == 2
    assert set(Run.objects.of(house.tenant).values_list("id", flat=True)) == {still.run_id, *done[2:]}


def test_a_real_run_is_never_removed_even_if_it_is_named(house: House) -> None:
    deployment = house.deploy(document(fixed("order", a=1)))
    real = house.wait(house.start(deployment))
    Trial.objects.of(house.tenant).create(
        flow=deployment.flow, environment=house.environment(), mode="whole", document={}, stand_ins={}, run_id=real.id
    )
    Trial.objects.of(house.tenant).update(created_at=datetime.now(UTC) - timedelta(days=2))

    assert trials.tend() == 1

    assert Run.objects.of(house.tenant).get().id == real.id
    assert house.facts(real.id) != []
