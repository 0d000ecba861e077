"""The group-commit writer: one thread and one database connection through which a process keeps its book.

Intake, journal, effect ledger and simulators submit batch functions; whatever has gathered since the last commit
is committed in one transaction, so the cost per run falls as load grows while every answer still waits for its commit.
It never does outside work: a batch function may be run again after a rollback.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

from ipaas.book.transaction import Transaction

Item = TypeVar("Item")
Result = TypeVar("Result")
BatchFn = Callable[[Transaction, list[Any]], list[Any]]

_log = logging.getLogger(__name__)
_MAX_GROUP = 2000
_MAX_WAITING = 20_000
_LOST_CONNECTION_RETRIES = 5


@dataclass(slots=True)
class _Job:
    batch_fn: BatchFn
    item: Any
    done: Callable[[Any, BaseException | None], None]


class WriterClosed(RuntimeError):
    """The writer has been closed; nothing was written."""


class Writer:
    """Commits submitted items in groups, in the order in which they were submitted."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="book-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many items wait for the next commit (a measure of back-pressure)."""
        return self._jobs.qsize()

    @property
    def is_behind(self) -> bool:
        """True when so much waits that intake should slow down before memory grows."""
        return self._jobs.qsize() > _MAX_WAITING

    def submit(self, batch_fn: BatchFn, item: Any) -> asyncio.Future[Any]:
        """Queue one item; the returned future resolves after the commit that holds it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def done(result: Any, error: BaseException | None) -> None:
            try:
                loop.call_soon_threadsafe(settle, result, error)
            except RuntimeError:  # the loop that asked is gone; the write stands all the same
                _log.debug("a committed item's caller has gone")

        self._put(_Job(batch_fn, item, done))
        return future

    def submit_from_thread(self, batch_fn: BatchFn, item: Any) -> Any:
        """Write one item and wait for its commit; inside a Django transaction it joins that transaction."""
        if connection.in_atomic_block:
            result = batch_fn(Transaction(connection), [item])[0]
            if isinstance(result, BaseException):
                raise result
            return result
        future: Future[Any] = Future()

        def done(result: Any, error: BaseException | None) -> None:
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self._put(_Job(batch_fn, item, done))
        return future.result()

    def close(self) -> None:
        """Write what waits, then stop."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._thread.join(timeout=30)

    def _put(self, job: _Job) -> None:
        if self._closed:
            raise WriterClosed("the writer is closed")
        self._jobs.put(job)

    def _work(self) -> None:
        try:
            while (group := self._gather()) is not None:
                self._write(group)
        finally:
            connections.close_all()

    def _gather(self) -> list[_Job] | None:
        first = self._jobs.get()
        if first is None:
            return None
        group = [first]
        while len(group) < _MAX_GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            group.append(job)
        return group

    def _write(self, group: list[_Job]) -> None:
        """Commit the group; when one of its functions raises, commit each item alone so that only that one fails."""
        try:
            settled = _commit_group(group)
        except Exception as error:
            if len(group) == 1:
                group[0].done(None, error)
                return
            _log.warning("a group of %d writes was rolled back (%s); each is written alone", len(group), error)
            for job in group:
                self._write([job])
            return
        for job, result in settled:
            if isinstance(result, BaseException):
                job.done(None, result)
            else:
                job.done(result, None)


def _commit_group(group: list[_Job]) -> list[tuple[_Job, Any]]:
    """One transaction for all jobs; a connection that was lost before the commit is opened again."""
    for attempt in range(_LOST_CONNECTION_RETRIES):
        try:
            return _transact(group)
        except (OperationalError, InterfaceError):
            connection.close()
            if attempt == _LOST_CONNECTION_RETRIES - 1:
                raise
            time.sleep(0.05 * 2**attempt)
    raise AssertionError("unreachable")


def _transact(group: list[_Job]) -> list[tuple[_Job, Any]]:
    connection.ensure_connection()
    tx = Transaction(connection)
    settled: list[tuple[_Job, Any]] = []
    tx.begin()
    try:
        for batch_fn, jobs in _runs_of_one_function(group):
            results = batch_fn(tx, [job.item for job in jobs])
            settled.extend(zip(jobs, results, strict=True))
        tx.commit()
    except BaseException:
        tx.rollback()
        raise
    return settled


def _runs_of_one_function(group: list[_Job]) -> list[tuple[BatchFn, list[_Job]]]:
    """The jobs grouped by function, each function where its first job stood.

    Items of one caller may use several functions (an append, then an effect's answer); all are in one transaction,
    so their order inside it cannot be seen from outside.
    """
    grouped: dict[BatchFn, list[_Job]] = {}
    for job in group:
        grouped.setdefault(job.batch_fn, []).append(job)
    return list(grouped.items())


def run_each(fn: Callable[[Transaction, Item], Result]) -> BatchFn:
    """Make a batch function out of one that writes a single item."""

    def batch(tx: Transaction, items: list[Item]) -> list[Result]:
        return [fn(tx, item) for item in items]

    return batch


_writer: Writer | None = None
_lock = threading.Lock()


def get_writer() -> Writer:
    """The process's one writer, started on first use."""
    global _writer
    with _lock:
        if _writer is None or _writer._closed:
            _writer = Writer()
            atexit.register(_writer.close)
        return _writer


def close_writer() -> None:
    """Write what waits and stop the process's writer; the next `get_writer` starts a new one."""
    global _writer
    with _lock:
        current, _writer = _writer, None
    if current is not None:
        current.close()
