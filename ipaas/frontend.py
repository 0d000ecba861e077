"""Serves the built browser app: one HTML page for every path that is not the API's.

The page's scripts and styles are static files under /static/app/; this module never renders data.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_NOT_BUILT = (
    "<!doctype html><title>ipaas</title><p>The browser app has not been built yet. "
    "Run <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>.</p>"
)
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


@require_safe
@ensure_csrf_cookie
def browser_app(request: HttpRequest) -> HttpResponse:
    """The app's page, never cached so that a new build is seen at once."""
    index = settings.FRONTEND_DIST / "index.html"
    page = index.read_text() if index.exists() else _NOT_BUILT
    response = HttpResponse(page, status=200 if index.exists() else 503)
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = _POLICY
    return response
