"""A warm pool of worker processes that score answers; a worker that dies costs one answer at most."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import islice
from threading import Event
from typing import Any

from guardrun.answers import Answer
from guardrun.errors import GuardrunError
from guardrun.scoring.record import to_record
from guardrun.scoring.scorer import BATCH, Judging, failed
from guardrun.team import Team

Record = dict[str, Any]
START = 60.0
"""Seconds that a worker may take to start, beside those for its answers."""
LEAST = 8
"""Answers below which a batch is not cut, as the engine has to read the rules for each."""


class Pool:
    """Workers that judge alike, by default one a core; they start when they are first needed.

    Any number of threads may use a pool at the same time. `close` ends the workers, as does the end of the program.
    """

    def __init__(self, judging: Judging | None = None, jobs: int | None = None) -> None:
        self.judging = judging or Judging()
        self.team = Team("guardrun.scoring.serve", json.dumps(asdict(self.judging)), jobs)

    def records(self, answers: Iterable[Answer]) -> Iterator[Record]:
        """The scores in order, as `to_record` makes them. Raises `GuardrunError` when nothing can be judged."""
        jobs, stopped = self.team.jobs, Event()
        with ThreadPoolExecutor(jobs, thread_name_prefix="guardrun") as threads:
            try:
                for records in _in_order(threads, partial(self._judged, stopped), _batches(answers, jobs), 2 * jobs):
                    yield from records
            except BaseException:
                stopped.set()
                self.close()  # whoever interrupts does not want to wait for what is under way
                raise

    def close(self) -> None:
        """End the workers; using the pool again starts new ones."""
        self.team.close()

    def _judged(self, stopped: Event, answers: Sequence[Answer], tries: int = 2) -> list[Record]:
        """The records of some answers; when their worker fails, each of them gets its own chance, and another one."""
        try:
            return self._asked(answers)
        except (OSError, EOFError, ValueError) as error:
            if stopped.is_set():
                raise
            if len(answers) > 1:
                return [record for answer in answers for record in self._judged(stopped, [answer])]
            slow = isinstance(error, TimeoutError)
            if tries > 1 and not slow:
                return self._judged(stopped, answers, tries - 1)
            told = f"it took longer than {self.judging.timeout:g} s" if slow else "the process that judged it died"
            return [to_record(failed(answers[0], told), {})]

    def _asked(self, answers: Sequence[Answer]) -> list[Record]:
        question = [asdict(answer) for answer in answers]
        said = self.team.ask(question, START + self.judging.timeout * len(answers))
        if fault := said.get("error"):
            raise GuardrunError(**fault)
        records: list[Record] = said["records"]
        return records


def _batches(answers: Iterable[Answer], jobs: int) -> Iterator[list[Answer]]:
    """Enough answers for one engine process at a time; fewer towards the end, so that the workers end together."""
    left = iter(answers)
    ahead = list(islice(left, BATCH * jobs))
    least = min(LEAST, _share(ahead, jobs))
    while ahead:
        size = min(BATCH, max(least, _share(ahead, jobs)))
        yield ahead[:size]
        ahead = [*ahead[size:], *islice(left, size)]


def _share(answers: Sequence[Answer], jobs: int) -> int:
    return -(-len(answers) // jobs)


def _in_order(
    threads: ThreadPoolExecutor,
    work: Callable[[Sequence[Answer]], list[Record]],
    batches: Iterator[list[Answer]],
    most: int,
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
