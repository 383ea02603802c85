"""`guardrun check`: templates in, reports out."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path

import click

from guardrun.checker import Checker, Source
from guardrun.cli import FAILED, FINDINGS
from guardrun.cli.options import (
    cfn_guard_option,
    chosen_pack,
    color_option,
    config_option,
    ignore_option,
    jobs_option,
    profile_option,
    rules_option,
    select_option,
    timeout_option,
)
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.cli.progress import with_progress
from guardrun.config import find_config, load_config
from guardrun.discover import Discovered, discover
from guardrun.documents import Run
from guardrun.engine import find_engine
from guardrun.errors import GuardrunError
from guardrun.model import SEVERITIES, Report
from guardrun.pool import map_in_pool
from guardrun.read import MAX_BYTES
from guardrun.read.parameters import read_parameters
from guardrun.report import FORMATS
from guardrun.select import select_rules
from guardrun.workspace import first_of_projects

BATCH = 4
"""Templates for one engine process: its start costs as much as evaluating a small template."""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@output_option(FORMATS)
@click.option("--stdin-filename", default="<stdin>", help="The name to show for a template from standard input (-).")
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default=None,
    help="Exit 1 from here on; by default low.",
)
@click.option(
    "--parameters",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Parameter values of a deployment, pseudo parameters too (AWS::Region=...); repeat for more.",
)
@click.option("-q", "--quiet", is_flag=True, help="No report but those of --output; the exit code tells.")
@click.option("--summary", is_flag=True, help="Only the counts, in place of the whole report.")
@click.option("--no-suppress", is_flag=True, help="Show what is suppressed, too, as for an audit.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 in place of 1.")
@profile_option
@select_option
@ignore_option
@rules_option
@config_option
@cfn_guard_option
@jobs_option
@timeout_option
@color_option
def check(
    paths: tuple[str, ...],
    outputs: tuple[Output, ...],
    stdin_filename: str,
    fail_on: str | None,
    parameters: tuple[str, ...],
    quiet: bool,
    summary: bool,
    no_suppress: bool,
    exit_zero: bool,
    profiles: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules_folder: Path | None,
    config_path: Path | None,
    cfn_guard: str | None,
    jobs: int | None,
    timeout: float,
    color: str,
) -> int:
    """Check templates: files, folders, globs, or - for standard input.

    Folders are searched for CloudFormation templates; other YAML and JSON files are counted and left alone.

    \b
    guardrun check template.yaml
    guardrun check infra/ -o junit:reports/guardrun.xml -o console
    guardrun check 'stacks/**/*.yaml' --fail-on high
    cat template.json | guardrun check - --stdin-filename template.json

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 something could not be checked.
    """
    require_one_stdout(outputs)
    pack, engine = chosen_pack(rules_folder), find_engine(cfn_guard)
    if engine.warning:
        click.echo(f"guardrun: warning: {engine.warning}", err=True)
    config = load_config(config_path or find_config(Path.cwd()))
    rules = select_rules(
        pack.rules, ("core", *config.profiles, *profiles), select or config.select, (*config.ignore, *ignore)
    )
    sources, found = _sources(paths, stdin_filename)
    _require_other_files(outputs, found)
    run = Run(
        read_parameters(parameters),
        config,
        None if no_suppress else datetime.now(timezone.utc).date(),
        first_of_projects(found.templates.values()),
    )
    checker = Checker(engine, rules, timeout, run)
    found_results = map_in_pool(checker.check, sources, checker.died, jobs=jobs, batch=BATCH)
    results = tuple(with_progress(found_results, len(sources)))
    report = Report(engine.info, pack.info, results, found.skipped, (*pack.problems, *found.problems))
    failed = write_reports(report, _shown(outputs, quiet=quiet, summary=summary), wants_colour(color))
    return FAILED if failed else _exit_code(report, "never" if exit_zero else fail_on or config.fail_on)


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


def _sources(paths: tuple[str, ...], stdin_filename: str) -> tuple[list[Source], Discovered]:
    found = discover(path for path in paths if path != "-")
    sources: list[Source] = list(found.templates.items())
    if "-" in paths:
        if not sys.stdin:
            raise click.UsageError("standard input is closed")
        sources.append((stdin_filename, sys.stdin.buffer.read(MAX_BYTES + 1)))
    return sources, found


def write_reports(report: Report, outputs: tuple[Output, ...], colour: bool | None) -> bool:
    """Write every report; one that fails is told and does not hide the others. Returns whether any failed."""
    failed = False
    for output in outputs:
        text = _rendered(report, output.format)
        try:
            if text is not None:
                emit(output, text, colour)
        except GuardrunError as error:
            click.echo(f"guardrun: error: {error}", err=True)
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


def _exit_code(report: Report, fail_on: str) -> int:
    if report.errors:
        return FAILED
    serious = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    return FINDINGS if any(finding.severity in serious for finding in report.findings) else 0
