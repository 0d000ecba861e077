"""What is measured: throughput beside the yardstick, PostgreSQL, latency, cold start, long lists, the engine alone.

Each part is a function that gives its figures; `python -m tests.bench` runs them one after another. Every wait is
bounded, and a run that does not succeed makes its part fail.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, median, percentile, say
from tests.bench.installation import Installation
from tests.bench.load import Order, event
from tests.bench.processes import (
    MemoryWatch,
    Stub,
    fetch,
    load,
    memory,
    stub_server,
    wait_until,
    yardstick_server,
)
from tests.services.postgres import fresh_database, postgres_server
from tests.services.redis import empty, numbered, redis_server

WAIT_SECONDS = 180.0


@dataclass(frozen=True)
class Scale:
    """How much is done: the whole benchmark, or a short form for a first look."""

    events: int
    rounds: int
    latency_events: int
    starts: int
    items: tuple[int, ...]


FULL = Scale(events=3000, rounds=3, latency_events=300, starts=3, items=(10_000, 100_000))
QUICK = Scale(events=300, rounds=1, latency_events=40, starts=1, items=(10_000,))


@dataclass(frozen=True)
class Round:
    """One load, carried to its end."""

    accepted_per_s: float
    finished_per_s: float
    report: dict[str, Any]


def throughput(folder: Path, scale: Scale) -> list[Figure]:
    """The product and the yardstick in turn, under the same load, with the same outside system."""
    own: list[Round] = []
    theirs: list[Round] = []
    with stub_server(folder) as stub:
        bench = Installation(folder / "sqlite", stub)
        try:
            server = bench.serve()
            time.sleep(3)
            idle = memory([server.pid])
            carry(bench, max(scale.events // 10, 50), "warm")
            before, runs_before = bench.bytes_on_disk(), bench.ended()
            with MemoryWatch([server.pid]) as watch:
                for number in range(scale.rounds):
                    theirs.append(_yardstick(folder, stub, scale.events))
                    own.append(carry(bench, scale.events, f"round{number}"))
            grown = (bench.bytes_on_disk() - before) / (bench.ended() - runs_before)
        finally:
            bench.stop()
    return [
        *_throughput_figures(own, theirs, scale),
        Figure("bytes_per_run", grown, "bytes", {"events": scale.events * scale.rounds, "body_bytes": 900}),
        Figure("idle_rss_mb", idle, "MB"),
        Figure("load_rss_mb", watch.peak, "MB", {"clients": 50}),
    ]


def _throughput_figures(own: list[Round], theirs: list[Round], scale: Scale) -> list[Figure]:
    accepted = median([each.accepted_per_s for each in own])
    finished = median([each.finished_per_s for each in own])
    yardstick = median([each.finished_per_s for each in theirs])
    detail = {"events": scale.events, "rounds": scale.rounds, "clients": 50}
    answer = {"p50_ms": round(own[-1].report["p50_ms"], 1), "p99_ms": round(own[-1].report["p99_ms"], 1)}
    rounds = {"each_round": _rates(own), "of_yardstick": round(finished / yardstick, 3)}
    return [
        Figure("webhooks_accepted_per_s", accepted, "1/s", {**detail, **answer}),
        Figure("runs_finished_per_s", finished, "1/s", {**detail, **rounds}),
        Figure("yardstick_runs_per_s", yardstick, "1/s", {**detail, "each_round": _rates(theirs)}),
    ]


def _rates(rounds: list[Round]) -> list[float]:
    return [round(each.finished_per_s, 1) for each in rounds]


def carry(bench: Installation, count: int, name: str) -> Round:
    """Send `count` webhooks and wait until every run has succeeded and every effect was made exactly once."""
    bench.stub.reset()
    before = bench.runs()
    say(f"  {name}: {count} webhooks")
    report = load(Order(bench.webhook_url, bench.webhook_headers, count, name=name))
    wanted = sum(before.values()) + count
    ended_at = wait_until(lambda: bench.ended() >= wanted, seconds=WAIT_SECONDS, what=f"{count} runs have ended")
    succeeded = bench.runs().get("succeeded", 0) - before.get("succeeded", 0)
    stats = bench.stub.stats()
    if (succeeded, stats["received"], stats["distinct"]) != (count, count, count):
        made = f"{stats['received']} effects were made, {stats['distinct']} distinct"
        raise RuntimeError(f"of {count} runs {succeeded} succeeded and {made}: {bench.runs()} {bench.first_error()}")
    return _round(report, count, ended_at)


def _yardstick(folder: Path, stub: Stub, count: int) -> Round:
    stub.reset()
    say(f"  yardstick: {count} webhooks")
    with yardstick_server(folder, stub) as url:
        load(Order(f"{url}/hook", count=50, name="warm"))
        wait_until(lambda: fetch(url)["finished"] >= 50, seconds=30, what="the yardstick is warm")
        report = load(Order(f"{url}/hook", count=count))
        wait_until(lambda: fetch(url)["finished"] >= count + 50, seconds=WAIT_SECONDS, what="the yardstick has ended")
        return _round(report, count, fetch(url)["last_at"])


def _round(report: dict[str, Any], count: int, ended_at: float) -> Round:
    started = report["started_at"]
    return Round(count / (report["ended_at"] - started), count / (ended_at - started), report)


def postgres(folder: Path, scale: Scale) -> list[Figure]:
    """The same load on PostgreSQL: one process that does everything, then a web process with two workers."""
    figures: list[Figure] = []
    with ExitStack() as stack:
        stub = stack.enter_context(stub_server(folder))
        server = stack.enter_context(postgres_server())
        redis = numbered(stack.enter_context(redis_server()), 0)
        alone = stack.enter_context(fresh_database(server))
        fleet = stack.enter_context(fresh_database(server))
        figures.append(_on(Installation(folder / "alone", stub, {"IPAAS_DATABASE_URL": alone}), 0, scale))
        empty(redis)
        env = {"IPAAS_DATABASE_URL": fleet, "IPAAS_REDIS_URL": redis}
        figures.append(_on(Installation(folder / "fleet", stub, env), 2, scale))
    return figures


def _on(bench: Installation, workers: int, scale: Scale) -> Figure:
    name = "runs_finished_per_s_postgres" + (f"_{workers}_workers" if workers else "")
    say(f"  {name}")
    try:
        processes = [bench.serve(), *(bench.worker() for _ in range(workers))]
        carry(bench, 50 * max(workers, 1), "warm")
        rounds = [carry(bench, scale.events, f"round{number}") for number in range(scale.rounds)]
        detail = {
            "events": scale.events,
            "processes": len(processes),
            "each_round": _rates(rounds),
            "webhooks_accepted_per_s": round(median([each.accepted_per_s for each in rounds]), 1),
            "rss_mb": round(memory([process.pid for process in processes]), 1),
        }
        return Figure(name, median([each.finished_per_s for each in rounds]), "1/s", detail)
    finally:
        bench.stop()


def latency(folder: Path, scale: Scale) -> list[Figure]:
    """From sending a webhook to its effect arriving outside, when little else is happening."""
    with stub_server(folder) as stub:
        bench = Installation(folder / "latency", stub)
        try:
            bench.serve()
            carry(bench, 50, "warm")
            stub.reset()
            count = scale.latency_events
            load(Order(bench.webhook_url, bench.webhook_headers, count, clients=4, per_second=20, name="idle"))
            wait_until(lambda: stub.stats()["received"] >= count, seconds=60, what="all effects have arrived")
            samples = [1000 * sample for sample in stub.stats()["latencies"]]
        finally:
            bench.stop()
    detail = {"events": count, "per_second": 20}
    return [
        Figure("effect_latency_p50_ms", percentile(samples, 50), "ms", detail),
        Figure("effect_latency_p99_ms", percentile(samples, 99), "ms", detail),
    ]


def cold_start(folder: Path, scale: Scale) -> list[Figure]:
    """From starting the process to the first webhook that it accepts."""
    took: list[float] = []
    with stub_server(folder) as stub:
        bench = Installation(folder / "cold", stub)
        try:
            for number in range(scale.starts):
                begun = time.monotonic()
                server = bench.product.spawn("serve")
                wait_until(lambda number=number: _accepts(bench, number), seconds=60, what="a webhook is accepted")  # type: ignore[misc]
                took.append(time.monotonic() - begun)
                server.stop()
        finally:
            bench.stop()
    return [Figure("cold_start_s", median(took), "s", {"each_start": [round(each, 2) for each in took]})]


def _accepts(bench: Installation, number: int) -> bool:
    body = json.dumps(event(f"cold{number}", 1)).encode()
    try:
        return "run" in fetch(bench.webhook_url, body=body, headers=bench.webhook_headers)
    except (OSError, HTTPException):
        return False


def items(folder: Path, scale: Scale) -> list[Figure]:
    """One event with a long list, each item mapped inside a for-each: seconds from start to end, and the memory."""
    figures: list[Figure] = []
    with stub_server(folder) as stub:
        bench = Installation(folder / "items", stub)
        try:
            server = bench.serve()
            flow = _deploy(bench, _ITEMS_FLOW)
            _run_items(bench, flow, 100)
            for count in scale.items:
                say(f"  {count} items")
                with MemoryWatch([server.pid], every_seconds=0.05) as watch:
                    seconds = _run_items(bench, flow, count)
                name = f"items_{count // 1000}k"
                figures.append(Figure(f"{name}_s", seconds, "s", {"us_per_item": round(seconds / count * 1e6, 1)}))
                if count == 100_000:
                    figures.append(Figure(f"{name}_rss_growth_mb", watch.peak - watch.before, "MB"))
        finally:
            bench.stop()
    return figures


_ITEMS_FLOW: dict[str, Any] = {
    "schema": 1,
    "nodes": [
        {"id": "start", "kind": "trigger", "params": {"type": "manual"}},
        {"id": "each", "kind": "for_each", "params": {"items": "{{ trigger.body.lines }}"}},
        {
            "id": "line",
            "kind": "map",
            "parent": "each",
            "params": {"rules": [{"target": "PartNum", "source": "item.sku"}, {"target": "Qty", "source": "item.n"}]},
        },
    ],
    "edges": [{"from": "start", "to": "each"}],
}


def _deploy(bench: Installation, document: dict[str, Any]) -> str:
    flow = str(bench.call("flows/", {"name": "Long lists", "document": document})["id"])
    version = bench.call(f"flows/{flow}/versions/", {"message": "benchmark"})["number"]
    deployment = {"environment": bench.environment, "version": version, "connections": {}}
    bench.call(f"flows/{flow}/deployments/", deployment)
    return flow


def _run_items(bench: Installation, flow: str, count: int) -> float:
    """Start one run with `count` items and give the seconds from the request to its end."""
    lines = [{"sku": f"P{number % 1000}", "n": number} for number in range(count)]
    begun = time.monotonic()
    run = bench.call(f"flows/{flow}/run/", {"environment": bench.environment, "body": {"lines": lines}})["run"]

    def latest() -> dict[str, Any]:
        return dict(bench.call(f"runs/?flow={flow}&limit=1")["items"][0])

    wait_until(lambda: latest()["finished_at"], seconds=WAIT_SECONDS, what=f"the run with {count} items has ended")
    took = time.monotonic() - begun
    if (latest()["id"], latest()["status"]) != (run, "succeeded"):
        raise RuntimeError(f"the run with {count} items ended otherwise: {latest()}")
    return took


def engine(folder: Path, scale: Scale) -> list[Figure]:
    """The pure engine alone: what one node costs, out of a chain of twenty of all pure kinds."""
    from tests.bench.engine_bench import measure_node

    by_kind = measure_node()
    return [Figure("node_us", by_kind["chain_20"] / 20, "us", {"us_by_kind": by_kind})]


PARTS: dict[str, Callable[[Path, Scale], list[Figure]]] = {
    "throughput": throughput,
    "postgres": postgres,
    "latency": latency,
    "cold_start": cold_start,
    "items": items,
    "engine": engine,
}
