"""Scores as rewards: what trainers and evaluations call, once for a batch of completions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Any

from guardrun.answers import Answer
from guardrun.answers.messages import text_of
from guardrun.answers.records import resource_types
from guardrun.errors import ConfigError
from guardrun.model import CATEGORIES
from guardrun.scoring.api import judging
from guardrun.scoring.pool import Pool, Record
from guardrun.scoring.scorer import Judging

Reward = Callable[..., list["float | None"]]

_shared: dict[tuple[Judging, int | None], Pool] = {}
_lock = Lock()


def reward(completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """A reward in [0, 1] for each completion, a text or a chat whose last word of the assistant counts.

    Of the columns of a dataset `expected_resources` counts, the resource types that each prompt asks for, as a list or
    a text, or one text for all; all other columns are ignored. None is no reward but a failure of ours, told as a
    warning. May be called in threads. Raises `GuardrunError` when nothing can be judged.
    """
    return rewarder()(completions, **columns)


def rewarder(
    *,
    category: str | None = None,
    profiles: str | Iterable[str] = (),
    select: str | Iterable[str] = (),
    ignore: str | Iterable[str] = (),
    rules: str | Iterable[str] = (),
    cfn_guard: str | None = None,
    jobs: int | None = None,
    timeout: float = 60.0,
) -> Reward:
    """A reward function that judges by these options, those of `guardrun score`; functions of equal ones share workers.

    With a category, the reward is that category's score: None where nothing of it is applicable, 0 without a template.
    """
    if category is not None and category not in CATEGORIES:
        raise ConfigError(f"there is no category {category!r}", hint=f"there are {', '.join(CATEGORIES)}")
    if jobs is not None and jobs < 1:
        raise ConfigError(f"{jobs} workers can judge nothing", hint="leave jobs out for one a core")
    judged = judging(rules=rules, profiles=profiles, select=select, ignore=ignore, cfn_guard=cfn_guard, timeout=timeout)

    def rewards(completions: Sequence[Any], **columns: Any) -> list[float | None]:
        records = list(_pool(judged, jobs).records(_answers(completions, columns.get("expected_resources"))))
        return [_reward(record, category) for record in records]

    rewards.__name__ = f"guardrun_{category}" if category else "guardrun"
    return rewards


def _pool(judged: Judging, jobs: int | None) -> Pool:
    with _lock:
        if (judged, jobs) not in _shared:
            _shared[judged, jobs] = Pool(judged, jobs)
        return _shared[judged, jobs]


def _answers(completions: Iterable[Any], expected: Any) -> list[Answer]:
    texts = [_text(completion, number) for number, completion in enumerate(completions, start=1)]
    each = [expected] * len(texts) if expected is None or isinstance(expected, str) else list(expected)
    if len(each) != len(texts):
        raise ConfigError(
            f"expected_resources has {len(each)} entries for {len(texts)} completions",
            hint="give each completion a list of types, or None",
        )
    return [
        Answer(f"completion {number}", text, expected=resource_types(types))
        for number, (text, types) in enumerate(zip(texts, each, strict=True), start=1)
    ]


def _text(completion: Any, number: int) -> str:
    """The text of a completion; a chat without a word of the assistant has none."""
    if completion is not None and not isinstance(completion, (str, list, tuple, dict)):
        raise ConfigError(
            f"completion {number} is of an unknown form: {type(completion).__name__}",
            hint="a completion is a text, or a chat as a list of messages",
        )
    return text_of(list(completion) if isinstance(completion, tuple) else completion) or ""


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
