"""Signing in: what each kind adds to a request, tokens and their renewal, refused credentials."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from connectors.gateway import Gateway
from connectors.sdk.errors import ReconnectNeeded, TryAgain
from connectors.threads import in_thread
from tests.connectors.conftest import ConnectFn, an_order
from tests.connectors.stub import Seen, Stub, reply

READ = {"id": "1"}


async def test_an_api_key_goes_into_templates_of_headers_and_query(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    row = await in_thread(connect, "api_key", {"secret_key": "sk_test_abc123"})

    await gate.call(an_order(row, "read_thing", READ))

    (seen,) = stub.seen
    assert seen.headers["authorization"] == "Bearer sk_test_abc123"
    assert seen.headers["x-company"] == "EPIC06"
    assert "x-plant" not in seen.headers
    assert seen.path.endswith("?api-key=sk_test_abc123")


async def test_basic_sends_user_and_password_and_an_extra_key(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect, "basic", {"username": "ipaas", "password": "pässword", "key": "key-9876"})

    await gate.call(an_order(row, "read_thing", READ))

    pair = base64.b64encode("ipaas:pässword".encode()).decode()
    assert stub.seen[0].headers["authorization"] == f"Basic {pair}"
    assert stub.seen[0].headers["x-api-key"] == "key-9876"


async def test_bearer_sends_the_token(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect, "bearer", {"token": "tok_12345"})

    await gate.call(an_order(row, "read_thing", READ))

    assert stub.seen[0].headers["authorization"] == "Bearer tok_12345"


def _login_system(stub: Stub, lifetime: float = 3600) -> dict[str, Any]:
    """A system that hands out tokens and takes only the newest."""
    state: dict[str, Any] = {"logins": 0, "valid": ""}

    def answer(seen: Seen) -> Any:
        if seen.path == "/login":
            if seen.json()["password"] != "right-password":
                return reply({"message": "wrong password right-or-not"}, status=400)
            state["logins"] += 1
            state["valid"] = f"token-{state['logins']}"
            return reply({"data": {"AccessToken": state["valid"], "ExpiresIn": lifetime}})
        if seen.headers.get("authorization") != f"Bearer {state['valid']}":
            return reply({}, status=401)
        return reply({"name": "ok"})

    stub.answer = answer
    return state


async def _login_connection(connect: ConnectFn, password: str = "right-password") -> Any:
    return await in_thread(connect, "token_login", {"username": "ipaas", "password": password})


async def test_a_token_is_signed_in_for_once_and_shared_by_parallel_calls(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    state = _login_system(stub)
    row = await _login_connection(connect)

    await asyncio.gather(*(gate.call(an_order(row, "read_thing", READ)) for _ in range(5)))

    assert state["logins"] == 1
    login = stub.seen[0]
    assert (login.path, login.headers["x-user"]) == ("/login", "ipaas")
    assert login.json() == {"password": "right-password", "company": "EPIC06"}


async def test_a_token_that_was_revoked_is_renewed_once(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    state = _login_system(stub)
    row = await _login_connection(connect)
    await gate.call(an_order(row, "read_thing", READ))
    state["valid"] = "revoked-all"

    result = await gate.call(an_order(row, "read_thing", READ))

    assert result.output == {"name": "ok"}
    assert state["logins"] == 2


async def test_a_token_is_renewed_before_it_expires(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    state = _login_system(stub, lifetime=0.2)
    row = await _login_connection(connect)
    await gate.call(an_order(row, "read_thing", READ))
    await asyncio.sleep(0.25)

    await gate.call(an_order(row, "read_thing", READ))

    assert state["logins"] == 2
    assert [seen.path for seen in stub.seen].count("/login") == 2


async def test_a_refused_sign_in_needs_a_person_and_breaks_the_connection(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    _login_system(stub)
    row = await _login_connection(connect, "wrong-password")

    with pytest.raises(ReconnectNeeded) as refused:
        await gate.call(an_order(row, "read_thing", READ))
    await gate.close()
    await in_thread(row.refresh_from_db)

    assert refused.value.code == "login_refused"
    assert row.status == "broken"


async def test_a_broken_connection_is_not_tried_until_it_is_mended(
    gate: Gateway, connect: ConnectFn, stub: Stub
) -> None:
    row = await in_thread(connect, status="broken", status_detail={"message": "key revoked"})

    with pytest.raises(ReconnectNeeded) as refused:
        await gate.call(an_order(row, "read_thing", READ))

    assert refused.value.code == "connection_broken"
    assert stub.seen == []


async def test_a_paused_connection_lets_work_wait(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect, status="paused")

    with pytest.raises(TryAgain) as refused:
        await gate.call(an_order(row, "read_thing", READ))

    assert refused.value.code == "connection_paused"
    assert stub.seen == []


async def test_a_connection_test_says_whether_it_works(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect, status="broken")
    stub.answers = [lambda seen: reply({"name": "Acme Inc"}), lambda seen: reply({"message": "no"}, status=401)]

    good = await gate.test(row)
    bad = await gate.test(row)

    asked = good.pop("asked")
    assert good == {"ok": True, "message": "Connected to Stub.", "account": "Acme Inc"}
    assert (asked["operation"], asked["method"], asked["status"]) == ("read_thing", "GET", 200)
    assert (bad["ok"], bad["message"], bad["error"]["class"]) == (False, "no", "reconnect_needed")


async def test_a_changed_connection_is_read_again_after_forget(gate: Gateway, connect: ConnectFn, stub: Stub) -> None:
    row = await in_thread(connect)
    await gate.call(an_order(row, "read_thing", READ))
    row.config = {**row.config, "company": "OTHER"}
    await in_thread(row.save)

    gate.forget(row.id)
    await gate.call(an_order(row, "read_thing", READ))

    assert [seen.path for seen in stub.seen] == ["/v1/EPIC06/things/1", "/v1/OTHER/things/1"]
