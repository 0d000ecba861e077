"""Intake: one run for one event, whoever repeats it; a business key in view; nothing lost while a flow is paused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from django.db import connections

from connectors.vault import seal
from flows import publishing
from flows.models import Deployment, Event, Flow, Run
from flows.triggers import routes, webhook
from tests.connectors.stub import reply
from tests.flows.documents import WEBHOOK, call, document, fixed, node
from tests.flows.house import House

SECRET = "whsec_of_the_test"


def _deployed(house: House, *nodes: dict[str, Any], event_id: bool = False, **settings: Any) -> Deployment:
    """A flow started by signed webhooks."""
    connection = house.connect(auth_kind="bearer", connector="http", config={"signature_header": "X-Signature"})
    connection.sealed, connection.key_version = seal(
        house.tenant.id, connection.id, {"token": "t-o-k-e-n", "webhook_secret": SECRET}
    )
    connection.save()
    drawn = document(*(nodes or (fixed("done", ok=True),)), trigger=WEBHOOK, connector="http", **settings)
    return house.deploy(drawn, connection)


def _send(house: House, deployment: Deployment, body: Any = None, raw: bytes | None = None, **more: Any) -> Any:
    sent = orjson.dumps(body) if raw is None else raw
    signature = hmac.new(SECRET.encode(), sent, hashlib.sha256).hexdigest()
    return house.hook(deployment, None, {"x-signature": signature, **more.pop("headers", {})}, raw=sent)


@pytest.fixture
def house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house, with the library's HTTP connector beside the scripted one."""
    import connectors.registry as registries
    from connectors.registry import Registry, library_sources
    from tests.connectors.conftest import STUBS

    both = Registry([*library_sources(), *library_sources(STUBS, "tests.connectors.stub_library")])
    monkeypatch.setattr(registries, "_registry", both)
    return house


def test_a_signed_event_is_answered_with_its_run_and_carried_to_its_end(house: House) -> None:
    deployment = _deployed(house, business_key="{{ trigger.body.order }}")

    answer = _send(house, deployment, {"order": "PO-17"})

    assert answer.status == 202
    run = house.wait(answer.json()["run"])
    event = Event.objects.of(house.tenant).get()
    assert (run.status, run.business_key) == ("succeeded", "PO-17")
    assert (event.run_id, event.source, bytes(event.body)) == (run.id, "webhook", b'{"order":"PO-17"}')


def test_the_same_body_again_is_the_same_event(house: House) -> None:
    deployment = _deployed(house)

    first = _send(house, deployment, {"n": 1})
    again = _send(house, deployment, {"n": 1})
    other = _send(house, deployment, {"n": 2})

    assert [first.status, again.status, other.status] == [202, 200, 202]
    assert again.json()["run"] == first.json()["run"] != other.json()["run"]
    assert Run.objects.of(house.tenant).count() == 2
    keys = Event.objects.of(house.tenant).order_by("id").values_list("dedupe_key", flat=True)
    assert keys[0] == "sha256:" + hashlib.sha256(b'{"n":1}').hexdigest()


def test_a_flow_may_say_itself_what_makes_an_event_the_same(house: House) -> None:
    deployment = _deployed(house, dedupe_key="{{ trigger.body.type }} {{ trigger.body.id }}")

    first = _send(house, deployment, {"type": "paid", "id": 7, "sent_at": "09:00"})
    again = _send(house, deployment, {"type": "paid", "id": 7, "sent_at": "09:05"})
    other = _send(house, deployment, {"type": "refunded", "id": 7, "sent_at": "09:05"})

    assert [first.status, again.status, other.status] == [202, 200, 202]
    assert again.json()["run"] == first.json()["run"]
    keys = Event.objects.of(house.tenant).order_by("id").values_list("dedupe_key", flat=True)
    assert list(keys) == ["paid 7", "refunded 7"]


