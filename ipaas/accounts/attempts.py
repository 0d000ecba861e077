"""Counts failed sign-ins per address and per e-mail, so that passwords cannot be tried at leisure.

Kept in Django's cache (shared by all processes where there is Redis), in fixed windows of time. An attempt is counted
before the password is looked at, so that attempts side by side cannot slip through. Called by the session API alone.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
MOST_PER_EMAIL = 10
MOST_PER_ADDRESS = 50


@dataclass(frozen=True)
class _Count:
    key: str
    most: int


def begin(address: str | None, email: str, now: float | None = None) -> float | None:
    """Count an attempt; answers None when it may go on, else the seconds after which it may be tried again."""
    moment = time.time() if now is None else now
    seconds_left = WINDOW_SECONDS - moment % WINDOW_SECONDS
    tried = [_added(count, seconds_left) > count.most for count in _counts(address, email, moment)]
    return seconds_left if any(tried) else None


def succeeded(address: str | None, email: str, now: float | None = None) -> None:
    """Forget the failures of an e-mail whose password was right, and do not hold this attempt against its address."""
    moment = time.time() if now is None else now
    by_email, by_address = _counts(address, email, moment)
    cache.delete(by_email.key)
    try:
        cache.decr(by_address.key)
    except ValueError:
        return


def _counts(address: str | None, email: str, moment: float) -> tuple[_Count, _Count]:
    window = int(moment // WINDOW_SECONDS)
    spelled = hashlib.sha256(email.encode()).hexdigest()
    return (
        _Count(f"sign-in:{window}:email:{spelled}", MOST_PER_EMAIL),
        _Count(f"sign-in:{window}:address:{_neighbourhood(address)}", MOST_PER_ADDRESS),
    )


def _neighbourhood(address: str | None) -> str:
    """An IPv6 household has a whole /64 to try from; it counts as one address."""
    if address is None:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6:
        return str(ipaddress.ip_network((int(parsed), 64), strict=False).network_address)
    return str(parsed)


def _added(count: _Count, seconds: float) -> int:
    """One more, atomically."""
    cache.add(count.key, 0, timeout=seconds + 1)
    try:
        return int(cache.incr(count.key))
    except ValueError:  # the window ended between the two calls
        return 1
