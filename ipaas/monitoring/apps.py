"""The monitoring app: what an operator's probes and dashboards ask."""

from __future__ import annotations

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Registers monitoring with Django."""

    name = "ipaas.monitoring"
