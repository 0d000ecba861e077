"""Subscriptions at the outside system: made at deployment, kept when nothing changed, ended with the flow."""

from __future__ import annotations

from typing import Any

from flows import subscriptions
from flows.models import TriggerState


def _state(**subscription: Any) -> TriggerState:
    return TriggerState(subscription=subscription)


def test_an_active_endpoint_that_is_no_longer_wanted_is_left_over() -> None:
    state = _state(status="active", connection="con_1", id="we_1", url="u", events=["a"])

    assert subscriptions.ended(state) == {"leftover": [{"connection": "con_1", "id": "we_1"}]}


def test_what_was_left_over_before_is_not_forgotten() -> None:
    before = [{"connection": "con_1", "id": "we_0"}]
    state = _state(status="active", connection="con_1", id="we_1", leftover=before)

    assert [entry["id"] for entry in subscriptions.ended(state)["leftover"]] == ["we_0", "we_1"]


def test_a_subscription_that_never_came_about_leaves_nothing() -> None:
    assert subscriptions.ended(_state(status="pending", connection="con_1")) == {}
    assert subscriptions.ended(_state()) == {}
