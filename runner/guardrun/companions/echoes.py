"""What is said already: a companion's finding at the same place and of the same meaning as another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardrun.companions.table import groups
from guardrun.model import Finding
from guardrun.read.places import tokens

MISSING = "3003"
"""The number of the rule on properties that are missing, which are told by their names alone."""
CIRCLE = "NO_DEPENDENCY_CYCLE"
"""One of the rules on circles, which are told of any resource in them."""


def without_echoes(findings: Sequence[Finding], said: Sequence[Finding]) -> list[Finding]:
    """One companion's findings, each once, without those that say what has been said."""
    new: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        if not any(_is_echo(finding, one) for one in said):
            new.setdefault((finding.rule, finding.path, finding.message), finding)
    return list(new.values())


def _is_echo(finding: Finding, other: Finding) -> bool:
    return (
        _same_meaning(finding.rule, other.rule)
        and _same_place(finding, other)
        and _same_property(finding, other.message)
    )


def _same_property(finding: Finding, message: str) -> bool:
    """Whether a message names the property that a finding misses, if it misses one."""
    return not finding.rule.endswith(MISSING) or any(
        name in message for name in re.findall(r"'(\w+)'", finding.message)
    )


def _same_meaning(rule: str, other: str) -> bool:
    """Whether a group of the table has both; companions with the same number mean the same."""
    numbers = [name.partition("/")[2][1:] for name in (rule, other)]
    return numbers[0] == numbers[1] or not groups(rule).isdisjoint(groups(other))


def _same_place(one: Finding, other: Finding) -> bool:
    """Whether they lie on a line, one within the other, or, for circles, one names the resource of the other."""
    if one.place.line == other.place.line and one.path and other.path:
        return True
    shorter, longer = sorted((_way(one), _way(other)), key=len)
    if len(shorter) > 1 and longer[: len(shorter)] == shorter:
        return True
    if groups(one.rule).isdisjoint(groups(CIRCLE)):
        return False
    pairs = ((one, other), (other, one))
    return any(a.logical_id and re.search(rf"\b{re.escape(a.logical_id)}\b", b.message) for a, b in pairs)


def _way(finding: Finding) -> list[str]:
    """The parts of its path, as far as they are no functions; what is of a resource as a whole is at the resource."""
    parts = tokens(finding.path)
    if parts[:1] == ["Resources"] and parts[2:] in (["Properties"], ["Type"]):
        return parts[:2]
    return parts[: next((n for n, part in enumerate(parts) if part == "Ref" or part.startswith("Fn::")), len(parts))]
