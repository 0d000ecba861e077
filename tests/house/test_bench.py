"""The benchmarks' arithmetic and their yardstick are right, so that their figures can be believed."""

from __future__ import annotations

import json

import pytest

from tests.bench.figures import Figure, median, percentile
from tests.bench.load import Order, as_argument, event
from tests.bench.parts import PARTS
from tests.bench.stub import Stub
from tests.bench.yardstick import mapped


def test_a_percentile_is_a_sample() -> None:
    samples = [5.0, 1.0, 4.0, 2.0, 3.0]

    assert [percentile(samples, percent) for percent in (0, 50, 80, 99, 100)] == [1.0, 3.0, 4.0, 5.0, 5.0]
    assert median([2.0, 1.0]) == 1.0


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


def test_a_figure_is_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    Figure("cold_start_s", 1.23456, "s", {"starts": 3}).print()

    line = json.loads(capsys.readouterr().out)
    assert line == {"figure": "cold_start_s", "value": 1.235, "unit": "s", "detail": {"starts": 3}}


def test_the_load_is_of_ordinary_size_and_travels_as_one_argument() -> None:
    order = Order("http://127.0.0.1:1/hook", {"X-Secret": "s"}, count=3)

    assert 700 < len(json.dumps(event("evt", 1))) < 1100
    assert Order(**json.loads(as_argument(order))) == order


def test_the_yardstick_maps_eight_fields() -> None:
    told = event("evt", 7)

    assert mapped(told) == {
        "external_id": "evt_000007",
        "total": "20.06",
        "currency": "USD",
        "customer": {"name": "Ada Byron", "email": "ada7@example.com"},
        "ship_to": {"city": "Leeds"},
        "company": "EPIC06",
        "sent_at": told["sent_at"],
    }


def test_the_stub_sees_an_effect_that_is_made_twice() -> None:
    stub = Stub()

    for name in ("a", "b", "a"):
        stub.record(json.dumps({"external_id": name, "sent_at": 0}).encode())

    assert (stub.received, len(stub.ids), len(stub.latencies)) == (3, 2, 3)


def test_every_promised_kind_of_figure_has_a_part() -> None:
    assert list(PARTS) == ["throughput", "postgres", "latency", "cold_start", "items", "engine"]
