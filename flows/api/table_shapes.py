"""Shapes of requests and answers about lookup tables, as serializers: they check what comes in and draw the OpenAPI.

Used by the views of tables and their history; they never touch the database.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ipaas.accounts.api.schema import NamedChoice


class TableShape(serializers.Serializer[Any]):
    """A lookup table."""

    id = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    key_title = serializers.CharField()
    value_title = serializers.CharField()
    rows_count = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="grows with every change of the rows")
    updated_at = serializers.CharField()


class TableListShape(TableShape):
    """A lookup table as the list shows it."""

    flows_count = serializers.IntegerField(help_text="how many flows read it")


class TablePlace(serializers.Serializer[Any]):
    """A step that reads a table; `target` is the field a mapping rule fills, empty for a step that looks up."""

    id = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    target = serializers.CharField(allow_blank=True)


class NamedFlow(serializers.Serializer[Any]):
    """A flow by id and name."""

    id = serializers.CharField()
    name = serializers.CharField()


class TableUser(serializers.Serializer[Any]):
    """A draft (`version` null) or a deployed version that reads a table."""

    flow = NamedFlow()
    version = serializers.IntegerField(allow_null=True)
    environments = serializers.ListField(child=serializers.CharField())
    steps = TablePlace(many=True)


class TableDetailShape(TableShape):
    """A lookup table and who reads it."""

    used_by = TableUser(many=True)


class TableChangeShape(serializers.Serializer[Any]):
    """One change in a table's history."""

    id = serializers.CharField()
    revision = serializers.IntegerField(help_text="the table's after the change")
    how = serializers.CharField(help_text="edited, imported, replaced, restored or installed")
    at = serializers.CharField()
    by = serializers.CharField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()


class TableChangeRow(serializers.Serializer[Any]):
    """A row before and after a change; null where it was not there."""

    key = serializers.CharField()
    before = serializers.CharField(allow_null=True, allow_blank=True)
    after = serializers.CharField(allow_null=True, allow_blank=True)


class TableChangeDetailShape(TableChangeShape):
    """One change with the first 1,000 of its rows."""

    rows = TableChangeRow(many=True)


class SheetShape(serializers.Serializer[Any]):
    """All rows of a table: pairs of key and value."""

    revision = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))


class TableCreate(serializers.Serializer[Any]):
    """A new lookup table."""

    name = serializers.RegexField(r"^[a-z][a-z0-9_]{0,39}\Z", help_text="how flows call it: a-z, 0-9 and _")
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False, default="")
    key_title = serializers.CharField(max_length=100, required=False, default="Key")
    value_title = serializers.CharField(max_length=100, required=False, default="Value")


class TablePatch(serializers.Serializer[Any]):
    """Changes to a table's words; what is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    key_title = serializers.CharField(max_length=100, required=False)
    value_title = serializers.CharField(max_length=100, required=False)


class RowShape(serializers.Serializer[Any]):
    """One row."""

    key = serializers.CharField(max_length=255)
    value = serializers.CharField(max_length=2000, allow_blank=True)


class RowsReplace(serializers.Serializer[Any]):
    """All rows of a table."""

    rows = RowShape(many=True)


class RowsChange(serializers.Serializer[Any]):
    """Rows to set and keys to remove."""

    set = serializers.DictField(
        child=serializers.CharField(max_length=2000, allow_blank=True), required=False, default=dict
    )
    remove = serializers.ListField(child=serializers.CharField(max_length=255), required=False, default=list)
    revision = serializers.IntegerField(required=False, min_value=0, max_value=2_000_000_000)
    how = NamedChoice("RowsChangedHow", ["edited", "imported"], required=False, default="edited")
