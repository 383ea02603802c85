"""The scorecard for people at a terminal: first which model is better and what got worse, then the figures.

The text has ANSI colours; whoever prints it takes them out where they are not wanted.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click

from guardrun.report.colours import COLOURS
from guardrun.report.counts import plural
from guardrun.report.visible import visible
from guardrun.scorecard.card import Card, Change, Comparison, Group, PairChange
from guardrun.scorecard.formats.changes import changed_rules, pair_rules
from guardrun.scorecard.formats.figures import (
    chance,
    difference,
    made,
    measures,
    number,
    pair_change,
    pair_lists,
    percent,
    score,
    share,
    suppressions,
    unmatched,
    verdict,
)

WIDTH, NAME, SIDE_BY_SIDE, LISTED = 80, 20, 3, 5
"""Columns of the text and of a name, models that fit beside each other, entries of a list."""


def render(card: Card) -> str:
    """The scorecard as text."""
    blocks: list[Iterable[str]] = [_wrapped(f"warning: {warning}", "yellow") for warning in card.warnings]
    for comparison in card.comparisons:
        blocks += _comparison(comparison, card)
    if card.overall.answers > card.overall.unscored:
        blocks += [*_models(card), *_tags(card), *_failures(card)]
    blocks.append(_wrapped(made(card)))
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


def _comparison(comparison: Comparison, card: Card) -> Iterator[Iterable[str]]:
    yield _verdict(comparison)
    if not comparison.pairs:
        return
    yield _changes(comparison)
    for title, pairs in pair_lists(comparison):
        if pairs:
            yield _pairs(title, pairs)
    worse, better = changed_rules(comparison, card.rules)
    for title, lines in (("Rules that fail more often", worse), ("Rules that fail less often", better)):
        if lines:
            yield [_title(title), *(visible(f"  {line}") for line in lines)]


def _verdict(comparison: Comparison) -> Iterator[str]:
    better = (comparison.score.difference.value or 0) > 0
    colour = ("green" if better else "red") if comparison.score.sure else None
    told = f"{verdict(comparison)} ({plural(comparison.pairs, 'prompt')})"
    yield from _wrapped(told, colour, bold=True)
    for line in unmatched(comparison):
        yield from _wrapped(line)


def _changes(comparison: Comparison) -> Iterator[str]:
    yield _dim(f"{'':<14}{'before':>7}{'after':>7}  {'difference':<22}{'p':>8}{'better':>8}{'worse':>7}")
    for name, change, of_scores in measures(comparison):
        yield _change(name, change, of_scores=of_scores, up=True)
    if comparison.categories:
        yield _dim("answers that fail the category; p corrected for their number")
    for name, change in comparison.categories.items():
        yield _change(name, change, of_scores=False, up=False)


def _change(name: str, change: Change, *, of_scores: bool, up: bool) -> str:
    form = number if of_scores else percent
    better, worse = (change.rose, change.fell) if up else (change.fell, change.rose)
    text = (
        f"{_short(name, 13):<14}{form(change.before):>7}{form(change.after):>7}  "
        f"{difference(change, of_scores=of_scores):<22}{chance(change):>8}{better:>8}{worse:>7}"
    )
    return click.style(text, fg="green" if better > worse else "red") if change.sure else text


def _pairs(title: str, pairs: Sequence[PairChange]) -> Iterator[str]:
    yield _title(f"{title} ({len(pairs)})")
    for pair in pairs[:LISTED]:
        yield from _wrapped(f"{pair.name}: {pair_change(pair)}", indent="  ")
        yield from _wrapped(pair_rules(pair), indent="      ", dim=True)
    if len(pairs) > LISTED:
        yield f"  and {len(pairs) - LISTED} more"


def _models(card: Card) -> Iterator[Iterable[str]]:
    yield _table("model", card.models)
    outcomes = {name: one for name, one in card.overall.outcomes.items() if one.value}
    yield _by_model("template", list(outcomes), card.models, "outcomes")
    yield _by_model("gate", list(card.overall.gates), card.models, "gates")
    yield _by_model("fails category", list(card.overall.categories), card.models, "categories")
    for group in card.models:
        if group.pass_at:
            passes = ", ".join(f"pass@{one.k} {share(one.rate)}" for one in group.pass_at)
            yield _wrapped(f"{group.model}: {passes}")
    yield from (_wrapped(line) for line in suppressions(card))


def _tags(card: Card) -> Iterator[Iterable[str]]:
    if card.tags:
        yield _table("tag", card.tags)


def _table(title: str, groups: Sequence[Group]) -> Iterator[str]:
    heads = f"{'score':<18} {'deployable':<15} {'passed':<15}".rstrip()
    yield _dim(f"{title:<{NAME}}{'answers':>8}  {heads}")
    for group in groups:
        name = group.tag if title == "tag" and group.model is None else group.model
        name = f"  {name}" if title == "tag" and group.model is not None else str(name)
        figures = f"{score(group.score):<18} {share(group.deployable):<15} {share(group.passed):<15}".rstrip()
        yield f"{_short(name, NAME - 1):<{NAME}}{group.answers:>8}  {figures}"


def _by_model(title: str, names: Sequence[str], models: Sequence[Group], of: str) -> Iterator[str]:
    """Shares of each model beside each other, a few models at a time."""
    for start in range(0, len(models), SIDE_BY_SIDE):
        some = models[start : start + SIDE_BY_SIDE]
        heads = " ".join(f"{_short(str(one.model), NAME - 1):<{NAME - 1}}" for one in some)
        yield _dim(f"{title:<20}{heads}".rstrip())
        for name in names:
            found = (getattr(one, of).get(name) for one in some)
            shares = (share(getattr(one, "failure_rate", one)) if one else "-" for one in found)
            yield f"{_short(name, 19):<20}{' '.join(f'{text:<{NAME - 1}}' for text in shares)}".rstrip()


def _failures(card: Card) -> Iterator[Iterable[str]]:
    if card.overall.failures:
        yield _top(card)


def _top(card: Card) -> Iterator[str]:
    several = len(card.models) > 1
    yield _title("Top failures, by answers and severity")
    for failure in card.overall.failures[:LISTED]:
        words = card.rules[failure.rule]
        severity = click.style(words.severity, fg=COLOURS.get(words.severity), bold=True)
        yield f"  {severity} {click.style(visible(failure.rule), bold=True)}: {plural(failure.answers, 'answer')}"
        rates = ((one.model, one.rules.get(failure.rule)) for one in card.models if several)
        yield from _wrapped(", ".join(f"{name} {share(one)}" for name, one in rates if one), indent="      ", dim=True)
        yield from _wrapped(words.title, indent="      ")
        if failure.message:
            yield from _wrapped(f"as in {failure.answer}: {failure.message}", indent="      ", dim=True)


def _title(text: str) -> str:
    return click.style(text, bold=True, underline=True)


def _dim(text: str) -> str:
    return click.style(text, dim=True)


def _short(name: str, width: int) -> str:
    shown = visible(name)
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"


def _wrapped(
    text: str, colour: str | None = None, *, indent: str = "", dim: bool = False, bold: bool = False
) -> Iterator[str]:
    further = indent + "  " if indent == "  " else indent
    for line in textwrap.wrap(
        visible(text), WIDTH, initial_indent=indent, subsequent_indent=further, break_on_hyphens=False
    ):
        yield click.style(line, fg=colour, dim=dim or None, bold=bold or None) if colour or dim or bold else line
