"""One HTML page for people, with all that it needs inside: the verdict, charts, tables. It runs no script at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from guardrun.report.html import FOLDER, page_head, source_hash
from guardrun.report.visible import visible
from guardrun.scorecard.card import Card, Comparison, PairChange
from guardrun.scorecard.formats import charts
from guardrun.scorecard.formats.changes import changed_rules, pair_rules
from guardrun.scorecard.formats.figures import (
    headline,
    made,
    number,
    pair_change,
    pair_lists,
    percent,
    summary,
    suppressions,
    unmatched,
)
from guardrun.scorecard.formats.tables import LISTED, Table, changes, tables

READ = "Failures are drawn mirrored, as fewer are better. A hollow dot: chance alone may explain the difference."
STYLES = (FOLDER / "style.css", Path(__file__).with_name("style.css"))


def render(card: Card) -> str:
    """The scorecard as one page."""
    style = "\n" + "".join(path.read_text(encoding="utf-8") for path in STYLES)
    title = f"guardrun scorecard: {_safe(headline(card))}"
    head = page_head(title, f"style-src {source_hash(style)}", style)
    return f"""{head}
<body>
<a class="skip" href="#models">To the figures</a>
<header>
<h1>{title}</h1>
<p class="made">{_safe(made(card))}</p>
</header>
<main>
{"".join(_main(card))}</main>
</body>
</html>
"""


def _main(card: Card) -> Iterator[str]:
    for warning in card.warnings:
        yield f'<p class="warning">Warning: {_safe(warning)}</p>\n'
    for place, comparison in enumerate(card.comparisons):
        yield from _comparison(comparison, card, f"comparison-{place}")
    if card.overall.answers == card.overall.unscored:
        yield '<section aria-labelledby="models"><h2 id="models">There is no judged answer</h2></section>\n'
        return
    found = {table.title: table for table in tables(card)}
    yield _section("models", "Models", _table(found.pop("Models")) + _list(suppressions(card)))
    categories = found.pop("Answers that fail a category")
    chart = _legend(card) + _scroll(charts.failure_rates(card), "Chart of failures by category")
    yield _section(
        "categories", categories.title, f"{chart}<details><summary>As a table</summary>{_table(categories)}</details>"
    )
    yield _section("scores", "Distribution of scores", _scroll(charts.distributions(card), "Chart of scores"))
    yield _section("outcomes", "What was found in the answers", _outcomes(card))
    for place, table in enumerate(found.values()):
        yield _section(f"table-{place}", table.title, _table(table))


def _comparison(comparison: Comparison, card: Card, name: str) -> Iterator[str]:
    body = f"<p><strong>{_safe(summary(comparison))}.</strong></p>{_list(unmatched(comparison))}"
    if comparison.pairs:
        body += _counts(comparison)
        body += _scroll(charts.forest(comparison), "Chart of differences")
        body += f"<p>{READ}</p>"
        body += _table(changes(comparison))
        body += "".join(_changed(comparison, card))
    yield _section(name, f"{comparison.after} against {comparison.before}", body)


def _counts(comparison: Comparison) -> str:
    """What a reader asks first, in large figures."""
    lost = sum("deployable" in pair.lost for pair in comparison.lost)
    score, deployable = comparison.score, comparison.deployable
    items = (
        (f"{number(score.before)} → {number(score.after)}", "score", score.rose - score.fell),
        (
            f"{percent(deployable.before)} → {percent(deployable.after)}",
            "deployable",
            deployable.rose - deployable.fell,
        ),
        (str(score.rose), "better", 0),
        (str(score.fell), "worse", 0),
        (str(lost), "no longer deployable", -lost),
    )
    return f'<ul class="counts" aria-label="In short">{"".join(_count(*item) for item in items)}</ul>'


def _count(figure: str, name: str, good: int) -> str:
    kind = "better-text" if good > 0 else "worse-text" if good < 0 else ""
    return f'<li class="{kind}"><b>{figure}</b>{name}</li>'


def _changed(comparison: Comparison, card: Card) -> Iterator[str]:
    for title, pairs in pair_lists(comparison):
        if pairs:
            yield f"<h3>{title} ({len(pairs)})</h3><dl>{''.join(map(_pair, pairs[:LISTED]))}</dl>"
        if len(pairs) > LISTED:
            yield f"<p>and {len(pairs) - LISTED} more</p>"
    worse, better = changed_rules(comparison, card.rules)
    for title, lines in (("Rules that fail more often", worse), ("Rules that fail less often", better)):
        if lines:
            yield f"<h3>{title}</h3>{_list(lines)}"


def _pair(pair: PairChange) -> str:
    rules = f"<dd>{_safe(told)}</dd>" if (told := pair_rules(pair)) else ""
    return f"<dt><b>{_safe(pair.name)}</b> {_safe(pair_change(pair))}</dt>{rules}"


def _legend(card: Card) -> str:
    return _swatches((f"m{place % charts.COLOURS}", str(one.model)) for place, one in enumerate(card.models))


def _outcomes(card: Card) -> str:
    kinds = _swatches((f"o{place % charts.COLOURS}", name) for place, name in enumerate(card.overall.outcomes))
    return kinds + _scroll(charts.outcomes(card), "Chart of outcomes")


def _swatches(entries: Iterable[tuple[str, str]]) -> str:
    square = '<svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10"/></svg>'
    return (
        f'<ul class="legend">{"".join(f"<li>{square.format(kind)}{_safe(name)}</li>" for kind, name in entries)}</ul>'
    )


def _section(name: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}" tabindex="-1">{_safe(title)}</h2>\n{body}</section>\n'


def _scroll(body: str, label: str) -> str:
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{_safe(label)}">{body}</div>\n'


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_safe(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{_safe(head)}</th>' for head in table.heads)
    rows = "".join(f"<tr>{''.join(_cells(row, table))}</tr>\n" for row in table.rows)
    kind = "figures" if table.numeric else "words"
    body = f'<table class="{kind}"><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>\n'
    return _scroll(body, table.title)


def _cells(row: tuple[str, ...], table: Table) -> Iterator[str]:
    if table.numeric:
        yield f'<th scope="row">{_safe(row[0])}</th>'
        yield from (f"<td>{_safe(cell)}</td>" for cell in row[1:])
        return
    for head, cell in zip(table.heads, row, strict=True):
        kind = f' class="{cell}"' if head == "severity" and cell in {"critical", "high", "medium", "low"} else ""
        yield f'<td data-label="{_safe(head)}"{kind}>{_safe(cell)}</td>'


def _safe(text: str) -> str:
    return escape(visible(text))
