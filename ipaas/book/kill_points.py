"""Named instants at which a process can be made to die, so that crash tests die at real places in real code.

Journal, effect ledger and gateway name the instants; without IPAAS_KILL_POINT in the environment this costs one
comparison.
"""

from __future__ import annotations

import os
import signal

_wanted, _, _count = os.environ.get("IPAAS_KILL_POINT", "").partition(":")
_left = int(_count or 1)


def reached(name: str) -> None:
    """Die here by SIGKILL when IPAAS_KILL_POINT says `name` or `name:n` (the n-th time)."""
    if not _wanted or name != _wanted:
        return
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
