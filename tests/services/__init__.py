"""Real outside programs for the tests: PostgreSQL, Redis, Chromium, and the product itself as processes.

Used by tests/conftest.py, the benchmarks and `python -m tests.services`. A program that cannot be found or
started is an error that says what to do; nothing here ever falls back to an imitation.
"""

from tests.services.errors import ServiceMissing

__all__ = ["ServiceMissing"]
