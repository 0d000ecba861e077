"""The history of a lookup table over HTTP: each change with its rows before and after, and the way back.

Routed by `flows.api.urls`. Reads what `flows.records.lookup_tables` has remembered and asks it to restore; every
restoring goes to the audit trail.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from flows.api import table_shapes as shapes
from flows.api.tables import TableView
from flows.models import LookupChange, LookupTable
from flows.reading import moment
from flows.records import lookup_tables
from ipaas.accounts.api.problems import not_found
from ipaas.accounts.api.schema import documented

MOST_SHOWN = 1000


def change_answer(change: LookupChange) -> dict[str, Any]:
    """A change as the API lists it, without its rows."""
    return {
        "id": change.id,
        "revision": change.revision,
        "how": change.how,
        "at": moment(change.at),
        "by": change.by,
        "added": change.added,
        "changed": change.changed,
        "removed": change.removed,
    }


class ChangeView(TableView):
    """Views of one change."""

    def change(self, table: LookupTable, change_id: str) -> LookupChange:
        """The change of this table, or 404."""
        found = LookupChange.objects.of(self.tenant).filter(table=table, id=change_id).first()
        if found is None:
            raise not_found("change")
        return found


class History(TableView):
    """The history of a table."""

    permission = {"GET": "view"}

    @documented(responses=shapes.TableChangeShape, paged=True)
    def get(self, request: Request, name: str, **ids: str) -> Response:
        """List the changes of a table's rows, newest first; the last 500 are kept."""
        changes = LookupChange.objects.of(self.tenant).filter(table=self.table(name)).defer("rows")
        return self.page(changes, change_answer)


class OneChange(ChangeView):
    """One change."""

    permission = {"GET": "view"}

    @documented(responses=shapes.TableChangeDetailShape)
    def get(self, request: Request, name: str, change_id: str, **ids: str) -> Response:
        """A change with the first 1,000 of its rows, each before and after."""
        change = self.change(self.table(name), change_id)
        rows = [{"key": key, "before": before, "after": after} for key, before, after in change.rows[:MOST_SHOWN]]
        return Response({**change_answer(change), "rows": rows})


class Restore(ChangeView):
    """The way back."""

    permission = {"POST": "manage_tables"}

    @documented(responses=shapes.TableShape)
    def post(self, request: Request, name: str, change_id: str, **ids: str) -> Response:
        """Put the rows back to what they were before this change; that is a change itself, and can be taken back."""
        table = self.table(name)
        change = self.change(table, change_id)
        lookup_tables.restore_before(table, change, self.signed("restored").by)
        self.noted(request, table, "lookup_table.restored", before=change.id)
        return self.answer(table)
