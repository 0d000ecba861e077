"""Webhooks of simulated systems: prompt, signed, tried again, doubled or turned round on request, and kept at home."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import requests

from connectors.models import SandboxDelivery
from connectors.sandbox import deliveries, faults, situation
from connectors.sandbox.deliveries import destination
from connectors.sandbox.host import sandbox_app
from ipaas.accounts.models import Tenant
from ipaas.accounts.tenants import create_tenant
from tests.connectors.desk.simulator import KEY
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]
SECRET = "desk-signing-secret"


class Receiver:
    """An endpoint that keeps what it gets, and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[float, dict[str, str], bytes]] = []
        self.answers: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.got.append((time.monotonic(), {k.decode(): v.decode() for k, v in scope["headers"]}, body))
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def numbers(self) -> list[int]:
        return [orjson.loads(body)["ticket"]["number"] for _, _, body in self.got]


@pytest.fixture
def acme() -> Tenant:
    situation.forget()
    return create_tenant("acme", "Acme")


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def hook(receiver: Receiver) -> Iterator[str]:
    with Served(receiver) as served:
        yield f"{served.url}/hook"


@pytest.fixture
def server() -> Iterator[Served]:
    with Served(sandbox_app, deliveries.deliver_forever) as served:
        yield served


def post(server: Served, path: str, body: Any) -> requests.Response:
    headers = {"X-Desk-Key": KEY}
    return requests.post(f"{server.url}/sandbox/acme/desk{path}", json=body, headers=headers, timeout=10)


def test_a_webhook_is_sent_promptly_and_signed_when_sent(
    acme: Tenant, server: Served, receiver: Receiver, hook: str
) -> None:
    post(server, "/endpoints", {"url": hook, "secret": SECRET})
    begun = time.monotonic()

    post(server, "/tickets", {"subject": "s"})
    eventually(lambda: receiver.got)

    at, headers, body = receiver.got[0]
    assert at - begun < 0.9
    assert headers["content-type"] == "application/json"
    expected = {
        hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        for moment in range(int(time.time()) - 5, int(time.time()) + 1)
    }
    assert headers["desk-signature"] in expected
    row = eventually(lambda: SandboxDelivery.objects.filter(delivered_at__isnull=False).first())
    assert (row.attempts, row.last_status, row.last_error, row.next_at) == (1, 200, "", None)


def test_a_webhook_that_is_refused_is_sent_again_with_a_growing_pause(
    acme: Tenant, server: Served, receiver: Receiver, hook: str
) -> None:
    receiver.answers = [500, 503, 200]
    post(server, "/endpoints", {"url": hook, "secret": SECRET})

    post(server, "/tickets", {"subject": "s"})
    eventually(lambda: len(receiver.got) == 3, seconds=15)

    times = [at for at, _, _ in receiver.got]
    assert times[1] - times[0] >= 0.9
    assert times[2] - times[1] >= 1.9
    assert len({body for _, _, body in receiver.got}) == 1
    row = eventually(lambda: SandboxDelivery.objects.filter(delivered_at__isnull=False).first())
    assert row.attempts == 3


def test_an_endpoint_that_is_down_is_told_what_is_wrong_and_tried_again(acme: Tenant, server: Served) -> None:
    post(server, "/endpoints", {"url": "http://127.0.0.1:9/hook", "secret": SECRET})

    post(server, "/tickets", {"subject": "s"})

    row = eventually(lambda: SandboxDelivery.objects.exclude(last_error="").first())
    assert row.last_status is None
    assert row.last_error.startswith("Client")
    assert row.next_at is not None


def test_webhooks_come_in_order_unless_told_otherwise(
    acme: Tenant, server: Served, receiver: Receiver, hook: str
) -> None:
    post(server, "/endpoints", {"url": hook, "secret": SECRET})

    for number in range(5):
        post(server, "/tickets", {"subject": f"{number}"})
        eventually(lambda number=number: len(receiver.got) == number + 1)

    assert receiver.numbers() == [101, 102, 103, 104, 105]


def test_duplicates_are_the_same_bytes_as_often_as_asked(
    acme: Tenant, server: Served, receiver: Receiver, hook: str
) -> None:
    post(server, "/endpoints", {"url": hook, "secret": SECRET})
    faults.add(acme, "desk", "duplicate_webhook", {"copies": 5}, times=1)

    post(server, "/tickets", {"subject": "five"})
    post(server, "/tickets", {"subject": "one"})
    eventually(lambda: len(receiver.got) == 6)

    assert sorted(receiver.numbers()) == [101, 101, 101, 101, 101, 102]
    assert len({body for _, _, body in receiver.got}) == 2


def test_a_request_without_webhooks_does_not_use_up_a_webhook_fault(
    acme: Tenant, server: Served, receiver: Receiver, hook: str
) -> None:
    post(server, "/endpoints", {"url": hook, "secret": SECRET})
    row = faults.add(acme, "desk", "duplicate_webhook", times=1)

    post(server, "/endpoints", {"url": hook, "secret": SECRET})

    row.refresh_from_db()
    assert row.times == 1


def test_reordered_webhooks_are_overtaken_by_later_ones(
    acme: Tenant, server: Served, receiver: Receiver, hook: str
) -> None:
    post(server, "/endpoints", {"url": hook, "secret": SECRET})
    faults.add(acme, "desk", "reordered_webhook", {"seconds": 1}, times=1)

    post(server, "/tickets", {"subject": "first"})
    post(server, "/tickets", {"subject": "second"})
    eventually(lambda: len(receiver.got) == 2)

    assert receiver.numbers() == [102, 101]


def test_what_was_claimed_by_a_process_that_died_is_sent_by_the_next(
    acme: Tenant, receiver: Receiver, hook: str
) -> None:
    with Served(sandbox_app) as without_deliveries:
        post(without_deliveries, "/endpoints", {"url": hook, "secret": SECRET})
        post(without_deliveries, "/tickets", {"subject": "s"})
    assert receiver.got == []

    with Served(sandbox_app, deliveries.deliver_forever):
        eventually(lambda: receiver.got)

    assert receiver.numbers() == [101]


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://ipaas.example.com/hooks/abc", "http://127.0.0.1:8000/hooks/abc"),
        ("http://127.0.0.1:8000/hooks/abc", "http://127.0.0.1:8000/hooks/abc"),
        ("http://127.0.0.1:4242/webhook", "http://127.0.0.1:4242/webhook"),
        ("http://localhost:4242/webhook", "http://localhost:4242/webhook"),
        ("http://[::1]:4242/webhook", "http://[::1]:4242/webhook"),
        ("https://ipaas.example.com/api/", None),
        ("http://169.254.169.254/latest/meta-data", None),
        ("http://10.0.0.1/", None),
        ("http://127.0.0.1.evil.test/", None),
        ("http://localhost.evil.test/", None),
        ("ftp://127.0.0.1/", None),
        ("file:///etc/passwd", None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_the_sandbox_sends_home_and_to_loopback_only(settings: Any, url: str, leads_to: str | None) -> None:
    settings.PUBLIC_URL = "https://ipaas.example.com"
    settings.SANDBOX_BASE_URL = "http://127.0.0.1:8000"

    assert destination(url) == leads_to


def test_a_webhook_to_elsewhere_is_kept_with_the_reason(acme: Tenant, server: Served) -> None:
    post(server, "/endpoints", {"url": "http://192.0.2.1/hook", "secret": SECRET})

    post(server, "/tickets", {"subject": "s"})

    row = eventually(lambda: SandboxDelivery.objects.exclude(last_error="").first())
    assert row.last_error == "The sandbox sends only to this installation and to loopback addresses."
