"""The work one expression may do: a count of items visited and characters made, the same on every machine.

Spent by the operators and functions of expressions before they do the work. Never looks at a clock: the same
expression over the same data always passes or always fails.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from flows.engine.errors import LimitReached

MAX_ITEMS: Final = 1_000_000
MAX_CHARACTERS: Final = 10_000_000
MAX_BITS: Final = 4096


class Budget:
    """What is left for one evaluation."""

    __slots__ = ("characters", "items")

    def __init__(self) -> None:
        self.items = MAX_ITEMS
        self.characters = MAX_CHARACTERS

    def visit(self, count: int) -> None:
        """Pay for looking at `count` items.

        Raises:
            LimitReached: more than 1,000,000 items in one evaluation.
        """
        self.items -= count
        if self.items < 0:
            raise LimitReached(
                "expression_items", MAX_ITEMS, f"The expression works through more than {MAX_ITEMS:,} items."
            )

    def make(self, count: int) -> None:
        """Pay for making `count` characters of text.

        Raises:
            LimitReached: more than 10,000,000 characters in one evaluation.
        """
        self.characters -= count
        if self.characters < 0:
            raise LimitReached(
                "expression_text", MAX_CHARACTERS, f"The expression makes more than {MAX_CHARACTERS:,} characters."
            )

    def bits(self, count: float) -> None:
        """Refuse whole numbers of more than 4,096 bits.

        Raises:
            LimitReached: the result would be larger.
        """
        if count > MAX_BITS:
            raise LimitReached("number_size", MAX_BITS, f"A number would need more than {MAX_BITS:,} bits.")

    def look(self, value: Any) -> None:
        """Pay for going once through a text, list or object."""
        kind = type(value)
        if kind is str:
            self.make(len(value))
        elif kind is list or kind is dict:
            self.visit(len(value))


def size_in_bits(value: Any) -> int:
    """How many bits a whole number takes; other numbers are bounded by their own type."""
    if type(value) is int:
        return value.bit_length()
    return 64 if isinstance(value, Decimal) else 0
