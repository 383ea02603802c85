"""What changed between two reports: for people, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import click

from guardrun.merge import Difference
from guardrun.model import Finding
from guardrun.report.colours import COLOURS
from guardrun.report.counts import plural
from guardrun.report.json import finding_values
from guardrun.report.markdown import code, escaped
from guardrun.report.visible import visible


def console(difference: Difference) -> str:
    """New findings, then fixed ones, each on a line, and the counts."""
    lines = [*_lines("new", difference.new), *_lines("fixed", difference.fixed)]
    return "\n".join([*lines, _counts(difference)]) + "\n"


def _lines(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield click.style(title, bold=True, underline=True)
    for finding in findings:
        place = visible(f"{finding.template}:{finding.place.line}:{finding.place.column}")
        severity = click.style(finding.severity, fg=COLOURS[finding.severity], bold=True)
        yield f"  {place} {severity} {click.style(finding.rule, bold=True)}"
        yield visible(f"    {finding.message}")
    if findings:
        yield ""


def markdown(difference: Difference) -> str:
    """The same for a comment on a merge request."""
    lines = [f"## guardrun: {_counts(difference)}"]
    for title, findings in (("New", difference.new), ("Fixed", difference.fixed)):
        lines += [f"\n### {title}\n"] if findings else []
        lines += [_item(finding) for finding in findings]
    return "\n".join(lines) + "\n"


def _item(finding: Finding) -> str:
    place = code(f"{finding.template}:{finding.place.line}")
    return f"- {place} {finding.severity} **{escaped(finding.rule)}** {escaped(finding.message)}"


def as_json(difference: Difference) -> str:
    """The findings of each kind, with all that is known of them."""
    kinds = {"new": difference.new, "fixed": difference.fixed, "unchanged": difference.unchanged}
    document = {kind: [finding_values(finding) for finding in findings] for kind, findings in kinds.items()}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _counts(difference: Difference) -> str:
    counts = (plural(len(difference.new), "new finding"), f"{len(difference.fixed)} fixed")
    return ", ".join((*counts, f"{len(difference.unchanged)} unchanged"))


FORMATS: dict[str, Callable[[Difference], str]] = {"console": console, "markdown": markdown, "json": as_json}
