"""How likely chance alone would give a difference as large: tests for pairs, and a correction for asking often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from random import Random

EXACT = 16
"""Pairs that differ up to which all signs are tried."""

FLIPS = 10_000
"""Draws of signs where there are more."""

BYTE = 8


def sign_flip(differences: Sequence[int], seed: str) -> float:
    """The two-sided p-value of a mean difference of pairs, were the sign of each as likely plus as minus.

    Exact for few pairs, else from seeded draws, where it is never below 1 / (draws + 1).
    """
    sizes = [abs(one) for one in differences if one]
    if not sizes:
        return 1.0
    seen, all_ = abs(sum(differences)), sum(sizes)
    if len(sizes) <= EXACT:
        sums = _subset_sums(sizes)
        return sum(abs(all_ - 2 * one) >= seen for one in sums) / len(sums)
    tables = [_subset_sums(sizes[start : start + BYTE]) for start in range(0, len(sizes), BYTE)]
    random = Random(seed)  # noqa: S311  nothing secret
    hits = sum(abs(all_ - 2 * _drawn(tables, random)) >= seen for _ in range(FLIPS))
    return (hits + 1) / (FLIPS + 1)


def _subset_sums(sizes: Sequence[int]) -> list[int]:
    """The sum of every subset: of those that get a minus."""
    sums = [0]
    for size in sizes:
        sums += [one + size for one in sums]
    return sums


def _drawn(tables: Sequence[Sequence[int]], random: Random) -> int:
    """The sum of a random subset, eight pairs at a time."""
    picks = random.getrandbits(BYTE * len(tables)).to_bytes(len(tables), "little")
    return sum(table[pick % len(table)] for table, pick in zip(tables, picks, strict=True))


def mcnemar(one_way: int, other_way: int) -> float:
    """McNemar's exact two-sided p-value for pairs that changed in one direction or the other."""
    changed, fewer = one_way + other_way, min(one_way, other_way)
    tail = sum(comb(changed, count) for count in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << changed))


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """P-values corrected by Holm's method: the smallest counts as often as there are values, and so on."""
    corrected: dict[str, float] = {}
    highest = 0.0
    for place, (name, value) in enumerate(sorted(values.items(), key=lambda one: (one[1], one[0]))):
        highest = max(highest, min(1.0, value * (len(values) - place)))
        corrected[name] = highest
    return {name: corrected[name] for name in values}
