"""What one request needs while it is being answered: the book, who asks, the clock, and the rules of each table.

Rules of a table live beside its business (orders, cash, ...); they register here and `writing` asks them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.library.epicor_kinetic.simulation.book import Book
from connectors.library.epicor_kinetic.simulation.values import Row, local_day
from connectors.sdk.simulator import Store


@dataclass
class Desk:
    store: Store
    version: int = 2
    user: str = "ipaas"
    plant: str = "MfgSys"
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.store)

    @property
    def now(self) -> datetime:
        return self.store.now()

    @property
    def today(self) -> str:
        """The company's present day."""
        return local_day(self.store.now()).isoformat()

    def over(self, store: Store) -> Desk:
        """The same desk over another store."""
        return Desk(store, self.version, self.user, self.plant)


class TableRules:
    """What the business asks of one table; every answer of the base class is "nothing"."""

    def defaults(self, desk: Desk, row: Row) -> None:
        """Fill a new row of which the keys are known as far as they are given."""

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        """Refuse a row that is about to be kept, or complete it."""

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        """What follows elsewhere from a kept row."""

    def completed(self, desk: Desk, row: Row) -> None:
        """Refuse a new row that is kept now together with the rows it came with."""

    def removing(self, desk: Desk, row: Row) -> None:
        """Refuse a removal."""

    def removed(self, desk: Desk, row: Row) -> None:
        """What follows elsewhere from a removal."""


RULES: dict[str, TableRules] = {}
Method = Callable[[Desk, dict[str, Any]], dict[str, Any]]
METHODS: dict[tuple[str, str], Method] = {}


def rules(table: str) -> Callable[[type[TableRules]], type[TableRules]]:
    def register(kind: type[TableRules]) -> type[TableRules]:
        RULES[table] = kind()
        return kind

    return register


def method(service: str, name: str) -> Callable[[Method], Method]:
    """Let the function answer `POST <service>/<name>`: given the parameters, it answers `{returnObj?, parameters?}`."""

    def register(function: Method) -> Method:
        METHODS[service, name] = function
        return function

    return register
