"""The connectors app: registers connections, the effect ledger and the sandbox with Django.

Nothing is started here: the registry, the vault and the gateway come to life when first asked.
"""

from __future__ import annotations

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Django's entry for the app; tells the gateway who keeps the status of connections."""

    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from connectors import status
        from connectors.gateway import when_refused

        when_refused.append(status.mark_broken)
