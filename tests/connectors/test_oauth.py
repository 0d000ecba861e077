"""OAuth against a real loopback authority: tokens are sealed, renewed once however many ask, and told when lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors import connections, oauth, vault
from connectors.connections import By, NewConnection
from connectors.models import Connection
from connectors.registry import registry
from connectors.sdk.errors import AuthorMustFix, ReconnectNeeded, TryAgain
from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenants import create_tenant
from tests.connectors.authority import CLIENT, Authority
from tests.connectors.installed import only_desk  # noqa: F401  a fixture
from tests.connectors.serving import Served, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_desk")]
ANA = By("ana@acme.test")
CALLBACK = "http://127.0.0.1:8000/api/v1/oauth/callback/"


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def served(authority: Authority, settings: Any) -> Iterator[Served]:
    with Served(authority) as served:
        settings.IPAAS_OUTBOUND_ALLOW = ["127.0.0.1/32"]
        yield served


@pytest.fixture
def acme() -> Tenant:
    return create_tenant("acme", "Acme")


@pytest.fixture
def connect(acme: Tenant, served: Served) -> Callable[..., Connection]:
    """Make an OAuth connection to the authority."""

    def make(kind: str = "oauth2_client_credentials", secret: str = CLIENT[1], name: str = "Desk") -> Connection:
        environment = Environment.objects.get(tenant=acme, name="sandbox")
        new = NewConnection(
            name,
            "desk",
            kind,
            config={"host": served.url.removeprefix("http://")},
            credential={"client_id": CLIENT[0], "client_secret": secret},
        )
        return connections.create(environment, new, ANA)

    return make


def credentials(row: Connection, renew: bool = False) -> dict[str, Any]:
    return run(oauth.credentials_for(row, renew=renew))


def forgotten(row: Connection) -> Connection:
    """As another process sees it."""
    oauth.forget(row.id)
    row.refresh_from_db()
    return row


def opened(row: Connection) -> dict[str, Any]:
    row.refresh_from_db()
    return vault.open_sealed(row.tenant_id, row.id, row.sealed)


def age(row: Connection, **changes: Any) -> None:
    """Set what is known of the token, as if it had been fetched at another time."""
    row.sealed, _ = vault.seal(row.tenant_id, row.id, {**opened(row), **changes})
    row.save(update_fields=["sealed"])
    oauth.forget(row.id)


def sign_in(row: Connection) -> Connection:
    """Walk through the browser's part of an authorization code grant."""
    begun = oauth.begin(row, opened(row), CALLBACK)
    back = requests.get(begun.url, allow_redirects=False, timeout=10).headers["Location"]
    answer = parse_qs(urlsplit(back).query)
    assert answer["state"] == [begun.state]
    tokens = run(oauth.complete(row, answer["code"][0], begun.verifier, CALLBACK))
    return connections.store_tokens(row, tokens, ANA)


def test_client_credentials_bring_a_token_that_is_kept_sealed(
    connect: Callable[..., Connection], authority: Authority
) -> None:
    row = connect()

    found = credentials(row)

    assert found["access_token"].startswith("at_")
    assert opened(row)["access_token"] == found["access_token"]
    assert authority.requests[0]["scope"] == "tickets.read tickets.write"
    assert credentials(row) == found
    assert credentials(forgotten(row))["access_token"] == found["access_token"]
    assert len(authority.requests) == 1


def test_a_token_is_renewed_before_it_runs_out(connect: Callable[..., Connection], authority: Authority) -> None:
    row = connect()
    first = credentials(row)["access_token"]
    now = time.time()
    age(row, obtained_at=now - 3550, expires_at=now + 50)

    second = credentials(row)["access_token"]

    assert second != first
    assert len(authority.requests) == 2


def test_a_token_that_was_refused_is_replaced_but_not_twice(
    connect: Callable[..., Connection], authority: Authority
) -> None:
    row = connect()
    first = credentials(row)["access_token"]
    age(row, obtained_at=time.time() - 60)

    second = credentials(row, renew=True)["access_token"]
    third = credentials(row, renew=True)["access_token"]

    assert second != first
    assert third == second
    assert len(authority.requests) == 2


def test_many_who_ask_at_once_cause_one_request(connect: Callable[..., Connection], authority: Authority) -> None:
    row = connect()
    authority.delay = 0.3

    async def all_at_once() -> list[dict[str, Any]]:
        return await asyncio.gather(*(oauth.credentials_for(row) for _ in range(25)))

    found = run(all_at_once())

    assert len({each["access_token"] for each in found}) == 1
    assert len(authority.requests) == 1


def test_many_threads_with_loops_of_their_own_refresh_once_and_no_refresh_token_is_used_twice(
    connect: Callable[..., Connection], authority: Authority
) -> None:
    row = sign_in(connect("oauth2_authorization_code"))
    age(row, expires_at=time.time() - 1)
    authority.delay = 0.3

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(credentials, [forgotten(row)] * 6))

    assert len({each["access_token"] for each in found}) == 1
    assert [each["grant_type"] for each in authority.requests] == ["authorization_code", "refresh_token"]
    assert authority.thefts == 0


def test_other_processes_wait_for_the_one_that_refreshes(
    connect: Callable[..., Connection], authority: Authority, acme: Tenant
) -> None:
    row = connect()
    authority.delay = 0.5
    command = [sys.executable, "-m", "tests.connectors.ask_for_token", row.tenant_id, row.id]
    from django.db import connection

    environment = {**os.environ, "TEST_DATABASE": str(connection.settings_dict["NAME"])}

    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=60) for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], answers
    assert len({out.strip() for out, _ in answers}) == 1
    assert len(authority.requests) == 1


