"""The flows app: what people draw, and the runs that carry events through it."""

from __future__ import annotations

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """Registers flows with Django and tells lower layers whom to ask about use and resets."""

    name = "flows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from flows import wiring

        wiring.connect()
