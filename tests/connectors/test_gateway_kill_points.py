"""Dying at the named instants of a write: what the outside system has seen by then."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from tests.connectors.stub import Stub, reply

SENDER = """
import asyncio, sys
from connectors.gateway.guard import AllowList, Reach
from connectors.gateway.wire import Wire, WireRequest

async def main():
    port = int(sys.argv[1])
    reach = Reach((("127.0.0.1", port),))
    wire = Wire(AllowList(["127.0.0.1"]))
    body = b"x" * 50_000
    await wire.send(WireRequest("GET", f"http://127.0.0.1:{port}/", reach))
    await wire.send(WireRequest("POST", f"http://127.0.0.1:{port}/", reach, body=body, writes=True))
    await wire.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("point, answers", [("request_sent", 0), ("answer_received", 1), ("", 1)])
async def test_a_process_that_dies_while_writing_has_sent_the_whole_request(
    stub: Stub, point: str, answers: int
) -> None:
    answered = 0

    async def later(seen: object) -> object:
        nonlocal answered
        await asyncio.sleep(0.5)
        answered += 1
        return reply({})

    stub.answers = [lambda seen: reply({})]
    stub.answer = later  # type: ignore[assignment]
    env = {**os.environ, "IPAAS_KILL_POINT": point, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import django; django.setup()\n" + SENDER, str(stub.port), env=env
    )
    code = await asyncio.wait_for(child.wait(), 30)

    assert code == (-signal.SIGKILL if point else 0)
    assert [(seen.method, len(seen.body)) for seen in stub.seen] == [("GET", 0), ("POST", 50_000)]
    assert answered == answers
