"""Health, readiness and metrics of an installation."""
