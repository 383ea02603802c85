"""CSV for spreadsheets: a finding a line."""

from __future__ import annotations

import csv
import io

from guardrun.model import Report

COLUMNS = (
    "template",
    "line",
    "column",
    "severity",
    "category",
    "rule",
    "logical_id",
    "message",
    "found",
    "expected",
    "fix",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell starts that a spreadsheet would run."""


def render(report: Report) -> str:
    """A header and the findings."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for finding in report.findings:
        places = {"line": finding.place.line, "column": finding.place.column}
        writer.writerow([cell(places.get(name, getattr(finding, name, None))) for name in COLUMNS])
    return text.getvalue()


def cell(value: object) -> object:
    """A value as a cell that no spreadsheet runs."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
