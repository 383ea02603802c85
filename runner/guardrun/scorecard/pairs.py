"""Answers before and after, matched by what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guardrun.scorecard.bootstrap import SCALE
from guardrun.scoring import AnswerScore

SHORT = 60
"""A prompt up to this length is its own name; a longer one goes by an answer's id."""

Value = Callable[[AnswerScore], "float | None"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The judged answers to one prompt, before and after: at least one of each."""

    before: tuple[AnswerScore, ...]
    after: tuple[AnswerScore, ...]

    @property
    def name(self) -> str:
        """What the pair is called in reports."""
        return name_of(self.after)


@dataclass(frozen=True, slots=True)
class Matched:
    """The pairs, and the names of what is in none: without a partner, or with one that could not be judged."""

    pairs: tuple[Pair, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    unscored: tuple[str, ...]


def matched(before: Sequence[AnswerScore], after: Sequence[AnswerScore]) -> Matched:
    """Pairs by prompt, or by id where there is no prompt, in the order of the later answers."""
    old, new = _by_key(before), _by_key(after)
    both = [(_judged(old[key]), _judged(new[key])) for key in new if key in old]
    return Matched(
        tuple(Pair(*sides) for sides in both if all(sides)),
        tuple(name_of(old[key]) for key in old if key not in new),
        tuple(name_of(new[key]) for key in new if key not in old),
        tuple(name_of(new[key]) for key in new if key in old and not (_judged(old[key]) and _judged(new[key]))),
    )


def _by_key(answers: Sequence[AnswerScore]) -> dict[tuple[str, str], tuple[AnswerScore, ...]]:
    found: dict[tuple[str, str], list[AnswerScore]] = {}
    for one in answers:
        key = ("id", one.id) if one.prompt is None else ("prompt", one.prompt)
        found.setdefault(key, []).append(one)
    return {key: tuple(some) for key, some in found.items()}


def _judged(answers: Sequence[AnswerScore]) -> tuple[AnswerScore, ...]:
    return tuple(one for one in answers if one.score is not None)


def name_of(answers: Sequence[AnswerScore]) -> str:
    """A short name for what was asked."""
    prompt = answers[0].prompt
    return prompt if prompt and len(prompt) <= SHORT and prompt.isprintable() else answers[0].id


def average(answers: Sequence[AnswerScore], value: Value) -> int | None:
    """The mean of a value over the answers that have one, in units of 1 / `SCALE`."""
    found = [round(one * SCALE) for one in map(value, answers) if one is not None]
    return round(sum(found) / len(found)) if found else None


def most(answers: Sequence[AnswerScore], value: Value) -> bool:
    """Whether more than half of the answers have it."""
    return (average(answers, value) or 0) * 2 > SCALE
