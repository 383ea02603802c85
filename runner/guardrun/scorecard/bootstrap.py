"""Intervals by the bootstrap: answers are drawn again and again, whole prompts at a time, and the figures made anew.

Which prompts each resample draws is drawn once and used for every figure. How often a prompt is drawn in each of the
resamples is kept in one whole number, some bits for each resample, so that one addition adds for all of them.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul, truediv
from random import Random

from guardrun.scorecard.card import CONFIDENCE, Estimate

SCALE = 10**9
"""Values are added as whole numbers of this fraction, so that the order of adding does not matter."""

DIGITS = 6
NARROW, WIDE = "H", "Q"
"""The type of array that has the sum of each resample: 16 bits where that is enough, else 64."""


@dataclass(frozen=True, slots=True)
class Resamples:
    """How often each cluster was drawn: for each cluster one number with all resamples, for both types of array."""

    count: int
    clusters: int
    drawn: Mapping[str, Sequence[int]]


def draw(clusters: int, count: int, seed: str) -> Resamples:
    """Resamples of so many clusters, each as large as the whole, the same for the same seed."""
    random = Random(seed).random  # noqa: S311  nothing secret
    columns = [array(NARROW, bytes(2 * count)) for _ in range(clusters)]
    for resample in range(count):
        for _ in columns:
            columns[int(random() * clusters)][resample] += 1
    return Resamples(count, clusters, {kind: [_packed(column, kind) for column in columns] for kind in (NARROW, WIDE)})


def _packed(column: array[int], kind: str) -> int:
    return int.from_bytes(array(kind, column).tobytes(), sys.byteorder)


def totals(resamples: Resamples, parts: Mapping[int, int]) -> array[int]:
    """The sum of what each cluster has, in each resample."""
    narrow = resamples.clusters * max(parts.values(), default=0) < 1 << 16
    sums = array(NARROW if narrow else WIDE)
    packed = sum(map(mul, map(resamples.drawn[sums.typecode].__getitem__, parts), parts.values()))
    sums.frombytes(packed.to_bytes(sums.itemsize * resamples.count, sys.byteorder))
    return sums


def ratio(resamples: Resamples, tops: Mapping[int, int], bottoms: Mapping[int, int], scale: int = 1) -> Estimate:
    """The sum of the tops by the sum of the bottoms, both by cluster, with its percentile interval.

    A single cluster cannot tell how much clusters differ, so there is no interval.
    """
    top, bottom = sum(tops.values()), sum(bottoms.values())
    if not bottom:
        return Estimate()
    value = top / bottom / scale
    if sum(map(bool, bottoms.values())) == 1:
        return Estimate(round(value, DIGITS), of=bottom)
    if all(tops.get(cluster, 0) * bottom == top * part for cluster, part in bottoms.items()):
        return Estimate(round(value, DIGITS), round(value, DIGITS), round(value, DIGITS), bottom)
    ranked = _ratios(totals(resamples, tops), totals(resamples, bottoms))
    if not ranked:
        return Estimate(round(value, DIGITS), of=bottom)
    low, high = percentiles(ranked)
    return Estimate(round(value, DIGITS), round(low / scale, DIGITS), round(high / scale, DIGITS), bottom)


def _ratios(tops: array[int], bottoms: array[int]) -> list[float]:
    """The ratio of each resample, sorted, without those that drew nothing to divide by."""
    if 0 in bottoms:
        return sorted(top / bottom for top, bottom in zip(tops, bottoms, strict=True) if bottom)
    return sorted(map(truediv, tops, bottoms))


def mean(resamples: Resamples, values: Iterable[tuple[int, float]]) -> Estimate:
    """The mean of values from 0 to 1, each with its cluster."""
    tops: dict[int, int] = {}
    bottoms: dict[int, int] = {}
    for cluster, value in values:
        tops[cluster] = tops.get(cluster, 0) + round(value * SCALE)
        bottoms[cluster] = bottoms.get(cluster, 0) + 1
    return ratio(resamples, tops, bottoms, SCALE)


def mean_difference(resamples: Resamples, values: Mapping[int, int]) -> Estimate:
    """The mean of differences from -1 to 1, in units of 1 / `SCALE`, one for each cluster that has any."""
    raised = ratio(
        resamples,
        {cluster: value + SCALE for cluster, value in values.items()},
        dict.fromkeys(values, 1),
        SCALE,
    )
    bounds = (raised.value, raised.low, raised.high)
    value, low, high = (None if one is None else round(one - 1, DIGITS) for one in bounds)
    return Estimate(value, low, high, raised.of)


def percentiles(ranked: Sequence[float]) -> tuple[float, float]:
    """The bounds between which 95 of 100 sorted values lie."""
    outside = int(len(ranked) * (1 - CONFIDENCE) / 2 + 1e-9)
    return ranked[outside], ranked[len(ranked) - 1 - outside]


def clusters_of(keys: Iterable[object]) -> list[int]:
    """The number of each key, counted from 0 in the order in which they first occur."""
    numbers: dict[object, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]
