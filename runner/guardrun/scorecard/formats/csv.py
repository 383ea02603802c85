"""CSV for spreadsheets and notebooks: a metric of a model a line, then what changed between models."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from guardrun.report.csv import cell
from guardrun.scorecard.card import Card, Change, Comparison, Estimate, Group

COLUMNS = ("model", "against", "tag", "level", "name", "metric", "value", "low", "high", "of", "p")
Row = tuple[object, ...]


def render(card: Card) -> str:
    """A header and the metrics of all answers, each model and each tag: overall, by category, by rule; differences.

    A line without a model is about all of them.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for group in (card.overall, *card.models, *card.tags):
        writer.writerows([cell(value) for value in row] for row in _group(group))
    for comparison in card.comparisons:
        writer.writerows([cell(value) for value in row] for row in _comparison(comparison))
    return text.getvalue()


def _group(group: Group) -> Iterator[Row]:
    key = (group.model, None, group.tag)
    counts = ("answers", "unscored", "with_errors", "prompts", "suppressions", "with_suppressions")
    yield from ((*key, "overall", None, name, getattr(group, name), None, None, None, None) for name in counts)
    for metric in ("score", "deployable", "passed"):
        yield _row(key, "overall", None, metric, getattr(group, metric))
    for name, estimate in group.outcomes.items():
        yield _row(key, "overall", name, "outcome", estimate)
    for name, estimate in group.gates.items():
        yield _row(key, "overall", name, "gate", estimate)
    for one in group.pass_at:
        yield _row(key, "overall", str(one.k), "pass_at", one.rate)
    for name, rates in group.categories.items():
        yield _row(key, "category", name, "failure_rate", rates.failure_rate)
        yield _row(key, "category", name, "score", rates.score)
    for rule, estimate in group.rules.items():
        yield _row(key, "rule", rule, "failure_rate", estimate)


def _comparison(one: Comparison) -> Iterator[Row]:
    key = (one.after, one.before, None)
    for metric in ("score", "deployable", "passed"):
        yield _changed(key, "overall", None, metric, getattr(one, metric))
    for name, change in one.categories.items():
        yield _changed(key, "category", name, "failure_rate", change)


def _row(key: Row, level: str, name: str | None, metric: str, estimate: Estimate) -> Row:
    return (*key, level, name, metric, estimate.value, estimate.low, estimate.high, estimate.of, None)


def _changed(key: Row, level: str, name: str | None, metric: str, change: Change) -> Row:
    p = change.p if change.p_holm is None else change.p_holm
    return (*_row(key, level, name, f"{metric}_difference", change.difference)[:-1], p)
