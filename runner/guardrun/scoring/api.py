"""Judging answers from Python: what `guardrun score` and `guardrun feedback` do, for programs and notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from guardrun.answers import Answer
from guardrun.answers.records import resource_types
from guardrun.scoring.feedback import feedback_on, text_of
from guardrun.scoring.model import AnswerScore
from guardrun.scoring.scorer import Judging, Scorer

TEXTS = ("rules", "profiles", "select", "ignore")
"""What may be asked for as one text or several."""


def score(
    text: str, *, name: str = "answer", expected_resources: str | Iterable[str] = (), **options: Any
) -> AnswerScore:
    """The score of one answer in this process; `expected_resources` are the types that its prompt asks for.

    `options` are those of `guardrun score`: rules, profiles, select, ignore, config, cfn_guard, timeout. For many
    answers `guardrun.reward` and the command are faster. Raises `GuardrunError` when nothing can be judged.
    """
    expected = resource_types(expected_resources)
    return scorer_for(judging(**options)).scores([Answer(name, text, expected=expected)])[0]


def feedback(text: str, *, tokens: int | None = None, **options: Any) -> str:
    """The repair prompt on an answer, most severe first, in about so many tokens at most; `options` as for `score`."""
    scorer = scorer_for(judging(**options))
    return text_of(feedback_on(scorer.scores([Answer("answer", text)])[0], scorer.job.pack.rules, tokens))


def judging(**options: Any) -> Judging:
    """How to judge, from options that may each be one text or several."""
    values: dict[str, Any] = {name: _texts(value) if name in TEXTS else value for name, value in options.items()}
    return Judging(**values)


@lru_cache(maxsize=4)
def scorer_for(judged: Judging) -> Scorer:
    """A scorer for these options, kept for the next answer."""
    return Scorer(judged)


def _texts(given: str | Iterable[str] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())
