"""What a template itself accepts, as metadata and in comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from guardrun.model import Problem
from guardrun.read import Template
from guardrun.read.places import pointer
from guardrun.suppress.apply import Suppression, day

COMMENT = re.compile(r"#\s*guardrun:\s*ignore\s+(?P<rules>[\w*/, -]*?[\w*])\s*(?:--\s*(?P<reason>.*?)\s*)?$")
"""`# guardrun: ignore RULE, OTHER until 2030-12-31 -- reason`, at the end of a line or on one of its own."""

HINT = "write rule, reason and perhaps until (YYYY-MM-DD)"


def find_suppressions(template: Template) -> tuple[list[Suppression], list[Problem]]:
    """What a template itself accepts, and entries that accept nothing as they have no reason."""
    found = [*_comments(template), *_metadata(template)]
    return [one for one in found if isinstance(one, Suppression)], [one for one in found if isinstance(one, Problem)]


def _comments(template: Template) -> Iterator[Suppression | Problem]:
    lines = template.source.splitlines()
    ids = {template.place(pointer("Resources", name)).line: name for name in template.types}
    for number, text in enumerate(lines, start=1):
        match = COMMENT.search(text) if "guardrun" in text else None
        if not match:
            continue
        on_line = number if text[: match.start()].strip() else _next_line(lines, number)
        names, _, last = match["rules"].partition(" until ")
        rules = tuple(part for part in re.split(r"[,\s]+", names) if part)
        if not match["reason"]:
            yield _without_reason(rules, template.path, number)
        elif last and day(last.strip()) is None:
            yield Problem(f"{last.strip()!r} is no day", template.path, number, hint=HINT)
        else:
            logical_id = ids.get(on_line)
            line = None if logical_id else on_line
            until = day(last.strip())
            yield Suppression(rules, match["reason"], until, logical_id, line, True, template.path, number)


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
    for name in _list(metadata.get("guard"), "SuppressedRules"):
        yield from _foreign(template, name, "", logical_id, (*path, "guard"))
    for entry in _list(metadata.get("cfn_nag"), "rules_to_suppress"):
        if isinstance(entry, dict):
            yield from _foreign(template, entry.get("id"), entry.get("reason"), logical_id, (*path, "cfn_nag"))


def _foreign(
    template: Template, rule: Any, reason: Any, logical_id: str | None, path: tuple[str, ...]
) -> Iterator[Suppression]:
    """What is accepted for another tool, under that tool's name for the rule."""
    if isinstance(rule, str):
        tool, line = path[-1], template.place(pointer(*path)).line
        told = f"accepted for {tool}: {reason}" if reason else f"accepted for {tool}"
        yield Suppression((rule,), told, None, logical_id, None, True, template.path, line, tool)


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _entry(entry: Any, logical_id: str | None, shown: str, line: int | None) -> Suppression | Problem:
    """`{rule, reason, until}`, as templates and config files have it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("rule"), str):
        return Problem("a suppression names no rule", shown, line, hint=HINT)
    unknown = sorted(entry.keys() - {"rule", "reason", "until"})
    if unknown:
        return Problem(f"a suppression has no {', '.join(map(str, unknown))}", shown, line, hint=HINT)
    if not isinstance(entry.get("reason"), str) or not entry["reason"].strip():
        return _without_reason((entry["rule"],), shown, line)
    until = day(entry.get("until"))
    if until is None and "until" in entry:
        return Problem(f"{entry['until']!r} is no day", shown, line, hint=HINT)
    return Suppression((entry["rule"],), entry["reason"].strip(), until, logical_id, None, True, shown, line)


def _without_reason(rules: Iterable[str], shown: str, line: int | None) -> Problem:
    hint = "say why: `-- reason` in a comment, reason: in Metadata"
    return Problem(
        f"the suppression of {', '.join(rules)} has no reason, so it accepts nothing", shown, line, hint=hint
    )
