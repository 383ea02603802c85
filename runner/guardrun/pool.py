"""Work on many things over all cores: reading, facts and rules cost as much as the engine, so a worker does it all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_work: list[Callable[[Any], Any]] = []
"""In a worker: what to do with each item."""


def map_in_pool(
    work: Callable[[Item], Result], items: Sequence[Item], died: Callable[[Item], Result], jobs: int | None = None
) -> Iterator[Result]:
    """Results in the order of the items, as they become ready; by default on all cores.

    When a worker dies, every item that is left gets a process of its own, and `died` makes the result of the one at
    fault.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(items))
    if jobs <= 1:
        yield from map(work, items)
        return
    with _executor(work, jobs) as executor:
        futures = [executor.submit(_run, item) for item in items]
        for item, future in zip(items, futures, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield _run_alone(work, item, died)
            except KeyboardInterrupt:
                _stop_workers()
                raise


def _executor(work: Callable[[Item], Result], jobs: int) -> ProcessPoolExecutor:
    # Forking keeps the loaded rules; elsewhere than on Linux it is not safe.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(work,))


def _start_worker(work: Callable[[Any], Any]) -> None:
    """Each worker leads a process group, so that Ctrl-C reaches only the parent, which ends worker and engine."""
    os.setpgrp()
    _work[:] = [work]


def _stop_workers() -> None:
    for pid in [worker.pid for worker in multiprocessing.active_children() if worker.pid]:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)


def _run(item: Any) -> Any:
    return _work[0](item)


def _run_alone(work: Callable[[Item], Result], item: Item, died: Callable[[Item], Result]) -> Result:
    with _executor(work, 1) as executor:
        try:
            result: Result = executor.submit(_run, item).result()
        except BrokenProcessPool:
            return died(item)
        return result
