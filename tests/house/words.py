"""Words that may not stand in the tree: registry hosts, machine paths, unfinished work, talk about the making.

Applied by test_words.py. The patterns are put together from parts, so that these files pass their own rule.
"""

from __future__ import annotations

import re

REGISTRY_HOSTS = re.compile(
    "|".join(
        (
            r"py" r"pi\.org",
            r"python" r"hosted",
            r"registry\.np" r"mjs",
            r"np" r"mjs\.(?:com|org)/",
            r"deb\.deb" r"ian\.org",
        )
    )
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.:/-])/(?:" + "|".join((r"ro" r"ot", r"wo" r"rk", r"ho" r"me/\w+", r"Us" r"ers/\w+")) + r")/"
)
UNFINISHED = re.compile(r"\b(?:" + "|".join((r"TO" r"DO", r"FIX" r"ME", r"NotImplemented" r"Error")) + r")\b")
THE_MAKING = re.compile(
    r"\b(?:" + "|".join((r"iss" r"ue #\d+", r"cla" r"ude", r"anth" r"ropic", r"chat" r"gpt", r"as an a" r"i\b")) + r")",
    re.IGNORECASE,
)
SWITCHED_OFF = re.compile(r"\b(?:it|test|describe)\.(?:" + "|".join((r"sk" r"ip", r"on" r"ly", r"to" r"do")) + r")\(")


def lines_with(pattern: re.Pattern[str], file: str, text: str) -> list[str]:
    """The places where the pattern stands, as `file:line: text`."""
    return [
        f"{file}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
