"""`guardrun scorecard`: many scores in one view, by model and by tag, and compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from guardrun.cli import FINDINGS
from guardrun.cli.options import color_option, rules_option
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.errors import GuardrunError
from guardrun.model import RuleInfo
from guardrun.report.visible import visible
from guardrun.scorecard import Card, Drawing, make_card, read_scores
from guardrun.scorecard.formats import FORMATS

SCORES = click.Path(dir_okay=False, path_type=Path, allow_dash=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=SCORES, metavar="SCORES.jsonl...")
@click.option("--against", multiple=True, type=SCORES, help="Earlier scores to compare with; repeat for more.")
@click.option(
    "--compare",
    "wanted",
    nargs=2,
    multiple=True,
    metavar="BEFORE AFTER",
    help="Two models to compare; with --against, BEFORE is one of the earlier scores.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="What the draws depend on.")
@click.option(
    "--resamples",
    type=click.IntRange(min=1, max=10_000),
    default=1000,
    show_default=True,
    help="Draws for the intervals.",
)
@click.option("--fail-on-regression", is_flag=True, help="Exit 1 when what is compared got worse.")
@output_option(FORMATS)
@rules_option
@color_option
def scorecard(
    paths: tuple[Path, ...],
    against: tuple[Path, ...],
    wanted: tuple[tuple[str, str], ...],
    seed: int,
    resamples: int,
    fail_on_regression: bool,
    outputs: tuple[Output, ...],
    packs: tuple[str, ...],
    color: str,
) -> int:
    """Show how good models are, from the scores of their answers, and which of two is better.

    \b
    guardrun scorecard scores.jsonl
    guardrun scorecard scores.jsonl --compare model-1 model-2 -o html:card.html
    guardrun scorecard new.jsonl --against old.jsonl --fail-on-regression

    Two models in one file are compared unasked. --rules names the pack that titles of rules are from.

    Exit codes: 0 done, 1 a regression with --fail-on-regression, 2 a file could not be read or compared. A regression
    is a score that is significantly lower, or a prompt whose answers are no longer deployable.
    """
    require_one_stdout(outputs)
    if fail_on_regression and not (against or wanted):
        raise click.UsageError("--fail-on-regression needs --against or --compare: which scores are the earlier ones?")
    scores, earlier = read_scores(paths), read_scores(against) if against else ()
    card = make_card(scores, earlier, wanted, Drawing(resamples, seed), _rules(packs))
    for warning in card.warnings:
        click.echo(visible(f"guardrun: warning: {warning}"), err=True)
    for output in outputs or (Output("console", None),):
        emit(output, FORMATS[output.format](card), wants_colour(color))
    return FINDINGS if fail_on_regression and _regressed(card) else 0


def _rules(packs: tuple[str, ...]) -> Mapping[str, RuleInfo]:
    from guardrun.pack.packs import BUNDLED, load_packs  # noqa: PLC0415  only now are titles needed

    return load_packs(packs or (BUNDLED,)).info.rules


def _regressed(card: Card) -> bool:
    """Whether anything got worse; to compare nothing is no reason to go on."""
    for one in card.comparisons:
        if not one.pairs:
            raise GuardrunError(f"{one.after} and {one.before} have no judged prompt in common: nothing was compared")
    return any(one.regressed for one in card.comparisons)
