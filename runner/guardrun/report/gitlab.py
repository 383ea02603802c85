"""GitLab Code Quality: a list of issues, each complete, as GitLab stops reading at the first that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from guardrun.model import Problem, Report
from guardrun.report.fingerprint import fingerprints

SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(report: Report) -> str:
    """The findings and what could not be done; an empty list when there is nothing to tell."""
    return json.dumps([*_findings(report), *_problems(report)], indent=2, ensure_ascii=False) + "\n"


def _findings(report: Report) -> Iterator[dict[str, Any]]:
    for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True):
        subject = f"{finding.logical_id}: " if finding.logical_id else ""
        text = f"{subject}{finding.message}. {finding.fix}"
        yield _issue(text, finding.rule, mark, SEVERITIES[finding.severity], finding.template, finding.place.line)


def _problems(report: Report) -> Iterator[dict[str, Any]]:
    found = [(problem, "") for problem in report.problems]
    found += [(problem, template.path) for template in report.templates for problem in template.problems]
    for number, (problem, path) in enumerate(found):
        at = problem.path or path or "."
        yield _issue(_told(problem), "guardrun", f"error-{number}-{at}", "blocker", at, problem.line or 1)


def _told(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _issue(text: str, rule: str, mark: str, severity: str, path: str, line: int) -> dict[str, Any]:
    return {
        "description": text,
        "check_name": rule,
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": path.removeprefix("./"), "lines": {"begin": line}},
    }
