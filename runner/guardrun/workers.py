"""Worker processes: each does all the work on a batch, as reading and facts cost time like the engine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from guardrun.pool import Item, Result, Work

_work: list[Work[Any, Any]] = []
"""In a worker: what to do with a batch."""


def map_in_workers(
    work: Work[Item, Result], batches: Sequence[Sequence[Item]], died: Callable[[Item], Result], jobs: int
) -> Iterator[Result]:
    """Results in the order of the items, from this many worker processes.

    When a worker dies, every item that is left gets a process of its own, and `died` makes the result of the one at
    fault.
    """
    with _executor(work, jobs) as executor:
        try:
            futures = [executor.submit(_run, some) for some in batches]
            for some, future in zip(batches, futures, strict=True):
                yield from _results(future, some, work, died)
        except BaseException:
            _stop_workers()
            raise


def _results(
    future: Future[list[Result]], some: Sequence[Item], work: Work[Item, Result], died: Callable[[Item], Result]
) -> list[Result]:
    try:
        return future.result()
    except BrokenProcessPool:
        return [_run_alone(work, item, died) for item in some]


def _executor(work: Work[Item, Result], jobs: int) -> ProcessPoolExecutor:
    # Forking keeps the loaded rules; elsewhere than on Linux it is not safe.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(work,))


def _start_worker(work: Work[Any, Any]) -> None:
    """Each worker leads a process group, so that Ctrl-C reaches only the parent, which ends worker and engine."""
    os.setpgrp()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _work[:] = [work]


def _stop_workers() -> None:
    for pid in [worker.pid for worker in multiprocessing.active_children() if worker.pid]:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)


def _run(some: Sequence[Any]) -> list[Any]:
    return _work[0](some)


def _run_alone(work: Work[Item, Result], item: Item, died: Callable[[Item], Result]) -> Result:
    with _executor(work, 1) as executor:
        try:
            result: Result = executor.submit(_run, [item]).result()[0]
        except BrokenProcessPool:
            return died(item)
        return result
