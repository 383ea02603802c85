"""What suppressions do to findings, and which of them are of no use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import chain

from guardrun.config import Accepted, Config, matches
from guardrun.model import Finding, Problem, RuleInfo, Suppressed


@dataclass(frozen=True, slots=True)
class Suppression:
    """What one place accepts: rules by id or glob, in a template, a resource or on a line.

    `in_source` tells the template's own from those of a config file; `shown` and `line` say where it stands.
    Those for another `tool` may well accept nothing here.
    """

    rules: tuple[str, ...]
    reason: str
    until: date | None
    logical_id: str | None
    on_line: int | None
    in_source: bool
    shown: str
    line: int | None
    tool: str = "guardrun"

    def covers(self, finding: Finding, info: RuleInfo) -> bool:
        """Whether it accepts a finding."""
        if self.logical_id is not None and not fnmatchcase(finding.logical_id or "", self.logical_id):
            return False
        if self.on_line is not None and finding.place.line != self.on_line:
            return False
        names = {finding.rule, *info.controls, *(control.partition("/")[2] for control in info.controls)}
        return any(fnmatchcase(_upper(name), _upper(rule)) for rule in self.rules for name in names)


def _upper(name: str) -> str:
    """A name as all tools may write it: AWS Config has hyphens where the Guard registry has underscores."""
    return name.upper().replace("-", "_")


def apply(
    findings: Sequence[Finding],
    suppressions: Sequence[Suppression],
    rules: Mapping[str, RuleInfo],
    today: date,
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...], tuple[Problem, ...]]:
    """The findings that stand, those that are accepted, and what is wrong with the suppressions: expired or unused."""
    valid = [one for one in suppressions if one.until is None or one.until >= today]
    expired = [one for one in suppressions if one not in valid and one.in_source]
    warnings = [_told(one, f"expired on {one.until}") for one in expired]
    used: set[int] = set()
    standing, accepted = [], []
    for finding in findings:
        covering = [n for n, one in enumerate(valid) if one.covers(finding, rules[finding.rule])]
        used.update(covering)
        if covering:
            first = valid[covering[0]]
            accepted.append(Suppressed(finding, first.reason, in_source=first.in_source))
        else:
            standing.append(finding)
    unused = [one for number, one in enumerate(valid) if number not in used and _is_own(one) and _is_ours(one, rules)]
    warnings += [_told(one, "accepts nothing: no such finding is left") for one in unused]
    return tuple(standing), tuple(accepted), tuple(warnings)


def of_no_use(
    config: Config,
    checked: Mapping[str, Iterable[Suppressed]],
    rules: Mapping[str, RuleInfo],
    today: date,
    *,
    whole: bool,
) -> list[Problem]:
    """What is wrong with a config file's suppressions after a run: expired, or unused.

    `checked` has by path what was accepted in each template. Unless these are the whole project, an entry for more than
    one path may be of use elsewhere.
    """
    found = []
    for entry in config.suppress:
        (one,) = from_config([entry], entry.path, config.name)
        covered = [accepted for path, accepted in checked.items() if matches(path, [entry.path])]
        used = any(one.covers(other.finding, rules[other.finding.rule]) for other in chain(*covered))
        if one.until and one.until < today:
            found.append(_told(one, f"expired on {one.until}"))
        elif not used and (whole or entry.path in checked) and _is_ours(one, rules):
            found.append(_told(one, "accepts nothing: no such finding is left"))
    return found


def _is_own(suppression: Suppression) -> bool:
    return suppression.in_source and suppression.tool == "guardrun"


def _is_ours(suppression: Suppression, rules: Mapping[str, RuleInfo]) -> bool:
    """Whether it speaks of rules of this run; those of others are theirs."""
    return any(
        fnmatchcase(rule.upper(), name.upper()) or name.lower().startswith(f"{rule}/")
        for name in suppression.rules
        for rule in rules
    )


def _told(suppression: Suppression, what: str) -> Problem:
    text = f"the suppression of {', '.join(suppression.rules)} {what}"
    return Problem(text, suppression.shown, suppression.line)


def from_config(accepted: Iterable[Accepted], path: str, shown: str) -> list[Suppression]:
    """What a config file accepts in the template of this path."""
    return [
        Suppression((one.rule,), one.reason, day(one.until), one.logical_id, None, False, shown, None)
        for one in accepted
        if matches(path, [one.path])
    ]


def day(text: object) -> date | None:
    """The day that a text names, if any."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
