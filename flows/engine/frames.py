"""The moving parts of a history: steps, scopes of execution, open loops, sleepers.

Used by `history.py` only (and read by `decide`). A frame is one scope in which nodes run once: the run itself, or one
item of an open for-each. Everything here changes by facts alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from flows.engine.errors import ErrorDict
from flows.engine.plan import PlannedNode


@dataclass(slots=True)
class StepState:
    """What is known of one step.

    Attributes:
        status: running, waiting, succeeded, failed or skipped.
        attempt: Number of the latest try.
        output: JSON output of a succeeded step; dropped once its for-each item is closed.
        port: The way out it took.
        error: Of the latest failed try.
        wake_at: When a waiting step is due; None when only a token wakes it.
        next_attempt: Number of the try it will make then.
    """

    status: str = "running"
    attempt: int = 1
    output: Any = None
    port: str | None = None
    error: ErrorDict | None = None
    wake_at: datetime | None = None
    token: str | None = None
    next_attempt: int = 1


@dataclass(frozen=True, slots=True)
class Start:
    """Run a step's node now: `act`, perform it if it is a call, `settle`."""

    step: str
    node: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Skip:
    """No live edge leads to the step: record `step_skipped`."""

    step: str
    node: str


@dataclass(frozen=True, slots=True)
class Close:
    """All items of a for-each are settled: `act` and `settle` give its output."""

    step: str
    node: str
    attempt: int


@dataclass(slots=True, eq=False)
class Frame:
    """One scope of execution.

    Attributes:
        prefix: Path prefix of its steps, empty for the run itself, `each[3].` inside a for-each.
        unsettled: How many of its nodes are not settled yet.
        waiting: Node id -> sources still to settle, for nodes with several; `live` those with a live edge already.
        running: Tries in flight here and further inside.
        errors: Step path -> error of failures nothing catches.
        held: Decisions that are not taken because the frame failed.
    """

    prefix: str
    parent: Frame | None
    loop: Loop | None
    index: int
    scope: dict[str, Any]
    unsettled: int
    waiting: dict[str, int] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    steps: dict[str, StepState] = field(default_factory=dict)
    running: int = 0
    errors: dict[str, ErrorDict] = field(default_factory=dict)
    held: dict[str, Start | Skip | Close] = field(default_factory=dict)
    closed: bool = False

    def blocked(self) -> bool:
        """Whether nothing new may start here: this frame, its loop or anything around has failed."""
        frame: Frame | None = self
        while frame is not None:
            if frame.errors or frame.closed or (frame.loop is not None and frame.loop.failing):
                return True
            frame = frame.parent
        return False


@dataclass(slots=True, eq=False)
class Loop:
    """An open for-each.

    Attributes:
        next: The lowest item that may not have begun; `early` holds items past it that have.
        active: Items begun and not closed.
        results: What each closed item left.
        failures: Item index -> the error it failed with.
        failing: An item failed and the loop stops on errors.
        scopes: Scopes asked for before their item began.
    """

    path: str
    node: PlannedNode
    frame: Frame
    items: list[Any]
    attempt: int
    next: int = 0
    early: set[int] = field(default_factory=set)
    active: dict[int, Frame] = field(default_factory=dict)
    closed_count: int = 0
    results: list[Any] = field(default_factory=list)
    failures: dict[int, ErrorDict] = field(default_factory=dict)
    failing: bool = False
    scopes: dict[int, dict[str, Any]] = field(default_factory=dict)

    def begin(self, index: int) -> None:
        """Note that an item has begun, in whatever order they begin."""
        if index == self.next:
            self.next += 1
            while self.next in self.early:
                self.early.remove(self.next)
                self.next += 1
        else:
            self.early.add(index)

    def beginnable(self) -> Iterator[int]:
        """The items that may begin now, lowest first."""
        free = self.node.params.concurrency - len(self.active)
        index, end = self.next, len(self.items)
        while free > 0 and index < end:
            if index not in self.early:
                free -= 1
                yield index
            index += 1

    def has_room(self) -> bool:
        """Whether another item may begin now."""
        return (
            not self.failing
            and self.next + len(self.early) < len(self.items)
            and len(self.active) < self.node.params.concurrency
        )

    def running(self) -> int:
        """Tries in flight inside."""
        return sum(frame.running for frame in self.active.values())


class Sleepers:
    """Waiting steps by the moment they are due; stale entries are dropped when they come to the top."""

    __slots__ = ("_heap", "_number")

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, str, str, StepState, Frame, int]] = []
        self._number = 0

    def add(self, step: str, node: str, state: StepState, frame: Frame) -> None:
        """A step begins to wait until `state.wake_at`."""
        if state.wake_at is not None:
            self._number += 1
            heappush(self._heap, (state.wake_at, self._number, step, node, state, frame, state.next_attempt))
        while self._heap and not _valid(self._heap[0]):
            heappop(self._heap)

    def look(self, now: datetime) -> tuple[list[Start], datetime | None]:
        """What is due at `now`, and the next moment something will be; changes nothing.

        Walks the heap from its top and stops below entries in the future, so the work follows what is due.
        """
        due: list[Start] = []
        nearest: datetime | None = None
        heap, pending = self._heap, [0] if self._heap else []
        while pending:
            place = pending.pop()
            entry = heap[place]
            if nearest is not None and entry[0] >= nearest:
                continue
            if _valid(entry) and not entry[5].blocked():
                if entry[0] > now:
                    nearest = entry[0]
                    continue
                due.append(Start(entry[2], entry[3], entry[6]))
            pending.extend(child for child in (2 * place + 1, 2 * place + 2) if child < len(heap))
        return due, nearest


def _valid(entry: tuple[datetime, int, str, str, StepState, Frame, int]) -> bool:
    state = entry[4]
    return state.status == "waiting" and state.wake_at == entry[0] and not entry[5].closed
