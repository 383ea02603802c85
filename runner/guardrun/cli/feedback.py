"""`guardrun feedback`: what a model should mend in its answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from guardrun.answers import Answer
from guardrun.cli import FAILED, FINDINGS
from guardrun.cli.options import stdin_filename_option
from guardrun.cli.output import Output, emit, output_option, require_one_stdout
from guardrun.cli.score import judging_of, judging_options
from guardrun.errors import GuardrunError
from guardrun.scoring.feedback import Feedback, feedback_on, text_of, to_document
from guardrun.scoring.scorer import Scorer

FORMATS: dict[str, Callable[[Feedback], str]] = {
    "text": text_of,
    "json": lambda feedback: json.dumps(to_document(feedback), indent=2, ensure_ascii=False) + "\n",
}


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, allow_dash=True), metavar="ANSWER")
@output_option(FORMATS)
@click.option("--tokens", type=click.IntRange(min=1), metavar="N", help="Say no more than about so many tokens.")
@click.option("--expect", "expected", multiple=True, metavar="TYPE", help="A resource type that the prompt asks for.")
@judging_options
@stdin_filename_option
def feedback(
    path: str,
    outputs: tuple[Output, ...],
    tokens: int | None,
    expected: tuple[str, ...],
    stdin_filename: str,
    **options: Any,
) -> int:
    """Tell a model what to mend in its answer: what, where, why and how, most severe first.

    \b
    guardrun feedback answer.md --tokens 800
    guardrun feedback - -o json < answer.md

    Exit codes: 0 nothing to mend, 1 something, 2 the answer could not be read or judged.
    """
    require_one_stdout(outputs)
    name = stdin_filename if path == "-" else Path(path).as_posix()
    scorer = Scorer(judging_of(options))
    score = scorer.scores([Answer(name, _text(path, name), expected=expected)])[0]
    told = feedback_on(score, scorer.job.pack.rules, tokens)
    for output in outputs or (Output("text", None),):
        emit(output, FORMATS[output.format](told), None)
    if score.score is None or score.errors:
        return FAILED
    return FINDINGS if score.findings or score.missing or score.extraction.status != "found" else 0


def _text(path: str, name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise GuardrunError(f"cannot read the answer: {error.strerror}", path=name) from error
    return data.decode("utf-8-sig", "replace")
