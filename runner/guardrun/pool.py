"""Many templates over all cores: reading, facts and rendering cost as much as the engine, so each worker does it all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from guardrun.check import Checker, Source
from guardrun.model import Problem, TemplateResult

_worker: list[Checker] = []


def check_all(checker: Checker, sources: list[Source], jobs: int | None = None) -> Iterator[TemplateResult]:
    """Results in the order of the sources, as they become ready."""
    jobs = min(jobs or os.cpu_count() or 1, len(sources))
    if jobs <= 1:
        yield from map(checker.check, sources)
        return
    with _executor(checker, jobs) as executor:
        futures = [executor.submit(_check, source) for source in sources]
        for source, future in zip(sources, futures, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield _check_alone(checker, source)


def _executor(checker: Checker, jobs: int) -> ProcessPoolExecutor:
    # Forking keeps the loaded rules; elsewhere than on Linux it is not safe.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(checker,))


def _start_worker(checker: Checker) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [checker]


def _check(source: Source) -> TemplateResult:
    return _worker[0].check(source)


def _check_alone(checker: Checker, source: Source) -> TemplateResult:
    """A worker died, perhaps of another template: check this one in a process of its own."""
    with _executor(checker, 1) as executor:
        try:
            return executor.submit(_check, source).result()
        except BrokenProcessPool:
            return TemplateResult(source[0], error=Problem("the process that checked the template died"))
