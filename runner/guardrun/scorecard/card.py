"""What a scorecard tells: figures of groups of answers, and comparisons of one group with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONFIDENCE = 0.95
"""How sure the intervals are."""

SURE = 0.05
"""A p-value below this is called significant."""

BINS = 20
"""Columns of the distribution of scores, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or a share with its 95 % interval; `of` is how many it is taken over, and of none there is no value."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    of: int = 0


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What is known of a rule: from the findings, and from the pack where it has it."""

    category: str = ""
    severity: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRates:
    """Of the answers to which a rule of the category was applicable: the share that failed one, and the mean score."""

    failure_rate: Estimate
    score: Estimate


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that answers fail: how many, what that weighs with its severity, and one finding as an example."""

    rule: str
    answers: int
    weight: int
    message: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class PassAt:
    """How likely one of `k` answers to a prompt passes; `rate.of` counts the prompts that have as many answers."""

    k: int
    rate: Estimate


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some answers: all, those of a model, those with a tag, or both.

    `unscored` are answers that guardrun could not judge: they are in none of the figures. `prompts` counts what is
    resampled for the intervals. `with_errors` are judged answers to which some rule could not be applied.
    `distribution` counts scores in equal steps from 0 to 1.
    """

    model: str | None = None
    tag: str | None = None
    answers: int = 0
    unscored: int = 0
    with_errors: int = 0
    prompts: int = 0
    score: Estimate = field(default_factory=Estimate)
    deployable: Estimate = field(default_factory=Estimate)
    passed: Estimate = field(default_factory=Estimate)
    outcomes: Mapping[str, Estimate] = field(default_factory=dict)
    gates: Mapping[str, Estimate] = field(default_factory=dict)
    categories: Mapping[str, CategoryRates] = field(default_factory=dict)
    rules: Mapping[str, Estimate] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    pass_at: tuple[PassAt, ...] = ()
    suppressions: int = 0
    with_suppressions: int = 0
    distribution: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One measure before and after, over pairs: `rose` and `fell` count pairs, `difference` is after less before.

    `p_holm` is `p` corrected for there being several categories.
    """

    before: float | None
    after: float | None
    difference: Estimate
    rose: int
    fell: int
    p: float
    p_holm: float | None = None

    @property
    def sure(self) -> bool:
        """Whether chance alone would seldom give as much."""
        return (self.p if self.p_holm is None else self.p_holm) < SURE


@dataclass(frozen=True, slots=True)
class PairChange:
    """One prompt before and after, with the extraction status of its answers, `mixed` where they differ.

    The rules are those whose verdict changed in most of its answers, none where one side has no template to judge.
    """

    name: str
    before_id: str
    after_id: str
    before: float
    after: float
    before_status: str
    after_status: str
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    newly_failing: tuple[str, ...] = ()
    no_longer_failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule whose verdict changed: in how many pairs it fails now and did not, and the other way round."""

    rule: str
    newly: int
    no_longer: int
    weight: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Answers to the same prompts, before and after.

    `only_before` and `only_after` name what has no partner, `unscored` the prompts of which one side could not be
    judged. `lost` are the pairs that were deployable or passed and no longer are, `gained` the reverse; `drops` and
    `rises` those whose score changed most.
    """

    before: str
    after: str
    pairs: int
    score: Change
    deployable: Change
    passed: Change
    categories: Mapping[str, Change] = field(default_factory=dict)
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()
    lost: tuple[PairChange, ...] = ()
    gained: tuple[PairChange, ...] = ()
    drops: tuple[PairChange, ...] = ()
    rises: tuple[PairChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()

    @property
    def regressed(self) -> bool:
        """Whether the score is significantly lower or an answer is no longer deployable."""
        lower = self.score.sure and (self.score.difference.value or 0) < 0
        return lower or any("deployable" in pair.lost for pair in self.lost)


@dataclass(frozen=True, slots=True)
class JudgedWith:
    """An engine, a pack and what was chosen of it, and how many answers were judged with them."""

    engine: str
    engine_sha256: str
    pack: str
    pack_hash: str
    profiles: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """The whole scorecard; `tags` has each tag over all models and, where there are several, for each."""

    seed: int
    resamples: int
    overall: Group
    models: tuple[Group, ...] = ()
    tags: tuple[Group, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    rules: Mapping[str, RuleWords] = field(default_factory=dict)
    judged_with: tuple[JudgedWith, ...] = ()
    warnings: tuple[str, ...] = ()
