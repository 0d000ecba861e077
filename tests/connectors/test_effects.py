"""The effect ledger: what each intent is told, on both ways an earlier try can have ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import effects
from connectors.models import Effect
from connectors.threads import in_thread
from ipaas.accounts.models import Tenant

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ERROR = {"class": "rejected", "code": "no", "message": "no"}


def _intent(tenant: Tenant, **more: Any) -> effects.EffectIntent:
    fields: dict[str, Any] = {
        "connection_id": "",
        "connector": "stub",
        "operation": "create",
        "effect_class": "keyed",
        "key": "k-1",
        "request_hash": "h-1",
        "at": NOW,
        "business_key": "order 1",
        "run_id": "run_1",
        "step": "create",
        "request": {"a": 1},
        "lease_seconds": 30,
        "key_lifetime_hours": 24,
    }
    return effects.EffectIntent(tenant_id=tenant.id, **{**fields, **more})


async def _rows(tenant: Tenant) -> list[Effect]:
    return await in_thread(lambda: list(Effect.objects.of(tenant).order_by("key", "generation")))


async def test_a_new_effect_is_in_the_book_before_it_is_sent(tenant: Tenant) -> None:
    verdict = await effects.intend(_intent(tenant))

    (row,) = await _rows(tenant)
    assert verdict.action == "send"
    assert (row.id, row.status, row.generation, row.idempotency_key) == (
        verdict.effect_id, "intended", 1, verdict.idempotency_key,
    )  # fmt: skip
    assert (row.business_key, row.run_id, row.step, row.request) == ("order 1", "run_1", "create", {"a": 1})
    assert row.created_at == NOW
    assert row.lease_until == NOW + timedelta(seconds=30)


async def test_an_effect_that_was_made_answers_with_what_was_recorded(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.answer(first.effect_id, {"id": "x", "n": [1, None]}, NOW)

    again = await effects.intend(_intent(tenant, run_id="run_2"))

    assert (again.effect_id, again.action, again.answer) == (first.effect_id, "done", {"id": "x", "n": [1, None]})
    assert again.differs is False
    (row,) = await _rows(tenant)
    assert (row.status, row.settled_at, row.lease_until) == ("done", NOW, None)


async def test_a_made_effect_with_other_values_is_still_made_and_says_so(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.answer(first.effect_id, None, NOW, found=True)

    again = await effects.intend(_intent(tenant, request_hash="h-2"))

    assert (again.action, again.answer, again.found, again.differs) == ("done", None, True, True)


async def test_a_refused_effect_is_tried_again_as_a_new_generation_with_a_new_key(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.reject(first.effect_id, ERROR, NOW)

    again = await effects.intend(_intent(tenant))

    assert (again.action, again.generation) == ("send", 2)
    assert again.effect_id != first.effect_id
    assert again.idempotency_key != first.idempotency_key
    assert [(row.status, row.error) for row in await _rows(tenant)] == [("rejected", ERROR), ("intended", None)]


async def test_a_released_effect_is_tried_again_under_the_same_key(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.release(first.effect_id, ERROR, NOW)

    again = await effects.intend(_intent(tenant))

    assert (again.action, again.generation, again.idempotency_key) == ("send", 2, first.idempotency_key)


@pytest.mark.parametrize("effect_class", ["keyed", "idempotent", "findable", "unsafe"])
async def test_while_another_run_may_be_sending_one_waits(tenant: Tenant, effect_class: str) -> None:
    await effects.intend(_intent(tenant, effect_class=effect_class))

    later = NOW + timedelta(seconds=10)
    again = await effects.intend(_intent(tenant, effect_class=effect_class, run_id="run_2", at=later))

    assert (again.action, again.wait_seconds) == ("busy", 20)


@pytest.mark.parametrize(
    "effect_class, action", [("keyed", "resume"), ("idempotent", "resume"), ("findable", "busy"), ("unsafe", "busy")]
)
async def test_the_same_run_may_repeat_at_once_only_what_is_harmless(
    tenant: Tenant, effect_class: str, action: str
) -> None:
    await effects.intend(_intent(tenant, effect_class=effect_class))

    again = await effects.intend(_intent(tenant, effect_class=effect_class))

    assert again.action == action


@pytest.mark.parametrize(
    "effect_class, action, status",
    [
        ("keyed", "resume", "intended"),
        ("idempotent", "resume", "intended"),
        ("findable", "resume", "intended"),
        ("unsafe", "uncertain", "uncertain"),
    ],
)
async def test_an_effect_whose_lease_ran_out_is_resolved_by_its_class(
    tenant: Tenant, effect_class: str, action: str, status: str
) -> None:
    first = await effects.intend(_intent(tenant, effect_class=effect_class))

    later = NOW + timedelta(seconds=31)
    again = await effects.intend(_intent(tenant, effect_class=effect_class, run_id="run_2", at=later))

    assert (again.effect_id, again.action, again.idempotency_key) == (first.effect_id, action, first.idempotency_key)
    assert [row.status for row in await _rows(tenant)] == [status]


async def test_a_lost_answer_ends_the_lease_at_once(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant, effect_class="findable"))
    await effects.lost(first.effect_id, ERROR, NOW)

    (row,) = await _rows(tenant)
    again = await effects.intend(_intent(tenant, effect_class="findable", run_id="run_2"))

    assert (row.status, row.settled_at, row.lease_until) == ("sent", None, None)
    assert again.action == "resume"


async def test_a_key_that_the_system_no_longer_honours_leaves_it_to_a_person(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.lost(first.effect_id, ERROR, NOW)

    in_time = await effects.intend(_intent(tenant, at=NOW + timedelta(hours=23)))
    await effects.lost(first.effect_id, ERROR, NOW)
    too_late = await effects.intend(_intent(tenant, at=NOW + timedelta(hours=24)))

    assert (in_time.action, too_late.action) == ("resume", "uncertain")


async def test_other_values_under_a_key_in_flight_leave_it_to_a_person(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.lost(first.effect_id, ERROR, NOW)

    again = await effects.intend(_intent(tenant, request_hash="h-2"))

    assert (again.action, again.differs) == ("uncertain", True)


@pytest.mark.parametrize("made, action, answer", [(True, "done", {"id": "seen"}), (False, "send", None)])
async def test_a_person_resolves_an_uncertain_effect(tenant: Tenant, made: bool, action: str, answer: Any) -> None:
    first = await effects.intend(_intent(tenant, effect_class="unsafe"))
    await effects.mark_uncertain(first.effect_id, ERROR, NOW)

    still = await effects.intend(_intent(tenant, effect_class="unsafe"))
    output = {"id": "seen"}
    resolved = await in_thread(effects.resolve, first.effect_id, made=made, output=output, actor="ann@acme.test")
    twice = await in_thread(effects.resolve, first.effect_id, made=not made, output=None, actor="bob@acme.test")
    after = await effects.intend(_intent(tenant, effect_class="unsafe"))

    assert (still.action, resolved, twice) == ("uncertain", True, False)
    assert (after.action, after.answer) == (action, answer)


async def test_a_settled_effect_is_not_settled_again(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))
    await effects.answer(first.effect_id, {"id": 1}, NOW)

    await effects.reject(first.effect_id, ERROR, NOW)

    assert [(row.status, row.answer) for row in await _rows(tenant)] == [("done", {"id": 1})]


async def test_what_is_submitted_first_is_decided_first_within_one_commit(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant))

    settled = effects.reject(first.effect_id, ERROR, NOW)
    others = [effects.intend(_intent(tenant, key=f"other-{n}")) for n in range(5)]
    again = effects.intend(_intent(tenant))
    verdicts = await asyncio.gather(settled, again, *others)

    assert (verdicts[1].action, verdicts[1].generation) == ("send", 2)
    assert [verdict.action for verdict in verdicts[2:]] == ["send"] * 5


async def test_of_two_runs_with_one_effect_in_one_commit_one_sends(tenant: Tenant) -> None:
    one, two = await asyncio.gather(effects.intend(_intent(tenant)), effects.intend(_intent(tenant, run_id="run_2")))

    assert (one.action, two.action) == ("send", "busy")
    assert len(await _rows(tenant)) == 1


async def test_the_same_key_of_two_tenants_is_two_effects(tenant: Tenant) -> None:
    from ipaas.accounts.tenants import create_tenant

    other = await in_thread(create_tenant, "other", "Other")

    one, two = await asyncio.gather(effects.intend(_intent(tenant)), effects.intend(_intent(other)))

    assert (one.action, two.action) == ("send", "send")
    assert one.idempotency_key != two.idempotency_key


async def test_texts_that_a_database_cannot_hold_are_kept_readable(tenant: Tenant) -> None:
    first = await effects.intend(_intent(tenant, business_key="a\x00b" * 200, request={"t": "x\x00y\\u0000"}))

    await effects.answer(first.effect_id, {"t": "a\x00b"}, NOW)

    (row,) = await _rows(tenant)
    assert row.request == {"t": "x�y\\u0000"}
    assert row.answer == {"t": "a�b"}
    assert len(row.business_key) == 255


async def test_many_effects_are_recorded_and_settled_in_few_commits(tenant: Tenant) -> None:
    intents = [replace(_intent(tenant), key=f"k-{n}", run_id=f"run_{n}") for n in range(300)]

    verdicts = await asyncio.gather(*(effects.intend(intent) for intent in intents))
    await asyncio.gather(*(effects.answer(verdict.effect_id, {"n": 1}, NOW) for verdict in verdicts))

    assert {row.status for row in await _rows(tenant)} == {"done"}
    assert len({verdict.idempotency_key for verdict in verdicts}) == 300
