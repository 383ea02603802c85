"""The figures of a group of answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

from guardrun.answers import STATUSES
from guardrun.model import CATEGORIES
from guardrun.scorecard.bootstrap import Resamples, clusters_of, draw, mean, ratio
from guardrun.scorecard.card import BINS, CategoryRates, Estimate, Group, RuleWords
from guardrun.scorecard.failures import top_failures
from guardrun.scorecard.pass_at import pass_at
from guardrun.scoring import AnswerScore, Gates

Value = Callable[[AnswerScore], "float | None"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How intervals are made: the number of resamples and what the draws depend on."""

    resamples: int = 1000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """Judged answers, the number of each one's cluster (its prompt, or itself where it has none), and the draws."""

    answers: Sequence[AnswerScore]
    clusters: Sequence[int]
    resamples: Resamples

    def mean(self, value: Value) -> Estimate:
        """The mean of a value from 0 to 1 of each answer; None leaves the answer out."""
        found = zip(self.clusters, map(value, self.answers), strict=True)
        return mean(self.resamples, ((cluster, one) for cluster, one in found if one is not None))


def group(
    answers: Sequence[AnswerScore],
    rules: Mapping[str, RuleWords],
    drawing: Drawing,
    model: str | None = None,
    tag: str | None = None,
) -> Group:
    """All figures of these answers."""
    judged = [one for one in answers if one.score is not None]
    sample = _sample(judged, drawing, f"{drawing.seed}/{model}/{tag}")
    return Group(
        model=model,
        tag=tag,
        answers=len(answers),
        unscored=len(answers) - len(judged),
        with_errors=sum(bool(one.errors) for one in judged),
        prompts=sample.resamples.clusters,
        score=sample.mean(lambda one: one.score),
        deployable=sample.mean(lambda one: one.deployable),
        passed=sample.mean(lambda one: one.passed),
        outcomes=_outcomes(sample),
        gates={gate.name: sample.mean(attrgetter(f"gates.{gate.name}")) for gate in fields(Gates)},
        categories=_categories(sample),
        rules=_rules(sample),
        failures=top_failures(judged, rules),
        pass_at=pass_at(judged, sample.clusters, sample.resamples),
        suppressions=sum(one.suppressions for one in judged),
        with_suppressions=sum(bool(one.suppressions) for one in judged),
        distribution=_distribution(judged),
    )


def _sample(judged: Sequence[AnswerScore], drawing: Drawing, seed: str) -> Sample:
    keys = (one.prompt if one.prompt is not None else number for number, one in enumerate(judged))
    clusters = clusters_of(keys)
    return Sample(judged, clusters, draw(max(clusters, default=-1) + 1, drawing.resamples, seed))


def _outcomes(sample: Sample) -> dict[str, Estimate]:
    found = {one.extraction.status for one in sample.answers}
    named = (*STATUSES, *sorted(found - set(STATUSES)))
    return {status: sample.mean(_ended(status)) for status in named}


def _ended(status: str) -> Value:
    return lambda one: one.extraction.status == status


def _categories(sample: Sample) -> dict[str, CategoryRates]:
    found = {name for one in sample.answers for name in one.categories}
    named = (*(name for name in CATEGORIES if name in found), *sorted(found - set(CATEGORIES)))
    return {name: CategoryRates(sample.mean(fails(name)), sample.mean(_category_score(name))) for name in named}


def fails(category: str) -> Value:
    """Whether an answer fails a rule of the category, None where none was applicable."""

    def value(answer: AnswerScore) -> bool | None:
        score = answer.categories.get(category)
        return score.failed > 0 if score and score.applicable else None

    return value


def _category_score(category: str) -> Value:
    def value(answer: AnswerScore) -> float | None:
        score = answer.categories.get(category)
        return score.score if score else None

    return value


def _rules(sample: Sample) -> dict[str, Estimate]:
    """The share of failures of each rule; only what occurs is looked at, as most rules apply to few answers."""
    failed = _by_cluster(sample, (one.failed_rules for one in sample.answers))
    applied = _by_cluster(sample, (one.applied_rules for one in sample.answers))
    return {rule: ratio(sample.resamples, failed.get(rule, {}), applied[rule]) for rule in sorted(applied)}


def _by_cluster(sample: Sample, rules: Iterable[Sequence[str]]) -> dict[str, Counter[int]]:
    clusters: dict[str, list[int]] = defaultdict(list)
    for cluster, some in zip(sample.clusters, rules, strict=True):
        for rule in some:
            clusters[rule].append(cluster)
    return {rule: Counter(some) for rule, some in clusters.items()}


def _distribution(judged: Sequence[AnswerScore]) -> tuple[int, ...]:
    counts = Counter(min(int((one.score or 0) * BINS), BINS - 1) for one in judged)
    return tuple(counts[number] for number in range(BINS))
