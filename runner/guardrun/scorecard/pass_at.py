"""pass@k: how likely one of k answers to a prompt passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb

from guardrun.scorecard.bootstrap import Resamples, mean
from guardrun.scorecard.card import PassAt
from guardrun.scoring import AnswerScore

TRIED = (1, 2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100)


def unbiased(answers: int, passed: int, k: int) -> float:
    """The chance that of k out of these answers, drawn without putting back, at least one passes."""
    return 1 - comb(answers - passed, k) / comb(answers, k)


def pass_at(answers: Sequence[AnswerScore], clusters: Sequence[int], resamples: Resamples) -> tuple[PassAt, ...]:
    """For each k the mean over prompts with as many answers of one model; nothing when each has one answer only."""
    keys = [(cluster, one.model) for cluster, one in zip(clusters, answers, strict=True)]
    counts = Counter(keys)
    passed = Counter(key for key, one in zip(keys, answers, strict=True) if one.passed)
    most = max(counts.values(), default=0)
    if most < TRIED[1]:
        return ()
    found = []
    for k in (k for k in TRIED if k <= most):
        values = ((key[0], unbiased(count, passed[key], k)) for key, count in counts.items() if count >= k)
        found.append(PassAt(k, mean(resamples, values)))
    return tuple(found)
