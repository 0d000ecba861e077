"""Path converters of the API: what an id, a tenant's slug, a step and a number look like in an address.

Registered on import as `id`, `tenant`, `step` and `number`; used by every list of paths, so that nothing else reaches
a view.
"""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter


class IdConverter(StringConverter):
    """An id or name: small letters, digits and underscores."""

    regex = "[a-z0-9_]{1,40}"


class TenantConverter(StringConverter):
    """The slug of a tenant."""

    regex = "[a-z0-9-]{1,40}"


class NumberConverter:
    """A whole number that every database can hold."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class StepConverter(StringConverter):
    """The id of a step in a flow's document."""

    regex = "[a-zA-Z][a-zA-Z0-9_]*"


register_converter(IdConverter, "id")
register_converter(TenantConverter, "tenant")
register_converter(NumberConverter, "number")
register_converter(StepConverter, "step")
