"""The sandbox's stories against the running product: every check holds, by command, by API, and after a reset."""

from __future__ import annotations

import time

import pytest

from tests.journeys.shop import Shop

SCENARIOS = ["stripe_checkout", "duplicate_webhooks", "card_declined", "erp_down", "rate_limited", "lost_answer"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_check_of_a_story_holds(shop: Shop, name: str) -> None:
    play = shop.api("POST", "sandbox/play/", {"scenario": name}, expect=202)["play"]
    shop.wait("the story has ended", lambda: _play(shop, play)["status"] == "finished", seconds=110)

    checks = _play(shop, play)["checks"]

    assert len(checks) >= 7
    assert [check for check in checks if not check["ok"]] == []
    assert shop.api("GET", "sandbox/faults/")["items"] == []


def test_the_command_plays_against_the_running_server(shop: Shop) -> None:
    listed = shop.product.manage("demo", "list")
    played = shop.product.manage("demo", "play", "stripe_checkout")

    assert [line.split()[0] for line in listed.splitlines()] == SCENARIOS
    assert "7 of 7 checks hold" in played


def test_a_reset_is_quick_and_deployed_flows_go_on_hearing(shop: Shop) -> None:
    shop.buy(shop.stripe(), "argos")
    begun = time.monotonic()
    shop.api("POST", "sandbox/reset/")
    took = time.monotonic() - begun
    after = shop.ledger("epicor_kinetic")

    played = shop.product.manage("demo", "play", "stripe_checkout")

    assert took < 3
    assert after["SalesOrders"] == []
    assert "7 of 7 checks hold" in played


def _play(shop: Shop, play: str) -> dict:
    found: dict = shop.api("GET", f"sandbox/plays/{play}/")
    return found
