"""`guardrun baseline`: take findings as they are, and let only new ones fail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from guardrun.baseline import DEFAULT, PROJECT, baseline_text, read_baseline, updated
from guardrun.cli import FAILED, tell
from guardrun.cli.check import checked, prepared, reported
from guardrun.cli.options import baseline_option, color_option, fail_on_option, run_options
from guardrun.cli.output import Output, output_option, require_one_stdout
from guardrun.config import find_config, load_config, relative
from guardrun.job import Job
from guardrun.report import FORMATS
from guardrun.report.counts import plural
from guardrun.report.write import write_file


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
    path = _file(options["config_path"], baseline)
    job = prepared(paths, {**options, "against_baseline": False}, stdin_filename)
    report = checked(job)
    old = read_baseline(path) if path.is_file() else {}
    known = updated(old, report, job.naming(path.parent), path.parent)
    write_file(path, baseline_text(known))
    for problem in report.problems:
        tell(problem)
    for result in report.templates:
        for problem in result.problems:
            tell(problem, result.path)
    findings = sum(counts.total() for counts in known.values())
    templates = sum(bool(counts) for name, counts in known.items() if name != PROJECT)
    click.echo(f"{path}: {plural(findings, 'finding')} in {plural(templates, 'template')}")
    if not job.config.baseline:
        click.echo(
            f"To use it, name it in .guardrun.yml (baseline: {_from_settings(job, path)}) or with --baseline.", err=True
        )
    return FAILED if report.errors else 0


@baseline.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@baseline_option
@output_option(FORMATS)
@fail_on_option
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

    Exit codes: 0 nothing new at or above --fail-on, 1 new findings, 2 something could not be checked.
    """
    require_one_stdout(outputs)
    file = _file(options["config_path"], baseline)
    job = prepared(paths, {**options, "baseline": file}, stdin_filename)
    return reported(job, outputs or (Output("console", None),), color)


def _file(config_path: Path | None, given: Path | None) -> Path:
    """The file that is meant: the one named, the settings' own, or the usual one beside the settings."""
    if given:
        return given
    config = load_config(config_path or find_config(Path.cwd()))
    beside = config.path.parent if config.path else Path()
    return Path(config.baseline or os.path.relpath(beside / DEFAULT))


def _from_settings(job: Job, file: Path) -> str:
    """The path of a file as the settings would name it."""
    return relative(file, job.config.path.parent if job.config.path else Path())