def test_a_lease_of_a_process_that_died_runs_out(connect: Callable[..., Connection], authority: Authority) -> None:
    row = connect()
    past = datetime.now(UTC) - timedelta(seconds=1)
    Connection.objects.of(row.tenant_id).filter(id=row.id).update(refresh_holder="lease_dead", refresh_until=past)

    assert credentials(row)["access_token"].startswith("at_")

    row.refresh_from_db()
    assert (row.refresh_holder, row.refresh_until) == ("", None)


def test_a_sign_in_uses_pkce_and_brings_tokens_once(connect: Callable[..., Connection], authority: Authority) -> None:
    row = connect("oauth2_authorization_code")
    begun = oauth.begin(row, opened(row), CALLBACK)
    query = parse_qs(urlsplit(begun.url).query)
    assert (query["code_challenge_method"], query["client_id"], query["scope"]) == (
        ["S256"],
        [CLIENT[0]],
        ["tickets.read"],
    )
    assert begun.verifier not in begun.url
    assert begun.verifier not in repr(begun)
    back = requests.get(begun.url, allow_redirects=False, timeout=10).headers["Location"]
    code = parse_qs(urlsplit(back).query)["code"][0]

    with pytest.raises(ReconnectNeeded):
        run(oauth.complete(row, code, "another verifier", CALLBACK))

    signed_in = sign_in(row)
    assert signed_in.status == "ok"
    assert set(opened(row)) >= {"access_token", "refresh_token", "expires_at", "client_secret"}
    assert signed_in.fields_set == ["client_id", "client_secret"]


def test_a_refresh_rotates_the_refresh_token(connect: Callable[..., Connection], authority: Authority) -> None:
    row = sign_in(connect("oauth2_authorization_code"))
    before = opened(row)
    age(row, expires_at=time.time() - 1)

    credentials(row)

    after = opened(row)
    assert after["refresh_token"] != before["refresh_token"]
    assert authority.refresh_tokens == {after["refresh_token"]}


@pytest.mark.parametrize("kind", ["oauth2_client_credentials", "oauth2_authorization_code"])
def test_a_refusal_breaks_the_connection_and_says_what_to_do(
    connect: Callable[..., Connection], authority: Authority, kind: str
) -> None:
    row = connect(kind)
    row = sign_in(row) if kind == "oauth2_authorization_code" else row
    authority.refresh_tokens.clear()
    authority.broken = (400, b'{"error": "invalid_grant", "error_description": "The sign-in was revoked."}')
    age(row, expires_at=time.time() - 1)

    with pytest.raises(ReconnectNeeded) as caught:
        credentials(row)

    row.refresh_from_db()
    assert caught.value.code == "invalid_grant"
    assert (row.status, row.status_detail["message"]) == ("broken", "The sign-in was revoked.")
    assert row.refresh_until is None
    assert CLIENT[1] not in str(caught.value.to_dict()) + str(row.status_detail)


def test_a_wrong_client_secret_is_a_refusal(connect: Callable[..., Connection]) -> None:
    row = connect(secret="not-the-secret")

    with pytest.raises(ReconnectNeeded) as caught:
        credentials(row)

    assert caught.value.code == "invalid_client"
    assert "not-the-secret" not in str(caught.value.to_dict())


@pytest.mark.parametrize("broken", [(500, b"oops"), (503, b""), (429, b"{}"), (200, b"<html>"), (200, b'{"a": 1}')])
def test_an_outage_of_the_authority_is_tried_again_and_breaks_nothing(
    connect: Callable[..., Connection], authority: Authority, broken: tuple[int, bytes]
) -> None:
    row = connect()
    authority.broken = broken

    with pytest.raises(TryAgain):
        credentials(row)

    row.refresh_from_db()
    assert (row.status, row.refresh_until) == ("untested", None)
    authority.broken = None
    assert credentials(row)["access_token"].startswith("at_")


def test_an_authority_that_does_not_answer_is_tried_again(connect: Callable[..., Connection]) -> None:
    row = connect()
    connections.change(row, {"config": {"host": "127.0.0.1:9"}}, ANA)

    with pytest.raises(TryAgain):
        credentials(forgotten(row))


def test_a_sign_in_that_ran_out_without_a_refresh_token_asks_for_a_new_one(connect: Callable[..., Connection]) -> None:
    row = connect("oauth2_authorization_code")

    with pytest.raises(ReconnectNeeded) as caught:
        credentials(row)

    row.refresh_from_db()
    assert caught.value.code == "sign_in_needed"
    assert row.status == "broken"


def test_a_private_address_is_not_asked_for_tokens(connect: Callable[..., Connection], settings: Any) -> None:
    row = connect()
    settings.IPAAS_OUTBOUND_ALLOW = []

    with pytest.raises(AuthorMustFix) as caught:
        credentials(row)

    assert caught.value.code == "address_refused"


def test_a_credential_rotated_during_a_refresh_wins(connect: Callable[..., Connection], authority: Authority) -> None:
    row = connect()
    authority.delay = 0.6

    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(credentials, row)
        time.sleep(0.25)
        connections.rotate(row, {"client_secret": "the-new-secret"}, ANA)
        refreshing.result()

    assert opened(row) == {"client_id": CLIENT[0], "client_secret": "the-new-secret"}


def test_a_connection_without_oauth_is_simply_opened(acme: Tenant) -> None:
    environment = Environment.objects.get(tenant=acme, name="sandbox")
    row = connections.create_simulated(acme, environment, registry().get("desk"), "Simulated")

    assert credentials(row) == {"key": "desk-key-0001"}
    with pytest.raises(AuthorMustFix):
        oauth.begin(row, {}, CALLBACK)
