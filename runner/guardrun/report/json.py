"""JSON for programs: every key written out, described by docs/report.schema.json."""

from __future__ import annotations

import json
from typing import Any

from guardrun.model import CATEGORIES, SEVERITIES, Finding, Graph, Problem, Report, RuleInfo, TemplateResult
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
        "pack": _pack(report),
        "companions": dict(report.companions),
        "rules": [_rule(report.pack.rules[rule]) for rule in _told(report)],
        "problems": [_problem(problem) for problem in report.problems],
        "warnings": [_problem(problem) for problem in report.warnings],
        "templates": [_template(template) for template in report.templates],
        "findings": [finding_values(finding) for finding in report.findings],
        "suppressed": [
            {
                **finding_values(one.finding),
                "reason": one.reason,
                "in_source": one.in_source,
                "in_baseline": one.in_baseline,
            }
            for one in report.suppressed
        ],
        "summary": _summary(report),
    }


def _pack(report: Report) -> dict[str, Any]:
    rules = report.pack.rules
    return {
        "version": report.pack.version,
        "hash": report.pack.hash(),
        "rules": sum(rule.origin not in report.companions for rule in rules.values()),
        "categories": {rule: rules[rule].category for rule in sorted(rules)},
    }


def _told(report: Report) -> list[str]:
    """The rules of which a report has something to tell; what it knows of those of companions is nowhere else."""
    found = {finding.rule for finding in (*report.findings, *(one.finding for one in report.suppressed))}
    return sorted(found | {rule for rule, info in report.pack.rules.items() if info.origin in report.companions})


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "id": rule.id,
        "category": rule.category,
        "severity": rule.severity,
        "profile": rule.profile,
        "title": rule.title,
        "analysis": list(rule.analysis),
        "controls": list(rule.controls),
        "why": " ".join(rule.why.split()),
        "fix": rule.fix,
        "references": list(rule.references),
        "origin": rule.origin,
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
        "warnings": [_problem(problem) for problem in template.warnings],
        "source": template.source,
        "graph": _graph(template.graph) if template.graph else None,
    }


def _graph(graph: Graph) -> dict[str, Any]:
    return {"types": graph.types, "edges": [list(edge) for edge in graph.edges]}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "message": problem.message,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "hint": problem.hint,
        "rule": problem.rule,
    }


def finding_values(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
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
        "suppressed": len(report.suppressed),
        "by_category": {category: categories[category] for category in CATEGORIES},
        "by_severity": {severity: severities[severity] for severity in SEVERITIES},
        "errors": report.errors,
        "files_skipped": report.files_skipped,
    }
