"""What is wrong, and where: findings, and what could not be done."""

from __future__ import annotations

from dataclasses import dataclass

HIDDEN = "(not shown)"
"""What stands in reports for a value that may be a secret."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span in a source file; lines and columns count from 1, the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation of one rule at one place of one template.

    `path` is a JSON pointer into the template, `found` and `expected` are short texts of the values that the engine
    compared, or None where it compared none.
    """

    rule: str
    category: str
    severity: str
    template: str
    logical_id: str | None
    path: str
    place: Place
    message: str
    fix: str
    found: str | None = None
    expected: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What stays the same when lines move: the rule, the template and the place by names."""
        return self.rule, self.template, self.place_by_names, self.message

    @property
    def place_by_names(self) -> str:
        """The path with a star for each position in a list, as items move."""
        return "/".join("*" if part.isdecimal() else part for part in self.path.split("/"))


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody accepted, and why; `in_source` when the template itself says so.

    `in_baseline` when it was there before, and nobody gave a reason.
    """

    finding: Finding
    reason: str
    in_source: bool
    in_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a template could not be read or evaluated, or a rule not be applied; `path` is the file at fault."""

    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    rule: str | None = None
