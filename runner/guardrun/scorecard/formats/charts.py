"""Charts as SVG, each said in words, too: rates of failure, distributions of scores, outcomes, differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from guardrun.report.visible import visible
from guardrun.scorecard.card import BINS, Card, Change, Comparison, Group
from guardrun.scorecard.formats.figures import difference, measures, number, percent, share

WIDTH, LABEL, END = 900, 150, 150
SPAN = WIDTH - LABEL - END
"""The room of the bars, between names and figures."""

COLOURS = 6
"""Colours that models have; after these they begin again."""


def failure_rates(card: Card) -> str:
    """For each category a bar for each model, with its interval."""
    bar, parts, told, y = 14, [], [], 4
    for name in card.overall.categories:
        parts.append(_text(LABEL - 8, y + bar * len(card.models) / 2 + 5, name, anchor="end"))
        for place, group in enumerate(card.models):
            if name in group.categories:
                estimate = group.categories[name].failure_rate
                title = f"{name}, {group.model}: {share(estimate)} of {estimate.of}"
                parts += _bar(y, bar, estimate.value or 0, place, title)
                parts += _whisker(y + bar / 2, estimate.low or 0, estimate.high or 0)
                parts.append(_text(LABEL + SPAN + 10, y + bar - 2, share(estimate), "dim"))
                told.append(f"{title}")
            y += bar
        y += 10
    return _chart(y, parts, f"Answers that fail a category: {'; '.join(told)}")


def distributions(card: Card) -> str:
    """For each model how many answers have which score, and a mark at the mean."""
    parts, told, height, y = [], [], 70, 8
    most = max((max(group.distribution, default=0) for group in card.models), default=0) or 1
    for place, group in enumerate(card.models):
        parts.append(_text(LABEL - 8, y + height / 2 + 5, _short(group), anchor="end"))
        parts += _columns(group, place, y + height, height / most)
        parts.append(_text(LABEL + SPAN + 10, y + height / 2 + 5, f"mean {number(group.score.value)}", "dim"))
        told.append(f"{group.model}: mean {number(group.score.value)}")
        y += height + 24
    parts += [_text(LABEL + SPAN * at, y - 6, f"{at:g}", "dim", "middle") for at in (0, 0.25, 0.5, 0.75, 1)]
    return _chart(y + 6, parts, f"Distribution of scores: {'; '.join(told)}")


def _columns(group: Group, place: int, floor: float, step: float) -> Iterator[str]:
    width = SPAN / BINS
    for number_, count in enumerate(group.distribution):
        title = f"{group.model}: {count} from {number_ / BINS:.2f} to {(number_ + 1) / BINS:.2f}"
        box = f'x="{LABEL + number_ * width + 1:.1f}" y="{floor - count * step:.1f}" width="{width - 2:.1f}"'
        yield f'<rect class="m{place % COLOURS}" {box} height="{count * step:.1f}"><title>{_safe(title)}</title></rect>'
    yield f'<path class="axis" d="M {LABEL} {floor:.1f} H {LABEL + SPAN}"/>'
    if group.score.value is not None:
        yield f'<path class="mark" d="M {LABEL + SPAN * group.score.value:.1f} {floor + 4:.1f} v -12"/>'


def outcomes(card: Card) -> str:
    """For each model what became of its templates, as parts of one bar."""
    parts, told, bar, y = [], [], 22, 4
    for group in card.models:
        parts.append(_text(LABEL - 8, y + 16, _short(group), anchor="end"))
        parts += _parts(group, list(card.overall.outcomes), y, bar)
        parts.append(_text(LABEL + SPAN + 10, y + 16, f"{percent(group.outcomes['found'].value)} found", "dim"))
        shares = (f"{name} {percent(one.value)}" for name, one in group.outcomes.items() if one.value)
        told.append(f"{group.model}: {', '.join(shares)}")
        y += bar + 8
    return _chart(y, parts, f"What was found in the answers: {'; '.join(told)}")


def _parts(group: Group, statuses: Sequence[str], y: float, bar: float) -> Iterator[str]:
    x = float(LABEL)
    for place, status in enumerate(statuses):
        if (estimate := group.outcomes.get(status)) and estimate.value:
            box = f'x="{x:.1f}" y="{y}" width="{SPAN * estimate.value:.1f}" height="{bar}"'
            title = _safe(f"{group.model}: {status} {share(estimate)}")
            yield f'<rect class="o{place % COLOURS}" {box}><title>{title}</title></rect>'
            x += SPAN * estimate.value


def forest(comparison: Comparison) -> str:
    """Differences with their intervals, beside the line of no difference: better on the right."""
    rows = [(name, change, of_scores, 1) for name, change, of_scores in measures(comparison)]
    rows += [(f"fails {name}", change, False, -1) for name, change in comparison.categories.items()]
    reach = max((abs(bound or 0) for _, change, *_ in rows for bound in _bounds(change)), default=0) or 1
    middle, scale, y, parts = LABEL + SPAN / 2, SPAN / 2 / reach, 30, []
    for name, change, of_scores, sign in rows:
        parts.append(_text(LABEL - 8, y + 5, name, anchor="end"))
        parts += _dot(change, middle, scale * sign, y)
        parts.append(_text(LABEL + SPAN + 10, y + 5, difference(change, of_scores=of_scores), "dim"))
        y += 24
    parts.append(f'<path class="axis" d="M {middle} 22 V {y - 10}"/>')
    parts.append(_text(middle - 12, 14, "← worse", "dim", "end"))
    parts.append(_text(middle + 12, 14, "better →", "dim"))
    told = "; ".join(f"{name} {difference(change, of_scores=scores)}" for name, change, scores, _ in rows)
    return _chart(y, parts, f"{comparison.after} against {comparison.before}: {told}")


def _bounds(change: Change) -> tuple[float | None, ...]:
    return change.difference.value, change.difference.low, change.difference.high


def _dot(change: Change, middle: float, scale: float, y: float) -> Iterator[str]:
    """The difference as a dot on its interval: hollow when chance may explain it."""
    value, low, high = (middle + scale * (bound or 0) for bound in _bounds(change))
    kind = "unsure" if not change.sure else "better" if value > middle else "worse"
    yield f'<path class="{kind}" d="M {min(low, high):.1f} {y} H {max(low, high):.1f}"/>'
    yield f'<circle class="{kind}" cx="{value:.1f}" cy="{y}" r="5"/>'


def _bar(y: float, height: float, value: float, place: int, title: str) -> Iterator[str]:
    box = f'x="{LABEL}" y="{y}" width="{SPAN * value:.1f}" height="{height - 2}"'
    yield f'<rect class="m{place % COLOURS}" {box}><title>{_safe(title)}</title></rect>'


def _whisker(y: float, low: float, high: float) -> Iterator[str]:
    left, right = LABEL + SPAN * low, LABEL + SPAN * high
    yield f'<path class="whisker" d="M {left:.1f} {y - 4} v 6 m 0 -3 H {right:.1f} m 0 -3 v 6"/>'


def _chart(height: float, parts: Sequence[str], label: str) -> str:
    body = "".join(parts)
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{_safe(label)}">{body}</svg>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_safe(text)}</text>'


def _short(group: Group) -> str:
    name = str(group.model)
    return name if len(name) <= 20 else f"{name[:19]}…"  # noqa: PLR2004


def _safe(text: str) -> str:
    return escape(visible(text))
