"""A warm pool of worker processes that score answers, for programs with threads of their own.

The workers are programs that we talk with through pipes, so nothing is forked: that is safe in trainers and notebooks,
and a worker that dies costs one answer at most.
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from queue import LifoQueue
from threading import Lock
from typing import Any
from weakref import WeakSet

from guardrun.answers import Answer
from guardrun.errors import GuardrunError
from guardrun.partner import ask_partner, start_python
from guardrun.process import Partner
from guardrun.scoring.record import to_record
from guardrun.scoring.scorer import BATCH, Judging, failed

Record = dict[str, Any]
START = 60.0
"""Seconds that a worker may take to start, beside those for its answers."""

_pools: WeakSet[Pool] = WeakSet()


class Pool:
    """Workers that judge alike, by default one a core; they start when they are first needed.

    Any number of threads may use a pool at the same time. `close` ends the workers, as does the end of the program.
    """

    def __init__(self, judging: Judging | None = None, jobs: int | None = None) -> None:
        self.judging = judging or Judging()
        self.jobs = jobs or os.cpu_count() or 1
        self._owner = 0
        self._lock = Lock()
        self._idle: LifoQueue[Partner | None] = LifoQueue()
        _pools.add(self)

    def records(self, answers: Iterable[Answer]) -> Iterator[Record]:
        """The scores in order, as `to_record` makes them. Raises `GuardrunError` when nothing can be judged."""
        batches = _batches(answers, self.jobs)
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="guardrun") as threads:
            for records in _in_order(threads, self._judged, batches, 2 * self.jobs):
                yield from records

    def close(self) -> None:
        """End the workers; using the pool again starts new ones."""
        with self._lock:
            idle, owner = self._idle, self._owner
            self._idle, self._owner = LifoQueue(), 0
        while owner == os.getpid() and not idle.empty():
            if partner := idle.get():
                partner.stop()

    def _judged(self, answers: Sequence[Answer], tries: int = 2) -> list[Record]:
        """The records of some answers; when their worker fails, each of them gets its own chance, and another one."""
        try:
            return self._asked(answers)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            if len(answers) > 1:
                return [record for answer in answers for record in self._judged([answer])]
            slow = isinstance(error, TimeoutError)
            if tries > 1 and not slow:
                return self._judged(answers, tries - 1)
            told = f"it took longer than {self.judging.timeout:g} s" if slow else "the process that judged it died"
            return [to_record(failed(answers[0], told), {})]

    def _asked(self, answers: Sequence[Answer]) -> list[Record]:
        idle = self._workers()
        partner = idle.get()
        try:
            partner = partner or start_python("guardrun.scoring.serve", json.dumps(asdict(self.judging)))
            question = [asdict(answer) for answer in answers]
            said = ask_partner(partner, question, START + self.judging.timeout * len(answers))
        except BaseException:
            if partner:
                partner.stop()
            partner = None
            raise
        finally:
            idle.put(partner)
        if fault := said.get("error"):
            raise GuardrunError(fault["message"], path=fault["path"], line=fault["line"], hint=fault["hint"])
        records: list[Record] = said["records"]
        return records

    def _workers(self) -> LifoQueue[Partner | None]:
        """The workers that have nothing to do; a forked process must not talk to those of its parent."""
        with self._lock:
            if self._owner != os.getpid():
                self._idle, self._owner = LifoQueue(), os.getpid()
                for _ in range(self.jobs):
                    self._idle.put(None)
            return self._idle


def _batches(answers: Iterable[Answer], jobs: int) -> Iterator[list[Answer]]:
    """Enough answers for one engine process at a time, fewer when there would be too few batches for all workers."""
    left = iter(answers)
    first = list(islice(left, BATCH * jobs))
    size = max(1, min(BATCH, -(-len(first) // jobs)))
    yield from (first[start : start + size] for start in range(0, len(first), size))
    while some := list(islice(left, BATCH)):
        yield some


def _in_order(
    threads: ThreadPoolExecutor, work: Any, batches: Iterator[list[Answer]], most: int
) -> Iterator[list[Record]]:
    """Results in order, with at most so many batches under way."""
    waiting = [threads.submit(work, batch) for batch in islice(batches, most)]
    try:
        while waiting:
            yield waiting.pop(0).result()
            waiting += [threads.submit(work, batch) for batch in islice(batches, 1)]
    except BaseException:
        for future in waiting:
            future.cancel()
        raise


@atexit.register
def _close_all() -> None:
    for pool in list(_pools):
        with suppress(OSError):
            pool.close()
