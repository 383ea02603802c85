"""Figures and findings in words: what several formats say alike. Names in them are not yet made safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrun.report.counts import plural
from guardrun.scorecard.card import Card, Change, Comparison, Estimate, Group, PairChange
from guardrun.scorecard.make import told

NONE = "-"
NAMED = 3
"""Names without a partner that are said; the others are counted."""

TINY = 0.001
"""The smallest p-value that is written out."""

SEEN = 0.01
"""The smallest change of a score that is listed: a smaller one does not show."""


def number(value: float | None) -> str:
    """`0.73`."""
    return NONE if value is None else f"{value:.2f}"


def percent(value: float | None) -> str:
    """`63%`."""
    return NONE if value is None else f"{value:.0%}"


def score(estimate: Estimate) -> str:
    """`0.73 [0.70, 0.76]`."""
    if estimate.low is None or estimate.high is None:
        return number(estimate.value)
    return f"{number(estimate.value)} [{estimate.low:.2f}, {estimate.high:.2f}]"


def share(estimate: Estimate) -> str:
    """`63% [54, 72]`."""
    if estimate.low is None or estimate.high is None:
        return percent(estimate.value)
    return f"{percent(estimate.value)} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"


def difference(change: Change, *, of_scores: bool = False) -> str:
    """`+0.12 [+0.09, +0.15]` of scores, `+12 [+9, +15]` of shares, in points."""
    one = change.difference
    if one.value is None:
        return NONE
    value, low, high = (_signed(part, of_scores=of_scores) for part in (one.value, one.low, one.high))
    return value if one.low is None else f"{value} [{low}, {high}]"


def _signed(value: float | None, *, of_scores: bool) -> str:
    """`+0.12` or, in points, `+12`; never a negative 0."""
    digits, factor = (2, 1) if of_scores else (0, 100)
    return NONE if value is None else f"{round(value * factor, digits) + 0.0:+.{digits}f}"


def chance(change: Change) -> str:
    """The p-value, corrected where it is: `< 0.001`, `0.034`."""
    p = change.p if change.p_holm is None else change.p_holm
    return f"< {TINY}" if p < TINY else f"{p:.3f}"


def verdict(comparison: Comparison) -> str:
    """Which of the two is better, if that can be told."""
    after, before = comparison.after, comparison.before
    if not comparison.pairs:
        return f"{after} and {before} have no judged prompt in common"
    if not comparison.score.sure:
        return f"no clear difference between {after} and {before}"
    better = (comparison.score.difference.value or 0) > 0
    return f"{after} is {'better' if better else 'worse'} than {before}"


def summary(comparison: Comparison) -> str:
    """The verdict and what it rests on, in one sentence."""
    change = comparison.score
    if not comparison.pairs:
        return verdict(comparison)
    equal = change.difference.of - change.rose - change.fell
    gain = difference(change, of_scores=True)
    return (
        f"{verdict(comparison)}: score {number(change.before)} → {number(change.after)}, "
        f"{gain}, p {_equals(chance(change))}; better on {change.rose}, equal on {equal}, "
        f"worse on {change.fell} of {plural(comparison.pairs, 'prompt')}"
    )


def _equals(p: str) -> str:
    return p if p.startswith("<") else f"= {p}"


def measures(comparison: Comparison) -> Iterator[tuple[str, Change, bool]]:
    """What is compared as a whole: its name, the change, and whether it is of scores."""
    yield "score", comparison.score, True
    yield "deployable", comparison.deployable, False
    yield "passed", comparison.passed, False


def unmatched(comparison: Comparison) -> Iterator[str]:
    """What is not compared, and why."""
    kinds = (
        (comparison.only_before, f"answered by {comparison.before} only"),
        (comparison.only_after, f"answered by {comparison.after} only"),
        (comparison.unscored, "not judged on one side"),
    )
    for names, why in kinds:
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield f"{plural(len(names), 'prompt')} {why}: {', '.join(names[:NAMED])}{more}"


def pair_change(pair: PairChange) -> str:
    """What became of one prompt: `0.91 → 0.46, no longer deployable, no longer passed`."""
    verdicts = [f"no longer {name}" for name in pair.lost] + [f"now {name}" for name in pair.gained]
    if pair.before_status != pair.after_status:
        verdicts.append(f"template {pair.before_status} → {pair.after_status}")
    return ", ".join([f"{number(pair.before)} → {number(pair.after)}", *verdicts])


def pair_lists(comparison: Comparison) -> Iterator[tuple[str, Sequence[PairChange]]]:
    """The pairs worth reading, each kind with its title: first what got worse."""
    yield "No longer deployable or passed", comparison.lost
    yield "Largest drops", [one for one in comparison.drops if one not in comparison.lost and _shows(one)]
    yield "Newly deployable or passed", comparison.gained
    yield "Largest rises", [one for one in comparison.rises if one not in comparison.gained and _shows(one)]


def _shows(pair: PairChange) -> bool:
    return abs(pair.after - pair.before) >= SEEN


def headline(card: Card) -> str:
    """The verdict of the only comparison, else how much there is."""
    if len(card.comparisons) == 1:
        return verdict(card.comparisons[0])
    counts = (plural(len(card.models), "model"), plural(card.overall.answers, "answer"))
    return ", ".join(counts if len(card.models) != 1 else (_name(card.models[0]), counts[1]))


def _name(group: Group) -> str:
    return str(group.model)


def suppressions(card: Card) -> Iterator[str]:
    """What models wrote to have rules ignored, which they were not."""
    for group in card.models:
        if group.suppressions:
            written = plural(group.suppressions, "suppression")
            yield f"{group.model}: {written} in {plural(group.with_suppressions, 'answer')}, ignored"


def made(card: Card) -> str:
    """How the figures were made."""
    makers = "; ".join(told(one) for one in card.judged_with)
    drawn = f"95% intervals from {plural(card.resamples, 'resample')} of {plural(card.overall.prompts, 'prompt')}"
    return f"{plural(card.overall.answers, 'answer')}; {drawn}, seed {card.seed}" + (f"; {makers}" if makers else "")
