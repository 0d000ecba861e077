"""Cuts names and descriptions into plain words: by case, by underscores, and by the lexicon where nothing marks it.

`transactioncurrencyid` becomes transaction, currency, id; `CUSTNMBR` cust, nmbr; `addressLine1` address, line, 1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from flows.mapping.suggest.lexicon import lexicon

_PIECE: Final = re.compile(r"[A-ZÀ-Þ]+(?=[A-ZÀ-Þ][a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+|\d+")
_LONGEST_WORD: Final = 20
_LETTER_COST: Final = 1.6
_SHORT_COST: Final = 0.9
_WORD_COST: Final = 1.0


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case; numbers are words of their own."""
    found: list[str] = []
    for piece in _PIECE.findall(name):
        found += cut(piece.lower()) if len(piece) > 3 and not piece.isdigit() else [piece.lower()]
    return tuple(found)


@lru_cache(maxsize=20_000)
def _cut(text: str) -> tuple[str, ...]:
    """The cheapest way to write a text with known words; unknown letters are dear, so that names stay whole."""
    known = lexicon().words
    if text in known:
        return (text,)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        # An unknown letter continues an unknown word.
        choices = [(best[end - 1][0] + _LETTER_COST, end - 1)]
        for start in range(max(0, end - _LONGEST_WORD), end - 1):
            word = text[start:end]
            if word in known:
                cost = _WORD_COST + (_SHORT_COST if len(word) < 4 else 0.0)
                choices.append((best[start][0] + cost, start))
        best.append(min(choices))
    return tuple(_pieces(text, best))


def _pieces(text: str, best: list[tuple[float, int]]) -> list[str]:
    """The words of the cheapest way; letters that belong to no word are kept together."""
    found: list[str] = []
    unknown = ""
    end = len(text)
    while end > 0:
        start = best[end][1]
        piece = text[start:end]
        if len(piece) == 1:
            unknown = piece + unknown
        else:
            if unknown:
                found.append(unknown)
                unknown = ""
            found.append(piece)
        end = start
    if unknown:
        found.append(unknown)
    return found[::-1]


def cut(text: str) -> list[str]:
    """A run-together word in its parts; the word itself when no good cut is known."""
    parts = list(_cut(text))
    loose = sum(len(part) for part in parts if part not in lexicon().words)
    if len(parts) > 1 and (loose > len(text) * 0.34 or loose in (1, 2)):
        return [text]
    return parts


@lru_cache(maxsize=20_000)
def concepts_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with known phrases replaced by what they mean, longest first; plural and unknown words stay words."""
    known = lexicon()
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(known.longest, len(words) - at), 0, -1):
            phrase = words[at : at + length]
            concept = known.phrases.get(phrase) or known.phrases.get((*phrase[:-1], singular(phrase[-1])))
            if concept is not None:
                found.append(concept)
                at += length
                break
        else:
            found.append(singular(words[at]))
            at += 1
    return tuple(found)


def singular(word: str) -> str:
    """A rough singular; words of up to three letters and those that end in ss or us stay."""
    if word == "ids":
        return "id"
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") else word
