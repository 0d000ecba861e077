"""Django's `flush` (remove every row of the installation), which must take the audit trail with it.

Called by operators who start anew and by transactional tests; the trail's guard is back in place when it ends.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from ipaas.accounts.append_only import lifted


class Command(flush.Command):
    """`manage.py flush`."""

    def handle(self, **options: Any) -> None:
        with lifted(connections[options["database"]]):
            super().handle(**options)
