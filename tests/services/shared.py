"""One server per test run, shared by all its worker processes and stopped when the run ends, however it ends.

Used by the session fixtures. The first process that asks starts a keeper (`python -m tests.services keep`), which
holds the server until the run's leading process is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psutil

from tests.services.errors import ServiceMissing
from tests.services.postgres import postgres_server
from tests.services.redis import redis_server

SERVERS: dict[str, Callable[[], AbstractContextManager[str]]] = {"postgres": postgres_server, "redis": redis_server}
_ROOT = Path(__file__).resolve().parents[2]
_keepers: list[subprocess.Popen[bytes]] = []


def leader() -> int:
    """The process id of the run: the parent when this is a worker of pytest-xdist, else this process."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def shared(name: str, folder: Path) -> str:
    """The URL of the run's server `name`; starts it when nobody of this run has yet."""
    folder.mkdir(parents=True, exist_ok=True)
    answer = folder / f"{name}.{leader()}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            _start_keeper(name, answer)
        told = json.loads(answer.read_text())
    if "error" in told:
        raise ServiceMissing(name, told["error"], "")
    return str(told["url"])


def _start_keeper(name: str, answer: Path) -> None:
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.services", "keep", name, str(leader()), str(answer)],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    _keepers.append(keeper)
    deadline = time.monotonic() + 60
    while not answer.exists():
        if time.monotonic() > deadline:
            raise ServiceMissing(name, "did not start within 60 s.", "")
        time.sleep(0.05)


def keep(name: str, leading: int, answer: Path) -> None:
    """Start the server, tell its URL in the file `answer`, and stop it when the process `leading` has ended."""
    try:
        run = psutil.Process(leading)
        with SERVERS[name]() as url:
            _tell(answer, {"url": url})
            while run.is_running() and run.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.2)
    except (ServiceMissing, OSError, psutil.Error) as error:
        _tell(answer, {"error": str(error)})


def _tell(answer: Path, told: dict[str, str]) -> None:
    if answer.parent.exists():
        part = answer.with_suffix(".part")
        part.write_text(json.dumps(told))
        part.replace(answer)
