"""Database triggers that refuse every change of the audit trail, on SQLite and PostgreSQL.

Set by a migration, so that not even raw SQL of this product can rewrite history; only `flush` lifts them for its work.
A migration that rebuilds the table on SQLite must call `guard` again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TABLE = "accounts_auditentry"
_REFUSAL = "the audit trail is append-only"

_SQLITE_GUARD = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
_SQLITE_LIFT = [f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}" for verb in ("update", "delete")]

_POSTGRES_LIFT = [f"DROP TRIGGER IF EXISTS {TABLE}_{kind} ON {TABLE}" for kind in ("no_change", "no_truncate")]
_POSTGRES_GUARD = [
    f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    *_POSTGRES_LIFT,
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]


def guard(connection: Any) -> None:
    """Refuse changes from now on."""
    _run(connection, _SQLITE_GUARD if connection.vendor == "sqlite" else _POSTGRES_GUARD)


def lift(connection: Any) -> None:
    """Allow changes again (for undoing the migration, and for `flush`)."""
    _run(connection, _SQLITE_LIFT if connection.vendor == "sqlite" else _POSTGRES_LIFT)


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Allow changes inside the block, if the table is there at all."""
    if TABLE not in connection.introspection.table_names():
        yield
        return
    lift(connection)
    try:
        yield
    finally:
        guard(connection)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
