"""The Celery application: the bell of a fleet. Messages carry run ids and nothing else.

Imported by the worker command and by every process that rings; results are never used.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipaas.settings")

app = Celery("ipaas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["flows"])
