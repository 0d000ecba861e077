"""The lexicon of business words: which words mean the same thing, and how near two meanings are.

Read once from `lexicon.txt` by the other files of this package. Holds no names of systems' own fields beyond words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("lexicon.txt")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Attributes:
    phrases: Words in a row and the concept they mean; the longest match counts.
    near: How near two concepts are, both ways, 0 to 1.
    words: Everything that helps to cut a run-together name, with what it costs to use it.
    longest: The most words a phrase has.
    """

    phrases: dict[tuple[str, ...], str]
    near: dict[tuple[str, str], float]
    words: frozenset[str]
    longest: int


@cache
def lexicon() -> Lexicon:
    """The lexicon of the file beside this one."""
    phrases: dict[tuple[str, ...], str] = {}
    near: dict[tuple[str, str], float] = {}
    words: set[str] = set()
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("~"):
            first, second, value = line[1:].split()
            near[first, second] = near[second, first] = float(value)
        elif line.startswith("+"):
            words.update(line[1:].split())
        elif ":" in line and not line.startswith("#"):
            concept, _, meanings = line.partition(":")
            for meaning in (concept.replace("_", " "), *meanings.split(",")):
                phrase = tuple(_WORD.findall(meaning.lower()))
                if phrase:
                    phrases.setdefault(phrase, concept)
                    words.update(word for word in phrase if not word.isdigit())
    longest = max(len(phrase) for phrase in phrases)
    return Lexicon(phrases, near, frozenset(word for word in words if len(word) > 1), longest)
