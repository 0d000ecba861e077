"""Small readings of JSON values: the value at a path, texts with {places}, forms with brackets, quoted path segments.

Used by the manifest, the gateway and connectors' own code; nothing here knows of HTTP or of a connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

_PART = re.compile(r"""\[(?:"([^"]+)"|'([^']+)'|(\d+))\]|([^.\[\]]+)""")
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.\-]*)\}")


@lru_cache(maxsize=2048)
def _parts(path: str) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    for double, single, index, name in _PART.findall(path):
        parts.append(int(index) if index else double or single or name)
    return tuple(parts)


def pick(value: Any, path: str | None) -> Any:
    """The value at a dotted path (`a.b[0].c`, `["@odata.nextLink"]`), or None where there is none.

    A path that is itself a key of the object (`@odata.nextLink`) names that key. An empty path is the value itself.
    """
    if not path:
        return value
    if isinstance(value, Mapping) and path in value:
        return value[path]
    for part in _parts(path):
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return None
            value = value[part]
        elif isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def places(template: str) -> tuple[str, ...]:
    """Names of the {places} in a text, in order."""
    return tuple(_PLACE.findall(template))


def fill(
    template: str, look_up: Callable[[str], Any], write: Callable[[Any], str] = lambda value: text_of(value)
) -> str:
    """The text with every {place} replaced by what `look_up` answers for its name, as `write` spells it."""
    if "{" not in template:
        return template
    return _PLACE.sub(lambda match: write(look_up(match.group(1))), template)


def text_of(value: Any) -> str:
    """A scalar as systems expect it in a URL, form or header: true/false, no exponent, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def quote_segment(value: Any) -> str:
    """A value as one segment of a URL's path; `/`, `#`, `%` and `?` in it are quoted.

    Raises:
        ValueError: The value is empty, `.` or `..`, which a URL's path cannot carry as data.
    """
    text = text_of(value)
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} cannot stand in the path of a URL")
    return quote(text, safe="")


def form_pairs(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields as form pairs: `metadata[order]`, `expand[]` for plain lists, `items[0][price]` for lists of objects.

    None is left out; an empty text is sent, because systems read it as "unset".
    """
    for name, value in fields.items():
        yield from _pairs(name, value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _pairs(f"{name}[{index}]" if nested else f"{name}[]", inner)
    else:
        yield name, text_of(value)


def form_text(fields: Mapping[str, Any]) -> str:
    """Fields as `application/x-www-form-urlencoded` text, also fit for a query."""
    return urlencode(list(form_pairs(fields)), safe="$")
