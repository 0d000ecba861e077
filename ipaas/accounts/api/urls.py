"""Paths of accounts: sign-in, my tenants, and the administration below one tenant.

Read by the project's urls; importing it also registers the path converters that all apps use.
"""

from __future__ import annotations

from django.urls import path

from ipaas.accounts.api import (
    audit,
    converters,  # noqa: F401  registers the converters id, tenant and number
    members,
    session,
    tenants,
    tokens,
)

urlpatterns = [
    path("session/", session.Session.as_view()),
    path("session/password/", session.Password.as_view()),
    path("tenants/", tenants.MyTenants.as_view()),
]

tenant_urlpatterns = [
    path("", tenants.OneTenant.as_view()),
    path("environments/", tenants.Environments.as_view()),
    path("environments/<id:environment>/", tenants.OneEnvironment.as_view()),
    path("members/", members.Members.as_view()),
    path("members/<id:member_id>/", members.OneMember.as_view()),
    path("tokens/", tokens.Tokens.as_view()),
    path("tokens/<id:token_id>/", tokens.OneToken.as_view()),
    path("audit/", audit.Audit.as_view()),
]
