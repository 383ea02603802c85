"""What the tools do, as plain values in and out; it runs in the workers and knows nothing of MCP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardrun.api import check_text
from guardrun.config import Config, find_config, load_config, settings_read
from guardrun.errors import ConfigError, TemplateError
from guardrun.facts.near import near
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES, Finding, Problem, Report, Suppressed
from guardrun.pack import Pack, Rule
from guardrun.read import MAX_BYTES
from guardrun.select import select_rules

Values = dict[str, Any]
TYPES = 5
"""Resource types of a rule to name in a list of rules."""


@dataclass(frozen=True, slots=True)
class Options:
    """The same for all questions: a file of settings, by default the nearest, and the engine's time in seconds."""

    config: str | None
    timeout: float


def check_template(
    template: str,
    name: str,
    profiles: Sequence[str],
    parameters: Mapping[str, Any] | None,
    limit: int,
    options: Options,
) -> Values:
    """What the rules find in a template, and why it could not be read."""
    report = check_text(
        template,
        name=name,
        profiles=profiles,
        parameters=parameters,
        config=options.config,
        timeout=options.timeout,
    )
    (result,) = report.templates
    findings = _worst_first(report.findings)
    return {
        "name": name,
        "status": "error" if report.errors else result.status,
        "counts": _counts(report),
        "findings": [_finding(one) for one in findings[:limit]],
        "left_out": len(findings[limit:]),
        "problems": [_problem(one) for one in (*result.problems, *report.problems)],
        "suppressed": [_suppressed(one) for one in report.suppressed],
        "warnings": [_problem(one) for one in (*result.warnings, *report.warnings)],
    }


def explain_rule(rule: str, options: Options) -> Values:
    """All that a rule says of itself, and the settings that it reads."""
    settings = _settings(options)
    found = _pack(settings).rule(rule)
    return {
        "id": found.id,
        "title": found.title,
        "severity": found.severity,
        "category": found.category,
        "profile": found.profile,
        "resources": list(found.resources),
        "why": " ".join(found.why.split()),
        "fix": found.fix_line,
        "example": found.example,
        "references": list(found.references),
        "controls": list(found.controls),
        "settings": settings_read(found.text, settings.policy),
        "as_of": found.as_of,
    }


def list_rules(
    category: str | None,
    severity: str | None,
    profile: str | None,
    select: Sequence[str],
    limit: int,
    offset: int,
    options: Options,
) -> Values:
    """The rules that are asked for, a part of them at a time, and how many there are."""
    for value, known, what in ((category, CATEGORIES, "category"), (severity, SEVERITIES, "severity")):
        _require(value, known, what)
    _require(profile, PROFILES, "profile")
    ids = {pattern.lower() for pattern in select}
    rules = [
        rule
        for rule in select_rules(_pack(_settings(options)).rules, PROFILES, select)
        if category in {None, rule.category} and severity in {None, rule.severity}
    ]
    chosen = [rule for rule in rules if rule.profile == (profile or "core") or (not profile and rule.id.lower() in ids)]
    listed = chosen[offset : offset + limit]
    return {
        "count": len(chosen),
        "by_category": _counted((rule.category for rule in chosen), CATEGORIES),
        "by_profile": _counted((rule.profile for rule in rules), PROFILES),
        "rules": [_entry(rule) for rule in listed],
        "left_out": max(0, len(chosen) - offset - len(listed)),
    }


def score_answer(answer: str, expected_resources: Sequence[str], tokens: int, limit: int, options: Options) -> Values:
    """What an answer is worth, and the repair prompt on it in about so many tokens."""
    from guardrun.answers import Answer  # noqa: PLC0415  the other tools need none of this
    from guardrun.scoring import to_record  # noqa: PLC0415
    from guardrun.scoring.api import judging, scorer_for  # noqa: PLC0415
    from guardrun.scoring.feedback import feedback_on, text_of  # noqa: PLC0415

    if len(answer.encode("utf-8", "replace")) > MAX_BYTES:
        raise TemplateError("the answer is larger than 5 MB", hint="CloudFormation accepts templates of at most 1 MB")
    scorer = scorer_for(judging(timeout=options.timeout))
    (score,) = scorer.scores([Answer("answer", answer, expected=tuple(expected_resources))])
    record = to_record(score, scorer.about)
    findings = sorted(record["findings"], key=lambda one: SEVERITIES.index(one["severity"]))
    for name in ("id", "model", "prompt", "tags", "applied_rules", "failed_rules", "errors"):
        del record[name]
    applicable = {name: one for name, one in record["categories"].items() if one["applicable"] or one["errors"]}
    return record | {
        "categories": applicable,
        "findings": findings[:limit],
        "left_out": len(findings[limit:]),
        "problems": [_problem(one) for one in score.errors],
        "repair_prompt": text_of(feedback_on(score, scorer.job.pack.rules, tokens)),
    }


WORK: dict[str, Callable[..., Values]] = {
    "check_template": check_template,
    "explain_rule": explain_rule,
    "list_rules": list_rules,
    "score_answer": score_answer,
}


def _settings(options: Options) -> Config:
    return load_config(Path(options.config) if options.config else find_config(Path.cwd()))


def _pack(settings: Config) -> Pack:
    from guardrun.pack.packs import load_packs  # noqa: PLC0415  checks of templates need it not

    return load_packs(settings.rules, settings.foreign, here=False)


def _require(value: str | None, known: Sequence[str], what: str) -> None:
    if value is not None and value not in known:
        hint = near(value, known).removeprefix("; ") or f"there are {', '.join(known)}"
        raise ConfigError(f"there is no {what} {value!r}", hint=hint)


def _worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: SEVERITIES.index(one.severity))


def _counts(report: Report) -> Values:
    (result,) = report.templates
    return {
        "findings": len(report.findings),
        **{name: sum(one.severity == name for one in report.findings) for name in SEVERITIES},
        "suppressed": len(report.suppressed),
        "rules_passed": len(result.passed),
        "rules_failed": len(result.failed),
    }


def _counted(values: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    counts = Counter(values)
    return {name: counts[name] for name in order if counts[name]}


def _finding(finding: Finding) -> Values:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "category": finding.category,
        "resource": finding.logical_id,
        "path": finding.path,
        "line": finding.place.line,
        "message": finding.message,
        "found": finding.found,
        "expected": finding.expected,
        "fix": finding.fix,
    }


def _suppressed(one: Suppressed) -> Values:
    kept = ("rule", "severity", "resource", "line", "message")
    return {name: _finding(one.finding)[name] for name in kept} | {"reason": one.reason}


def _problem(problem: Problem) -> Values:
    return {
        "message": problem.message,
        "file": problem.path,
        "line": problem.line,
        "column": problem.column,
        "hint": problem.hint,
        "rule": problem.rule,
    }


def _entry(rule: Rule) -> Values:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "category": rule.category,
        "profile": rule.profile,
        "resources": list(rule.resources[:TYPES]),
        "more_resources": len(rule.resources[TYPES:]),
    }
