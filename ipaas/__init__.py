"""The Django project: its wiring (settings, urls, asgi, celery) and the platform's own apps."""
