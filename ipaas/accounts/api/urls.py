"""Paths of accounts: sign-in, my tenants, and the administration below one tenant."""

from __future__ import annotations

from ipaas.accounts.api import converters  # noqa: F401  registers id, tenant and number

urlpatterns: list = []
tenant_urlpatterns: list = []
