"""The group-commit writer: order, grouping, refusals and rollbacks."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.db import connection, transaction

from ipaas.book.transaction import Transaction
from ipaas.book.writer import Writer, close_writer, run_each

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def writer(transactional_db: None) -> Any:
    """A writer of its own, and a table to write to."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE writer_note (id INTEGER PRIMARY KEY, text VARCHAR(40) NOT NULL)")
    made = Writer()
    yield made
    made.close()
    close_writer()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE writer_note")


def _note(tx: Transaction, item: tuple[int, str]) -> int:
    tx.execute("INSERT INTO writer_note (id, text) VALUES (%s, %s)", item)
    return item[0]


note = run_each(_note)


def _texts() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM writer_note ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_an_item_is_readable_by_others_when_its_answer_comes(writer: Writer) -> None:
    answer = writer.submit_from_thread(note, (1, "first"))

    assert answer == 1
    assert _texts() == ["first"]


async def _many(writer: Writer, count: int) -> list[int]:
    return await asyncio.gather(*(writer.submit(note, (number, f"n{number}")) for number in range(count)))


def test_what_gathers_while_a_commit_runs_is_committed_together(writer: Writer) -> None:
    sizes: list[int] = []
    hold = threading.Event()

    def batch(tx: Transaction, items: list[int]) -> list[int]:
        sizes.append(len(items))
        hold.wait(5)
        return items

    async def scene() -> None:
        first = writer.submit(batch, 0)
        await asyncio.sleep(0.05)
        rest = [writer.submit(batch, number) for number in range(1, 20)]
        hold.set()
        await asyncio.gather(first, *rest)

    asyncio.run(scene())

    assert sizes == [1, 19]


def test_an_item_that_fails_fails_alone_and_the_others_stand(writer: Writer) -> None:
    async def scene() -> list[Any]:
        items = [(1, "a"), (1, "same key"), (2, "b")]
        return await asyncio.gather(*(writer.submit(note, item) for item in items), return_exceptions=True)

    answers = asyncio.run(scene())

    assert answers[0] == 1
    assert isinstance(answers[1], Exception)
    assert answers[2] == 2
    assert _texts() == ["a", "b"]


def test_an_exception_as_a_result_is_raised_for_its_caller_only(writer: Writer) -> None:
    def batch(tx: Transaction, items: list[int]) -> list[Any]:
        return [ValueError("odd") if item % 2 else item for item in items]

    async def scene() -> list[Any]:
        return await asyncio.gather(*(writer.submit(batch, n) for n in range(3)), return_exceptions=True)

    answers = asyncio.run(scene())

    assert answers[0] == 0
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 2


def test_a_caller_inside_a_transaction_shares_its_fate(writer: Writer) -> None:
    with transaction.atomic():
        writer.submit_from_thread(note, (7, "taken back"))
        transaction.set_rollback(True)

    assert _texts() == []


def test_a_thousand_items_all_arrive(writer: Writer) -> None:
    answers = asyncio.run(_many(writer, 1000))

    assert answers == list(range(1000))
    assert len(_texts()) == 1000


def test_closing_writes_what_waits(writer: Writer) -> None:
    done: list[int] = []

    async def scene() -> None:
        futures = [writer.submit(note, (number, "x")) for number in range(50)]
        await asyncio.to_thread(writer.close)
        done.extend(await asyncio.gather(*futures))

    asyncio.run(scene())

    assert len(done) == 50
    assert len(_texts()) == 50
