"""Wakes a runner for a run that is in the book: in this process by a call, else in the fleet by a Celery message.

Losing a ring costs latency and never work, because sweeping finds every due run; ringing twice is harmless.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence

from celery import current_app
from kombu.exceptions import KombuError

_log = logging.getLogger(__name__)
_MOST_PER_MESSAGE = 200

Listener = Callable[[Sequence[str]], None]
_listener: Listener | None = None


def answer_with(listener: Listener | None) -> None:
    """Let the runner of this process (or nobody) answer the bell; the listener may be called from any thread."""
    global _listener
    _listener = listener


def ring(run_ids: Sequence[str]) -> None:
    """Wake a runner for these runs; returns at once."""
    if not run_ids:
        return
    if _listener is not None:
        _listener(run_ids)
    else:
        _messenger().put(run_ids)


class _Messenger:
    """A thread that sends rings to the broker, many ids in one message, so that no event loop waits for the broker."""

    def __init__(self) -> None:
        self._ids: queue.Queue[Sequence[str]] = queue.Queue(maxsize=50_000)
        threading.Thread(target=self._work, name="bell", daemon=True).start()

    def put(self, run_ids: Sequence[str]) -> None:
        try:
            self._ids.put_nowait(run_ids)
        except queue.Full:
            _log.warning("the bell is behind; %d runs wait for the sweeper", len(run_ids))

    def _work(self) -> None:
        while True:
            gathered = list(self._ids.get())
            while len(gathered) < _MOST_PER_MESSAGE:
                try:
                    gathered.extend(self._ids.get_nowait())
                except queue.Empty:
                    break
            try:
                current_app.send_task("flows.ring", args=[gathered], ignore_result=True, retry=False)
            except (OSError, KombuError) as error:
                _log.warning("the broker did not take a ring (%s); the sweeper will find the runs", error)


_the_messenger: _Messenger | None = None
_lock = threading.Lock()


def _messenger() -> _Messenger:
    global _the_messenger
    with _lock:
        if _the_messenger is None:
            _the_messenger = _Messenger()
        return _the_messenger
