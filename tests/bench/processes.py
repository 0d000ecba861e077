"""The benchmarks' own processes (stub, yardstick, load) and the memory of a process tree.

Used by the parts that measure; everything listens on the loopback interface and ends with the benchmark.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.bench.load import Order, as_argument
from tests.services.processes import ServerProcess, answers, free_port
from tests.services.product import ROOT

MEGABYTE = 1024 * 1024


class Stub:
    """The running stub server."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def stats(self) -> dict[str, Any]:
        """What it has received since the last reset."""
        return fetch(f"{self.url}/stats")

    def reset(self) -> None:
        """Forget what was received."""
        fetch(f"{self.url}/reset", body=b"{}")


@contextmanager
def stub_server(folder: Path) -> Iterator[Stub]:
    """A stub server for as long as the block lasts."""
    port = free_port()
    process = ServerProcess([sys.executable, "-m", "tests.bench.stub", str(port)], folder / "stub.log", cwd=ROOT)
    try:
        process.wait_until(lambda: answers(port), seconds=20, what="the stub server")
        yield Stub(port)
    finally:
        process.stop()


@contextmanager
def yardstick_server(folder: Path, stub: Stub) -> Iterator[str]:
    """The yardstick with a fresh database; gives its address."""
    port = free_port()
    database = folder / f"yardstick-{port}.sqlite3"
    argv = [sys.executable, "-m", "tests.bench.yardstick", str(port), str(database), f"{stub.url}/effects"]
    process = ServerProcess(argv, folder / "yardstick.log", cwd=ROOT)
    try:
        process.wait_until(lambda: answers(port), seconds=20, what="the yardstick")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop()


def load(order: Order) -> dict[str, Any]:
    """Run the load generator to its end and give its report; refused webhooks are an error."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", as_argument(order)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=order.seconds + 60,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load generator failed: {done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    if report["refused"]:
        raise RuntimeError(f"webhooks were refused: {report['refused']}")
    return report


def fetch(url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """One JSON request."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            told: dict[str, Any] = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            raise OSError(f"{url} answered {error.code}: {error.read()[:500]!r}") from error
    return told


def wait_until(holds: Callable[[], object], *, seconds: float, what: str) -> float:
    """Poll until `holds()`; gives the wall-clock time at which it was seen to."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return time.time()


def memory(pids: list[int]) -> float:
    """Resident megabytes of the processes and all their children."""
    total = 0
    for pid in pids:
        try:
            leader = psutil.Process(pid)
            for process in (leader, *leader.children(recursive=True)):
                total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / MEGABYTE


class MemoryWatch:
    """Samples the memory of processes in the background; `peak` is the largest sum seen."""

    def __init__(self, pids: list[int], *, every_seconds: float = 0.1) -> None:
        self._pids = pids
        self._every = every_seconds
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.before = memory(pids)
        self.peak = self.before

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(self._every):
            self.peak = max(self.peak, memory(self._pids))
