"""What a companion says: its own words and places, before they are made findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a companion found.

    `path` leads to it by keys and indices, as far as the companion says; lines and columns count from 1, None where it
    does not say. `title` and `why` are of the rule, `fix` is empty where it names none, `reference` is a page.
    """

    rule: str
    message: str
    path: tuple[str, ...]
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    title: str
    why: str
    fix: str
    reference: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a companion says of one template: its remarks, and in `faults` what it could not do."""

    remarks: tuple[Remark, ...]
    faults: tuple[str, ...] = ()


Check = Callable[[str, bool], Answer]
"""From a template's text, and whether informational rules are wanted, to what the companion says of it."""
