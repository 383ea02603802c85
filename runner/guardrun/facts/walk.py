"""Every value of a template, for the facts that look through all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Path = tuple[str | int, ...]

Values = Sequence[tuple[Any, Path]]
"""Values with the way to them from the top of the template."""


def walk(value: Any, path: Path) -> Values:
    """Every value below this one, and itself first."""
    found = [(value, path)]
    _walk(value, path, found)
    return found


def _walk(value: Any, path: Path, found: list[tuple[Any, Path]]) -> None:
    """A list that is added to, since generators within generators would take several times as long."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        way = (*path, key)
        found.append((item, way))
        if isinstance(item, (dict, list)):
            _walk(item, way, found)