def test_an_expression_that_gives_nothing_leaves_the_bodys_own_digest(house: House) -> None:
    deployment = _deployed(house, dedupe_key="{{ trigger.body.absent }}", business_key="{{ trigger.body.absent }}")

    answers = [_send(house, deployment, {"n": n}) for n in (1, 2, 1)]

    assert [answer.status for answer in answers] == [202, 202, 200]
    assert {row.business_key for row in Run.objects.of(house.tenant)} == {""}


def test_a_key_of_any_length_and_any_characters_is_kept(house: House) -> None:
    deployment = _deployed(house, dedupe_key="{{ trigger.body.k }}", business_key="{{ trigger.body.k }}")

    answers = [_send(house, deployment, {"k": key}) for key in ("x" * 1000, "x" * 1000, "a\x00b", "𝄞 ü")]

    assert [answer.status for answer in answers] == [202, 200, 202, 202]
    keys = [row.business_key for row in Run.objects.of(house.tenant).order_by("id")]
    assert keys == ["x" * 255, "ab", "𝄞 ü"]


def test_ten_senders_of_one_event_at_once_start_one_run(house: House) -> None:
    deployment = _deployed(house)

    def send(_: int) -> Any:
        try:
            return _send(house, deployment, {"n": 1})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))

    assert sorted(answer.status for answer in answers) == [200] * 9 + [202]
    assert len({answer.json()["run"] for answer in answers}) == 1
    assert Run.objects.of(house.tenant).count() == 1


