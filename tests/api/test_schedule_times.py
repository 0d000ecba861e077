"""Schedules in words and their next times, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Member
from tests.api.working import BASE


def asked(member: Member, **body: Any) -> Any:
    return member.client.post(f"{BASE}/schedule-times/", body)


def test_a_schedule_is_told_in_words_with_its_next_times(admin: Member) -> None:
    answer = asked(admin, cron="30 6 * * 1-5", time_zone="Asia/Tokyo").json()

    times = [datetime.fromisoformat(each) for each in answer["times"]]
    assert answer["words"] == "At 06:30 on Monday through Friday"
    assert len(times) == 5
    assert {(each.hour, each.minute) for each in times} == {(21, 30)}
    assert datetime.now(UTC) < times[0] < times[4] < datetime.now(UTC) + timedelta(days=8)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"cron": "tomorrow"}, "/cron"),
        ({"cron": "0 0 31 2 *"}, "/cron"),
        ({"cron": "0 7 * * *", "time_zone": "Mars/Base"}, "/time_zone"),
        ({"cron": "0 7 * * *", "count": 0}, "/count"),
        ({}, "/cron"),
    ],
)
def test_what_is_no_schedule_is_refused_with_its_field(admin: Member, body: dict[str, Any], pointer: str) -> None:
    answer = asked(admin, **body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
