"""Findings that a template or a config file accepts, with a reason and perhaps until a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

from guardrun.config import Accepted, Config
from guardrun.model import Finding, Problem, RuleInfo, Suppressed
from guardrun.read import Template
from guardrun.read.places import pointer

COMMENT = re.compile(r"#\s*guardrun:\s*ignore\s+(?P<rules>[\w*, -]*?[\w*])\s*(?:--\s*(?P<reason>.*?)\s*)?$")
"""`# guardrun: ignore RULE, OTHER -- reason`, at the end of a line or on one of its own."""

HINT = "write rule, reason and perhaps until (YYYY-MM-DD)"


@dataclass(frozen=True, slots=True)
class Suppression:
    """What one place accepts: rules by id or glob, in a template, a resource or on a line.

    `in_source` tells the template's own from those of a config file; `shown` and `line` say where it stands.
    """

    rules: tuple[str, ...]
    reason: str
    until: date | None
    logical_id: str | None
    on_line: int | None
    in_source: bool
    shown: str
    line: int | None

    def covers(self, finding: Finding, info: RuleInfo) -> bool:
        """Whether it accepts a finding."""
        if self.logical_id is not None and not fnmatchcase(finding.logical_id or "", self.logical_id):
            return False
        if self.on_line is not None and finding.place.line != self.on_line:
            return False
        names = {finding.rule, *info.controls, *(control.partition("/")[2] for control in info.controls)}
        return any(fnmatchcase(name.upper(), rule.upper()) for rule in self.rules for name in names)


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
    unused = [one for number, one in enumerate(valid) if number not in used and one.in_source and _is_ours(one, rules)]
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
        (one,) = from_config([entry], entry.path, config.path.name if config.path else "")
        covered = [accepted for path, accepted in checked.items() if fnmatchcase(path, entry.path)]
        used = any(one.covers(other.finding, rules[other.finding.rule]) for other in chain(*covered))
        if one.until and one.until < today:
            found.append(_told(one, f"expired on {one.until}"))
        elif not used and (whole or entry.path in checked) and _is_ours(one, rules):
            found.append(_told(one, "accepts nothing: no such finding is left"))
    return found


def _is_ours(suppression: Suppression, rules: Mapping[str, RuleInfo]) -> bool:
    """Whether it speaks of rules of this run; those of others are theirs."""
    return any(fnmatchcase(rule, name.upper()) for name in suppression.rules for rule in rules)


def _told(suppression: Suppression, what: str) -> Problem:
    text = f"the suppression of {', '.join(suppression.rules)} {what}"
    return Problem(text, suppression.shown, suppression.line)


def find_suppressions(template: Template) -> tuple[list[Suppression], list[Problem]]:
    """What a template itself accepts, and entries that accept nothing as they have no reason."""
    found = [*_comments(template), *_metadata(template)]
    return [one for one in found if isinstance(one, Suppression)], [one for one in found if isinstance(one, Problem)]


def from_config(accepted: Iterable[Accepted], path: str, shown: str) -> list[Suppression]:
    """What a config file accepts in the template of this path."""
    return [
        Suppression((one.rule,), one.reason, _date(one.until), one.logical_id, None, False, shown, None)
        for one in accepted
        if fnmatchcase(path, one.path)
    ]


def _comments(template: Template) -> Iterator[Suppression | Problem]:
    lines = template.source.splitlines()
    ids = {template.place(pointer("Resources", name)).line: name for name in template.types}
    for number, text in enumerate(lines, start=1):
        match = COMMENT.search(text) if "guardrun" in text else None
        if not match:
            continue
        on_line = number if text[: match.start()].strip() else _next_line(lines, number)
        rules = tuple(part for part in re.split(r"[,\s]+", match["rules"]) if part)
        if not match["reason"]:
            yield _without_reason(rules, template.path, number)
        else:
            logical_id = ids.get(on_line)
            line = None if logical_id else on_line
            yield Suppression(rules, match["reason"], None, logical_id, line, True, template.path, number)


def _next_line(lines: list[str], number: int) -> int:
    """The next line that is more than a comment."""
    rest = (n for n, text in enumerate(lines[number:], start=number + 1) if text.strip() and text.strip()[0] != "#")
    return next(rest, number)


def _metadata(template: Template) -> Iterator[Suppression | Problem]:
    yield from _entries(template, template.document.get("Metadata"), ("Metadata",), None)
    for name, body in template.resources.items():
        if isinstance(body, dict):
            yield from _entries(template, body.get("Metadata"), ("Resources", name, "Metadata"), name)


def _entries(
    template: Template, metadata: Any, path: tuple[str, ...], logical_id: str | None
) -> Iterator[Suppression | Problem]:
    """The entries of guardrun, and of the tools that came before it: the Guard rules registry's and cfn_nag's."""
    if not isinstance(metadata, dict):
        return
    own = metadata.get("guardrun")
    for index, entry in enumerate(_list(own, "suppress")):
        at = template.place(pointer(*path, "guardrun", "suppress", index)).line
        yield _entry(entry, logical_id, template.path, at)
    guard = _list(metadata.get("guard"), "SuppressedRules")
    nag = [entry.get("id") for entry in _list(metadata.get("cfn_nag"), "rules_to_suppress") if isinstance(entry, dict)]
    for names, tool in ((guard, "guard"), (nag, "cfn_nag")):
        rules = tuple(name for name in names if isinstance(name, str))
        if rules:
            line = template.place(pointer(*path, tool)).line
            yield Suppression(rules, f"accepted for {tool}", None, logical_id, None, True, template.path, line)


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _entry(entry: Any, logical_id: str | None, shown: str, line: int | None) -> Suppression | Problem:
    """`{rule, reason, until}`, as templates and config files have it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("rule"), str):
        return Problem("a suppression names no rule", shown, line, hint=HINT)
    if not isinstance(entry.get("reason"), str) or not entry["reason"].strip():
        return _without_reason((entry["rule"],), shown, line)
    until = _date(entry.get("until"))
    if until is None and "until" in entry:
        return Problem(f"{entry['until']!r} is no day", shown, line, hint=HINT)
    return Suppression((entry["rule"],), entry["reason"].strip(), until, logical_id, None, True, shown, line)


def _without_reason(rules: Iterable[str], shown: str, line: int | None) -> Problem:
    hint = "say why: `-- reason` in a comment, reason: in Metadata"
    return Problem(
        f"the suppression of {', '.join(rules)} has no reason, so it accepts nothing", shown, line, hint=hint
    )


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
