"""Work on many things: some at a time, and over all cores where there are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Work: TypeAlias = Callable[[Sequence[Item]], list[Result]]
"""Makes a result of each item; some at a time, as they share the cost of a start."""


def map_in_pool(
    work: Work[Item, Result],
    items: Sequence[Item],
    died: Callable[[Item], Result],
    *,
    jobs: int | None = None,
    batch: int = 1,
) -> Iterator[Result]:
    """Results in the order of the items, as they become ready; by default on all cores, up to `batch` items at a time.

    `died` makes the result of an item that took its worker process down.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(items))
    if jobs <= 1:
        yield from (result for some in _batches(items, batch) for result in work(some))
        return
    from guardrun.workers import map_in_workers  # noqa: PLC0415  one template needs no workers, and no wait for them

    yield from map_in_workers(work, _batches(items, min(batch, -(-len(items) // jobs))), died, jobs)


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
