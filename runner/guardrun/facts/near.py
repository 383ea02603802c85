"""What a wrong name may have meant."""

from __future__ import annotations

from collections.abc import Iterable

CLOSE = 0.7
"""How alike two names must be, from 0 to 1."""


def near(name: str, names: Iterable[str]) -> str:
    """`; did you mean X?` with the nearest of the names, or an empty text."""
    from difflib import get_close_matches  # noqa: PLC0415  only a fault needs it

    by_lower = {known.lower(): known for known in sorted(names)}
    matches = get_close_matches(name.lower(), by_lower, n=1, cutoff=CLOSE)
    return f"; did you mean {by_lower[matches[0]]}?" if matches else ""
