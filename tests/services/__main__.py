"""`python -m tests.services run -- COMMAND`: run a command against a real PostgreSQL and a real Redis.

Also `keep`, which tests.services.shared starts, and `doctor`, which says what was found. Exit code: the command's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.services.browser import chromium_path
from tests.services.errors import ServiceMissing
from tests.services.postgres import VARIABLE as POSTGRES_VARIABLE
from tests.services.postgres import fresh_database, postgres_server
from tests.services.redis import VARIABLE as REDIS_VARIABLE
from tests.services.redis import numbered, redis_server
from tests.services.shared import keep

_USAGE = "usage: python -m tests.services run -- COMMAND… | doctor"


def main(arguments: list[str]) -> int:
    """Dispatch one subcommand and give its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    match arguments:
        case ["run", "--", *command] if command:
            return _run(command)
        case ["doctor"]:
            return _doctor()
        case ["keep", name, leading, answer]:
            keep(name, int(leading), Path(answer))
            return 0
        case _:
            print(_USAGE, file=sys.stderr)
            return 2


def _run(command: list[str]) -> int:
    """The command sees the servers both as the product's own configuration and as the tests' servers."""
    try:
        with postgres_server(durable=False) as postgres, redis_server() as redis, fresh_database(postgres) as database:
            named = {
                "IPAAS_DATABASE_URL": database,
                "IPAAS_REDIS_URL": numbered(redis, 0),
                POSTGRES_VARIABLE: postgres,
                REDIS_VARIABLE: redis,
            }
            return subprocess.run(command, env={**os.environ, **named}, check=False).returncode
    except ServiceMissing as missing:
        print(missing, file=sys.stderr)
        return 1


def _doctor() -> int:
    failures = 0
    for name, find in (("PostgreSQL", postgres_server), ("Redis", redis_server)):
        try:
            with find() as url:
                print(f"{name}: {url}")
        except ServiceMissing as missing:
            failures += 1
            print(missing)
    try:
        print(f"Chromium: {chromium_path()}")
    except ServiceMissing as missing:
        failures += 1
        print(missing)
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
