"""Every HTTP path that Django serves; webhooks, simulators and sockets are split off before it in `ipaas.asgi`.

Each app lists its own paths: `tenant_urlpatterns` below one tenant, `urlpatterns` for the rest of `/api/v1/`.
"""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerView

import connectors.api.urls
import flows.api.urls
import ipaas.accounts.api.urls
import ipaas.monitoring.urls
from ipaas.accounts.api.document import openapi_document
from ipaas.frontend import browser_app

_tenant = [
    *ipaas.accounts.api.urls.tenant_urlpatterns,
    *connectors.api.urls.tenant_urlpatterns,
    *flows.api.urls.tenant_urlpatterns,
]

urlpatterns = [
    path("api/schema/", openapi_document, name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include(ipaas.accounts.api.urls.urlpatterns)),
    path("api/v1/", include(connectors.api.urls.urlpatterns)),
    path("api/v1/", include(flows.api.urls.urlpatterns)),
    path("api/v1/tenants/<tenant:tenant>/", include(_tenant)),
    *ipaas.monitoring.urls.urlpatterns,
    re_path(r"^(?!api/|static/|healthz|readyz|metrics).*$", browser_app),
]

handler400 = "ipaas.accounts.api.problems.bad_request"
handler403 = "ipaas.accounts.api.problems.permission_denied"
handler404 = "ipaas.accounts.api.problems.page_not_found"
handler500 = "ipaas.accounts.api.problems.server_error"
