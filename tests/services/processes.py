"""Starting, watching and stopping one server process on the loopback interface.

Used by the starters beside it. It stops only processes that it started itself, by their own process id.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.services.errors import ServiceMissing


def free_port() -> int:
    """A TCP port on the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain_user() -> pwd.struct_passwd | None:
    """The existing account that a server is started under when the tests run as root; None for a normal user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServiceMissing("PostgreSQL", "it refuses to run as root and there is no account to use.", "Run as a user.")


def as_user(user: pwd.struct_passwd | None, death_signal: str = "TERM") -> list[str]:
    """The command prefix that drops to `user` and lets the server die with the process that started it."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if user is None:
            return []
        raise ServiceMissing("PostgreSQL", "setpriv is not on the PATH.", "Install util-linux, or run as a user.")
    prefix = [setpriv, "--pdeathsig", death_signal]
    if user is not None:
        prefix += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    return prefix


class ServerProcess:
    """One child process with its output in a file."""

    def __init__(
        self, argv: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self.argv = list(argv)
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def tail(self, lines: int = 30) -> str:
        """The last lines that the process wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Return once `ready()` holds; a process that ends or is too slow is an error with its last output."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive():
                raise ServiceMissing(what, f"ended with code {self.process.returncode}:\n{self.tail()}\n", "")
            if ready():
                return
            time.sleep(0.05)
        self.stop()
        raise ServiceMissing(what, f"was not ready after {seconds:g} s:\n{self.tail()}\n", "")

    def stop(self, sign: signal.Signals = signal.SIGTERM, *, seconds: float = 15.0) -> int:
        """Ask the process to end, kill it when it does not, and give its exit code."""
        if self.alive():
            self.process.send_signal(sign)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait(seconds)

    def kill(self) -> int:
        """End the process at once, as a crash does."""
        if self.alive():
            self.process.kill()
        return self.process.wait(15)


def answers(port: int) -> bool:
    """True when something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
