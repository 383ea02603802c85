"""Markdown for a step summary or a comment on a merge request; text from templates is not trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrun.model import CATEGORIES, SEVERITIES, Finding, Report
from guardrun.report.counts import plural
from guardrun.report.visible import visible

LIMIT = 60_000
"""Longest text, in characters: GitHub takes 65536 in a comment."""

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&-])")
ICONS = {"critical": "🔴", "high": "🟠", "medium": "🟡", "low": "🔵"}


def render(report: Report) -> str:
    """A headline, a table by category, and the findings by template, the worst first; the end cut where too long."""
    head = "\n".join([*_headline(report), "", *_table(report), *_errors(report)]).rstrip("\n")
    parts = [part for severity in SEVERITIES for part in _section(report, severity)]
    text, left = head, 0
    for part in parts:
        if len(text) + len(part) > LIMIT:
            left += 1
        else:
            text += part
    return text + (f"\n\n… and {plural(left, 'finding')} more\n" if left else "\n")


def _headline(report: Report) -> Iterator[str]:
    mark = "❌" if report.findings or report.errors else "✅"
    counts = [plural(len(report.findings), "finding"), plural(len(report.templates), "template")]
    errors = f", {plural(report.errors, 'error')}" if report.errors else ""
    yield f"## {mark} guardrun: {' in '.join(counts)}{errors}"
    if report.suppressed:
        yield f"\n{plural(len(report.suppressed), 'finding')} suppressed"


def _table(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    yield "| category | " + " | ".join(f"{ICONS[severity]} {severity}" for severity in SEVERITIES) + " |"
    yield "|---|" + "--:|" * len(SEVERITIES)
    for category in CATEGORIES:
        found = [finding.severity for finding in report.findings if finding.category == category]
        if found:
            counts = " | ".join(str(found.count(severity) or "") for severity in SEVERITIES)
            yield f"| {category} | {counts} |"


def _errors(report: Report) -> Iterator[str]:
    found = [(problem, "") for problem in report.problems]
    found += [(problem, template.path) for template in report.templates for problem in template.problems]
    if found:
        yield "\n### What could not be checked\n"
    for problem, path in found:
        place = ":".join(str(part) for part in (problem.path or path, problem.line, problem.column) if part)
        yield f"- {code(place)} {escaped(problem.message)}"


def _section(report: Report, severity: str) -> Iterator[str]:
    found = [finding for finding in report.findings if finding.severity == severity]
    for number, finding in enumerate(found):
        title = f"\n\n### {ICONS[severity]} {severity}\n" if number == 0 else ""
        yield title + _finding(finding)


def _finding(finding: Finding) -> str:
    place = code(f"{finding.template}:{finding.place.line}")
    subject = f" {code(finding.logical_id)}" if finding.logical_id else ""
    found = f", found {code(finding.found)}" if finding.found is not None else ""
    return (
        f"\n- {place}{subject} **{escaped(finding.rule)}** {escaped(finding.message)}{found}<br>{escaped(finding.fix)}"
    )


def escaped(text: str) -> str:
    """Text that Markdown and HTML leave as it is, on one line."""
    return SPECIAL.sub(r"\\\1", visible(" ".join(text.split()))).replace("\\<", "&lt;").replace("\\>", "&gt;")


def code(text: str) -> str:
    """Text in a code span, whatever backticks it has."""
    shown = visible(" ".join(text.split())).replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"
