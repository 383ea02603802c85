"""`guardrun score`: answers of models in, a score for each out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar

import click

from guardrun.answers import Answer, Fields
from guardrun.answers.discover import find_answers
from guardrun.answers.records import answers_of
from guardrun.cli import FAILED, FINDINGS, tell
from guardrun.cli.options import (
    cfn_guard_option,
    color_option,
    ignore_option,
    jobs_option,
    profile_option,
    rules_option,
    select_option,
    stdin_filename_option,
    timeout_option,
)
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.cli.progress import with_progress
from guardrun.model import Problem
from guardrun.scoring.formats import FORMATS
from guardrun.scoring.pool import Pool
from guardrun.scoring.scorer import Judging

Command = TypeVar("Command", bound=Callable[..., Any])


def judging_options(command: Command) -> Command:
    """What answers are judged by; settings of the working directory count only when they are named."""
    config = click.option(
        "--config",
        "config_path",
        type=click.Path(dir_okay=False, exists=True, path_type=Path),
        help="Settings to judge by; none are looked for, so that scores mean the same everywhere.",
    )
    options = (profile_option, select_option, ignore_option, rules_option, config, cfn_guard_option, timeout_option)
    for option in reversed(options):
        command = option(command)
    return command


def judging_of(options: dict[str, Any], *, all_blocks: bool = False) -> Judging:
    """How to judge, from the options of a command, which are taken out."""
    config = options.pop("config_path")
    names = ("profiles", "select", "ignore", "cfn_guard", "timeout")
    taken = {name: options.pop(name) for name in names}
    return Judging(rules=options.pop("packs"), config=str(config) if config else None, all_blocks=all_blocks, **taken)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False), metavar="PATH...")
@output_option(FORMATS)
@click.option("--all-blocks", is_flag=True, help="Judge each block that looks like a template, not only the largest.")
@click.option("--model", metavar="NAME", help="The model of all answers that do not name theirs.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag for all answers, to group them by; repeat.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=KEY",
    help="Where a record has its id, model, prompt, response, tags, expected or finish; dots for keys within.",
)
@click.option(
    "--fail-under", type=click.FloatRange(0, 1), metavar="SCORE", help="Exit 1 when the mean score is below this."
)
@judging_options
@stdin_filename_option
@jobs_option
@color_option
def score(
    paths: tuple[str, ...],
    outputs: tuple[Output, ...],
    all_blocks: bool,
    model: str | None,
    tags: tuple[str, ...],
    fields: tuple[str, ...],
    fail_under: float | None,
    stdin_filename: str,
    jobs: int | None,
    color: str,
    **options: Any,
) -> int:
    """Score answers of models: Markdown, JSON lines, templates; files, folders, globs, or - for standard input.

    Of each answer the largest block that looks like a template is judged, with the rest of the answer as its project.
    docs/scoring.md defines the score.

    \b
    guardrun score answer.md
    guardrun score answers.jsonl -o jsonl:scores.jsonl -o console
    guardrun score answers.jsonl --field response=output.text --model my-model
    guardrun scorecard scores.jsonl -o html:scorecard.html

    Exit codes: 0 judged, 1 the mean is below --fail-under, 2 something could not be read or judged.
    """
    require_one_stdout(outputs)
    found = list(_found(paths, stdin_filename, Fields.named(fields)))
    answers = [_completed(one, model, tags) for one in found if isinstance(one, Answer)]
    problems = [one for one in found if isinstance(one, Problem)]
    with closing(Pool(judging_of(options, all_blocks=all_blocks), jobs)) as pool:
        records = list(with_progress(pool.records(answers), len(answers)))
    for problem in problems:
        tell(problem)
    for output in outputs or (Output("console", None),):
        emit(output, FORMATS[output.format](records), wants_colour(color))
    scores = [record["score"] for record in records]
    if problems or None in scores or not scores:
        return FAILED
    return FINDINGS if fail_under is not None and fmean(scores) < fail_under else 0


def _found(paths: tuple[str, ...], stdin_filename: str, names: Fields) -> Iterator[Answer | Problem]:
    if "-" in paths:
        yield from answers_of(sys.stdin.buffer.read().decode("utf-8-sig", "replace"), stdin_filename, names)
    yield from find_answers([path for path in paths if path != "-"], names)


def _completed(answer: Answer, model: str | None, tags: tuple[str, ...]) -> Answer:
    return replace(answer, model=answer.model or model, tags=(*answer.tags, *tags))
