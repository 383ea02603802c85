"""Markdown for a model card or a merge request; text of models and answers is not trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrun.report.markdown import code, escaped
from guardrun.scorecard.card import Card, Comparison, PairChange
from guardrun.scorecard.formats.changes import changed_rules, pair_rules
from guardrun.scorecard.formats.figures import (
    headline,
    made,
    pair_change,
    pair_lists,
    summary,
    suppressions,
    unmatched,
)
from guardrun.scorecard.formats.tables import LISTED, Table, changes, tables


def render(card: Card) -> str:
    """What is better and what got worse, then the figures."""
    lines = [f"## guardrun scorecard: {escaped(headline(card))}"]
    lines += [f"\n> ⚠️ {escaped(warning)}" for warning in card.warnings]
    for comparison in card.comparisons:
        lines += _comparison(comparison, card)
    if card.overall.answers > card.overall.unscored:
        for table in tables(card):
            lines += [f"\n### {table.title}\n", *_table(table)]
        lines += _notes(card)
    return "\n".join([*lines, f"\n{escaped(made(card))}"]) + "\n"


def _comparison(comparison: Comparison, card: Card) -> Iterator[str]:
    yield f"\n### {escaped(comparison.after)} against {escaped(comparison.before)}\n"
    yield f"{escaped(summary(comparison))}."
    for line in unmatched(comparison):
        yield f"\n{escaped(line)}"
    if not comparison.pairs:
        return
    yield ""
    yield from _table(changes(comparison))
    for title, pairs in pair_lists(comparison):
        yield from _pairs(title, pairs)
    worse, better = changed_rules(comparison, card.rules)
    for title, rules in (("Rules that fail more often", worse), ("Rules that fail less often", better)):
        if rules:
            yield f"\n**{title}**\n"
            yield from (f"- {escaped(rule)}" for rule in rules)


def _pairs(title: str, pairs: Sequence[PairChange]) -> Iterator[str]:
    if not pairs:
        return
    yield f"\n**{title}** ({len(pairs)})\n"
    for pair in pairs[:LISTED]:
        rules = f"<br>{escaped(told)}" if (told := pair_rules(pair)) else ""
        yield f"- {code(pair.name)} {escaped(pair_change(pair))}{rules}"
    if len(pairs) > LISTED:
        yield f"- and {len(pairs) - LISTED} more"


def _notes(card: Card) -> Iterator[str]:
    yield from (f"\n{escaped(line)}" for line in suppressions(card))


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(escaped, table.heads))} |"
    yield "|---|" + ("--:|" if table.numeric else "---|") * (len(table.heads) - 1)
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"
