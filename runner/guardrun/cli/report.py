"""`guardrun report`: other formats, merged shards and differences, all from JSON reports, without evaluating anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from guardrun.cli import FINDINGS
from guardrun.cli.options import color_option
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.errors import GuardrunError
from guardrun.merge import compare, merge
from guardrun.model import Report
from guardrun.report import FORMATS
from guardrun.report.counts import by_severity
from guardrun.report.difference import FORMATS as DIFFERENCE_FORMATS
from guardrun.report.read import read_report

JSON_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def report() -> None:
    """Work with JSON reports: merge them, render them in other formats, compare them.

    \b
    guardrun report merge shard-*.json -o junit:all.xml -o html:all.html
    guardrun report diff main.json branch.json
    """


@report.command("merge")
@click.argument("paths", nargs=-1, required=True, type=JSON_FILE, metavar="REPORT.json...")
@click.option("--older", multiple=True, type=JSON_FILE, help="An earlier report, for the trend in HTML; oldest first.")
@output_option(FORMATS)
@color_option
def merge_command(paths: tuple[Path, ...], older: tuple[Path, ...], outputs: tuple[Output, ...], color: str) -> None:
    """Put JSON reports together and write them in any format; one report alone is rendered again."""
    require_one_stdout(outputs)
    merged = merge([_read(path) for path in paths])
    merged = replace(merged, history=tuple((path.stem, dict(by_severity(_read(path)))) for path in older))
    for output in outputs or (Output("console", None),):
        emit(output, FORMATS[output.format](merged), wants_colour(color))


@report.command("diff")
@click.argument("old", type=JSON_FILE)
@click.argument("new", type=JSON_FILE)
@output_option(DIFFERENCE_FORMATS)
@color_option
def diff_command(old: Path, new: Path, outputs: tuple[Output, ...], color: str) -> int:
    """Show which findings are new, which are fixed and how many are unchanged; moved lines do not matter.

    Exit codes: 0 nothing new, 1 new findings, 2 a report could not be read.
    """
    require_one_stdout(outputs)
    difference = compare(_read(old), _read(new))
    for output in outputs or (Output("console", None),):
        emit(output, DIFFERENCE_FORMATS[output.format](difference), wants_colour(color))
    return FINDINGS if difference.new else 0


def _read(path: Path) -> Report:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GuardrunError(f"cannot read the report: {error}", path=path.as_posix()) from error
    return read_report(text, path.as_posix())
