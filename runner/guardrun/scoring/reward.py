"""Scores as rewards: what trainers and evaluations call, once for a batch of completions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Any

from guardrun.answers import Answer
from guardrun.answers.records import text_of
from guardrun.errors import ConfigError
from guardrun.model import CATEGORIES
from guardrun.scoring.pool import Pool, Record
from guardrun.scoring.scorer import Judging

Reward = Callable[..., list["float | None"]]

_shared: dict[tuple[Judging, int | None], Pool] = {}
_lock = Lock()


def reward(completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """A reward in [0, 1] for each completion, a text or a chat whose last word of the assistant counts.

    Of the columns of a dataset `expected_resources` counts, the resource types that each prompt asks for; all others
    are ignored. None is no reward but a failure of ours, told as a warning. May be called in threads. Raises
    `GuardrunError` when nothing can be judged.
    """
    return rewarder()(completions, **columns)


def rewarder(
    *,
    category: str | None = None,
    profiles: Iterable[str] = (),
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    rules: Iterable[str] = (),
    cfn_guard: str | None = None,
    jobs: int | None = None,
    timeout: float = 60.0,
) -> Reward:
    """A reward function that judges by these options, those of `guardrun score`; functions of equal ones share workers.

    With a category, the reward is that category's score: None where nothing of it is applicable, 0 without a template.
    """
    if category is not None and category not in CATEGORIES:
        raise ConfigError(f"there is no category {category!r}", hint=f"there are {', '.join(CATEGORIES)}")
    judging = Judging(tuple(rules), tuple(profiles), tuple(select), tuple(ignore), cfn_guard=cfn_guard, timeout=timeout)

    def rewards(completions: Sequence[Any], **columns: Any) -> list[float | None]:
        records = list(_pool(judging, jobs).records(_answers(completions, columns.get("expected_resources"))))
        return [_reward(record, category) for record in records]

    rewards.__name__ = f"guardrun_{category}" if category else "guardrun"
    return rewards


def _pool(judging: Judging, jobs: int | None) -> Pool:
    with _lock:
        return _shared.setdefault((judging, jobs), Pool(judging, jobs))


def _answers(completions: Sequence[Any], expected: Any) -> list[Answer]:
    listed = expected if isinstance(expected, (list, tuple)) else []
    return [
        Answer(
            id=f"completion {number + 1}",
            text=text_of(completion) or "",
            expected=tuple(listed[number] or ())
            if number < len(listed) and not isinstance(listed[number], str)
            else (),
        )
        for number, completion in enumerate(completions)
    ]


def _reward(record: Record, category: str | None) -> float | None:
    if record["score"] is None:
        errors = "; ".join(error["message"] for error in record["errors"])
        warnings.warn(f"guardrun could not judge {record['id']}: {errors}", stacklevel=3)
        return None
    if category is None or not record["gates"]["cloudformation"]:
        score: float | None = record["score"]
        return score
    share: float | None = record["categories"][category]["score"]
    return share
