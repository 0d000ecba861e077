"""The runner: many runs at once, patience that survives it, connections that are mended, holders that lose a run."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.connections import By, rotate
from connectors.models import Connection
from connectors.vault import seal
from flows import journal
from flows.models import Fact, Run
from ipaas.book.writer import get_writer
from tests.connectors.stub import Seen, reply, silence
from tests.flows.documents import call, document, edge, fixed, node
from tests.flows.house import House

BUSY = {"attempts": 5, "first_seconds": 2, "factor": 1}


def test_a_failed_try_waits_in_the_book_and_a_later_runner_goes_on_with_it(house: House) -> None:
    house.stub.answers = [lambda seen: reply({}, 503), lambda seen: reply({"id": "thing_1"})]
    deployment = house.deploy_calls(call("write", "create_keyed", {"name": "a"}, retry=BUSY))
    run_id = house.start(deployment)
    waiting = house.wait(run_id, "waiting")
    house.stop_runner()
    seen_before = len(house.stub.seen)

    assert (waiting.holder, waiting.attempts, seen_before) == ("", 1, 1)
    [failed] = house.facts(run_id, "step_failed")
    assert waiting.due_at == datetime.fromisoformat(failed["retry_at"])
    assert waiting.due_at - datetime.fromisoformat(failed["at"]) == timedelta(seconds=2)

    house.start_runner()
    house.sweep()
    house.until(lambda: datetime.now(UTC) > waiting.due_at)
    house.sweep()
    run = house.wait(run_id)

    assert run.status == "succeeded"
    assert run.attempts == 2
    assert len(house.stub.seen) == 2
    assert [row.status for row in house.effects()] == ["released", "done"]


def test_a_wait_that_the_system_asked_for_is_kept(house: House) -> None:
    house.stub.answers = [lambda seen: reply({}, 429, {"Retry-After": "2"}), lambda seen: reply({"name": "First"})]
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry={"first_seconds": 0.1})))

    house.wait(run_id, "waiting")
    [failed] = house.facts(run_id, "step_failed")
    run = house.wait(run_id)

    asked = datetime.fromisoformat(failed["retry_at"]) - datetime.fromisoformat(failed["at"])
    assert timedelta(seconds=1.9) <= asked <= timedelta(seconds=2.1)
    assert run.status == "succeeded"
    assert run.finished_at - datetime.fromisoformat(failed["retry_at"]) < timedelta(seconds=1)


def test_the_last_failed_try_fails_the_run_and_names_the_step(house: House) -> None:
    house.stub.answer = lambda seen: reply({"message": "too many"}, 429)
    quick = {"attempts": 3, "first_seconds": 0.05, "factor": 1}
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry=quick)))

    run = house.wait(run_id)

    assert run.status == "failed"
    assert (run.error["class"], run.error["step"]) == ("try_again", "read")
    assert len(house.stub.seen) == 3
    assert [fact["attempt"] for fact in house.facts(run_id, "step_failed")] == [1, 2, 3]


def test_a_refused_credential_makes_runs_wait_and_a_new_one_lets_them_go_on_in_order(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": "x"}, 200 if "good" in seen.headers["authorization"] else 401)
    connection = house.connect(auth_kind="api_key")
    _give(connection, "bad-secret")
    deployment = house.deploy(document(call("write", "create_keyed", {"name": "{{ trigger.body.n }}"})), connection)
    runs = [house.start(deployment, {"n": str(n)}) for n in range(3)]
    waiting = [house.wait(run_id, "waiting") for run_id in runs]
    house.until(lambda: Connection.objects.of(house.tenant).get(id=connection.id).status == "broken")
    asked = len(house.stub.seen)

    assert [row.due_at for row in waiting] == [None, None, None]
    assert {row.waiting_for for row in waiting} == {f"connection:{connection.id}"}
    assert all("waits at" in row.summary for row in waiting)

    rotate(connection, {"secret_key": "good-secret"}, By(None))

    ended = [house.wait(run_id) for run_id in runs]
    assert [row.status for row in ended] == ["succeeded"] * 3
    after = [seen.body for seen in house.stub.seen[asked:]]
    assert after == [b"name=0", b"name=1", b"name=2"]


def test_a_mended_connection_wakes_runs_of_no_other_connection(house: House) -> None:
    house.stub.answer = lambda seen: reply({}, 401)
    first, second = (house.connect(name, auth_kind="api_key") for name in ("one", "two"))
    for connection in (first, second):
        _give(connection, "bad-secret")
    drawn = document(call("read", "read_thing", {"id": "1"}))
    runs = [house.start(house.deploy(drawn, connection)) for connection in (first, second)]
    for run_id in runs:
        house.wait(run_id, "waiting")
    house.stub.answer = lambda seen: reply({"name": "First"})

    rotate(first, {"secret_key": "good-secret"}, By(None))

    assert house.wait(runs[0]).status == "succeeded"
    assert house.run(runs[1]).status == "waiting"


def test_branches_call_at_the_same_time(house: House) -> None:
    house.stub.answer = _read_slowly
    drawn = document(
        call("left", "read_thing", {"id": "1"}),
        call("right", "read_thing", {"id": "2"}),
        fixed("both", done=True),
        edges=[edge("start", "left"), edge("start", "right"), edge("left", "both"), edge("right", "both")],
    )
    deployment = house.deploy(drawn)
    house.wait(house.start(deployment))
    run = house.wait(house.start(deployment))

    assert run.status == "succeeded"
    assert (run.finished_at - run.started_at).total_seconds() < 0.55


async def _read_slowly(seen: Seen) -> Any:
    await asyncio.sleep(0.3)
    return reply({"name": seen.path})


def test_a_loop_calls_for_every_item_and_keeps_their_order(house: House) -> None:
    house.stub.answer = lambda seen: reply({"name": seen.path.rpartition("/")[2]})
    loop = node("each", "for_each", {"items": "trigger.body.ids", "concurrency": 3, "collect": "steps.read.name"})
    drawn = document(loop, call("read", "read_thing", {"id": "{{ item }}"}, parent="each"))
    ids = [f"n{n}" for n in range(25)]
    run_id = house.start(house.deploy(drawn), {"ids": ids})

    run = house.wait(run_id)

    assert run.status == "succeeded"
    assert run.attempts == 25
    assert house.outputs(run_id)["each"] == {"items": ids, "count": 25, "failed": 0}
    assert sorted(seen.path.rpartition("/")[2] for seen in house.stub.seen) == sorted(ids)


def test_writes_of_one_loop_are_effects_of_their_own(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": seen.body.decode()})
    loop = node("each", "for_each", {"items": "trigger.body"})
    drawn = document(loop, call("write", "create_keyed", {"name": "{{ item }}"}, parent="each"))
    run_id = house.start(house.deploy(drawn), ["a", "a", "b"])

    house.wait(run_id, "succeeded")

    rows = house.effects()
    assert sorted(row.step for row in rows) == ["each[0].write", "each[1].write", "each[2].write"]
    assert len({row.idempotency_key for row in rows}) == 3
    assert len(house.stub.seen) == 3


def test_a_refusal_leaves_by_the_error_port_with_the_systems_own_words(house: House) -> None:
    house.stub.answer = lambda seen: reply({"message": "no such part", "code": "part_unknown", "field": "part"}, 400)
    drawn = document(
        call("write", "create_keyed", {"name": "a"}),
        node("told", "map", {"rules": [{"target": "why", "source": "steps.write.error.message"}]}),
        edges=[edge("start", "write"), edge("write", "told", "error")],
    )
    run_id = house.start(house.deploy(drawn))

    run = house.wait(run_id)

    [failed] = house.facts(run_id, "step_failed")
    assert run.status == "succeeded"
    assert failed["port"] == "error"
    assert (failed["error"]["class"], failed["error"]["code"]) == ("rejected", "part_unknown")
    assert house.outputs(run_id)["told"] == {"why": "no such part"}


def test_a_read_that_is_not_answered_in_time_is_tried_again(house: House) -> None:
    house.stub.answers = [silence, lambda seen: reply({"name": "First"})]
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry={"first_seconds": 0.05})))

    run = house.wait(run_id)

    [failed] = house.facts(run_id, "step_failed")
    assert run.status == "succeeded"
    assert failed["error"]["class"] == "try_again"
    assert house.outputs(run_id)["read"] == {"name": "First"}


def test_a_run_that_works_longer_than_it_may_fails_by_its_limit(house: House) -> None:
    house.stub.answer = _read_slowly
    calls = [call(f"read{n}", "read_thing", {"id": str(n)}) for n in range(4)]
    run_id = house.start(house.deploy(document(*calls, timeout_seconds=0.5)))

    run = house.wait(run_id)

    assert run.status == "failed"
    assert (run.error["class"], run.error["code"]) == ("limit_reached", "run_timeout")
    assert len(house.stub.seen) < 4


def test_a_holder_that_lost_its_run_writes_nothing_more_and_sends_nothing_more(house: House) -> None:
    gate = asyncio.Event()

    async def held(seen: Seen) -> Any:
        await asyncio.wait_for(gate.wait(), 5)
        return reply({"name": "First"})

    house.stub.answers = [held, lambda seen: reply({"name": "First"})]
    house.stub.answer = lambda seen: reply({"id": "thing_1"})
    slow = call("read", "read_thing", {"id": "1"}, retry={"attempts": 1})
    deployment = house.deploy_calls(slow, call("write", "create_unsafe", {"name": "a"}))
    run_id = house.start(deployment)
    house.until(lambda: len(house.stub.seen) == 1)
    Run.objects.of(house.tenant).filter(id=run_id).update(due_at=datetime.now(UTC) - timedelta(seconds=1))

    other = house.start_runner(own=True)
    other.wake((run_id,))
    house.wait(run_id, "succeeded")
    entries = Fact.objects.filter(run_id=run_id).count()
    house._loop.call_soon_threadsafe(gate.set)
    house.until(lambda: house._runners[0].held_count == 0)
    time.sleep(0.2)

    assert house.run(run_id).status == "succeeded"
    assert Fact.objects.filter(run_id=run_id).count() == entries
    assert [seen.method for seen in house.stub.seen] == ["GET", "GET", "POST"]
    assert [row.status for row in house.effects()] == ["done"]


def test_a_runner_that_stops_gives_its_runs_back_and_the_next_carries_them_to_their_end(house: House) -> None:
    house.stub.answers = [silence]
    house.stub.answer = lambda seen: reply({"name": "First"})
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    house.until(lambda: house.stub.seen)

    house.stop_runner(drain_seconds=0.05)

    given_back = house.run(run_id)
    assert given_back.holder == ""
    assert given_back.due_at <= datetime.now(UTC)
    house.start_runner()
    house.sweep()
    assert house.wait(run_id).status == "succeeded"
    assert len(house.stub.seen) == 2


def test_a_lease_is_kept_up_while_a_run_is_in_hand(house: House) -> None:
    house.stop_runner()
    house.stub.answer = _half_a_second
    deployment = house.deploy_calls(call("read", "read_thing", {"id": "1"}))
    run_id = house.start(deployment)
    first = house.start_runner(lease_seconds=0.3)
    second = house.start_runner(lease_seconds=0.3, own=True)
    house.sweep()

    house.until(lambda: house.stub.seen)
    deadline = time.monotonic() + 0.4
    while time.monotonic() < deadline:
        house.sweep()
        time.sleep(0.02)
    run = house.wait(run_id)

    assert run.status == "succeeded"
    assert len(house.stub.seen) == 1
    house.until(lambda: first.held_count + second.held_count == 0)


async def _half_a_second(seen: Seen) -> Any:
    await asyncio.sleep(0.5)
    return reply({"name": "First"})


@pytest.mark.parametrize("text", ["a\x00b", "line\r\nbreak", "ü€𝄞", "x" * 5000])
def test_whatever_a_system_says_of_a_failure_the_run_comes_to_its_end(house: House, text: str) -> None:
    house.stub.answer = lambda seen: reply({"message": text, "code": text, "field": text}, 400)
    run_id = house.start(house.deploy_calls(call("write", "create_keyed", {"name": "a"})))

    run = house.wait(run_id)

    assert run.status == "failed"
    assert run.error["class"] == "rejected"
    assert [row.status for row in house.effects()] == ["rejected"]


def test_a_run_of_the_book_is_renewed_by_its_own_holder_alone(house: House) -> None:
    house.stub.answer = silence
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"}, retry={"attempts": 1})))
    house.until(lambda: house.stub.seen)
    before = house.run(run_id).due_at

    renewal = journal.Renewal("hld_of_somebody_else", (run_id,), datetime.now(UTC) + timedelta(hours=1))
    get_writer().submit_from_thread(journal.renew, renewal)

    assert house.run(run_id).due_at == before


def _give(connection: Connection, secret: str) -> None:
    connection.sealed, connection.key_version = seal(connection.tenant_id, connection.id, {"secret_key": secret})
    connection.save()
