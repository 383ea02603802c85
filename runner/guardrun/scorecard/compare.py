"""One group of answers held against another: how much better or worse, how sure, and what changed where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from guardrun.model import CATEGORIES
from guardrun.scorecard.bootstrap import DIGITS, SCALE, Resamples, draw, mean_difference
from guardrun.scorecard.card import Change, Comparison, PairChange, RuleChange, RuleWords
from guardrun.scorecard.failures import weight
from guardrun.scorecard.groups import Drawing, fails
from guardrun.scorecard.pairs import Pair, Value, average, matched, most
from guardrun.scorecard.significance import holm, mcnemar, sign_flip
from guardrun.scoring import AnswerScore

LARGEST = 10
"""Drops and rises that are listed."""

MIXED = "mixed"
"""What became of the templates of several answers when it was not the same."""

VERDICTS: Mapping[str, Value] = {"deployable": lambda one: one.deployable, "passed": lambda one: one.passed}


def compare(
    before: tuple[str, Sequence[AnswerScore]],
    after: tuple[str, Sequence[AnswerScore]],
    rules: Mapping[str, RuleWords],
    drawing: Drawing,
) -> Comparison:
    """The comparison of two named groups of answers."""
    found = matched(before[1], after[1])
    seed = f"{drawing.seed}/{before[0]}/{after[0]}"
    resamples = draw(len(found.pairs), drawing.resamples, seed)
    score = _score(found.pairs, resamples, seed)
    changes = [_pair_change(pair) for pair in found.pairs]
    ranked = sorted(changes, key=lambda one: one.after - one.before)
    return Comparison(
        before=before[0],
        after=after[0],
        pairs=len(found.pairs),
        score=score,
        deployable=_verdict(found.pairs, VERDICTS["deployable"], resamples),
        passed=_verdict(found.pairs, VERDICTS["passed"], resamples),
        categories=_categories(found.pairs, resamples),
        only_before=found.only_before,
        only_after=found.only_after,
        unscored=found.unscored,
        lost=tuple(one for one in ranked if one.lost),
        gained=tuple(one for one in reversed(ranked) if one.gained),
        drops=tuple(one for one in ranked if one.after < one.before)[:LARGEST],
        rises=tuple(one for one in reversed(ranked) if one.after > one.before)[:LARGEST],
        rules=_rules(changes, rules),
    )


def _score(pairs: Sequence[Pair], resamples: Resamples, seed: str) -> Change:
    values = _values(pairs, lambda one: one.score)
    signs = [after - before for before, after in values.values()]
    rose, fell = sum(one > 0 for one in signs), sum(one < 0 for one in signs)
    return replace(_change(values, resamples), rose=rose, fell=fell, p=sign_flip(signs, f"{seed}/signs"))


def _verdict(pairs: Sequence[Pair], value: Value, resamples: Resamples) -> Change:
    """How a yes or no changed; with several answers to a prompt, that of most of them is tested."""
    values = _values(pairs, value)
    steps = Counter(most(pairs[number].after, value) - most(pairs[number].before, value) for number in values)
    return replace(_change(values, resamples), rose=steps[1], fell=steps[-1], p=mcnemar(steps[1], steps[-1]))


def _categories(pairs: Sequence[Pair], resamples: Resamples) -> dict[str, Change]:
    """How failures of each category changed, over the pairs of which both sides could fail it."""
    found = {name for pair in pairs for one in (*pair.before, *pair.after) for name in one.categories}
    named = (*(name for name in CATEGORIES if name in found), *sorted(found - set(CATEGORIES)))
    changes = {name: _verdict(pairs, fails(name), resamples) for name in named}
    changes = {name: change for name, change in changes.items() if change.difference.of}
    corrected = holm({name: change.p for name, change in changes.items()})
    return {name: replace(change, p_holm=corrected[name]) for name, change in changes.items()}


def _values(pairs: Sequence[Pair], value: Value) -> dict[int, tuple[int, int]]:
    """The averages before and after of each pair that has both, by the pair's number."""
    found = {}
    for number, pair in enumerate(pairs):
        before, after = average(pair.before, value), average(pair.after, value)
        if before is not None and after is not None:
            found[number] = before, after
    return found


def _change(values: Mapping[int, tuple[int, int]], resamples: Resamples) -> Change:
    """The means and their difference, as yet without what is counted and tested."""
    before, after = (_mean([sides[side] for sides in values.values()]) for side in (0, 1))
    differences = {number: after - before for number, (before, after) in values.items()}
    return Change(before, after, mean_difference(resamples, differences), 0, 0, 1.0)


def _sides(pair: Pair) -> tuple[tuple[AnswerScore, ...], tuple[AnswerScore, ...]]:
    return pair.before, pair.after


def _mean(values: Sequence[int]) -> float | None:
    return round(sum(values) / len(values) / SCALE, DIGITS) if values else None


def _pair_change(pair: Pair) -> PairChange:
    before, after = (round((average(side, lambda one: one.score) or 0) / SCALE, DIGITS) for side in _sides(pair))
    steps = {name: most(pair.after, value) - most(pair.before, value) for name, value in VERDICTS.items()}
    judged = all(any(one.applied_rules for one in side) for side in _sides(pair))
    failed_before, failed_after = (set(_failing(side)) if judged else set() for side in _sides(pair))
    return PairChange(
        name=pair.name,
        before_id=pair.before[0].id,
        after_id=pair.after[0].id,
        before=before,
        after=after,
        before_status=_status(pair.before),
        after_status=_status(pair.after),
        lost=tuple(name for name, step in steps.items() if step < 0),
        gained=tuple(name for name, step in steps.items() if step > 0),
        newly_failing=tuple(sorted(failed_after - failed_before)),
        no_longer_failing=tuple(sorted(failed_before - failed_after)),
    )


def _status(answers: Sequence[AnswerScore]) -> str:
    statuses = {one.extraction.status for one in answers}
    return statuses.pop() if len(statuses) == 1 else MIXED


def _failing(answers: Sequence[AnswerScore]) -> Iterator[str]:
    """The rules that more than half of the answers fail."""
    counts = Counter(rule for one in answers for rule in one.failed_rules)
    yield from (rule for rule, count in counts.items() if count * 2 > len(answers))


def _rules(changes: Sequence[PairChange], rules: Mapping[str, RuleWords]) -> tuple[RuleChange, ...]:
    """Every rule whose verdict changed, those first that got worse most, by what they weigh."""
    newly = Counter(rule for one in changes for rule in one.newly_failing)
    no_longer = Counter(rule for one in changes for rule in one.no_longer_failing)
    found = [
        RuleChange(rule, newly[rule], no_longer[rule], (newly[rule] - no_longer[rule]) * weight(rule, rules))
        for rule in {*newly, *no_longer}
    ]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.rule)))
