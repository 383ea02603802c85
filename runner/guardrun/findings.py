"""From failed clauses to findings: which resource, which line, in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from guardrun.engine import Failure
from guardrun.model import Finding
from guardrun.pack import Rule
from guardrun.read import Template
from guardrun.read.places import tokens

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SECRET = re.compile(r"password|passphrase|secret|token|credential", re.IGNORECASE)
TEXT_LIMIT = 120
"""Longest text of a found or expected value, in characters."""


def to_findings(failures: Iterable[Failure], rules: dict[str, Rule], template: Template) -> tuple[Finding, ...]:
    """The findings of these rules in one template, in the order of its lines, each once."""
    found: dict[tuple[str, str, str], Finding] = {}
    for failure in [failure for failure in failures if failure.rule in rules]:
        for finding in _findings(failure, rules[failure.rule], template):
            found.setdefault((finding.rule, finding.path, finding.message), finding)
    return tuple(sorted(found.values(), key=lambda finding: (finding.place, finding.rule, finding.path)))


def _findings(failure: Failure, rule: Rule, template: Template) -> Iterator[Finding]:
    """One finding, or one for each entry when the failure is a list of facts that should be empty."""
    message = " ".join(failure.message.split()) or f"does not hold: {rule.title}"
    facts = failure.found if isinstance(failure.found, list) else [failure.found]
    if all(isinstance(fact, dict) and "At" in fact for fact in facts):
        for fact in facts:
            yield _finding(rule, template, fact["At"], _filled(message, fact))
    elif "/GuardRun/" in failure.path:
        yield _finding(rule, template, failure.path.partition("/GuardRun/")[0], message)
    else:
        shown = None if failure.missing else _shown(failure.path, failure.found)
        expected = None if failure.expected is None else _shown("", failure.expected)
        yield _finding(rule, template, failure.path, message, shown, expected)


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


def _shown(path: str, value: Any) -> str:
    """A value as short text; what may be a secret is not repeated in reports."""
    section, *names = tokens(path) or [""]
    if any(SECRET.search(name) for name in names[section == "Resources" :]):
        return "(not shown)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 4] + " ..."
