"""The one rules text for a template: only rules whose resource types occur, each distinct `let` once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guardrun.pack.rule import Rule

HEAD = re.compile(r"^(rule\s+\w+)\s*(?:when\s+)?")


@dataclass(frozen=True, slots=True)
class LinkedRules:
    """A text for the engine, and the rules that are in it."""

    text: str
    rules: tuple[Rule, ...]

    @property
    def names(self) -> frozenset[str]:
        """The ids of the rules in the text."""
        return frozenset(rule.id for rule in self.rules)


def applicable(rules: Iterable[Rule], types: set[str]) -> list[Rule]:
    """The rules that have something to look at among these resource types."""
    return [rule for rule in rules if not rule.resources or not types.isdisjoint(rule.resources)]


def link(rules: Iterable[Rule]) -> LinkedRules:
    """Put rules into one text, each guarded so that it looks only at the view that it asks for.

    All views go through one process: its first look for a missing key costs more than all the rules.
    """
    chosen = tuple(rules)
    lets = {name: text for rule in chosen for name, text in rule.lets.items()}
    return LinkedRules("\n\n".join([*lets.values(), *(_guarded(rule) for rule in chosen)]) + "\n", chosen)


def _guarded(rule: Rule) -> str:
    return HEAD.sub(rf"\1 when GuardRun.View == '{rule.view}' ", rule.body, count=1)
