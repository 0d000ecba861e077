"""Lookup tables: one key, one value per row, kept by people and read by flows.

The only writer of those tables. Every change raises the table's revision, by which running flows notice it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from flows.models import LookupRow, LookupTable

MOST_ROWS = 200_000
MOST_KEY = 255
MOST_VALUE = 2000


class RowsRefused(Exception):
    """The rows cannot be kept; the message names the line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def replace_rows(table: LookupTable, rows: Iterable[tuple[str, str]]) -> int:
    """Make these the table's rows; how many there are."""
    checked = _checked(rows)
    with transaction.atomic():
        LookupRow.objects.filter(table=table).delete()
        LookupRow.objects.bulk_create(
            [LookupRow(table=table, key=key, value=value) for key, value in checked.items()], batch_size=1000
        )
        _changed(table)
    return len(checked)


def change_rows(table: LookupTable, set_rows: dict[str, str], remove: Iterable[str]) -> None:
    """Set some rows and remove others, in one step."""
    checked = _checked(set_rows.items())
    with transaction.atomic():
        LookupRow.objects.filter(table=table, key__in=list(remove)).delete()
        LookupRow.objects.bulk_create(
            [LookupRow(table=table, key=key, value=value) for key, value in checked.items()],
            update_conflicts=True,
            unique_fields=["table", "key"],
            update_fields=["value"],
            batch_size=500,
        )
        if LookupRow.objects.filter(table=table).count() > MOST_ROWS:
            raise RowsRefused(f"A lookup table holds at most {MOST_ROWS} rows.")
        _changed(table)


def _changed(table: LookupTable) -> None:
    LookupTable.objects.of(table.tenant_id).filter(id=table.id).update(
        revision=F("revision") + 1, updated_at=timezone.now()
    )
    table.refresh_from_db()


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
