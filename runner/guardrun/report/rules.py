"""The rules themselves: as a table, as JSON, and one explained at length."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

import click

from guardrun.model import PackInfo
from guardrun.pack import Rule
from guardrun.pack.analysis import ANALYSIS
from guardrun.report.colours import COLOURS
from guardrun.report.counts import plural

SCHEMA_VERSION = 1


def console(rules: Sequence[Rule], _: PackInfo) -> str:
    """The rules by category."""
    lines: list[str] = []
    for category in dict.fromkeys(rule.category for rule in rules):
        lines += [click.style(category, bold=True, underline=True)]
        lines += [line for rule in rules if rule.category == category for line in _lines(rule)]
    return "\n".join([*lines, plural(len(rules), "rule")]) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    severity = click.style(f"{rule.severity:<9}", fg=COLOURS[rule.severity])
    profile = "" if rule.profile == "core" else f" ({rule.profile})"
    yield f"  {severity} {click.style(rule.id, bold=True)}{profile}"
    yield f"            {rule.title}"


def as_json(rules: Sequence[Rule], info: PackInfo) -> str:
    """The rules with their whole headers."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "pack": {"version": info.version, "hash": info.hash()},
        "rules": [_entry(rule) for rule in rules],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _entry(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "category": rule.category,
        "severity": rule.severity,
        "profile": rule.profile,
        "title": rule.title,
        "resources": list(rule.resources),
        "view": rule.view,
        "analysis": list(rule.analysis),
        "controls": list(rule.controls),
        "why": " ".join(rule.why.split()),
        "fix": rule.fix,
        "references": list(rule.references),
        "as_of": rule.as_of,
        "origin": rule.origin,
    }


def explained(rule: Rule, width: int, settings: Mapping[str, object]) -> str:
    """One rule's header, laid out for a terminal of this width, and the settings that it reads with their values."""
    return "\n".join(_explained(rule, width, settings))


def _explained(rule: Rule, width: int, settings: Mapping[str, object]) -> Iterator[str]:
    severity = click.style(rule.severity, fg=COLOURS[rule.severity], bold=True)
    origin = "" if rule.origin == "guardrun" else f", from {rule.origin}"
    yield f"{click.style(rule.id, bold=True)}  {severity} {rule.category} ({rule.profile}){origin}"
    yield textwrap.fill(rule.title, width)
    yield from _section("Why", textwrap.fill(" ".join(rule.why.split()), width - 2))
    yield from _section("Fix", textwrap.fill(rule.fix_line, width - 2))
    if rule.example:
        yield textwrap.indent("\n" + rule.example, "      ")
    if settings:
        shown = "\n".join(f"{name}: {json.dumps(value)}" for name, value in settings.items())
        yield from _section("Settings (policy in .guardrun.yml)", shown)
    if rule.resources:
        yield from _section("Resources", "\n".join(rule.resources))
    if rule.analysis:
        yield from _section("Failure analysis", "\n".join(f"{point} {ANALYSIS[point]}" for point in rule.analysis))
    if rule.controls:
        yield from _section("Controls", "\n".join(rule.controls))
    if rule.references:
        yield from _section("References", "\n".join(rule.references))
    if rule.as_of:
        yield from _section("Knowledge as of", rule.as_of)


def _section(title: str, body: str) -> Iterator[str]:
    if body:
        yield from ("", click.style(title, bold=True), textwrap.indent(body, "  "))


FORMATS: dict[str, Callable[[Sequence[Rule], PackInfo], str]] = {"console": console, "json": as_json}
