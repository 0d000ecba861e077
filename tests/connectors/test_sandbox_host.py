"""Simulated systems as real HTTP servers: durable before they answer, each tenant its own, failing exactly as told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from connectors.models import SandboxDelivery, SandboxFault, SandboxRecord
from connectors.sandbox import books, faults, resets, situation
from connectors.sandbox.host import sandbox_app
from ipaas.accounts.models import Tenant
from ipaas.accounts.tenants import create_tenant
from tests.connectors.desk.simulator import KEY
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]


@pytest.fixture
def acme() -> Tenant:
    situation.forget()
    return create_tenant("acme", "Acme")


@pytest.fixture
def server() -> Iterator[Served]:
    with Served(sandbox_app) as served:
        yield served


def ask(
    server: Served, method: str, path: str, body: Any = None, tenant: str = "acme", **options: Any
) -> requests.Response:
    headers = {"X-Desk-Key": options.pop("key", KEY)}
    timeout = options.pop("timeout", 10)
    url = f"{server.url}/sandbox/{tenant}/desk{path}"
    return requests.request(method, url, json=body, headers=headers, timeout=timeout, **options)


def test_a_new_tenant_finds_the_starting_data_at_the_first_request(acme: Tenant, server: Served) -> None:
    answer = ask(server, "GET", "/tickets")

    assert answer.status_code == 200
    assert [row["subject"] for row in answer.json()["tickets"]] == ["welcome"]


def test_what_was_answered_is_in_the_books(acme: Tenant, server: Served) -> None:
    opened = ask(server, "POST", "/tickets", {"subject": "printer on fire"})

    assert opened.status_code == 201
    assert opened.json()["number"] == 101
    assert ask(server, "GET", "/tickets/101").json() == opened.json()
    assert [row["subject"] for row in books.ledger(acme, "desk")["Tickets"]] == ["welcome", "printer on fire"]


def test_a_hundred_requests_at_once_get_a_hundred_numbers(acme: Tenant, server: Served) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: ask(server, "POST", "/tickets", {"subject": f"{n}"}), range(100)))

    assert sorted(answer.json()["number"] for answer in answers) == list(range(101, 201))
    assert len(books.ledger(acme, "desk")["Tickets"]) == 101


def test_tenants_have_their_own_systems(acme: Tenant, server: Served) -> None:
    create_tenant("globex", "Globex")
    ask(server, "POST", "/tickets", {"subject": "ours"})

    assert len(ask(server, "GET", "/tickets").json()["tickets"]) == 2
    assert len(ask(server, "GET", "/tickets", tenant="globex").json()["tickets"]) == 1


@pytest.mark.parametrize("path", ["/sandbox/nobody/desk/tickets", "/sandbox/acme/nothing/tickets"])
def test_an_unknown_tenant_or_system_is_404(acme: Tenant, server: Served, path: str) -> None:
    assert requests.get(server.url + path, timeout=10).status_code == 404


def test_the_systems_own_refusals_are_its_own(acme: Tenant, server: Served) -> None:
    refused = ask(server, "GET", "/tickets", key="wrong")

    assert (refused.status_code, refused.json()) == (401, {"error": "no such key"})


def test_a_mistake_in_a_simulator_writes_nothing_and_hurts_nobody_else(acme: Tenant, server: Served) -> None:
    ask(server, "GET", "/tickets")
    before = SandboxRecord.objects.count()

    with ThreadPoolExecutor(8) as pool:
        broken = [pool.submit(ask, server, "POST", "/broken") for _ in range(4)]
        good = [pool.submit(ask, server, "POST", "/tickets", {"subject": "fine"}) for _ in range(4)]

    assert {each.result().status_code for each in broken} == {500}
    assert {each.result().status_code for each in good} == {201}
    assert SandboxRecord.objects.count() == before + 4


def test_a_body_that_is_too_large_is_413(acme: Tenant, server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.sandbox.host._MOST_BODY_BYTES", 1000)

    assert ask(server, "POST", "/tickets", {"subject": "x" * 2000}).status_code == 413


@pytest.mark.parametrize(("kind", "status"), [("unauthorized", 401), ("rate_limited", 429), ("server_error", 503)])
def test_a_fault_before_the_work_answers_in_the_systems_words_and_does_nothing(
    acme: Tenant, server: Served, kind: str, status: int
) -> None:
    faults.add(acme, "desk", kind, {"method": "POST"}, times=2)

    answers = [ask(server, "POST", "/tickets", {"subject": "s"}).status_code for _ in range(3)]

    assert answers == [status, status, 201]
    assert len(books.ledger(acme, "desk")["Tickets"]) == 2


def test_rate_limits_say_how_long_to_wait(acme: Tenant, server: Served) -> None:
    faults.add(acme, "desk", "rate_limited", times=1)
    faults.add(acme, "desk", "rate_limited", {"retry_after_seconds": 2}, times=1)

    answers = [ask(server, "GET", "/tickets") for _ in range(3)]

    assert [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers] == [
        (429, "7"),
        (429, "2"),
        (200, None),
    ]


def test_a_fault_after_the_work_has_done_the_work(acme: Tenant, server: Served) -> None:
    faults.add(acme, "desk", "error_after_commit", {"method": "POST"}, times=1)
    faults.add(acme, "desk", "malformed", {"method": "POST"}, times=1)

    error = ask(server, "POST", "/tickets", {"subject": "first"})
    garbled = ask(server, "POST", "/tickets", {"subject": "second"})

    assert (error.status_code, garbled.status_code, garbled.text) == (503, 200, '{"tickets": [')
    assert [row["subject"] for row in books.ledger(acme, "desk")["Tickets"]] == ["welcome", "first", "second"]


@pytest.mark.parametrize(("kind", "count"), [("timeout_before_commit", 1), ("timeout_after_commit", 2)])
def test_silence_drops_the_connection_without_an_answer(acme: Tenant, server: Served, kind: str, count: int) -> None:
    faults.add(acme, "desk", kind, {"method": "POST", "seconds": 0.5}, times=1)
    begun = time.monotonic()

    with pytest.raises(requests.exceptions.ConnectionError):
        ask(server, "POST", "/tickets", {"subject": "s"})

    assert 0.4 < time.monotonic() - begun < 5
    assert len(books.ledger(acme, "desk")["Tickets"]) == count


def test_silence_is_longer_than_a_client_waits_and_other_requests_go_on(acme: Tenant, server: Served) -> None:
    faults.add(acme, "desk", "timeout_after_commit", {"method": "POST"}, times=1)

    with pytest.raises(requests.exceptions.ReadTimeout):
        ask(server, "POST", "/tickets", {"subject": "s"}, timeout=0.5)

    assert len(ask(server, "GET", "/tickets").json()["tickets"]) == 2


def test_slow_answers_come_late(acme: Tenant, server: Served) -> None:
    faults.add(acme, "desk", "slow", {"seconds": 0.4}, times=1)
    begun = time.monotonic()

    answer = ask(server, "GET", "/tickets")

    assert answer.status_code == 200
    assert time.monotonic() - begun >= 0.4


def test_a_fault_meets_only_what_it_matches(acme: Tenant, server: Served) -> None:
    faults.add(acme, "desk", "server_error", {"method": "GET", "path": "/tickets/*"}, times=None)

    answers = [ask(server, "GET", path).status_code for path in ("/tickets", "/tickets/100", "/tickets/100")]

    assert answers == [200, 503, 503]
    faults.clear(acme)
    assert ask(server, "GET", "/tickets/100").status_code == 200


def test_a_fault_with_a_probability_of_nothing_never_happens(acme: Tenant, server: Served) -> None:
    faults.add(acme, "desk", "server_error", {"probability": 0}, times=None)

    assert {ask(server, "GET", "/tickets").status_code for _ in range(10)} == {200}


def test_times_run_out_exactly_when_many_meet_a_fault_at_once(acme: Tenant, server: Served) -> None:
    row = faults.add(acme, "desk", "server_error", {"method": "POST"}, times=10)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: ask(server, "POST", "/tickets", {"subject": f"{n}"}).status_code, range(40)))

    assert answers.count(503) == 10
    assert answers.count(201) == 30
    assert SandboxFault.objects.get(id=row.id).times == 0


@pytest.mark.parametrize(
    ("system", "kind", "match", "times", "pointer"),
    [
        ("nothing", "slow", {}, 1, "/system"),
        ("desk", "explode", {}, 1, "/fault"),
        ("desk", "slow", {"color": "red"}, 1, "/match/color"),
        ("desk", "slow", {"probability": 2}, 1, "/match/probability"),
        ("desk", "slow", {"seconds": True}, 1, "/match/seconds"),
        ("desk", "slow", {"path": 7}, 1, "/match/path"),
        ("desk", "slow", {}, 0, "/times"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_its_place(
    acme: Tenant, system: str, kind: str, match: dict[str, Any], times: int, pointer: str
) -> None:
    with pytest.raises(faults.FaultRefused) as caught:
        faults.add(acme, system, kind, match, times)

    assert [place for place, _ in caught.value.problems] == [pointer]
    assert SandboxFault.objects.count() == 0


def test_a_reset_brings_back_the_starting_data_of_this_tenant_only(acme: Tenant, server: Served) -> None:
    create_tenant("globex", "Globex")
    told: list[str] = []
    for tenant in ("acme", "globex"):
        ask(server, "POST", "/tickets", {"subject": "gone?"}, tenant=tenant)
    ask(server, "POST", "/endpoints", {"url": "http://127.0.0.1:9/h", "secret": "s"})
    ask(server, "POST", "/tickets", {"subject": "told"})
    faults.add(acme, "desk", "slow", {"path": "/never"}, times=None)
    resets.advance(acme, 3600)
    resets.after_reset.append(lambda tenant: told.append(tenant.slug))

    begun = time.monotonic()
    try:
        resets.reset_sandbox(acme)
    finally:
        resets.after_reset.pop()

    assert time.monotonic() - begun < 3
    assert [row["number"] for row in ask(server, "GET", "/tickets").json()["tickets"]] == [100]
    assert len(ask(server, "GET", "/tickets", tenant="globex").json()["tickets"]) == 2
    assert SandboxDelivery.objects.count() == 0
    assert faults.listed(acme) == []
    assert abs(resets.clock(acme).timestamp() - time.time()) < 5
    assert told == ["acme"]
    assert ask(server, "POST", "/tickets", {"subject": "again"}).json()["number"] == 101
    assert SandboxDelivery.objects.count() == 1


def test_the_clock_moves_for_every_system_of_the_tenant_and_they_live_through_it(acme: Tenant, server: Served) -> None:
    day = 86_400.0

    resets.advance(acme, day)
    opened = ask(server, "POST", "/tickets", {"subject": "tomorrow"}).json()

    assert opened["at"][:10] == resets.clock(acme).date().isoformat()
    assert resets.clock(acme).timestamp() - time.time() == pytest.approx(day, abs=5)
    assert [row["subject"] for row in books.ledger(acme, "desk")["Tickets"]] == ["welcome", "time went by", "tomorrow"]


def test_reads_do_not_wait_for_the_writer(acme: Tenant, server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(server, "POST", "/tickets", {"subject": "s"})
    submitted: list[Any] = []
    monkeypatch.setattr("connectors.sandbox.host.get_writer", lambda: submitted.append(1))

    answers = [ask(server, "GET", "/tickets").status_code for _ in range(5)]

    assert answers == [200] * 5
    assert submitted == []
