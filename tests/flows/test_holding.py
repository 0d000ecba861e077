"""Holding: what a runner has in hand carries its name, is given back at its end, and let go when a person says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flows import control, journal, publishing
from flows.models import LookupTable
from flows.records import lookup_tables
from ipaas.book.writer import get_writer
from tests.connectors.stub import Seen, reply, silence
from tests.flows.documents import call, document, fixed, node
from tests.flows.house import House


def test_a_run_that_is_cancelled_during_a_call_ends_there(house: House) -> None:
    house.stub.answer = silence
    deployment = house.deploy_calls(call("write", "create_keyed", {"name": "a"}), call("next", "read_name"))
    run_id = house.start(deployment)
    house.until(lambda: house.stub.seen)

    control.cancel(house.run(run_id), "ada@acme.test", "typed by mistake")

    run = house.wait(run_id)
    assert run.status == "cancelled"
    assert run.due_at is None
    assert [fact["by"] for fact in house.facts(run_id, "run_cancelled")] == ["ada@acme.test"]
    assert house.facts(run_id)[-1]["type"] == "run_finished"
    assert len(house.stub.seen) == 1
    assert [row.status for row in house.effects()] == ["sent"]


def test_more_runs_than_a_runner_may_hold_all_end_and_never_more_at_once(house: House) -> None:
    house.stop_runner()
    holding: list[int] = []

    def answer(seen: Seen) -> Any:
        holding.append(here.held_count)
        return reply({"name": "First"})

    house.stub.answer = answer
    deployment = house.deploy_calls(call("read", "read_thing", {"id": "1"}))
    runs = [house.start(deployment) for _ in range(30)]
    here = house.start_runner(capacity=4)
    house.sweep()

    ended = [house.wait(run_id, seconds=5).status for run_id in runs]

    assert ended == ["succeeded"] * 30
    assert max(holding) <= 4
    assert len(house.stub.seen) == 30


def test_a_run_in_hand_carries_its_holders_name_after_an_append(house: House) -> None:
    run_id = _in_hand_after_an_append(house)

    assert house.run(run_id).holder == house._runners[0].holder


def test_a_runner_that_stops_gives_back_a_run_that_it_has_appended_to(house: House) -> None:
    run_id = _in_hand_after_an_append(house)

    house.stop_runner(drain_seconds=0.05)

    given_back = house.run(run_id)
    assert given_back.holder == ""
    assert given_back.due_at <= datetime.now(UTC)


def test_what_a_dead_process_had_appended_to_is_due_at_once_for_the_next(house: House) -> None:
    run_id = _in_hand_after_an_append(house)
    now = datetime.now(UTC)

    count = get_writer().submit_from_thread(journal.let_go, journal.LetGo(None, now))

    assert count == 1
    assert house.run(run_id).due_at == now


def test_an_event_that_was_taken_for_paused_while_its_flow_was_resumed_runs_all_the_same(house: House) -> None:
    deployment = house.deploy(document(fixed("done", ok=True)))
    publishing.pause(deployment)
    publishing.resume(deployment)

    run_id = house.start(deployment, {"n": 1}, paused=True)
    house.sweep()

    assert house.wait(run_id, seconds=3).status == "succeeded"


def test_a_table_that_was_removed_and_made_anew_is_read_anew(house: House) -> None:
    deployment = house.deploy(document(node("look", "lookup", {"table": "parts", "key": "pump"})))
    found = []
    for value in ("OLD", "NEW"):
        table = LookupTable.objects.of(house.tenant).create(name="parts", title="Parts")
        lookup_tables.replace_rows(table, [("pump", value)])
        run_id = house.start(deployment)
        house.wait(run_id, "succeeded")
        found.append(house.outputs(run_id)["look"])
        table.delete()

    assert found == ["OLD", "NEW"]


def _in_hand_after_an_append(house: House) -> str:
    """A run that waits for the answer to a write; the entry before the write is in the book."""
    house.stub.answer = silence
    run_id = house.start(house.deploy_calls(call("write", "put_thing", {"id": "1", "payload": {}})))
    house.until(lambda: house.stub.seen)
    assert house.facts(run_id)[-1]["type"] == "step_started"
    return run_id
