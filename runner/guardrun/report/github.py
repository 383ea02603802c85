"""GitHub workflow commands: findings as annotations on the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest without a word, so the worst come
first and the last one says how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrun.model import SEVERITIES, Finding, Problem, Report

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}
SHOWN = 10
"""Annotations of each level that GitHub shows of a step."""


def render(report: Report) -> str:
    """The annotations, one a line."""
    lines = [line for level in ("error", "warning", "notice") for line in _level(report, level)]
    return "".join(f"{line}\n" for line in lines)


def _level(report: Report, level: str) -> Iterator[str]:
    told = [_finding(finding) for finding in _sorted(report) if LEVELS[finding.severity] == level]
    if level == "error":
        told = [*_problems(report), *told]
    if len(told) > SHOWN:
        rest = len(told) - SHOWN + 1
        told = [*told[: SHOWN - 1], f"::{level} title=guardrun::{rest} more, see the whole report"]
    yield from told


def _sorted(report: Report) -> list[Finding]:
    return sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _finding(finding: Finding) -> str:
    place = finding.place
    properties = {
        "file": finding.template,
        "line": place.line,
        "endLine": place.end_line,
        "col": place.column,
        "endColumn": place.end_column,
        "title": f"{finding.rule} ({finding.severity})",
    }
    if place.end_line != place.line:
        del properties["col"], properties["endColumn"]  # GitHub takes columns within one line only
    subject = f"{finding.logical_id}: " if finding.logical_id else ""
    return _command(LEVELS[finding.severity], properties, f"{subject}{finding.message}\nfix: {finding.fix}")


def _problems(report: Report) -> Iterator[str]:
    found = [(problem, "") for problem in report.problems]
    found += [(problem, template.path) for template in report.templates for problem in template.problems]
    for problem, path in found:
        yield _command("error", _place(problem, path), f"{problem.message}\n{problem.hint or ''}".strip())


def _place(problem: Problem, path: str) -> dict[str, object]:
    given = {"file": problem.path or path, "line": problem.line, "col": problem.column, "title": "guardrun"}
    return {key: value for key, value in given.items() if value}


def _command(level: str, properties: dict[str, object], message: str) -> str:
    listed = ",".join(f"{key}={_escaped(str(value), property_=True)}" for key, value in properties.items())
    return f"::{level} {listed}::{_escaped(message)}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
