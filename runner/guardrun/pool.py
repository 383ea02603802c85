"""Work on many things over all cores: reading and facts cost time like the engine, so a worker does it all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Work: TypeAlias = Callable[[Sequence[Item]], list[Result]]
"""Makes a result of each item; some at a time, as they share the cost of a start."""

_work: list[Work[Any, Any]] = []
"""In a worker: what to do with a batch."""


def map_in_pool(
    work: Work[Item, Result],
    items: Sequence[Item],
    died: Callable[[Item], Result],
    *,
    jobs: int | None = None,
    batch: int = 1,
) -> Iterator[Result]:
    """Results in the order of the items, as they become ready; by default on all cores, up to `batch` items at a time.

    When a worker dies, every item that is left gets a process of its own, and `died` makes the result of the one at
    fault.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(items))
    if jobs <= 1:
        yield from (result for some in _batches(items, batch) for result in work(some))
        return
    batches = _batches(items, min(batch, -(-len(items) // jobs)))
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


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


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
