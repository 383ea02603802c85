"""The tables of a scorecard as rows of plain text, not yet made safe: what Markdown and HTML show alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrun.scorecard.card import Card, Comparison, Failure, Group
from guardrun.scorecard.formats.figures import chance, difference, measures, number, percent, score, share

LISTED = 10
"""Entries of a list; JSON has all."""

BESIDE = 4
"""Models up to which each has a column of its own in the table of failures."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of the columns and the rows; `numeric` says whether all but the first column are figures."""

    title: str
    heads: Row
    rows: tuple[Row, ...]
    numeric: bool = True


def tables(card: Card) -> Iterator[Table]:
    """The tables of a card that has judged answers, the broadest first."""
    heads = ("answers", "score", "deployable", "passed")
    models = tuple((*_figures(one, str(one.model)), *_gates(one)) for one in card.models)
    yield Table("Models", ("model", *heads, "template found", "valid"), models)
    yield from _passes(card)
    names = tuple(str(one.model) for one in card.models)
    yield Table("Answers that fail a category", ("category", *names), tuple(_categories(card)))
    if card.tags:
        rows = tuple((str(one.tag), *_figures(one, one.model or "all")) for one in card.tags)
        yield Table("Tags", ("tag", "model", *heads), rows)
    if card.overall.failures:
        columns = (
            "severity",
            "category",
            "rule",
            "answers",
            *(str(one.model) for one in _beside(card)),
            "what",
            "as in",
        )
        rows = tuple(_failure(one, card) for one in card.overall.failures[:LISTED])
        yield Table("Top failures", columns, rows, numeric=False)


def changes(comparison: Comparison) -> Table:
    """What changed: the measures, then the failures of each category."""
    rows = []
    for name, change, of_scores in measures(comparison):
        form = number if of_scores else percent
        sides, gain = (form(change.before), form(change.after)), difference(change, of_scores=of_scores)
        rows.append((name, *sides, gain, chance(change), str(change.rose), str(change.fell)))
    for name, change in comparison.categories.items():
        sides = percent(change.before), percent(change.after)
        rows.append((f"fails {name}", *sides, difference(change), chance(change), str(change.fell), str(change.rose)))
    heads = ("", "before", "after", "difference", "p", "better", "worse")
    return Table(f"{comparison.after} against {comparison.before}", heads, tuple(rows))


def _figures(group: Group, name: str) -> Row:
    return name, str(group.answers), score(group.score), share(group.deployable), share(group.passed)


def _gates(group: Group) -> Row:
    return share(group.outcomes["found"]), share(group.gates["valid"])


def _passes(card: Card) -> Iterator[Table]:
    """pass@k, where a model has several answers to a prompt."""
    tried = sorted({one.k for group in card.models for one in group.pass_at})
    rows = []
    for group in card.models:
        rates = {one.k: share(one.rate) for one in group.pass_at}
        rows.append((str(group.model), *(rates.get(k, "-") for k in tried)))
    if tried:
        yield Table("pass@k", ("model", *(f"pass@{k}" for k in tried)), tuple(rows))


def _categories(card: Card) -> Iterator[Row]:
    for name in card.overall.categories:
        found = (one.categories.get(name) for one in card.models)
        yield name, *(share(one.failure_rate) if one else "-" for one in found)


def _failure(failure: Failure, card: Card) -> Row:
    words = card.rules[failure.rule]
    example = f"{failure.answer}: {failure.message}" if failure.message else ""
    found = (one.rules.get(failure.rule) for one in _beside(card))
    rates = tuple(share(one) if one else "-" for one in found)
    return words.severity, words.category, failure.rule, str(failure.answers), *rates, words.title, example


def _beside(card: Card) -> tuple[Group, ...]:
    return card.models if 1 < len(card.models) <= BESIDE else ()
