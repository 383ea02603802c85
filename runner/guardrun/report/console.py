"""The report for people: findings grouped by template, then errors and a summary by category.

The text has ANSI colours; whoever prints it takes them out where they are not wanted.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Mapping

import click

from guardrun.model import CATEGORIES, SEVERITIES, Finding, Problem, Report, RuleInfo, TemplateResult
from guardrun.report.colours import COLOURS
from guardrun.report.counts import by_severity, plural
from guardrun.report.excerpt import excerpt
from guardrun.report.links import link
from guardrun.report.visible import visible

WIDEST, NARROWEST = 120, 60


def render(report: Report) -> str:
    """The report as text for a terminal of the present width."""
    width = min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)
    blocks = [
        "\n".join(_template(template, report.pack.rules, width))
        for template in report.templates
        if template.status != "pass" or template.warnings
    ]
    for problems, kind in ((report.problems, "error"), (report.warnings, "warning")):
        if problems:
            blocks.append("\n".join(line for problem in problems for line in _problem(problem, None, width, kind)))
    if report.findings:
        blocks.append("\n".join(_table(report)))
    blocks.append(_closing(report))
    return "\n\n".join(blocks) + "\n"


def summary(report: Report) -> str:
    """Only the table by category and the counts."""
    table = "\n".join(_table(report)) + "\n\n" if report.findings else ""
    return f"{table}{_closing(report)}\n"


def _template(template: TemplateResult, rules: Mapping[str, RuleInfo], width: int) -> Iterator[str]:
    yield click.style(visible(template.path), bold=True, underline=True)
    explained: set[str] = set()
    for finding in template.findings:
        yield from _finding(finding, rules[finding.rule])
        yield from _excerpt(finding, template.source, width)
        yield from _explanation(finding, width, with_fix=finding.rule not in explained)
        explained.add(finding.rule)
    for problem in template.problems:
        yield from _problem(problem, template.path, width)
    for warning in template.warnings:
        yield from _problem(warning, template.path, width, "warning")


def _finding(finding: Finding, rule: RuleInfo) -> Iterator[str]:
    place = visible(f"{finding.template}:{finding.place.line}:{finding.place.column}")
    severity = click.style(finding.severity, fg=COLOURS[finding.severity], bold=True)
    name = click.style(finding.rule, bold=True)
    yield f"  {place} {severity} {link(name, rule.references[0]) if rule.references else name}"


def _excerpt(finding: Finding, source: str | None, width: int) -> Iterator[str]:
    for gutter, text in excerpt(finding, source, width - 4):
        mark = click.style(text, fg=COLOURS[finding.severity], bold=True) if text.strip("^ ") == "" else visible(text)
        yield f"    {click.style(gutter, dim=True)} {mark}".rstrip()


def _explanation(finding: Finding, width: int, *, with_fix: bool) -> Iterator[str]:
    subject = f"{finding.logical_id}: " if finding.logical_id else ""
    found = f" (found {finding.found})" if finding.found is not None else ""
    yield from _wrapped(subject + finding.message + found, width)
    if with_fix:
        yield from _wrapped(f"fix: {finding.fix}", width, dim=True)


def _problem(problem: Problem, path: str | None, width: int, kind: str = "error") -> Iterator[str]:
    parts = (problem.path or path, problem.line, problem.column)
    place = visible(":".join(str(part) for part in parts if part is not None))
    label = click.style(kind, fg="bright_red" if kind == "error" else "yellow", bold=True)
    yield "  " + " ".join(part for part in (place, label, problem.rule) if part)
    yield from _wrapped(problem.message, width)
    if problem.hint:
        yield from _wrapped(f"hint: {problem.hint}", width, dim=True)


def _wrapped(text: str, width: int, *, dim: bool = False) -> Iterator[str]:
    options = {"initial_indent": "    ", "subsequent_indent": "      ", "break_on_hyphens": False}
    for line in textwrap.wrap(visible(text), width, **options):  # type: ignore[arg-type]
        yield click.style(line, dim=True) if dim else line


def _table(report: Report) -> Iterator[str]:
    yield f"{'category':<16}" + "".join(f"{severity:>10}" for severity in SEVERITIES) + f"{'all':>10}"
    for category in CATEGORIES:
        found = [finding.severity for finding in report.findings if finding.category == category]
        if found:
            counts = "".join(f"{found.count(severity) or '.':>10}" for severity in SEVERITIES)
            yield f"{category:<16}{counts}{len(found):>10}"


def _closing(report: Report) -> str:
    """How many templates came out how, what was found, and what could not be done."""
    statuses = [template.status for template in report.templates]
    named = {"passed": "pass", "with findings": "fail", "with errors": "error"}
    outcomes = [f"{statuses.count(status)} {name}" for name, status in named.items() if status in statuses]
    lines = [", ".join([plural(len(statuses), "template"), *outcomes])]
    severities = by_severity(report)
    kinds = ", ".join(f"{severities[severity]} {severity}" for severity in SEVERITIES if severities[severity])
    lines.append(plural(len(report.findings), "finding") + (f": {kinds}" if kinds else ""))
    known = sum(one.in_baseline for one in report.suppressed)
    if accepted := len(report.suppressed) - known:
        lines.append(f"{plural(accepted, 'finding')} suppressed")
    if known:
        lines.append(f"{plural(known, 'finding')} in the baseline")
    if report.errors:
        lines.append(plural(report.errors, "error"))
    if report.files_skipped:
        lines.append(f"{plural(report.files_skipped, 'other file')} skipped: not CloudFormation")
    colour = "red" if report.findings or report.errors else "green"
    return click.style("\n".join(lines), fg=colour, bold=True)
