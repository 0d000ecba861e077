"""What the examples of a field look like: e-mail, date, currency, money, code, sentence, …

Used by `fields.py`. A kind is said only when every example fits it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)),
    ("url", re.compile(r"(https?://|www\.)\S+", re.I)),
    ("uuid", re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)),
    ("datetime", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|(19|20)\d{6}")),
    ("phone", re.compile(r"(\+\d[\d\s().-]{6,}|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}|1-\d{3}-\d{3}-\d{4})(\s?x\d+)?")),
    ("decimal", re.compile(r"[+-]?\d+\.\d+")),
    ("whole", re.compile(r"[+-]?\d+")),
    ("language", re.compile(r"[a-z]{2}[-_][A-Z]{2}")),
    ("html", re.compile(r"\s*<\w+[^>]*>.*", re.S)),
)
_UNITS: Final = frozenset(
    ("kg", "g", "lb", "lbs", "oz", "mg", "t", "m", "cm", "mm", "in", "ft", "ea", "pcs", "pc", "l", "ml")
)
_FEW: Final = 8


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    names = Locale("en").territories
    found = {str(code) for code in names if len(str(code)) == 2 and str(code).isalpha()}
    return frozenset(found | {str(name).lower() for name in names.values()} | {"usa", "uk", "united states of america"})


def kind_of(examples: Sequence[Any]) -> str:
    """The kind all examples share, or the empty text."""
    shown = [example for example in examples[:_FEW] if example not in (None, "", [], {})]
    if not shown:
        return ""
    kinds = {_kind(example) for example in shown}
    if kinds == {"decimal", "whole"}:
        return "decimal"
    if kinds == {"date", "datetime"}:
        return "datetime"
    return kinds.pop() if len(kinds) == 1 else ""


def _kind(example: Any) -> str:
    if isinstance(example, bool):
        return "boolean"
    if isinstance(example, int):
        return "epoch" if 1_000_000_000 <= example <= 4_000_000_000 else "whole"
    if isinstance(example, float):
        return "decimal"
    if not isinstance(example, str):
        return "list" if isinstance(example, list) else "object"
    return _text_kind(example.strip())


_CHECKS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("boolean", lambda text: text.lower() in ("true", "false", "yes", "no")),
    ("currency", lambda text: len(text) == 3 and text in _currencies()),
    ("country", lambda text: (len(text) == 2 and text in _countries()) or text.lower() in _countries()),
    ("unit", lambda text: text.lower() in _UNITS),
    ("sentence", lambda text: text.count(" ") >= 4 or len(text) > 60),
    ("code", lambda text: bool(re.fullmatch(r"[A-Z0-9][A-Z0-9._/-]*", text)) and any(c.isdigit() for c in text)),
    ("word", lambda text: bool(re.fullmatch(r"[a-z][a-z0-9_-]*", text))),
    ("words", lambda text: " " in text and text[:1].isupper()),
)


def _text_kind(text: str) -> str:
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return kind
    return next((kind for kind, is_so in _CHECKS if is_so(text)), "text")


# What a field with such values is about, whatever it is called, and how sure that is.
MEANINGS: Final[dict[str, tuple[str, float]]] = {
    "email": ("email", 0.9),
    "url": ("website", 0.6),
    "uuid": ("id", 0.6),
    "datetime": ("date", 0.4),
    "date": ("date", 0.4),
    "epoch": ("date", 0.3),
    "phone": ("phone", 0.8),
    "currency": ("currency", 0.9),
    "country": ("country", 0.6),
    "language": ("language", 0.8),
    "unit": ("unit_of_measure", 0.5),
    "html": ("description", 0.6),
    "sentence": ("description", 0.4),
}
