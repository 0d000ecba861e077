"""Payment card numbers in texts and bodies: found by issuer, length and check digit, and masked to their last four.

Used at the door for event bodies and by the gateway for everything it records, because card numbers are never stored.
"""

from __future__ import annotations

import re

import orjson

MASK = "•••"
# Lengths and beginnings of payment cards; ids of other systems rarely have both and a right check digit.
_CARD = re.compile(
    r"(?<![\d.])(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d{2}|4[4-9]\d)|35\d{2})(?:[ -]?\d{4}){3}(?!\d)"
    r"|(?<![\d.])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?!\d)|(?<![\d.])3(?:0[0-5]|[68]\d)\d[ -]?\d{6}[ -]?\d{4}(?!\d)"
)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        number = int(digit)
        if index % 2:
            number = number * 2 - 9 if number > 4 else number * 2
        total += number
    return total % 10 == 0


def mask_cards(text: str) -> str:
    """The text with every card number cut to its last four digits."""
    return _CARD.sub(lambda match: _masked(match.group(), MASK), text)


def mask_body(raw: bytes) -> bytes:
    """A body without card numbers: the very bytes that came where there is none; JSON stays JSON."""
    text = raw.decode("utf-8", "surrogateescape")
    masked = mask_cards(text)
    if masked == text:
        return raw
    data = masked.encode("utf-8", "surrogateescape")
    if _is_json(raw) and not _is_json(data):
        # A number that stands bare has to stay a number.
        data = _CARD.sub(lambda match: _masked(match.group(), "9"), text).encode("utf-8", "surrogateescape")
    return data


def _masked(found: str, mask: str) -> str:
    digits = re.sub(r"\D", "", found)
    if not luhn(digits):
        return found
    return mask + digits[-4:] if len(mask) > 1 else mask * (len(digits) - 4) + digits[-4:]


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
