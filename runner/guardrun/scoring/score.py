"""The definition of the score: from what the rules say of a template to a number between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import sqrt
from typing import Any

from guardrun.answers import Answer, Extraction
from guardrun.facts.conditions import Conditions
from guardrun.model import CATEGORIES, Finding, RuleInfo, TemplateResult
from guardrun.read import Template
from guardrun.scoring.model import AnswerScore, CategoryScore, Certificate, Extracted, Gates

WEIGHTS = {"critical": 10, "high": 5, "medium": 2, "low": 1}
"""What a rule counts, by its severity."""

ENOUGH_TYPES = 4
"""Distinct resource types from which on a template is complete, as far as that can be told without the prompt."""

INVALID = 0.5
"""What is left of the score of a template that CloudFormation would refuse."""

NOT_JUDGED = {
    "PROJECT_HAS_CHANGELOG": "an answer has no history",
    "PROJECT_IN_VERSION_CONTROL": "an answer is not under version control",
    "TEMPLATE_EXPLAINS_ITSELF": "comments and metadata alone earn nothing",
}
"""Rules that say nothing of an answer, and why."""

SERIOUS = ("critical", "high")
DIGITS = 6


def score_of(
    answer: Answer, found: Extraction, result: TemplateResult, rules: Mapping[str, RuleInfo], suppressions: int
) -> AnswerScore:
    """The score of an answer whose template was checked; None as a number when nothing could be applied to it."""
    passed, failed = (
        [rule for rule in rule_ids if rule not in NOT_JUDGED] for rule_ids in (result.passed, result.failed)
    )
    errors = [str(problem.rule) for problem in result.rule_errors if problem.rule]
    findings = [one for one in result.findings if one.rule not in NOT_JUDGED]
    types = Counter(_types(found.template) if found.template else ())
    valid = not any(_is_refused(one) for one in findings)
    looked_at = {kind for rule in (*passed, *failed) for kind in rules[rule].resources}
    coverage = _coverage(types, answer.expected, looked_at)
    share = _total(passed, failed, rules)
    return AnswerScore(
        **identity(answer),
        extraction=extracted(found),
        gates=Gates(True, True, True, valid),
        categories=categories(passed, failed, errors, rules),
        score=None if share is None else round(share * coverage * (1 if valid else INVALID), DIGITS),
        share=None if share is None else round(share, DIGITS),
        coverage=round(coverage, DIGITS),
        passed=share is not None and valid and not any(one.severity in SERIOUS for one in findings),
        deployable=share is not None and not any(_is_serious(one, {"dependency", "validity"}) for one in findings),
        resources=dict(types),
        missing=tuple(kind for kind in answer.expected if kind not in types),
        suppressions=suppressions,
        applied_rules=tuple(sorted([*passed, *failed])),
        failed_rules=tuple(sorted(failed)),
        findings=tuple(certificate(one, found) for one in findings),
        errors=result.problems,
    )


def without_template(answer: Answer, found: Extraction) -> AnswerScore:
    """The score of an answer without a template to judge: 0."""
    extracted_, parsed = found.status not in {"none", "truncated"}, found.status == "not-cloudformation"
    return AnswerScore(
        **identity(answer),
        extraction=extracted(found),
        gates=Gates(extracted_, parsed),
        categories=categories((), (), (), {}),
        score=0.0,
        share=0.0,
        missing=answer.expected,
    )


def identity(answer: Answer) -> dict[str, Any]:
    """The fields of a score that tell whose it is."""
    return {"id": answer.id, "model": answer.model, "prompt": answer.prompt, "tags": answer.tags}


def extracted(found: Extraction) -> Extracted:
    """What an extraction leaves to tell."""
    block, problem = found.chosen, found.problem
    return Extracted(
        status=found.status,
        fences=found.fences,
        candidates=found.candidates,
        language=block.language if block else None,
        line=block.line if block else None,
        end_line=block.end_line if block else None,
        closed=block.closed if block else True,
        message=f"line {problem.line}: {problem.message}" if problem else None,
    )


def categories(
    passed: Iterable[str], failed: Iterable[str], errors: Iterable[str], rules: Mapping[str, RuleInfo]
) -> dict[str, CategoryScore]:
    """The score of every category."""
    by_status = [[rule for rule in some if rule in rules] for some in (passed, failed, errors)]
    found = {}
    for name in CATEGORIES:
        good, bad, broken = ([rule for rule in some if rules[rule].category == name] for some in by_status)
        share = _share(good, bad, rules)
        score = None if share is None else round(share, DIGITS)
        found[name] = CategoryScore(len(good) + len(bad), len(good), len(bad), len(broken), score)
    return found


def certificate(finding: Finding, found: Extraction) -> Certificate:
    """A finding with its lines in the answer and in the template."""
    first = found.chosen.line if found.chosen else 1
    return Certificate(
        rule=finding.rule,
        category=finding.category,
        severity=finding.severity,
        resource=finding.logical_id,
        path=finding.path,
        line=max(finding.place.line, first),
        template_line=max(finding.place.line - first + 1, 1),
        message=finding.message,
        found=finding.found,
        expected=finding.expected,
        fix=finding.fix,
    )


def _total(passed: Iterable[str], failed: Iterable[str], rules: Mapping[str, RuleInfo]) -> float | None:
    """The mean of the categories' shares, each counting the square root of its weight: none drowns the others."""
    weights: dict[str, list[int]] = {}
    for rule, good in (*((rule, 1) for rule in passed), *((rule, 0) for rule in failed)):
        weight = WEIGHTS[rules[rule].severity]
        category = weights.setdefault(rules[rule].category, [0, 0])
        category[0] += good * weight
        category[1] += weight
    if not weights:
        return None
    return sum(good / sqrt(all_) for good, all_ in weights.values()) / sum(sqrt(all_) for _, all_ in weights.values())


def _share(passed: Iterable[str], failed: Iterable[str], rules: Mapping[str, RuleInfo]) -> float | None:
    """The severity-weighted share of rules that passed."""
    good, bad = (sum(WEIGHTS[rules[rule].severity] for rule in some) for some in (passed, failed))
    return good / (good + bad) if good + bad else None


def _types(template: Template) -> Iterator[str]:
    """The types of the resources, without those under a condition that never holds."""
    conditions = Conditions(template.document)
    for name, kind in template.types.items():
        condition = template.resources[name].get("Condition")
        if not (isinstance(condition, str) and conditions.never_holds(condition)):
            yield kind


def _coverage(types: Collection[str], expected: Collection[str], looked_at: Collection[str]) -> float:
    """How much of what was asked for is there: of the expected types, else of enough types to be a whole template.

    Without expectations only types count that a rule looks at: others could be added at no risk.
    """
    if expected:
        return sum(kind in types for kind in set(expected)) / len(set(expected))
    return min(1.0, sum(kind in looked_at for kind in types) / ENOUGH_TYPES)


def _is_refused(finding: Finding) -> bool:
    """Whether CloudFormation refuses the template for it: critical of dependency are circles and missing targets."""
    return _is_serious(finding, {"validity"}) or (finding.category, finding.severity) == ("dependency", "critical")


def _is_serious(finding: Finding, of: Collection[str]) -> bool:
    return finding.severity in SERIOUS and finding.category in of
