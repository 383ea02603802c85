"""Which rules answers fail most, and what is known of the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from guardrun.model import RuleInfo
from guardrun.scorecard.card import Failure, RuleWords
from guardrun.scoring import AnswerScore
from guardrun.scoring.score import WEIGHTS

MOST = 20
"""Failures that are listed."""


def rule_words(answers: Iterable[AnswerScore], pack: Mapping[str, RuleInfo]) -> dict[str, RuleWords]:
    """What is known of every rule that was applied: from findings, else from the pack, which has titles."""
    answers = list(answers)
    told = {one.rule: (one.category, one.severity) for answer in answers for one in answer.findings}
    applied = {rule for answer in answers for rule in answer.applied_rules} | set(told)
    found = {}
    for rule in sorted(applied):
        info = pack.get(rule)
        category, severity = told.get(rule) or ((info.category, info.severity) if info else ("", ""))
        found[rule] = RuleWords(category, severity, info.title if info else "")
    return found


def weight(rule: str, rules: Mapping[str, RuleWords]) -> int:
    """What a rule counts, by its severity; 1 where that is not known."""
    return WEIGHTS.get(rules[rule].severity, 1) if rule in rules else 1


def top_failures(answers: Sequence[AnswerScore], rules: Mapping[str, RuleWords]) -> tuple[Failure, ...]:
    """The rules that most answers fail, each answer counting the weight of the severity, with an example."""
    counts = Counter(rule for answer in answers for rule in answer.failed_rules)
    ranked = sorted(counts, key=lambda rule: (-counts[rule] * weight(rule, rules), rule))[:MOST]
    examples = {one.rule: (one.message, answer.id) for answer in reversed(answers) for one in reversed(answer.findings)}
    return tuple(
        Failure(rule, counts[rule], counts[rule] * weight(rule, rules), *examples.get(rule, (None, None)))
        for rule in ranked
    )
