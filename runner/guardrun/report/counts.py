"""How many findings of each kind: what several formats tell."""

from __future__ import annotations

from collections import Counter

from guardrun.model import Report


def by_category(report: Report) -> Counter[str]:
    """Findings by category."""
    return Counter(finding.category for finding in report.findings)


def by_severity(report: Report) -> Counter[str]:
    """Findings by severity."""
    return Counter(finding.severity for finding in report.findings)


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
