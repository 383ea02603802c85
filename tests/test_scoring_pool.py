"""How answers are dealt out to the workers of a pool."""

from __future__ import annotations

import pytest

from guardrun.answers import Answer
from guardrun.scoring.pool import LEAST, _batches
from guardrun.scoring.scorer import BATCH


def sizes(count: int, jobs: int = 2) -> list[int]:
    answers = [Answer(str(number), "") for number in range(count)]
    batches = list(_batches(iter(answers), jobs))
    assert [answer for batch in batches for answer in batch] == answers
    return [len(batch) for batch in batches]


@pytest.mark.parametrize("count", [1, 2, 5, 16, 100, 1000])
def test_each_worker_has_something_to_do_and_nobody_too_much(count: int) -> None:
    assert len(sizes(count)) >= min(count, 2)
    assert max(sizes(count)) <= BATCH


def test_batches_shrink_towards_the_end_but_not_below_what_is_worth_reading_the_rules_for() -> None:
    *shrinking, last = sizes(10 * BATCH)[-5:]
    assert shrinking == sorted(shrinking, reverse=True)
    assert shrinking[0] > shrinking[-1] >= LEAST >= last


def test_few_answers_are_shared_evenly() -> None:
    assert sizes(8, jobs=4) == [2, 2, 2, 2]
    assert sizes(0) == []
