"""Celery tasks of flows: one, the ring of the bell.

A worker's runner lives on its own loop in the same process; the task only hands over ids, so an early
acknowledgement is safe.
"""

from __future__ import annotations

import logging

from celery import shared_task

from flows.runner import runner_here

_log = logging.getLogger(__name__)


@shared_task(name="flows.ring", ignore_result=True)
def ring(run_ids: list[str]) -> None:
    """Wake this worker's runner for these runs."""
    runner = runner_here()
    if runner is None:
        _log.warning("a ring came before the runner was ready; the sweeper will find %d runs", len(run_ids))
        return
    runner.wake(run_ids)
