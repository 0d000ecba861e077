"""Serves the OpenAPI document as JSON, made once per process: making it is too much work to do for every stranger.

For the project's urls. The document is the same for everybody and holds nothing of any tenant.
"""

from __future__ import annotations

import functools

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@functools.cache
def _document() -> bytes:
    return orjson.dumps(SchemaGenerator().get_schema(request=None, public=True))


@require_safe
def openapi_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document of the whole product."""
    return HttpResponse(_document(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"})
