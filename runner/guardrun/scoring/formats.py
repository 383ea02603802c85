"""Scores for people and programs: each format is a function from records to a text."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import click

from guardrun.model import CATEGORIES, SEVERITIES
from guardrun.report.counts import plural
from guardrun.report.csv import cell
from guardrun.report.visible import visible

Record = dict[str, Any]

SHORT = ("dep", "sec", "nam", "par", "tst", "rec", "siz", "obs", "cmp", "doc", "val")
"""The categories as heads of narrow columns."""
WIDTH = 80
WORST = 5
"""Findings to show of one answer."""
GATES = ("extracted", "parsed", "cloudformation", "valid")


def console(records: Sequence[Record]) -> str:
    """A table of all answers; of one answer alone, all that matters."""
    if len(records) < 2:  # noqa: PLR2004
        return "".join(map(_one, records))
    head = f"score  outcome     {' '.join(SHORT)}  answer"
    rows = [_row(record) for record in records]
    legend = "Categories in percent of what is applicable, - where nothing is."
    return "\n".join([click.style(head, bold=True), *rows, "", legend, *_totals(records)]) + "\n"


def jsonl(records: Sequence[Record]) -> str:
    """One record a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def as_json(records: Sequence[Record]) -> str:
    """All records as one array."""
    return json.dumps(list(records), indent=2, ensure_ascii=False) + "\n"


def as_csv(records: Sequence[Record]) -> str:
    """One row an answer, for spreadsheets."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    counts = [f"{severity}_findings" for severity in SEVERITIES]
    plain = ("id", "model", "prompt", "score", "share", "coverage", "passed", "deployable", "suppressions")
    writer.writerow([*plain, "status", *GATES, *CATEGORIES, *counts, "failed_rules", "errors"])
    for record in records:
        by_severity = Counter(one["severity"] for one in record["findings"])
        values = [
            *(record[name] for name in plain),
            record["extraction"]["status"],
            *(record["gates"][gate] for gate in GATES),
            *(record["categories"].get(name, {}).get("score") for name in CATEGORIES),
            *(by_severity[severity] for severity in SEVERITIES),
            " ".join(record["failed_rules"]),
            "; ".join(one["message"] for one in record["errors"]),
        ]
        writer.writerow(map(cell, values))
    return stream.getvalue()


FORMATS: dict[str, Callable[[Sequence[Record]], str]] = {
    "console": console,
    "jsonl": jsonl,
    "json": as_json,
    "csv": as_csv,
}


def outcome(record: Record) -> str:
    """What became of an answer, in a word or two."""
    status = str(record["extraction"]["status"])
    if record["score"] is None:
        return "error"
    if status != "found":
        return {"not-cloudformation": "not cfn", "none": "no template"}.get(status, status)
    if not record["gates"]["valid"]:
        return "not valid"
    return "passed" if record["passed"] else "findings"


def _row(record: Record) -> str:
    scores = [record["categories"].get(name, {}).get("score") for name in CATEGORIES]
    cells = " ".join("  -" if score is None else f"{round(100 * score):3}" for score in scores)
    return f" {_number(record)}  {outcome(record):<11} {cells}  {visible(record['id'])}"


def _number(record: Record) -> str:
    return "null" if record["score"] is None else f"{record['score']:.2f}"


def _totals(records: Sequence[Record]) -> list[str]:
    scores = [record["score"] for record in records if record["score"] is not None]
    outcomes = Counter(outcome(record) for record in records)
    mean = f", mean score {fmean(scores):.3f}" if scores else ""
    told = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    deployable = sum(record["deployable"] for record in records)
    return [f"{plural(len(records), 'answer')}{mean}: {told}; {deployable} deployable"]


def _one(record: Record) -> str:
    lines = [click.style(f"{visible(record['id'])}: {_number(record)}", bold=True), f"  {_found(record)}"]
    lines += [f"  {visible(error['message'])}" for error in record["errors"]]
    if record["coverage"] < 1 and record["gates"]["cloudformation"]:
        lines.append(f"  covers {record['coverage']:.0%} of what a whole answer has{_missing(record)}")
    if record["suppressions"]:
        lines.append(f"  {plural(record['suppressions'], 'suppression')} in the template ignored")
    for name, one in record["categories"].items():
        share = "   -" if one["score"] is None else f"{one['score']:.2f}"
        broken = f", {plural(one['errors'], 'error')}" if one["errors"] else ""
        lines.append(f"    {name:<14} {share}  {one['passed']:3} of {one['applicable']}{broken}")
    worst = sorted(record["findings"], key=lambda one: SEVERITIES.index(one["severity"]))
    for one in worst[:WORST]:
        where = f"line {one['line']}{', ' + visible(one['resource']) if one['resource'] else ''}"
        lines += [f"  {one['severity']} {one['rule']} {where}", f"    {visible(one['message'])}"]
    if len(worst) > WORST:
        lines.append(f"  and {plural(len(worst) - WORST, 'more finding')}: guardrun feedback tells how to mend them")
    return "\n".join(lines) + "\n"


def _found(record: Record) -> str:
    block = record["extraction"]
    if record["score"] is None or block["status"] != "found":
        return f"{outcome(record)}{': ' + visible(block['message']) if block['message'] else ''}"
    gate = "" if record["gates"]["valid"] else "; CloudFormation would refuse it"
    of = f", the largest of {block['candidates']}" if block["candidates"] > 1 else ""
    count = sum(record["resources"].values())
    return f"template in lines {block['line']} to {block['end_line']}{of}: {plural(count, 'resource')}{gate}"


def _missing(record: Record) -> str:
    return f"; missing: {', '.join(map(visible, record['missing']))}" if record["missing"] else ""
