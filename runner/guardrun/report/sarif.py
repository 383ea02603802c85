"""SARIF 2.1.0, as GitHub code scanning and other readers of static analysis results take it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import guardrun
from guardrun.model import Finding, Problem, Report, RuleInfo, Suppressed
from guardrun.report.fingerprint import fingerprints

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
TEXT_LIMIT = 1000
"""Longest description of a rule, in characters: GitHub takes 1024."""
MOST_TAGS = 20


def render(report: Report) -> str:
    """The report as one SARIF run."""
    return json.dumps(to_document(report), indent=2, ensure_ascii=False) + "\n"


def to_document(report: Report) -> dict[str, Any]:
    """The report as plain values, keys in a fixed order."""
    findings = [*((finding, None) for finding in report.findings), *((one.finding, one) for one in report.suppressed)]
    used = sorted({finding.rule for finding, _ in findings})
    rules = [report.pack.rules[rule] for rule in used]
    index = {rule: number for number, rule in enumerate(used)}
    marks = fingerprints(finding for finding, _ in findings)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report, rules)},
                "automationDetails": {"id": "guardrun/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(report)],
                "results": [
                    _result(finding, index[finding.rule], mark) | _suppression(accepted)
                    for (finding, accepted), mark in zip(findings, marks, strict=True)
                ],
            }
        ],
    }


def _driver(report: Report, rules: list[RuleInfo]) -> dict[str, Any]:
    return {
        "name": "guardrun",
        "version": guardrun.__version__,
        "rules": [_rule(rule) for rule in rules],
        "properties": {
            "engine": {"version": report.engine.version, "sha256": report.engine.sha256()},
            "pack": {"version": report.pack.version, "hash": report.pack.hash()},
            **({"companions": dict(report.companions)} if report.companions else {}),
        },
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    tags = [rule.category, *(["security"] if rule.category == "compliance" else []), *rule.controls][:MOST_TAGS]
    level = LEVELS[rule.severity]
    described = {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title[:TEXT_LIMIT]},
        "fullDescription": {"text": " ".join((rule.why or rule.title).split())[:TEXT_LIMIT]},
        "help": {"text": f"{' '.join(rule.why.split())}\n\n{rule.fix_line}", "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": tags,
            "precision": "high",
            "problem.severity": "recommendation" if level == "note" else level,
            "origin": rule.origin,
            **({"security-severity": SECURITY_SEVERITY[rule.severity]} if "security" in tags else {}),
        },
    }
    return described | ({"helpUri": rule.references[0]} if rule.references else {})


def _markdown(rule: RuleInfo) -> str:
    example = f"\n\n```yaml\n{rule.example}\n```" if rule.example else ""
    links = "".join(f"\n- <{reference}>" for reference in rule.references)
    return f"{' '.join(rule.why.split())}\n\n**Fix:** {rule.fix_line}{example}" + (
        f"\n\n{links.strip()}" if links else ""
    )


def _result(finding: Finding, index: int, mark: str) -> dict[str, Any]:
    subject = f"{finding.logical_id}: " if finding.logical_id else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{subject}{finding.message}. {finding.fix}"},
        "locations": [{"physicalLocation": _location(finding), **_logical(finding)}],
        "partialFingerprints": {"primaryLocationLineHash": mark},
        "properties": {"path": finding.path, "found": finding.found, "expected": finding.expected},
    }


def _suppression(accepted: Suppressed | None) -> dict[str, Any]:
    if accepted is None:
        return {}
    kind = "inSource" if accepted.in_source else "external"
    return {"suppressions": [{"kind": kind, "justification": accepted.reason}]}


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"artifactLocation": {"uri": uri(finding.template)}, "region": region}


def _logical(finding: Finding) -> dict[str, Any]:
    return {"logicalLocations": [{"name": finding.logical_id, "kind": "resource"}]} if finding.logical_id else {}


def uri(path: str) -> str:
    """A path as a relative URI, or a file URI where it is absolute."""
    quoted = quote(path, safe="/~!$&'()*+,;=@-._", errors="replace")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _invocation(report: Report) -> dict[str, Any]:
    problems = [(problem, None) for problem in report.problems]
    found = [*problems, *((problem, template.path) for template in report.templates for problem in template.problems)]
    return {
        "executionSuccessful": not found,
        "toolExecutionNotifications": [_notification(problem, path) for problem, path in found],
    }


def _notification(problem: Problem, path: str | None) -> dict[str, Any]:
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    told: dict[str, Any] = {"level": "error", "message": {"text": f"{problem.message}{hint}"}}
    at = problem.path or path
    if at:
        region = {"region": {"startLine": problem.line, "startColumn": problem.column or 1}} if problem.line else {}
        told["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri(at)}, **region}}]
    return told | ({"associatedRule": {"id": problem.rule}} if problem.rule else {})
