"""From failed clauses to findings: which resource, which line, in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from guardrun.engine import Failure
from guardrun.model import HIDDEN, Finding
from guardrun.pack import Rule
from guardrun.read import Template
from guardrun.read.places import member, pointer, tokens

PLACEHOLDER = re.compile(r"\{(\w+)\}")
QUERY = re.compile(r"[\w.*:'\"\[\]-]+")
"""A query, or a rule's name, that can be told as it is."""
SECRET = re.compile(
    r"passw(or)?d|passphrase|pwd|secret|token|credential|(api|access|private|auth)[-_]?key", re.IGNORECASE
)
SECRET_TEXT = re.compile(
    r"://[^/\s:@]*:[^@\s]+@|\b(AKIA|ASIA)[A-Z0-9]{16}\b|PRIVATE KEY|(passw(or)?d|secret|token|api[-_]?key)\s*[=:]\s*\S",
    re.IGNORECASE,
)
"""A text that has a secret in it: an address with a password, an access key, `password=...`."""
RESOURCE_DEPTH = 2
"""How many names lead to a resource, a parameter or an output."""
TEXT_LIMIT = 120
"""Longest text of a found or expected value, in characters."""


def to_findings(failures: Iterable[Failure], rules: dict[str, Rule], template: Template) -> tuple[Finding, ...]:
    """The findings of these rules in one template, in the order of its lines, each once."""
    found: dict[tuple[str, str, str], Finding] = {}
    for failure in [failure for failure in failures if failure.rule in rules]:
        for finding in _findings(failure, rules[failure.rule], template):
            found.setdefault((finding.rule, finding.path, finding.message), finding)
    return in_order(found.values())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of a template's lines."""
    return tuple(sorted(findings, key=lambda finding: (finding.place, finding.rule, finding.path)))


def _findings(failure: Failure, rule: Rule, template: Template) -> Iterator[Finding]:
    """One finding, or one for each entry of a fact that should be empty, or of what a filter leaves of it."""
    if rule.foreign:
        yield _of_foreign(failure, rule, template)
        return
    message = " ".join(failure.message.split()) or f"does not hold: {rule.title}"
    place, facts, _ = failure.path.partition("/GuardRun/")
    entries = failure.found if isinstance(failure.found, list) else [failure.found]
    entries = [entry for entry in entries if isinstance(entry, dict) and "At" in entry]
    if facts and entries:
        for fact in entries:
            yield _finding(rule, template, fact["At"], _filled(message, fact))
    elif facts:
        yield _finding(rule, template, _pointer(place, template.document), message)
    else:
        path = _pointer(place, template.document)
        expected = None if failure.expected is None else _shown("", failure.expected)
        yield _finding(rule, template, path, message, _found(path, failure), expected)


def _of_foreign(failure: Failure, rule: Rule, template: Template) -> Finding:
    """A finding of a rule that was not written for guardrun, whose messages tell the fix, too, or nothing."""
    from guardrun.pack.message import split_message  # noqa: PLC0415  most runs have no foreign rules

    message, fix = split_message(failure.message)
    path = _pointer(failure.path, template.document)
    expected = None if failure.expected is None else _shown("", failure.expected)
    place = path or _only_resource(rule, template)
    finding = _finding(rule, template, place, message, _found(path, failure), expected)
    return replace(finding, message=message or _untold(failure, rule), fix=fix or rule.fix_line)


def _only_resource(rule: Rule, template: Template) -> str:
    """The path of the one resource that a rule may be about, if there is just one."""
    names = [name for name, kind in template.types.items() if kind in rule.resources]
    return pointer("Resources", names[0]) if len(names) == 1 else ""


def _untold(failure: Failure, rule: Rule) -> str:
    """What is wrong where a clause has no message."""
    missing = f"{failure.wanted} is missing" if QUERY.fullmatch(failure.wanted) else f"does not hold: {rule.title}"
    return rule.message or missing


def _pointer(path: str, document: Any) -> str:
    """The JSON pointer of an engine's path, which does not escape the slashes in keys."""
    parts, rest = [], path.split("/")[1:]
    while rest:
        length = 1
        if isinstance(document, dict):
            lengths = range(1, len(rest) + 1)
            length = next((count for count in lengths if "/".join(rest[:count]) in document), 1)
        key, rest = "/".join(rest[:length]), rest[length:]
        parts.append(key)
        document = member(document, key)
    return pointer(*parts)


def _filled(message: str, fact: dict[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda match: str(fact.get(match[1], match[0])), message)


def _finding(
    rule: Rule, template: Template, path: str, message: str, found: str | None = None, expected: str | None = None
) -> Finding:
    parts = tokens(path)
    return Finding(
        rule=rule.id,
        category=rule.category,
        severity=rule.severity,
        template=template.path,
        logical_id=parts[1] if len(parts) > 1 else None,
        path=path,
        place=template.place(path),
        message=message,
        fix=rule.fix_line,
        found=found,
        expected=expected,
    )


def _found(path: str, failure: Failure) -> str | None:
    """What was found, as text; of a whole section or resource that says nothing."""
    is_whole = len(tokens(path)) <= RESOURCE_DEPTH and isinstance(failure.found, dict | list)
    return None if failure.missing or is_whole else _shown(path, failure.found)


def _shown(path: str, value: Any) -> str:
    """A value as short text; what may be a secret is not repeated in reports."""
    section, *names = tokens(path) or [""]
    if any(SECRET.search(name) for name in names[section == "Resources" :]):
        return HIDDEN
    text = json.dumps(_masked(value), ensure_ascii=False)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 4] + " ..."


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        known = {key: item for key, item in value.items() if key != "GuardRun"}
        return {key: HIDDEN if SECRET.search(key) else _masked(item) for key, item in known.items()}
    if isinstance(value, str) and SECRET_TEXT.search(value):
        return HIDDEN
    return [_masked(item) for item in value] if isinstance(value, list) else value
