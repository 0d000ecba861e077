"""Paths for probes: /healthz (alive), /readyz (able to work), /metrics (Prometheus)."""

from __future__ import annotations

from django.urls import path

from ipaas.monitoring import views

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("metrics", views.metrics),
]
