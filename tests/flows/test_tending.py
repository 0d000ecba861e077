"""The sweeper tidies up: every duty it was given, and one that fails keeps none of the others from theirs."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from flows import listening, sweeper, trials


def test_trials_and_listenings_are_tended() -> None:
    assert sweeper.tending == [trials.tend, listening.tend]


async def test_a_duty_that_fails_does_not_keep_others_from_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def fails() -> int:
        raise OperationalError("the database is away")

    def works() -> int:
        done.append("works")
        return 1

    monkeypatch.setattr(sweeper, "tending", [fails, works])

    await sweeper.tend()

    assert done == ["works"]
