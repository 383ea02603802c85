"""`guardrun check`: templates in, reports out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from guardrun.checker import Source
from guardrun.cli import FAILED, FINDINGS, tell
from guardrun.cli.options import baseline_option, color_option, fail_on_option, run_options
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.cli.progress import with_progress
from guardrun.cli.request import request_of
from guardrun.discover import Discovered
from guardrun.errors import GuardrunError
from guardrun.job import Job
from guardrun.model import Report
from guardrun.prepare import prepare
from guardrun.read import MAX_BYTES
from guardrun.report import FORMATS


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False), metavar="PATH...")
@output_option(FORMATS)
@fail_on_option
@baseline_option
@click.option("-q", "--quiet", is_flag=True, help="No report but those of --output; the exit code tells.")
@click.option("--summary", is_flag=True, help="Only the counts, in place of the whole report.")
@click.option(
    "--only-templates", is_flag=True, help="Leave named files alone that are no templates: for hooks, which name all."
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 in place of 1.")
@run_options
@color_option
def check(
    paths: tuple[str, ...],
    outputs: tuple[Output, ...],
    quiet: bool,
    summary: bool,
    exit_zero: bool,
    stdin_filename: str,
    color: str,
    **options: Any,
) -> int:
    """Check templates: files, folders, globs, or - for standard input.

    Folders are searched for CloudFormation templates; other YAML and JSON files are counted and left alone.

    \b
    guardrun check template.yaml
    guardrun check infra/ -o junit:reports/guardrun.xml -o console
    guardrun check 'stacks/**/*.yaml' --fail-on high
    guardrun check infra/ --changed-since origin/main
    cat template.json | guardrun check - --stdin-filename template.json

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 something could not be checked.
    """
    require_one_stdout(outputs)
    job = prepared(paths, options, stdin_filename)
    code = reported(job, _shown(outputs, quiet=quiet, summary=summary), color)
    return 0 if exit_zero and code == FINDINGS else code


def reported(job: Job, outputs: tuple[Output, ...], color: str) -> int:
    """Do a job and write its reports; the exit code."""
    _require_other_files(outputs, job.found)
    report = checked(job)
    failed = write_reports(report, outputs, wants_colour(color))
    return FAILED if failed or report.errors else FINDINGS if job.failing(report) else 0


def prepared(paths: tuple[str, ...], options: dict[str, Any], stdin_filename: str) -> Job:
    """The job that a command's arguments ask for; what is good to know is told on standard error."""
    job = prepare([path for path in paths if path != "-"], request_of(**options), _from_stdin(paths, stdin_filename))
    if job.engine.warning:
        click.echo(f"guardrun: warning: {job.engine.warning}", err=True)
    if job.unchanged:
        click.echo(f"guardrun: {job.unchanged} of {len(job.found.templates)} templates are unchanged", err=True)
    return job


def checked(job: Job) -> Report:
    """The report on a job, with progress on a terminal."""
    return job.report(tuple(with_progress(job.results(), len(job.sources))))


def _from_stdin(paths: tuple[str, ...], name: str) -> list[Source]:
    if "-" not in paths:
        return []
    if not sys.stdin:
        raise click.UsageError("standard input is closed")
    return [(name, sys.stdin.buffer.read(MAX_BYTES + 1))]


def _shown(outputs: tuple[Output, ...], *, quiet: bool, summary: bool) -> tuple[Output, ...]:
    """The reports to write: those asked for, or the one for people; a summary beside what goes to files."""
    if summary and all(output.path for output in outputs):
        return (*outputs, Output("summary", None))
    return outputs or (() if quiet else (Output("console", None),))


def _require_other_files(outputs: tuple[Output, ...], found: Discovered) -> None:
    """A report must overwrite neither a template nor another report; a device takes any number."""
    files = [Path(os.path.realpath(output.path)) for output in outputs if output.path]
    for file in files:
        if str(file) in found.seen or (files.count(file) > 1 and (file.is_file() or not file.exists())):
            raise click.UsageError(f"a report would overwrite {file}")


def write_reports(report: Report, outputs: tuple[Output, ...], colour: bool | None) -> bool:
    """Write every report; one that fails is told and does not hide the others. Returns whether any failed."""
    failed = False
    for output in outputs:
        text = _rendered(report, output.format)
        try:
            if text is not None:
                emit(output, text, colour)
        except GuardrunError as error:
            tell(error.as_problem())
            failed = True
        failed = failed or text is None
    return failed


def _rendered(report: Report, name: str) -> str | None:
    """The report in a format; None, and a word on standard error, when there is a bug in it."""
    try:
        return FORMATS[name](report)
    except Exception:  # noqa: BLE001  a bug in one format must not cost the others
        import traceback  # noqa: PLC0415  only a bug needs it

        traceback.print_exc()
        click.echo(f"guardrun: error: the {name} report failed: this is a bug, please report it", err=True)
        return None
