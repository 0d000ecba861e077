"""The live socket: strangers are shown the door, members get what they have not seen, and then what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from flows import listening, sockets
from flows.models import Listening, Run
from ipaas.accounts.members import add_member, remove_member
from ipaas.accounts.models import Membership, User
from ipaas.accounts.tenants import create_tenant
from ipaas.asgi import application
from ipaas.book.ids import new_id
from tests.connectors.stub import reply
from tests.flows.documents import call, document, fixed
from tests.flows.house import House

ORIGIN = (b"origin", b"http://testserver")
HOST = (b"host", b"testserver")


@pytest.fixture
def member(house: House) -> Client:
    """Somebody who may look, signed in."""
    add_member(house.tenant, "vera@acme.test", "viewer", name="Vera", password="correct horse battery")
    return _signed_in("vera@acme.test")


def _signed_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def _cookie(client: Client) -> tuple[bytes, bytes]:
    return (b"cookie", f"ipaas_session={client.cookies['ipaas_session'].value}".encode())


class Tab:
    """A browser tab's socket."""

    def __init__(self, communicator: ApplicationCommunicator) -> None:
        self._communicator = communicator

    async def say(self, wish: Any) -> None:
        """Send something."""
        text = wish if isinstance(wish, str) else orjson.dumps(wish).decode()
        await self._communicator.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        return dict(orjson.loads((await self._communicator.receive_output(timeout=5))["text"]))

    async def closed_with(self) -> int:
        """The code with which the server closed."""
        return int((await self._communicator.receive_output(timeout=5))["code"])

    async def silent(self) -> bool:
        """Whether nothing comes."""
        return bool(await self._communicator.receive_nothing(timeout=0.3))


@asynccontextmanager
async def _tab(tenant: str, *headers: tuple[bytes, bytes]) -> AsyncIterator[tuple[bool, int, Tab]]:
    scope = {
        "type": "websocket",
        "path": "/ws/live/",
        "query_string": f"tenant={tenant}".encode(),
        "headers": [HOST, *headers],
        "subprotocols": [],
    }
    communicator = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "websocket.connect"})
    answer = await communicator.receive_output(timeout=5)
    try:
        yield answer["type"] == "websocket.accept", answer.get("code", 0), Tab(communicator)
    finally:
        await communicator.send_input({"type": "websocket.disconnect", "code": 1005})
        await communicator.wait(timeout=5)


def _watching(house: House, client: Client, story: Callable[[Tab], Awaitable[Any]], tenant: str = "acme") -> Any:
    """Run a story with a tab on the loop of the runner, as in the web process."""

    async def go() -> Any:
        async with _tab(tenant, ORIGIN, _cookie(client)) as (accepted, code, tab):
            assert accepted, code
            return await story(tab)

    return house.ask(go())


def _refused(house: House, tenant: str, *headers: tuple[bytes, bytes]) -> Any:
    async def go() -> Any:
        async with _tab(tenant, *headers) as (accepted, code, _):
            return accepted, code

    return house.ask(go())


def test_strangers_are_refused(house: House, member: Client) -> None:
    other = create_tenant("globex", "Globex")
    add_member(other, "mallory@globex.test", "admin", name="Mallory", password="correct horse battery")
    mallory = _signed_in("mallory@globex.test")

    assert _refused(house, "acme", ORIGIN) == (False, 4403)
    assert _refused(house, "acme", ORIGIN, _cookie(mallory)) == (False, 4403)
    assert _refused(house, "no-such-tenant", ORIGIN, _cookie(member)) == (False, 4403)
    assert _refused(house, "a%00b", ORIGIN, _cookie(member)) == (False, 4403)
    assert _refused(house, "", ORIGIN, _cookie(member)) == (False, 4403)
    accepted, _ = _refused(house, "acme", (b"origin", b"https://evil.test"), _cookie(member))
    assert accepted is False


def test_a_member_gets_the_facts_that_they_have_not_seen(house: House, member: Client) -> None:
    house.stub.answer = lambda seen: reply({"name": "First"})
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    last = house.wait(run_id, "succeeded").seq

    async def story(tab: Tab) -> list[dict[str, Any]]:
        await tab.say({"watch": "run", "id": run_id, "after": 0})
        whole = [await tab.hear(), await tab.hear()]
        await tab.say({"watch": "run", "id": run_id, "after": 1})
        rest = [await tab.hear(), await tab.hear()]
        await tab.say({"watch": "run", "id": run_id, "after": last})
        assert await tab.silent()
        return [*whole, *rest]

    whole, row, rest, _ = _watching(house, member, story)

    assert (whole["type"], whole["run"]) == ("facts", run_id)
    assert [entry["seq"] for entry in whole["items"]] == list(range(1, last + 1))
    facts = [fact for entry in whole["items"] for fact in entry["facts"]]
    assert [facts[0]["type"], facts[-1]["type"]] == ["run_admitted", "run_finished"]
    assert (row["type"], row["run"]["id"], row["run"]["status"]) == ("run", run_id, "succeeded")
    assert [entry["seq"] for entry in rest["items"]] == list(range(2, last + 1))


