"""Lookup tables over HTTP: the tables, their rows, and CSV in and out.

Routed by `flows.api.urls`. Tables are made and described here; their rows change only through
`flows.records.lookup_tables`. Every change goes to the audit trail. Their history is `flows.api.table_history`'s.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from flows.api import table_shapes as shapes
from flows.models import LookupRow, LookupTable
from flows.reading import moment
from flows.records import lookup_tables
from flows.records.lookup_tables import Note
from flows.records.table_users import users_by_table
from ipaas.accounts import audit
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.bodies import MOST_BYTES, read_bounded
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import Problem, not_found
from ipaas.accounts.api.schema import documented


def table_answer(table: LookupTable, rows_count: int) -> dict[str, Any]:
    """A table as the API shows it."""
    return {
        "id": table.id,
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "key_title": table.key_title,
        "value_title": table.value_title,
        "rows_count": rows_count,
        "revision": table.revision,
        "updated_at": moment(table.updated_at),
    }


class TableView(TenantView):
    """Views of one table."""

    def table(self, name: str) -> LookupTable:
        """The table, or 404."""
        found = LookupTable.objects.of(self.tenant).filter(name=name).first()
        if found is None:
            raise not_found("lookup table")
        return found

    def answer(self, table: LookupTable) -> Response:
        """The table with its present number of rows."""
        return Response(table_answer(table, LookupRow.objects.filter(table=table).count()))

    def signed(self, how: str, revision: int | None = None) -> Note:
        """What the history will say about this request's change."""
        return Note(self.person.name or self.person.email, how, revision)

    def noted(self, request: Request, table: LookupTable, action: str, **detail: Any) -> None:
        """Write the change to the audit trail."""
        audit.record(
            self.tenant, self.person, action, "lookup_table", table.id, {"name": table.name, **detail}, request
        )


class Tables(TableView):
    """All lookup tables of the tenant."""

    permission = {"GET": "view", "POST": "manage_tables"}

    @documented(responses=shapes.TableListShape, paged=True)
    def get(self, request: Request, **ids: str) -> Response:
        """List lookup tables by name."""
        tables: QuerySet[Any] = LookupTable.objects.of(self.tenant).annotate(rows_count=Count("rows"))
        rows, following = paginate(request, tables, order=("name",))
        users = users_by_table(self.tenant) if rows else {}
        items = [
            {
                **table_answer(row, row.rows_count),
                "flows_count": len({user["flow"]["id"] for user in users.get(row.name, [])}),
            }
            for row in rows
        ]
        return Response({"items": items, "next": following})

    @documented(request=shapes.TableCreate, responses={201: shapes.TableShape}, problems=(409,))
    def post(self, request: Request, **ids: str) -> Response:
        """Create an empty lookup table."""
        given = self.checked(shapes.TableCreate)
        try:
            with transaction.atomic():
                table = LookupTable.objects.of(self.tenant).create(**given)
        except IntegrityError:
            raise Problem(409, "name_taken", detail=f"There is a table called “{given['name']}” already.") from None
        self.noted(request, table, "lookup_table.created")
        return Response(table_answer(table, 0), status=201)


class OneTable(TableView):
    """One lookup table."""

    permission = {"GET": "view", "PATCH": "manage_tables", "DELETE": "manage_tables"}

    @documented(responses=shapes.TableDetailShape)
    def get(self, request: Request, name: str, **ids: str) -> Response:
        """A table without its rows, and the steps and rules of flows that read it."""
        table = self.table(name)
        used_by = users_by_table(self.tenant).get(name, [])
        return Response({**table_answer(table, LookupRow.objects.filter(table=table).count()), "used_by": used_by})

    @documented(request=shapes.TablePatch, responses=shapes.TableShape)
    def patch(self, request: Request, name: str, **ids: str) -> Response:
        """Change a table's title, description or column titles."""
        table = self.table(name)
        given = self.checked(shapes.TablePatch)
        for field, value in given.items():
            setattr(table, field, value)
        # Only the words: the revision is raised by whoever changes rows at the same moment.
        table.save(update_fields=[*given, "updated_at"])
        self.noted(request, table, "lookup_table.changed")
        return self.answer(table)

    @documented(responses={204: None})
    def delete(self, request: Request, name: str, **ids: str) -> Response:
        """Remove a table and its rows; flows that look up in it will say that it is missing."""
        table = self.table(name)
        self.noted(request, table, "lookup_table.removed")
        table.delete()
        return Response(status=204)


