"""A progress bar on standard error for runs that a person waits for at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TypeVar

import click

Item = TypeVar("Item")
FEW = 16
"""So many templates are checked before a bar would be read."""


def with_progress(items: Iterator[Item], count: int) -> Iterator[Item]:
    """The items as they come, with a bar for many of them on a terminal."""
    if count <= FEW or not (sys.stderr and sys.stderr.isatty()):
        yield from items
        return
    with click.progressbar(items, length=count, label="checking", file=sys.stderr) as bar:
        yield from bar
