"""Two hundred payments under SIGKILL: every accepted event ends, and the ERP holds each order and receipt once."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.installations import fleet_environment, start_fleet
from tests.journeys.shop import Shop
from tests.services.product import Product

PAYMENTS = 200
KILLS = 3


def test_two_hundred_payments_survive_three_kills_of_the_single_process(tmp_path: Path) -> None:
    product = Product(tmp_path / "data")
    with ExitStack() as stack:
        stack.callback(product.stop)
        product.install()
        server = product.serve()
        shop = Shop(product)
        pool = stack.enter_context(ThreadPoolExecutor(6))

        payments = _buy_all(shop, pool)
        for kill in range(1, KILLS + 1):
            shop.wait("some runs have ended", lambda kill=kill: _ended(shop) >= kill * PAYMENTS // 6, seconds=120)
            server.kill()
            server = product.serve()

        _assert_each_once(shop, payments)


def test_two_hundred_payments_survive_three_kills_of_workers_in_a_fleet(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        env = {**fleet_environment(request, stack), "IPAAS_RUN_LEASE_SECONDS": "6", "IPAAS_SWEEP_SECONDS": "2"}
        product = Product(tmp_path / "data", env=env)
        stack.callback(product.stop)
        product.install()
        workers = start_fleet(product)
        shop = Shop(product)
        pool = stack.enter_context(ThreadPoolExecutor(6))

        payments = _buy_all(shop, pool)
        for kill in range(1, KILLS + 1):
            shop.wait("some runs have ended", lambda kill=kill: _ended(shop) >= kill * PAYMENTS // 6, seconds=180)
            workers[kill % len(workers)].kill()
            workers[kill % len(workers)] = product.spawn("worker")

        _assert_each_once(shop, payments)


@pytest.mark.parametrize(
    ("instant", "nth"),
    [
        ("before_admit", 2),
        ("before_append", 4),
        ("before_intent", 3),
        ("intent_committed", 5),
        ("request_sent", 4),
        ("answer_received", 2),
    ],
)
def test_a_process_that_dies_at_a_named_instant_leaves_nothing_lost_or_doubled(
    tmp_path: Path, instant: str, nth: int
) -> None:
    product = Product(tmp_path / "data")
    with ExitStack() as stack:
        stack.callback(product.stop)
        product.install()
        calm = dict(product.env)
        product.env["IPAAS_KILL_POINT"] = f"{instant}:{nth}"
        server = product.serve()
        shop = Shop(product)
        pool = stack.enter_context(ThreadPoolExecutor(3))
        payments = [pool.submit(_buy, shop, f"buyer{number}") for number in range(6)]

        product.wait_for(f"the process dies at {instant}", lambda: not server.alive(), seconds=60)
        product.env = calm
        product.serve()

        _assert_each_once(shop, payments)


def _buy_all(shop: Shop, pool: ThreadPoolExecutor) -> list[Future[str]]:
    return [pool.submit(_buy, shop, f"buyer{number}") for number in range(PAYMENTS)]


def _buy(shop: Shop, name: str) -> str:
    """Pay, and try again with the same idempotency keys while the server is down."""
    deadline = time.monotonic() + 180
    while True:
        try:
            return shop.buy(shop.stripe(), name)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def _ended(shop: Shop) -> int:
    """How many runs have succeeded; a cheap question, so that asking does not slow down what is watched."""
    return int(shop.api("GET", "runs/stats/")["counts"]["succeeded"])


def _assert_each_once(shop: Shop, payments: list[Future[str]]) -> None:
    charges = [payment.result(timeout=240) for payment in payments]
    assert len(set(charges)) == len(payments)
    shop.wait("every payment has a run that ended", lambda: _ended(shop) >= len(payments), seconds=240)
    shop.wait("every run has ended", lambda: not shop.runs("status=queued,running,waiting"), seconds=60)

    once = Counter(charges)
    assert Counter({key: count for key, count in shop.orders_by_charge().items() if key in once}) == once
    assert Counter({key: count for key, count in shop.receipts_by_charge().items() if key in once}) == once
    assert {run["status"] for run in shop.runs()} == {"succeeded"}