def test_a_member_sees_a_run_happen(house: House, member: Client) -> None:
    house.stub.answer = lambda seen: reply({"name": "First"})
    deployment = house.deploy_calls(call("read", "read_thing", {"id": "1"}))
    house.stop_runner()
    run_id = house.start(deployment)
    runner = house.start_runner

    async def story(tab: Tab) -> list[dict[str, Any]]:
        await tab.say({"watch": "run", "id": run_id, "after": 0})
        await tab.hear()
        await tab.hear()
        house._loop.run_in_executor(None, lambda: (runner(), house.sweep()))
        heard = [await tab.hear()]
        while heard[-1]["type"] != "run" or heard[-1]["run"]["status"] != "succeeded":
            heard.append(await tab.hear())
        return heard

    heard = _watching(house, member, story)

    seqs = [entry["seq"] for message in heard if message["type"] == "facts" for entry in message["items"]]
    assert seqs == list(range(2, house.run(run_id).seq + 1))


def test_a_tab_that_watches_the_list_gets_rows_of_its_own_tenant_alone(house: House, member: Client) -> None:
    house.stub.answer = lambda seen: reply({"name": "First"})
    deployment = house.deploy_calls(call("read", "read_thing", {"id": "1"}), business_key="{{ trigger.body }}")

    async def story(tab: Tab) -> list[dict[str, Any]]:
        await tab.say({"watch": "runs"})
        await tab.silent()
        house._loop.run_in_executor(None, lambda: house.start(deployment, "PO-1"))
        heard = [await tab.hear()]
        while heard[-1]["run"]["status"] != "succeeded":
            heard.append(await tab.hear())
        return heard

    heard = _watching(house, member, story)

    run = Run.objects.of(house.tenant).get()
    assert {message["type"] for message in heard} == {"run"}
    assert {message["run"]["id"] for message in heard} == {run.id}
    assert heard[-1]["run"]["business_key"] == "PO-1"


def test_a_run_of_another_tenant_stays_unseen(house: House, member: Client) -> None:
    other = create_tenant("globex", "Globex")
    add_member(other, "mallory@globex.test", "admin", name="Mallory", password="correct horse battery")
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    house.wait(run_id)

    async def story(tab: Tab) -> bool:
        await tab.say({"watch": "run", "id": run_id, "after": 0})
        return await tab.silent()

    assert _watching(house, _signed_in("mallory@globex.test"), story, tenant="globex") is True


@pytest.mark.parametrize(
    "wish",
    [
        "not json",
        "[]",
        "null",
        '"runs"',
        {"watch": "everything"},
        {"watch": "run"},
        {"watch": "run", "id": 7},
        {"watch": "run", "id": "run_\x00"},
        {"watch": "run", "id": "x" * 5000},
        "[" * 2000,
    ],
)
def test_what_makes_no_sense_is_answered_with_a_hint_and_the_socket_stays(
    house: House, member: Client, wish: Any
) -> None:
    async def story(tab: Tab) -> dict[str, Any]:
        await tab.say(wish)
        answer = await tab.hear()
        await tab.say({"watch": "runs"})
        assert await tab.silent()
        return answer

    assert _watching(house, member, story)["type"] == "error"


@pytest.mark.parametrize("after", [-1, 2**63, "x", None, 1.5])
def test_a_strange_number_shows_the_run_from_its_beginning_or_nothing(house: House, member: Client, after: Any) -> None:
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    house.wait(run_id)

    async def story(tab: Tab) -> bool:
        await tab.say({"watch": "run", "id": run_id, "after": after})
        await tab.silent()
        await tab.say("not json")
        return True

    assert _watching(house, member, story) is True


def test_somebody_who_left_the_tenant_sees_nothing_more(
    house: House, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_MEMBER_FOR_SECONDS", 0.0)
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    house.wait(run_id)

    async def story(tab: Tab) -> int:
        await _in_thread(_leave, house)
        await tab.say({"watch": "run", "id": run_id, "after": 0})
        return await tab.closed_with()

    assert _watching(house, member, story) == 4403


def test_somebody_who_signed_out_sees_nothing_more(
    house: House, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_MEMBER_FOR_SECONDS", 0.0)
    run_id = house.start(house.deploy_calls(call("read", "read_thing", {"id": "1"})))
    house.wait(run_id)

    async def story(tab: Tab) -> int:
        await _in_thread(member.session.flush)
        await tab.say({"watch": "run", "id": run_id, "after": 0})
        return await tab.closed_with()

    assert _watching(house, member, story) == 4403


async def _in_thread(work: Callable[..., Any], *arguments: Any) -> None:
    await asyncio.to_thread(work, *arguments)


def _leave(house: House) -> None:
    membership = Membership.objects.of(house.tenant).get(user__email="vera@acme.test")
    remove_member(membership, datetime.now(UTC))


def test_who_watches_hears_that_an_event_was_listened_for(house: House, member: Client) -> None:
    deployment = house.deploy(document(fixed("done", ok=True)))
    row = Listening.objects.of(house.tenant).create(
        flow=deployment.flow, environment=house.environment(), after=new_id("run"), until=datetime.now(UTC)
    )
    house.start(deployment)

    async def story(tab: Tab) -> dict[str, Any]:
        keeping = asyncio.ensure_future(listening.keep_forever(asyncio.Event()))
        try:
            return await tab.hear()
        finally:
            keeping.cancel()

    assert _watching(house, member, story) == {"type": "heard", "listening": row.id}
