"""Lookup tables: one key, one value per row, kept by people and read by flows.

The only writer of those tables and of their history. Every change raises the table's revision, by which running flows
notice it, and leaves one entry with every row before and after.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from flows.models import LookupChange, LookupRow, LookupTable

MOST_ROWS = 200_000
MOST_CHANGES = 500
MOST_KEY = 255
MOST_VALUE = 2000
_BATCH = 500
_MANY_KEYS = 5000
Item = TypeVar("Item")


class RowsRefused(Exception):
    """The rows cannot be kept; the message names the line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class TableMoved(Exception):
    """Somebody else has changed the rows since they were read."""


@dataclass(frozen=True)
class Note:
    """Who changes rows and how, for the table's history; with `revision` only if the table is still at it."""

    by: str = "the system"
    how: str = "edited"
    revision: int | None = None


UNSIGNED = Note()


def replace_rows(table: LookupTable, rows: Iterable[tuple[str, str]], note: Note = UNSIGNED) -> int:
    """Make these the table's rows; how many there are."""
    checked = _checked(rows)
    with _locked(table, note) as locked:
        before = _rows_of(locked)
        wanted: dict[str, str | None] = dict.fromkeys(before.keys() - checked.keys())
        _write(locked, before, {**wanted, **checked}, note)
    table.refresh_from_db()
    return len(checked)


def change_rows(table: LookupTable, set_rows: dict[str, str], remove: Iterable[str], note: Note = UNSIGNED) -> None:
    """Set some rows and remove others, in one step."""
    wanted: dict[str, str | None] = {**dict.fromkeys(remove), **_checked(set_rows.items())}
    with _locked(table, note) as locked:
        _write(locked, _rows_of(locked, wanted), wanted, note)
        if LookupRow.objects.filter(table=locked).count() > MOST_ROWS:
            raise RowsRefused(f"A lookup table holds at most {MOST_ROWS} rows.")
    table.refresh_from_db()


def restore_before(table: LookupTable, change: LookupChange, by: str) -> None:
    """Put the rows back to what they were before a change, undoing it and every later one; itself a change."""
    note = Note(by, "restored")
    with _locked(table, note) as locked:
        wanted: dict[str, str | None] = {}
        later = LookupChange.objects.of(table.tenant_id).filter(table=locked, revision__gte=change.revision)
        for each in later.order_by("-revision"):
            wanted |= {key: before for key, before, _ in each.rows}
        _write(locked, _rows_of(locked, wanted), wanted, note)
    table.refresh_from_db()


@contextmanager
def _locked(table: LookupTable, note: Note) -> Iterator[LookupTable]:
    """The table as it is now, while nobody else can change its rows."""
    with transaction.atomic():
        locked = LookupTable.objects.of(table.tenant_id).select_for_update().get(id=table.id)
        if note.revision is not None and note.revision != locked.revision:
            raise TableMoved
        yield locked


def _rows_of(table: LookupTable, keys: Collection[str] | None = None) -> dict[str, str]:
    """The present rows, all of them or those with these keys."""
    rows = LookupRow.objects.filter(table=table).values_list("key", "value")
    if keys is None or len(keys) > _MANY_KEYS:
        return dict(rows)
    return {key: value for part in batched(keys, _BATCH) for key, value in rows.filter(key__in=part)}


def _write(table: LookupTable, before: dict[str, str], wanted: dict[str, str | None], note: Note) -> None:
    """Write what differs from before, and one entry of the history; nothing at all when nothing differs."""
    rows = [(key, before.get(key), after) for key, after in wanted.items() if before.get(key) != after]
    if not rows:
        return
    for part in batched([key for key, _, after in rows if after is None], _BATCH):
        LookupRow.objects.filter(table=table, key__in=part).delete()
    LookupRow.objects.bulk_create(
        [LookupRow(table=table, key=key, value=after) for key, _, after in rows if after is not None],
        update_conflicts=True,
        unique_fields=["table", "key"],
        update_fields=["value"],
        batch_size=_BATCH,
    )
    table.revision += 1
    table.updated_at = timezone.now()
    table.save(update_fields=["revision", "updated_at"])
    _remember(table, rows, note)


def _remember(table: LookupTable, rows: list[tuple[str, str | None, str | None]], note: Note) -> None:
    added = sum(1 for _, before, _ in rows if before is None)
    removed = sum(1 for _, _, after in rows if after is None)
    changes = LookupChange.objects.of(table.tenant_id)
    changes.create(
        table=table,
        revision=table.revision,
        how=note.how,
        at=table.updated_at,
        by=note.by[:300],
        added=added,
        changed=len(rows) - added - removed,
        removed=removed,
        rows=rows,
    )
    kept = changes.filter(table=table).order_by("-id").values_list("id", flat=True)[MOST_CHANGES - 1 : MOST_CHANGES]
    for oldest in kept:
        changes.filter(table=table, id__lt=oldest).delete()


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most this size: databases bound how many values one statement takes."""
    waiting = iter(items)
    while part := list(islice(waiting, size)):
        yield part


def _checked(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for line, (key, value) in enumerate(rows, start=1):
        if not key:
            raise RowsRefused(f"Row {line} has no key.", line)
        if len(key) > MOST_KEY or len(value) > MOST_VALUE:
            raise RowsRefused(
                f"Row {line} is too long: keys have at most {MOST_KEY} characters, values {MOST_VALUE}.", line
            )
        if "\x00" in key or "\x00" in value:
            raise RowsRefused(f"Row {line} holds a NUL character.", line)
        if key in checked:
            raise RowsRefused(f"Row {line} repeats the key “{key}”.", line)
        checked[key] = value
        if len(checked) > MOST_ROWS:
            raise RowsRefused(f"A lookup table holds at most {MOST_ROWS} rows.", line)
    return checked


def to_csv(table: LookupTable) -> str:
    """The rows as CSV with a heading line; cells that a spreadsheet would run as formulas keep their text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["key", "value"])
    writer.writerows(LookupRow.objects.filter(table=table).order_by("key").values_list("key", "value"))
    return out.getvalue()


def from_csv(text: str) -> list[tuple[str, str]]:
    """Rows of a CSV with two columns, comma or semicolon; a heading line of `key` and `value` is left out."""
    sample = text[:2000]
    delimiter = ";" if sample.count(";") > sample.count(",") else ","
    rows: list[tuple[str, str]] = []
    try:
        for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            if not row or (line == 1 and [cell.strip().lower() for cell in row[:2]] == ["key", "value"]):
                continue
            if len(row) != 2:
                raise RowsRefused(f"Line {line} has {len(row)} columns; two are needed: key and value.", line)
            rows.append((row[0].strip(), row[1].strip()))
    except csv.Error as error:
        raise RowsRefused(f"The text is not CSV: {error}.") from error
    return rows
