"""The accounts app of Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the tables of accounts and describes its sign-in schemes to OpenAPI."""

    name = "ipaas.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ipaas.accounts.api import schema  # noqa: F401  registers the OpenAPI extensions
