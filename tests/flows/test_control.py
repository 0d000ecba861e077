"""What people do to runs: cancel, replay and resolve, each once, and never a run that has ended meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from flows import control
from flows.models import Fact, Flow, Run
from tests.connectors.stub import Seen, reply, silence
from tests.flows.documents import call, document, edge
from tests.flows.house import House

SLOWLY = {"attempts": 5, "first_seconds": 3600, "factor": 1}


def _uncertain(house: House, *more: dict[str, Any]) -> Run:
    """A run whose write was sent and never answered."""
    house.stub.answers = [silence]
    house.stub.answer = lambda seen: reply({"id": "made again"})
    run_id = house.start(house.deploy_calls(call("write", "create_unsafe", {"name": "a"}), *more))
    return house.wait(run_id, "uncertain")


def test_a_run_in_the_queue_or_waiting_is_cancelled_at_once(house: House) -> None:
    house.stub.answer = lambda seen: reply({}, 503)
    deployment = house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry=SLOWLY))
    waiting = house.start(deployment)
    house.wait(waiting, "waiting")
    house.stop_runner()
    queued = house.start(deployment)
    for run_id in (waiting, queued):
        control.cancel(house.run(run_id), "ada@acme.test", "not wanted")

    house.start_runner()
    house.sweep()

    assert [house.wait(run_id).status for run_id in (waiting, queued)] == ["cancelled", "cancelled"]
    assert len(house.stub.seen) == 1
    assert house.run(queued).summary == "cancelled"


def test_a_run_that_ended_while_a_person_was_about_to_cancel_stays_as_it_ended(house: House) -> None:
    house.stub.answer = lambda seen: reply({"name": "First"})
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    as_the_person_saw_it = house.run(run_id)
    as_the_person_saw_it.status = "running"
    ended = house.wait(run_id, "succeeded")
    entries = Fact.objects.filter(run_id=run_id).count()

    with pytest.raises(control.NotPossible, match="succeeded"):
        control.cancel(as_the_person_saw_it, "ada@acme.test", "")

    now = house.run(run_id)
    assert (now.status, now.seq, now.due_at, now.finished_at) == ("succeeded", ended.seq, None, ended.finished_at)
    assert Fact.objects.filter(run_id=run_id).count() == entries


def test_a_write_that_was_made_after_all_lets_its_run_go_on_with_what_the_person_found(house: House) -> None:
    run = _uncertain(house, call("next", "put_thing", {"id": "{{ steps.write.id }}", "payload": {}}))
    [effect] = house.effects()

    control.resolve(run, effect, made=True, output={"id": "17"}, by="olu@acme.test")

    assert house.wait(run.id).status == "succeeded"
    assert [(seen.method, seen.path) for seen in house.stub.seen] == [("POST", "/things"), ("PUT", "/things/17")]
    assert house.effects()[0].answer == {"id": "17"}
    [resolved] = house.facts(run.id, "run_resolved")
    assert (resolved["by"], resolved["made"], resolved["step"]) == ("olu@acme.test", True, "write")


def test_a_write_that_was_not_made_is_sent_again(house: House) -> None:
    run = _uncertain(house)
    [effect] = house.effects()

    control.resolve(run, effect, made=False, output=None, by="olu@acme.test")

    assert house.wait(run.id).status == "succeeded"
    assert [seen.method for seen in house.stub.seen] == ["POST", "POST"]
    assert house.outputs(run.id)["write"] == {"id": "made again"}
    assert [row.status for row in house.effects()] == ["released", "done"]


def test_two_people_cannot_both_say_what_became_of_a_write(house: House) -> None:
    run = _uncertain(house)
    [effect] = house.effects()
    control.resolve(run, effect, made=True, output={"id": "17"}, by="olu@acme.test")
    house.wait(run.id, "succeeded")

    with pytest.raises(control.NotPossible):
        control.resolve(run, effect, made=False, output=None, by="ana@acme.test")

    assert house.run(run.id).status == "succeeded"
    assert len(house.facts(run.id, "run_resolved")) == 1
    assert [row.status for row in house.effects()] == ["done"]
    assert len(house.stub.seen) == 1


def test_a_write_is_not_resolved_without_its_run(house: House) -> None:
    run = _uncertain(house)
    [effect] = house.effects()
    control.cancel(run, "ada@acme.test", "")
    house.wait(run.id, "cancelled")

    with pytest.raises(control.NotPossible):
        control.resolve(run, effect, made=True, output={}, by="olu@acme.test")

    assert [row.status for row in house.effects()] == ["uncertain"]


def test_two_writes_in_doubt_are_resolved_one_after_the_other(house: House) -> None:
    house.stub.answer = silence
    drawn = document(
        call("left", "create_unsafe", {"name": "a"}),
        call("right", "create_unsafe", {"name": "b"}),
        edges=[edge("start", "left"), edge("start", "right")],
    )
    run_id = house.start(house.deploy(drawn))
    house.wait(run_id, "uncertain")
    house.stub.answer = lambda seen: reply({"id": "1"})
    for _ in range(2):
        run = house.wait(run_id, "uncertain")
        effect = next(row for row in house.effects() if row.step == run.error["step"] and row.status == "uncertain")
        control.resolve(run, effect, made=True, output={"id": effect.step}, by="olu@acme.test")
        house.until(lambda: house.run(run_id).status in ("uncertain", "succeeded"))

    assert house.wait(run_id).status == "succeeded"
    resolved = {fact["step"]: fact["output"] for fact in house.facts(run_id, "run_resolved")}
    assert resolved == {"left": {"id": "left"}, "right": {"id": "right"}}
    assert len(house.stub.seen) == 2


def test_a_replay_repeats_nothing_that_was_done_and_does_what_was_not(house: House) -> None:
    parts = {"known": False}

    def answer(seen: Seen) -> Any:
        if seen.path == "/things":
            return reply({"id": "thing_1"})
        return reply({"id": "2"}) if parts["known"] else reply({"message": "no such part"}, 400)

    house.stub.answer = answer
    first = call("head", "create_keyed", {"name": "a"})
    second = call("line", "put_thing", {"id": "{{ steps.head.id }}", "payload": {}})
    run_id = house.start(house.deploy_calls(first, second), {"order": 1})
    failed = house.wait(run_id, "failed")
    parts["known"] = True

    again = control.replay(failed, "olu@acme.test")

    run = house.wait(again)
    assert (run.status, run.replay_of, run.event_id) == ("succeeded", run_id, failed.event_id)
    assert [seen.path for seen in house.stub.seen] == ["/things", "/things/thing_1", "/things/thing_1"]
    assert [fact["record"]["reused"] for fact in house.facts(again, "call_made")] == [True, False]
    assert house.run(run_id).status == "failed"


def test_a_replay_runs_the_version_that_is_at_work_now(house: House) -> None:
    house.stub.answer = lambda seen: reply({"message": "no"}, 400)
    deployment = house.deploy_calls(call("write", "create_keyed", {"name": "a"}))
    failed = house.wait(house.start(deployment), "failed")
    flow = Flow.objects.of(house.tenant).get()
    flow.draft["nodes"][1] = call("write", "put_thing", {"id": "9", "payload": {}})
    flow.save()
    newer = house.redeploy(flow)
    house.stub.answer = lambda seen: reply({"id": "9"})

    run = house.wait(control.replay(failed, "olu@acme.test"))

    assert (run.status, run.version_id) == ("succeeded", newer.version_id)
    assert house.stub.seen[-1].method == "PUT"


def test_a_run_that_has_not_ended_is_not_replayed(house: House) -> None:
    house.stub.answer = lambda seen: reply({}, 503)
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry=SLOWLY)))
    waiting = house.wait(run_id, "waiting")

    with pytest.raises(control.NotPossible, match="not ended"):
        control.replay(waiting, "olu@acme.test")

    assert Run.objects.of(house.tenant).count() == 1