class Rows(TableView):
    """The rows of a table."""

    permission = {"GET": "view", "PUT": "manage_tables", "PATCH": "manage_tables"}

    @documented(responses=shapes.RowShape, paged=True, query={"q": "beginning of the key"})
    def get(self, request: Request, name: str, **ids: str) -> Response:
        """List rows by key."""
        rows = LookupRow.objects.filter(table=self.table(name))
        if wanted := request.query_params.get("q", ""):
            rows = rows.filter(key__istartswith=wanted)
        found, following = paginate(request, rows, order=("key",))
        return Response({"items": [{"key": row.key, "value": row.value} for row in found], "next": following})

    @documented(request=shapes.RowsReplace, responses=shapes.TableShape)
    def put(self, request: Request, name: str, **ids: str) -> Response:
        """Replace all rows."""
        table = self.table(name)
        rows = [(row["key"], row["value"]) for row in self.checked(shapes.RowsReplace)["rows"]]
        _kept(lookup_tables.replace_rows, table, rows, self.signed("replaced"))
        self.noted(request, table, "lookup_table.rows_replaced", rows=len(rows))
        return self.answer(table)

    @documented(request=shapes.RowsChange, responses=shapes.TableShape, problems=(409,))
    def patch(self, request: Request, name: str, **ids: str) -> Response:
        """Set some rows and remove others, in one step.

        With `revision` only if nobody else has changed the rows since the table had it; else 409 `table_moved`.
        """
        table = self.table(name)
        given = self.checked(shapes.RowsChange)
        note = self.signed(given["how"], given.get("revision"))
        _kept(lookup_tables.change_rows, table, given["set"], given["remove"], note)
        detail = {"set": sorted(given["set"])[:20], "removed": given["remove"][:20]}
        self.noted(request, table, "lookup_table.rows_changed", **detail)
        return self.answer(table)


def _kept(change: Any, *arguments: Any) -> None:
    try:
        change(*arguments)
    except lookup_tables.RowsRefused as error:
        raise Problem(422, "rows_refused", detail=str(error)) from None
    except lookup_tables.TableMoved:
        raise Problem(
            409,
            "table_moved",
            detail="Somebody else has changed this table since you opened it.",
            hint="Load their rows; yours stay on screen and can be saved on top.",
        ) from None


class Sheet(TableView):
    """A table as its grid wants it."""

    permission = {"GET": "view"}

    @documented(responses=shapes.SheetShape)
    def get(self, request: Request, name: str, **ids: str) -> Response:
        """All rows at once, by key, with the revision they belong to."""
        table = self.table(name)
        rows = LookupRow.objects.filter(table=table).order_by("key").values_list("key", "value")
        return Response({"revision": table.revision, "rows": [[key, value] for key, value in rows]})


class CsvParser(BaseParser):
    """Takes a CSV body as text: UTF-8, bounded in size."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        view = (parser_context or {}).get("view")
        raw = read_bounded(stream, getattr(view, "most_bytes", MOST_BYTES))
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Problem(400, "not_utf8", detail="The CSV is not UTF-8 text.", hint="Save it as CSV UTF-8.") from None


class TableCsv(TableView):
    """A table as CSV."""

    permission = {"GET": "view", "PUT": "manage_tables"}
    parser_classes = [CsvParser]

    @documented(responses={(200, "text/csv"): str})
    def get(self, request: Request, name: str, **ids: str) -> HttpResponse:
        """All rows as CSV, a heading line first."""
        table = self.table(name)
        response = HttpResponse(lookup_tables.to_csv(table), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
        return response

    @documented(request={"text/csv": str}, responses=shapes.TableShape)
    def put(self, request: Request, name: str, **ids: str) -> Response:
        """Replace all rows by those of a CSV with two columns."""
        table = self.table(name)
        try:
            rows = lookup_tables.from_csv(request.data if isinstance(request.data, str) else "")
        except lookup_tables.RowsRefused as error:
            raise Problem(422, "rows_refused", detail=str(error)) from None
        _kept(lookup_tables.replace_rows, table, rows, self.signed("imported"))
        self.noted(request, table, "lookup_table.rows_replaced", rows=len(rows))
        return self.answer(table)
