"""The lines of a template that a finding speaks of, with a mark under its place."""

from __future__ import annotations

from collections.abc import Iterator

from guardrun.model import HIDDEN, Finding

TAB = "    "


def excerpt(finding: Finding, source: str | None, width: int) -> Iterator[tuple[str, str]]:
    """The line as `(gutter, text)` and under it the mark, cut to a width in characters; nothing without a source.

    A line whose value is not shown elsewhere is not shown here, nor the first line for the template as a whole.
    """
    lines = source.splitlines() if source and finding.path and finding.found != HIDDEN else []
    place = finding.place
    if not 0 < place.line <= len(lines):
        return
    line, gutter = lines[place.line - 1], f"{place.line} |"
    end = place.end_column if place.end_line == place.line else len(line) + 1
    start, shown = _window(line, place.column - 1, width - len(gutter) - 1)
    before = _expanded(shown[: place.column - 1 - start])
    marked = _expanded(line[place.column - 1 : end - 1][: max(1, len(shown) - (place.column - 1 - start))])
    yield gutter, _expanded(shown)
    yield " " * (len(gutter) - 1) + "|", " " * len(before) + "^" * max(1, len(marked))


def _window(line: str, column: int, width: int) -> tuple[int, str]:
    """The part of a long line that shows the column, and where it begins."""
    start = 0 if column < width - 10 else column - width // 2
    return start, line[start : start + width]


def _expanded(text: str) -> str:
    return text.replace("\t", TAB)
