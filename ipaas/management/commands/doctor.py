"""`ipaas doctor`: looks at this installation as a process would find it, and says what keeps it from working.

Used by people and by the health checks of containers; exit code 1 when something must be mended. It changes nothing.
"""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from connectors.registry import registry
from flows.models import Run

_FREE_BYTES = 500 * 1024 * 1024
_LATE_SECONDS = 120


class Command(BaseCommand):
    help = "Check database, migrations, Redis, connectors, disk and overdue runs; says what to do about each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="print only what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for name, check in _CHECKS.items():
            fine, words = check()
            broken += not fine
            if not fine or not options["quiet"]:
                self.stdout.write(f"{'ok    ' if fine else 'MEND  '} {name}: {words}")
        if broken:
            sys.exit(1)


def _database() -> tuple[bool, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return False, f"it does not answer ({type(error).__name__}). Check IPAAS_DATABASE_URL and the server."
    return True, f"{connection.vendor} answers"


def _migrations() -> tuple[bool, str]:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return False, f"cannot be read ({type(error).__name__})."
    return (not waiting, f"{len(waiting)} wait. Run `ipaas migrate`." if waiting else "all applied")


def _redis() -> tuple[bool, str]:
    if not settings.REDIS_URL:
        return True, "not used; flows run inside `ipaas serve`"
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3).ping()
    except redis.RedisError as error:
        return False, f"it does not answer ({type(error).__name__}). Check IPAAS_REDIS_URL and the server."
    return True, "answers"


def _connectors() -> tuple[bool, str]:
    names = list(registry().names())
    return (bool(names), f"{len(names)} usable: {', '.join(sorted(names))}")


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    megabytes = free // (1024 * 1024)
    return (free > _FREE_BYTES, f"{megabytes} MB free at {settings.DATA_DIR}")


def _overdue() -> tuple[bool, str]:
    late = datetime.now(UTC) - timedelta(seconds=_LATE_SECONDS)
    try:
        count = Run.objects.across_tenants("health of the installation").filter(due_at__lt=late).count()
    except DatabaseError:
        return False, "cannot be counted."
    words = f"{count} have waited for over {_LATE_SECONDS} s. Start `ipaas serve` or more workers."
    return (count == 0, words if count else "none")


_CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "connectors": _connectors,
    "disk": _disk,
    "overdue runs": _overdue,
}
