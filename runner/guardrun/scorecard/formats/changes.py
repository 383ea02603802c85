"""Rules whose verdict changed between two models, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardrun.scorecard.card import Comparison, PairChange, RuleChange, RuleWords

LISTED, FEW = 5, 4
"""Rules that a list has, and that stand beside one prompt."""


def changed_rules(comparison: Comparison, words: Mapping[str, RuleWords]) -> tuple[list[str], list[str]]:
    """The rules that fail in more prompts than before, and those in fewer, by what they weigh."""
    worse = [one for one in comparison.rules if one.newly > one.no_longer]
    better = [one for one in reversed(comparison.rules) if one.newly < one.no_longer]
    return _lines(worse, words), _lines(better, words)


def _lines(rules: Sequence[RuleChange], words: Mapping[str, RuleWords]) -> list[str]:
    more = [f"and {len(rules) - LISTED} more"] if len(rules) > LISTED else []
    return [
        f"{words[one.rule].severity} {one.rule}: newly in {one.newly}, no longer in {one.no_longer}"
        for one in rules[:LISTED]
    ] + more


def pair_rules(pair: PairChange) -> str:
    """The rules of one prompt: `newly fails A, B; no longer fails C`."""
    kinds = (("newly fails", pair.newly_failing), ("no longer fails", pair.no_longer_failing))
    return "; ".join(f"{title} {_some(rules)}" for title, rules in kinds if rules)


def _some(rules: Sequence[str]) -> str:
    more = f" and {len(rules) - FEW} more" if len(rules) > FEW else ""
    return ", ".join(rules[:FEW]) + more
