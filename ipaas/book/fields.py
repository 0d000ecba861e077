"""Model fields that every app shares: the text primary key and the packed JSON column.

`IdField` makes its own value; `PackedField` keeps a JSON value as bytes, compressed when that pays.
"""

from __future__ import annotations

import functools
from typing import Any

from django.db import models

from ipaas.book.ids import new_id
from ipaas.book.packing import pack, unpack


class IdField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A text primary key made by `new_id(prefix)`."""

    def __init__(self, prefix: str = "", **options: Any) -> None:
        self.prefix = prefix
        options.setdefault("max_length", 40)
        options["primary_key"] = True
        options["editable"] = False
        options["default"] = functools.partial(new_id, prefix)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, _, options = super().deconstruct()
        for key in ("primary_key", "editable", "default", "max_length"):
            options.pop(key, None)
        return name, path, [self.prefix], options


class PackedField(models.BinaryField):
    """One JSON value as bytes (see `ipaas.book.packing`); reads back as plain Python data."""

    # What django-stubs' plugin gives the attributes of models: any JSON value, not BinaryField's bytes.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return unpack(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(pack(value), connection, prepared)
