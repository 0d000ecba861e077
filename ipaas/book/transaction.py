"""One open database transaction, spoken to in the SQL that SQLite and PostgreSQL share.

Handed to batch functions by the writer; placeholders are `%s`, rows are tuples, times are aware datetimes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from ipaas.book.packing import dumps

_SQLITE_MAX_PARAMETERS = 30_000
_POSTGRES_MAX_PARAMETERS = 60_000


@functools.lru_cache(maxsize=4096)
def _question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


class Transaction:
    """The raw driver connection under a Django connection, with the few differences of the two databases hidden."""

    __slots__ = ("_is_sqlite", "_raw", "vendor")

    def __init__(self, django_connection: Any) -> None:
        self._raw = django_connection.connection
        self.vendor: str = django_connection.vendor
        self._is_sqlite = self.vendor == "sqlite"

    def begin(self) -> None:
        self._raw.execute("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")

    def commit(self) -> None:
        self._raw.execute("COMMIT")

    def rollback(self) -> None:
        try:
            self._raw.execute("ROLLBACK")
        except Exception:
            # The connection is gone and the transaction with it; the writer opens another.
            self._raw.close()

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Run one statement; the answer has fetchone, fetchall and rowcount."""
        if self._is_sqlite:
            return self._raw.execute(_question_marks(sql), params)
        return self._raw.execute(sql, params)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for every row of parameters."""
        if self._is_sqlite:
            self._raw.executemany(_question_marks(sql), rows)
            return
        with self._raw.cursor() as cursor:
            cursor.executemany(sql, list(rows))

    def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, suffix: str = ""
    ) -> list[tuple[Any, ...]]:
        """Insert many rows in as few statements as the parameter limit allows; rows of a RETURNING suffix come back."""
        if not rows:
            return []
        if not suffix and self._is_sqlite:
            # Without an answer to collect, SQLite's prepared single-row statement is the fastest form.
            self.executemany(_insert_sql(table, tuple(columns), 1, ""), rows)
            return []
        limit = _SQLITE_MAX_PARAMETERS if self._is_sqlite else _POSTGRES_MAX_PARAMETERS
        size = max(1, min(500, limit // len(columns)))
        answers: list[tuple[Any, ...]] = []
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            sql = _insert_sql(table, tuple(columns), len(chunk), suffix)
            cursor = self.execute(sql, [value for row in chunk for value in row])
            if "RETURNING" in suffix:
                answers.extend(cursor.fetchall())
        return answers

    def time(self, moment: datetime | None) -> Any:
        """A moment as the column holds it."""
        if moment is None or not self._is_sqlite:
            return moment
        return str(moment.astimezone(UTC).replace(tzinfo=None))

    def read_time(self, value: Any) -> datetime | None:
        """The moment that a column held."""
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def json(self, value: Any) -> Any:
        """A value as Django's JSONField holds it (text on SQLite, jsonb on PostgreSQL)."""
        return dumps(value).decode()


@functools.lru_cache(maxsize=2048)
def _insert_sql(table: str, columns: tuple[str, ...], count: int, suffix: str) -> str:
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * count)} {suffix}"
