"""Reading request bodies and writing answers: strict JSON in, JSON out.

Used by every API view through `ipaas.accounts.api.base`. Refuses what cannot be kept: bodies that are too large, not
UTF-8, not JSON, or that hold a NUL character anywhere.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from django.http import HttpRequest
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from ipaas.accounts.api.problems import Problem

MOST_BYTES = 8 * 1024 * 1024
MOST_DEPTH = 200
_NUL_HINT = "Remove the character U+0000; a database cannot keep it."


def read_bounded(stream: Any, most: int) -> bytes:
    """The whole body, or a 413 problem."""
    raw: bytes = stream.read(most + 1)
    if len(raw) > most:
        raise Problem(413, "too_large", f"The body is larger than {most} bytes.", hint="Send it in parts.")
    return raw


def refuse_nul(value: Any, pointer: str = "") -> None:
    """Raise the 400 problem if any text or key in a JSON value holds a NUL character."""
    waiting = [(value, pointer)]
    while waiting:
        found, place = waiting.pop()
        if isinstance(found, str) and "\x00" in found:
            raise Problem(400, "nul_character", f"{place or 'The body'} holds a NUL character.", hint=_NUL_HINT)
        if isinstance(found, dict):
            for key, inner in found.items():
                waiting += [(key, place), (inner, f"{place}/{key}")]
        elif isinstance(found, list):
            waiting += [(inner, f"{place}/{index}") for index, inner in enumerate(found)]


def refuse_deep(value: Any) -> None:
    """Raise the 400 problem if lists and objects are nested deeper than can be written again."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH + 1:
            raise Problem(400, "too_deep", f"The body is nested deeper than {MOST_DEPTH} levels.")
        inside: list[Any] = []
        for found in level:
            if isinstance(found, dict):
                inside.extend(found.values())
            elif isinstance(found, list):
                inside.extend(found)
        level = inside


def check_query(request: HttpRequest) -> None:
    """Refuse a query string that is not UTF-8 or holds a NUL character."""
    try:
        text = unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "not_utf8", "The query string is not UTF-8 text.") from None
    if "\x00" in text:
        raise Problem(400, "nul_character", "The query string holds a NUL character.", hint=_NUL_HINT)


class StrictJson(BaseParser):
    """Takes a JSON body: valid UTF-8, no NaN, no NUL, bounded in size and depth."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        view = (parser_context or {}).get("view")
        raw = read_bounded(stream, getattr(view, "most_bytes", MOST_BYTES))
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Problem(400, "malformed_body", f"The body is not valid JSON: {error}.") from None
        if raw.count(b"{") + raw.count(b"[") > MOST_DEPTH:
            refuse_deep(value)
        if b"\\u0000" in raw:
            refuse_nul(value)
        return value


class Json(BaseRenderer):
    """Writes JSON, times in UTC with `Z`."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "text"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=_encoder.default, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)
        except TypeError:
            # Whole numbers beyond 64 bits, which orjson does not write.
            return json.dumps(data, cls=JSONEncoder, ensure_ascii=True, separators=(",", ":")).encode()


_encoder = JSONEncoder()
