"""The product itself as real processes: migrate, seed, serve, worker, scheduler, each under a data folder of its own.

Used by the browser, crash and journey tests and by the benchmarks. It drives the product through `manage.py` and
HTTP alone, as a person does, and never imports its code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.services.processes import ServerProcess, free_port

ROOT = Path(__file__).resolve().parents[2]


class Product:
    """One installation: a data folder, a port, an environment, and the processes that run on it."""

    def __init__(self, data: Path, *, port: int | None = None, env: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[ServerProcess] = []
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("IPAAS_", "DJANGO_"))}
        self.env = {
            **inherited,
            "IPAAS_DATA": str(data),
            "IPAAS_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        data.mkdir(parents=True, exist_ok=True)

    def manage(self, *arguments: str, stdin: str | None = None, seconds: float = 120) -> str:
        """Run one `manage.py` command to its end and give what it printed; a failure raises with its error text."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            capture_output=True,
            text=True,
            env=self.env,
            cwd=ROOT,
            input=stdin,
            timeout=seconds,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def spawn(self, *arguments: str) -> ServerProcess:
        """Start a long-running `manage.py` command."""
        log = self.data / f"{arguments[0]}-{len(self.processes)}.log"
        process = ServerProcess([sys.executable, str(ROOT / "manage.py"), *arguments], log, env=self.env, cwd=ROOT)
        self.processes.append(process)
        return process

    def serve(self, *, seconds: float = 60) -> ServerProcess:
        """Start the web process and wait until it says that it is ready."""
        process = self.spawn("serve")
        process.wait_until(self.ready, seconds=seconds, what="manage.py serve")
        return process

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def install(self, *, demo: bool = True) -> None:
        """Migrate an empty database and seed the demo tenant."""
        self.manage("migrate", "--no-input", "-v", "0")
        if demo:
            self.manage("seed_demo")

    def stop(self) -> None:
        """End every process that was started here, the newest first."""
        for process in reversed(self.processes):
            process.stop()

    def wait_for(self, question: str, holds: Callable[[], bool], *, seconds: float = 30) -> None:
        """Ask `holds()` until it is true; say `question` when it never becomes true."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"still not true after {seconds:g} s: {question}")
            time.sleep(0.05)
