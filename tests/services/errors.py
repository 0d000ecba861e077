"""The one error of the test services: a real program is missing, and what to do about it.

Raised by the starters of this package; tests let it fail them and never turn it into a skip.
"""

from __future__ import annotations


class ServiceMissing(RuntimeError):
    """A service cannot be found or started; `todo` tells the person how to mend it."""

    def __init__(self, service: str, reason: str, todo: str) -> None:
        super().__init__(f"{service}: {reason} {todo}")
        self.service = service
        self.todo = todo
