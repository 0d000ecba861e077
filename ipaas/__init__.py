"""The Django project: its wiring (settings, urls, asgi, celery) and the platform's own apps."""

from ipaas.celery import app as celery_app

__all__ = ["celery_app"]
