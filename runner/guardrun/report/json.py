"""JSON for programs: every key written out, described by docs/report.schema.json."""

from __future__ import annotations

import json
from typing import Any

from guardrun.model import CATEGORIES, SEVERITIES, Finding, Problem, Report, TemplateResult
from guardrun.report.counts import by_category, by_severity

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """The report as one JSON document."""
    return json.dumps(to_document(report), indent=2, ensure_ascii=False) + "\n"


def to_document(report: Report) -> dict[str, Any]:
    """The report as plain values, keys in a fixed order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "engine": {"version": report.engine.version, "sha256": report.engine.sha256()},
        "pack": {"version": report.pack.version, "hash": report.pack.hash(), "rules": len(report.pack.rules)},
        "problems": [_problem(problem) for problem in report.problems],
        "templates": [_template(template) for template in report.templates],
        "findings": [_finding(finding) for finding in report.findings],
        "summary": _summary(report),
    }


def _template(template: TemplateResult) -> dict[str, Any]:
    return {
        "path": template.path,
        "status": template.status,
        "error": _problem(template.error) if template.error else None,
        "rules": {
            "pass": list(template.passed),
            "fail": list(template.failed),
            "skip": list(template.skipped),
            "error": [_problem(problem) for problem in template.rule_errors],
        },
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "message": problem.message,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "hint": problem.hint,
        "rule": problem.rule,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "category": finding.category,
        "severity": finding.severity,
        "template": finding.template,
        "logical_id": finding.logical_id,
        "path": finding.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "end_line": finding.place.end_line,
        "end_column": finding.place.end_column,
        "message": finding.message,
        "fix": finding.fix,
        "found": finding.found,
        "expected": finding.expected,
    }


def _summary(report: Report) -> dict[str, Any]:
    categories, severities = by_category(report), by_severity(report)
    return {
        "templates": len(report.templates),
        "findings": len(report.findings),
        "by_category": {category: categories[category] for category in CATEGORIES},
        "by_severity": {severity: severities[severity] for severity in SEVERITIES},
        "errors": report.errors,
        "files_skipped": report.files_skipped,
    }