def test_what_arrives_while_a_flow_is_paused_is_kept_and_runs_when_it_is_resumed(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": "thing_1"})
    deployment = _deployed(house)
    publishing.pause(deployment)

    answers = [_send(house, deployment, {"n": n}) for n in range(3)]
    again = _send(house, deployment, {"n": 0})
    house.sweep()

    runs = [answer.json()["run"] for answer in answers]
    assert [answer.status for answer in [*answers, again]] == [202, 202, 202, 200]
    assert {house.run(run_id).status for run_id in runs} == {"queued"}
    publishing.resume(deployment)
    assert [house.wait(run_id).status for run_id in runs] == ["succeeded"] * 3


def test_a_new_version_of_a_paused_flow_stays_paused_and_loses_nothing_that_was_kept(house: House) -> None:
    deployment = _deployed(house)
    publishing.pause(deployment)
    before = _send(house, deployment, {"n": 1}).json()["run"]

    newer = house.redeploy(Flow.objects.of(house.tenant).get())
    after = _send(house, deployment, {"n": 2}).json()["run"]

    assert newer.paused_at is not None
    assert {house.run(run_id).status for run_id in (before, after)} == {"queued"}
    publishing.resume(newer)
    assert [house.wait(run_id).status for run_id in (before, after)] == ["succeeded", "succeeded"]
    assert house.run(before).version_id == deployment.version_id
    assert house.run(after).version_id == newer.version_id


def test_nothing_is_recorded_of_an_event_that_is_not_proven(house: House) -> None:
    deployment = _deployed(house)

    unsigned = house.hook(deployment, {"n": 1})
    forged = house.hook(deployment, {"n": 1}, {"x-signature": "0" * 64})
    broken = _send(house, deployment, raw=b'{"n": ')

    assert [answer.status for answer in (unsigned, forged, broken)] == [401, 401, 400]
    assert [answer.json()["code"] for answer in (unsigned, forged, broken)] == [
        "signature_refused",
        "signature_refused",
        "invalid_body",
    ]
    assert Event.objects.of(house.tenant).count() == 0
    assert Run.objects.of(house.tenant).count() == 0


def test_headers_are_kept_without_those_that_sign_in(house: House) -> None:
    deployment = _deployed(house)
    basic = "Basic " + base64.b64encode(b"user:pass").decode()

    _send(house, deployment, {"n": 1}, headers={"authorization": basic, "cookie": "a=b", "x-delivery": "17"})

    event = Event.objects.of(house.tenant).get()
    assert event.meta["headers"]["x-delivery"] == "17"
    assert not {"authorization", "cookie", "x-signature"} & event.meta["headers"].keys()


def test_a_flow_that_responds_answers_the_sender_itself_and_a_duplicate_hears_of_the_run(house: House) -> None:
    respond = node(
        "answer",
        "respond",
        {
            "status": 201,
            "body": {"doubled": "{{ trigger.body.n * 2 }}"},
            "headers": {"X-Order": "{{ trigger.body.n }}"},
        },
    )
    deployment = _deployed(house, respond, fixed("after", ok=True))

    answer = _send(house, deployment, {"n": 21})
    again = _send(house, deployment, {"n": 21})

    assert (answer.status, answer.json(), answer.headers["x-order"]) == (201, {"doubled": 42}, "21")
    run_id = answer.headers["x-ipaas-run"]
    assert house.wait(run_id).status == "succeeded"
    assert (again.status, again.json()) == (200, {"run": run_id})
    assert [fact["status"] for fact in house.facts(run_id, "replied")] == [201]


def test_a_reply_of_text_is_sent_as_text_and_a_paused_flow_replies_with_the_run(house: House) -> None:
    deployment = _deployed(house, node("answer", "respond", {"body": "thanks {{ trigger.body.n }}"}))

    answer = _send(house, deployment, {"n": 1})
    publishing.pause(deployment)
    kept = _send(house, deployment, {"n": 2})

    assert (answer.status, answer.body, answer.headers["content-type"]) == (
        200,
        b"thanks 1",
        "text/plain; charset=utf-8",
    )
    assert kept.status == 202
    assert house.run(kept.json()["run"]).status == "queued"


def test_a_flow_that_fails_before_its_reply_keeps_no_sender_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_REPLY_SECONDS", 5.0)
    fails = node("check", "validate", {"schema": {"type": "string"}})
    deployment = _deployed(house, fails, node("answer", "respond", {"body": "never"}))
    begun = time.monotonic()

    answer = _send(house, deployment, {"n": 1})

    assert answer.status == 202
    assert house.run(answer.json()["run"]).status == "failed"
    assert time.monotonic() - begun < 3


def test_a_reply_with_a_header_that_cannot_be_sent_is_answered_all_the_same(house: House) -> None:
    respond = node("answer", "respond", {"body": "ok", "headers": {"X-Name": "{{ trigger.body.name }}"}})
    deployment = _deployed(house, respond)

    answers = [_send(house, deployment, {"name": name}) for name in ("𝄞 é", "a\x01b", "plain")]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert [answer.headers["x-name"] for answer in answers] == ["? é", "a b", "plain"]


def test_a_reply_cannot_change_how_its_answer_is_framed(house: House) -> None:
    headers = {"Content-Length": "1", "Transfer-Encoding": "chunked", "Content-Type": "text/csv", "bad name": "x"}
    deployment = _deployed(house, node("answer", "respond", {"body": "a,b", "headers": headers}))

    answer = _send(house, deployment, {"n": 1})

    assert (answer.body, answer.headers["content-length"], answer.headers["content-type"]) == (b"a,b", "3", "text/csv")
    assert not {"transfer-encoding", "bad name"} & answer.headers.keys()


def test_a_reply_without_content_has_no_body(house: House) -> None:
    deployment = _deployed(house, node("answer", "respond", {"status": 204, "body": {"n": 1}}))

    answer = _send(house, deployment, {"n": 1})

    assert (answer.status, answer.body) == (204, b"")


def test_an_address_without_a_deployment_is_not_there(house: House) -> None:
    deployment = _deployed(house)
    publishing.remove(Flow.objects.of(house.tenant).get())
    routes.forget()

    answer = _send(house, deployment, {"n": 1})

    assert (answer.status, answer.json()["code"]) == (404, "not_found")


def test_a_manual_start_is_an_event_of_its_own_every_time(house: House) -> None:
    house.stub.answer = lambda seen: reply({"id": "thing_1"})
    deployment = house.deploy_calls(call("write", "create_keyed", {"name": "a"}))

    runs = [house.start(deployment, {"n": 1}) for _ in range(2)]

    assert [house.wait(run_id).status for run_id in runs] == ["succeeded"] * 2
    assert len(house.stub.seen) == 2
    assert len({row.idempotency_key for row in house.effects()}) == 2
