"""Reports put together, and one held against an earlier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from guardrun.errors import GuardrunError
from guardrun.model import Finding, PackInfo, Report, TemplateResult


def merge(reports: Sequence[Report]) -> Report:
    """One report of several, made by the same engine and rules; a template that is in several counts once, the last.

    Raises `GuardrunError` when engines or rules differ, as their results do not compare.
    """
    first = reports[0]
    for other in reports[1:]:
        if _makers(other) != _makers(first):
            hint = f"{' and '.join(_makers(first))} against {' and '.join(_makers(other))}"
            raise GuardrunError("the reports are of different engines or rules", hint=hint)
    templates: dict[str, TemplateResult] = {one.path: one for report in reports for one in report.templates}
    rules = {**first.pack.rules}
    for report in reports:
        rules |= {rule: info for rule, info in report.pack.rules.items() if info.title or rule not in rules}
    return replace(
        first,
        pack=PackInfo(first.pack.version, first.pack.hash, rules),
        templates=tuple(templates.values()),
        files_skipped=sum(report.files_skipped for report in reports),
        problems=tuple(problem for report in reports for problem in report.problems),
        warnings=tuple(dict.fromkeys(warning for report in reports for warning in report.warnings)),
        companions={name: version for report in reports for name, version in report.companions.items()},
    )


def _makers(report: Report) -> tuple[str, str]:
    return f"cfn-guard {report.engine.version}", f"rules {report.pack.version} ({report.pack.hash()[:12]})"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a newer report has beyond an older one, what it lacks, and what is the same; moved lines do not matter."""

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]


def compare(old: Report, new: Report) -> Difference:
    """Hold a report against an older one, finding by finding."""
    before = Counter(finding.identity for finding in old.findings)
    unchanged: list[Finding] = []
    added: list[Finding] = []
    for finding in new.findings:
        known = before[finding.identity] > 0
        before[finding.identity] -= known
        (unchanged if known else added).append(finding)
    # What is accepted now is neither unchanged nor fixed.
    before -= Counter(one.finding.identity for one in new.suppressed)
    fixed = []
    for finding in reversed(old.findings):
        if before[finding.identity] > 0:
            before[finding.identity] -= 1
            fixed.append(finding)
    return Difference(tuple(added), tuple(reversed(fixed)), tuple(unchanged))
