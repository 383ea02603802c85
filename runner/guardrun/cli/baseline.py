"""`guardrun baseline`: take findings as they are, and let only new ones fail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from guardrun.baseline import DEFAULT, baseline_text, read_baseline, updated
from guardrun.cli import FAILED, FINDINGS
from guardrun.cli.check import checked, prepared, write_reports
from guardrun.cli.options import baseline_option, color_option, run_options
from guardrun.cli.output import Output, output_option, require_one_stdout, wants_colour
from guardrun.cli.request import request_of
from guardrun.report import FORMATS
from guardrun.report.counts import plural
from guardrun.report.write import write_file
from guardrun.request import settled


@click.group()
def baseline() -> None:
    """Take the findings that are there as a baseline: from then on only new ones fail.

    Without --baseline the file is the one that the settings name, or .guardrun-baseline.json beside them.

    \b
    guardrun baseline write infra/           remember what is found now
    guardrun baseline check infra/           only what is new fails
    guardrun check infra/ --baseline .guardrun-baseline.json
    """


@baseline.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@baseline_option
@run_options
def write(paths: tuple[str, ...], baseline: Path | None, stdin_filename: str, **options: Any) -> int:
    """Write what is found in templates to the baseline; what it says of other templates stays.

    Exit codes: 0 written, 2 something could not be checked (what could be is written).
    """
    if options["no_suppress"]:
        raise click.UsageError("with --no-suppress a baseline would hold what is suppressed")
    path = _file(options, baseline)
    job = prepared(paths, {**options, "against_baseline": False}, stdin_filename)
    report = checked(job)
    old = read_baseline(path) if path.is_file() else {}
    known = updated(old, report, job.naming(path.parent), path.parent)
    write_file(path, baseline_text(known))
    for problem in report.problems:
        click.echo(f"guardrun: error: {problem.path}: {problem.message}", err=True)
    for result in report.templates:
        for problem in result.problems:
            click.echo(f"guardrun: error: {problem.path or result.path}: {problem.message}", err=True)
    findings = sum(counts.total() for counts in known.values())
    click.echo(f"{path}: {plural(findings, 'finding')} in {plural(sum(map(bool, known.values())), 'template')}")
    if not job.config.baseline:
        click.echo(f"To use it, name it in .guardrun.yml (baseline: {path.name}) or with --baseline.", err=True)
    return FAILED if report.errors else 0


@baseline.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@baseline_option
@output_option(FORMATS)
@run_options
@color_option
def check_command(
    paths: tuple[str, ...],
    baseline: Path | None,
    outputs: tuple[Output, ...],
    color: str,
    stdin_filename: str,
    **options: Any,
) -> int:
    """Check templates: findings of the baseline pass, new ones fail, and what is fixed is told.

    Exit codes: 0 nothing new at or above fail_on, 1 new findings, 2 something could not be checked.
    """
    require_one_stdout(outputs)
    job = prepared(paths, {**options, "baseline": _file(options, baseline)}, stdin_filename)
    report = checked(job)
    failed = write_reports(report, outputs or (Output("console", None),), wants_colour(color))
    return FAILED if failed or report.errors else FINDINGS if job.failing(report) else 0


def _file(options: dict[str, Any], given: Path | None) -> Path:
    """The file that is meant: the one named, the settings' own, or the usual one beside the settings."""
    config = settled(request_of(**options))
    beside = config.path.parent if config.path else Path()
    return given or Path(config.baseline or os.path.relpath(beside / DEFAULT))
