"""Trials: real runs of a draft that leave no trace among versions, deployments, ordinary runs and their effects."""

from __future__ import annotations

import pytest

from connectors.models import Effect
from flows import control, samples, trials
from flows.models import Deployment, Event, Run, Trial, Version
from flows.publishing import Refused
from flows.trial_parts import ConnectionsNeeded
from ipaas.accounts.models import User
from tests.connectors.stub import reply
from tests.flows.documents import call, document, edge, fixed, node
from tests.flows.house import House
from tests.flows.trying import SEVERAL, by_step, drawn, person, tried, wanted, written  # noqa: F401  a fixture

# ruff: noqa: F811


def test_a_whole_draft_runs_in_the_sandbox_without_a_version_or_a_deployment(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    house.stub.answer = lambda seen: reply({"id": "x", "name": "Hose"})

    run = tried(house, flow, person, "whole")

    assert (run.status, run.trial, run.business_key, run.lane) == ("succeeded", True, "7", "")
    assert house.outputs(run.id)["order"] == {"name": "Hose"}
    assert len(house.stub.seen) == 3
    assert Version.objects.of(house.tenant).count() == 0
    assert Deployment.objects.of(house.tenant).count() == 0


def test_up_to_a_step_runs_it_and_what_leads_to_it(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    house.stub.answer = lambda seen: reply({"id": "x", "name": "Hose"})

    run = tried(house, flow, person, "up_to", "write")

    assert run.status == "succeeded"
    assert written(house) == ["Hose"]
    assert len(house.stub.seen) == 2
    assert list(house.outputs(run.id)) == ["first", "order", "write"]


def test_what_is_pinned_answers_instead_of_its_step_but_not_the_step_that_is_tested(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    samples.put(flow, "first", {"name": "Pinned"}, pinned=True)
    samples.put(flow, "write", {"id": "never"}, pinned=True)
    house.stub.answer = lambda seen: reply({"id": "real"})

    run = tried(house, flow, person, "up_to", "write")

    assert len(house.stub.seen) == 1
    assert written(house) == ["Pinned"]
    assert house.outputs(run.id)["write"] == {"id": "real"}


def test_one_step_runs_alone_and_the_calls_before_it_answer_from_samples(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    samples.put(flow, "first", {"name": "Kept"}, pinned=False)
    samples.put(flow, "order", {"name": "computed anew"}, pinned=False)
    house.stub.answer = lambda seen: reply({"id": "real"})

    run = tried(house, flow, person, "step", "write")

    assert len(house.stub.seen) == 1
    assert written(house) == ["Kept"]
    assert run.status == "succeeded"


def test_without_a_sample_a_call_answers_with_its_connectors_example(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)

    tried(house, flow, person, "step", "write")

    assert written(house) == ["First"]


def test_a_step_that_reads_what_has_neither_sample_nor_example_is_refused_with_its_place(
    house: House, person: User
) -> None:
    house.connect()
    read = call("write", "create_keyed", {"note": "{{ steps.first }}"})
    flow = drawn(house, document(call("unread", "create_keyed"), call("first", "create_keyed"), read))

    with pytest.raises(Refused) as refusal:
        trials.start(wanted(house, flow, person, "step", "write"))

    assert [(problem.code, problem.pointer) for problem in refusal.value.problems] == [("sample_needed", "/nodes/2")]
    assert Trial.objects.of(house.tenant).count() == 0


def test_one_step_is_reached_whatever_the_conditions_before_it_say(house: House, person: User) -> None:
    house.connect()
    drawing = document(
        node("kind", "condition", {"branches": [{"port": "refund", "when": "trigger.body.refund"}], "otherwise": "no"}),
        call("refund", "create_keyed", {"name": "refund"}),
        edges=[edge("start", "kind"), edge("kind", "refund", "refund")],
    )
    flow = drawn(house, drawing)

    alone = tried(house, flow, person, "step", "refund")
    up_to = tried(house, flow, person, "up_to", "refund")

    assert [len(house.facts(run.id, "step_succeeded")) for run in (alone, up_to)] == [2, 1]
    assert written(house) == ["refund"]


def test_a_step_in_a_for_each_is_tried_with_the_first_item(house: House, person: User) -> None:
    house.connect()
    drawing = document(
        node("each", "for_each", {"items": "trigger.body.lines"}),
        call("line", "create_keyed", {"name": "{{ item }}"}, parent="each"),
    )
    flow = drawn(house, drawing)
    event = {"body": {"lines": ["a", "b", "c"]}, "headers": {}, "query": {}}

    tried(house, flow, person, "step", "line", event=event)

    assert written(house) == ["a"]


def test_every_trial_makes_anew_and_meets_no_real_run(house: House, person: User) -> None:
    house.connect()
    deployment = house.deploy(SEVERAL)
    flow = deployment.flow
    house.stub.answer = lambda seen: reply({"id": "x", "name": "Hose"})
    real = house.wait(house.start(deployment, {"id": "7"}))

    first = tried(house, flow, person, "whole")
    second = tried(house, flow, person, "whole")

    made = house.effects()
    assert {real.status, first.status, second.status} == {"succeeded"}
    assert len({effect.key for effect in made}) == len(made) == 6
    assert len({effect.idempotency_key for effect in made}) == 6
    assert [effect.key.startswith("trial:") for effect in made] == [False, False, True, True, True, True]
    assert Event.objects.of(house.tenant).count() == 3
    assert house.start(deployment, {"id": "7"}) == real.id


def test_what_is_wrong_outside_the_part_does_not_matter_and_inside_it_is_named(house: House, person: User) -> None:
    house.connect()
    broken = call("broken", "no_such_operation", {"name": "{{ steps.nowhere }}"})
    flow = drawn(house, document(fixed("start_here", a=1), call("good", "create_keyed"), broken))

    good = tried(house, flow, person, "up_to", "good")
    with pytest.raises(Refused) as refusal:
        trials.start(wanted(house, flow, person, "up_to", "broken"))

    assert good.status == "succeeded"
    assert [(problem.code, problem.pointer) for problem in refusal.value.problems] == [
        ("unknown_operation", "/nodes/3/params/operation"),
        ("unknown_step", "/nodes/3/params/input/name"),
    ]


def test_connections_are_the_given_ones_else_the_deployed_ones_else_the_only_one(house: House, person: User) -> None:
    flow = drawn(house, document(call("write", "create_keyed")))
    only = house.connect("only")
    alone = trials.start(wanted(house, flow, person, "whole"))
    other = house.connect("other")
    given = trials.start(wanted(house, flow, person, "whole", connections={"stub": other.id}))
    with pytest.raises(ConnectionsNeeded) as refusal:
        trials.start(wanted(house, flow, person, "whole"))
    house.redeploy(flow, other)
    deployed = trials.start(wanted(house, flow, person, "whole"))

    bound = [Trial.objects.of(house.tenant).get(id=trial.id).connections for trial in (alone, given, deployed)]
    assert bound == [{"stub": only.id}, {"stub": other.id}, {"stub": other.id}]
    assert [problem.pointer for problem in refusal.value.problems] == ["/connections/stub"]


def test_a_part_that_calls_nobody_needs_no_connection(house: House, person: User) -> None:
    flow = drawn(house, document(fixed("order", a=1), call("write", "create_keyed")))

    run = tried(house, flow, person, "up_to", "order")

    assert run.status == "succeeded"


def test_a_connection_of_another_environment_is_not_taken(house: House, person: User) -> None:
    flow = drawn(house, document(call("write", "create_keyed")))
    elsewhere = house.connect("elsewhere", "production")

    with pytest.raises(ConnectionsNeeded):
        trials.start(wanted(house, flow, person, "whole", connections={"stub": elsewhere.id}))

    assert house.stub.seen == []


def test_what_a_trial_came_to_becomes_samples_unless_they_are_pinned(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    samples.put(flow, "order", {"name": "Pinned"}, pinned=True)
    house.stub.answer = lambda seen: reply({"id": "x", "name": "Hose"})

    run = tried(house, flow, person, "up_to", "write")

    found = by_step(flow)
    assert {step: row.source for step, row in found.items()} == {
        "start": "trial",
        "first": "trial",
        "order": "pinned",
        "write": "trial",
    }
    assert found["start"].value == {"id": "7"}
    assert found["write"].value == {"id": "x", "name": "Hose"}
    assert found["write"].run_id == run.id


def test_a_step_that_is_on_the_screen_only_has_its_sample_once_the_draft_is_saved(house: House, person: User) -> None:
    flow = drawn(house, document(fixed("order", a=1)))
    on_screen = document(fixed("order", a=1), fixed("added", b=2))

    tried(house, flow, person, "whole", document=on_screen)
    before = set(by_step(flow))
    flow.draft = on_screen
    after = by_step(flow)

    assert before == {"start", "order"}
    assert after["added"].value == {"b": 2}


def test_a_trial_that_failed_leaves_the_samples_it_came_to(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    house.stub.answers = [lambda seen: reply({"name": "Hose"}), lambda seen: reply({"message": "no"}, 400)]

    run = tried(house, flow, person, "whole")

    assert run.status == "failed"
    assert set(by_step(flow)) == {"start", "first", "order"}


def test_without_an_event_the_triggers_sample_is_used_with_the_headers_it_came_with(house: House, person: User) -> None:
    copies = {
        "rules": [{"target": "shop", "source": "trigger.headers.x-shop"}, {"target": "b", "source": "trigger.body"}]
    }
    deployment = house.deploy(document(node("copy", "map", copies)))
    flow = deployment.flow
    real = house.start(deployment, {"id": "9"}, meta={"content_type": "application/json", "headers": {"x-shop": "a"}})
    samples.take_event(flow, Event.objects.of(house.tenant).get(run_id=real))

    run = tried(house, flow, person, "whole", event=None)

    assert house.outputs(run.id)["copy"] == {"shop": "a", "b": {"id": "9"}}


def test_a_trial_is_not_replayed(house: House, person: User) -> None:
    flow = drawn(house, document(fixed("order", a=1)))
    run = tried(house, flow, person, "whole")

    with pytest.raises(control.NotPossible, match="Test the draft again"):
        control.replay(run, "ana@acme.test")

    assert Run.objects.of(house.tenant).count() == 1


def test_a_trial_that_is_killed_in_the_middle_is_carried_on_like_any_run(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, document(call("write", "create_keyed", {"name": "a"})))
    run = tried(house, flow, person, "whole")
    house.stop_runner()
    house.as_killed_after_sending(run.id)

    house.start_runner()
    house.sweep()
    again = house.wait(run.id)

    assert again.status == "succeeded"
    keys = {seen.headers["idempotency-key"] for seen in house.stub.seen}
    assert (len(house.stub.seen), len(keys)) == (2, 1)


def test_looking_shows_what_would_be_sent_and_sends_nothing(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, SEVERAL)
    samples.put(flow, "first", {"name": "Hose"}, pinned=False)

    [exchange] = trials.look(wanted(house, flow, person, "look", "write"))

    assert (exchange["method"], exchange["url"]) == ("POST", f"{house.stub.url}/things")
    assert "Hose" in exchange["request_body"]
    assert set(exchange) == {"method", "url", "request_headers", "request_body"}
    assert house.stub.seen == []
    assert Effect.objects.of(house.tenant).count() == 0
    assert Trial.objects.of(house.tenant).count() == 0


def test_looking_at_a_coded_operation_shows_its_first_request(house: House, person: User) -> None:
    house.connect()
    flow = drawn(house, document(call("write", "order_findable", {"po": "{{ trigger.body.id }}"})))

    found = trials.look(wanted(house, flow, person, "look", "write"))

    assert [(each["method"], each["request_body"]) for each in found] == [("POST", '{"po":"7"}')]
    assert house.stub.seen == []


def test_looking_at_a_step_that_calls_nobody_shows_nothing(house: House, person: User) -> None:
    flow = drawn(house, SEVERAL)

    assert trials.look(wanted(house, flow, person, "look", "order")) == []


def test_looking_says_why_the_step_is_not_reached(house: House, person: User) -> None:
    house.connect()
    wrong = node("order", "lookup", {"table": "parts", "key": "{{ trigger.body.id }}"})
    flow = drawn(house, document(wrong, call("write", "create_keyed")))

    with pytest.raises(trials.StoppedBefore) as stopped:
        trials.look(wanted(house, flow, person, "look", "write"))

    assert stopped.value.error["code"] == "lookup_missing"
