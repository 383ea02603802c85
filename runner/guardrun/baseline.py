"""A baseline: the findings that are there already. They pass, new ones fail, fixed ones are told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from guardrun.errors import ConfigError
from guardrun.model import Finding, Problem, Report, Suppressed, TemplateResult
from guardrun.pack import Rule

DEFAULT = ".guardrun-baseline.json"
SCHEMA_VERSION = 1
PROJECT = ""
"""Stands for the template where a finding is on the project as a whole."""

Known = dict[str, Counter[tuple[str, str, str]]]
"""By template (its path from the baseline's folder) how often each finding is there: rule, place by names, message."""
Naming = Callable[[str], str]
"""From a template's name in reports to its path from the baseline's folder."""


def read_baseline(path: Path) -> Known:
    """The findings that a file lists. Raises `ConfigError`."""
    hint = "guardrun baseline write makes it"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the baseline: {error.strerror}", path=path.as_posix(), hint=hint) from error
    except ValueError as error:
        raise ConfigError(f"this is no baseline: {error}", path=path.as_posix(), hint=hint) from error
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise ConfigError("this is no baseline of this version", path=path.as_posix(), hint=hint)
    try:
        return {name: Counter(dict(map(_entry, entries))) for name, entries in document["templates"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"the baseline is not complete: {error!r}", path=path.as_posix(), hint=hint) from error


def _entry(entry: dict[str, Any]) -> tuple[tuple[str, str, str], int]:
    return (str(entry["rule"]), str(entry["place"]), str(entry["message"])), int(entry.get("count", 1))


def baseline_text(known: Known) -> str:
    """The content of a file with these findings, sorted so that it merges well."""
    templates = {
        name: [_values(*pair) for pair in sorted(known[name].items())] for name in sorted(known) if known[name]
    }
    return json.dumps({"schema_version": SCHEMA_VERSION, "templates": templates}, indent=1, ensure_ascii=False) + "\n"


def _values(key: tuple[str, str, str], count: int) -> dict[str, Any]:
    values: dict[str, Any] = dict(zip(("rule", "place", "message"), key, strict=True))
    return values | ({"count": count} if count > 1 else {})


def updated(old: Known, report: Report, naming: Naming, folder: Path) -> Known:
    """The baseline after a run: what it found; where it did not look - templates, rules - what was known before."""
    known = {name: counts for name, counts in old.items() if name == PROJECT or (folder / name).is_file()}
    for result in report.templates:
        ran, name = _ran(result), naming(result.path)
        kept = Counter({key: count for key, count in known.get(name, Counter()).items() if not ran(key[0])})
        known[name] = kept + Counter(_key(one) for one in result.findings if not _of_project(one, report))
    of_project = Counter(_key(one) for one in report.findings if _of_project(one, report))
    looked = {rule for result in report.templates for rule in (*result.passed, *result.failed)}
    before = known.get(PROJECT, Counter())
    # A run over a part of the projects must not lose what is known of the others.
    kept = Counter({key: count for key, count in before.items() if key[0] not in looked or of_project[key]})
    return known | {PROJECT: kept | of_project}


def compared(report: Report, known: Known, naming: Naming, shown: str) -> Report:
    """The report with the findings that are known accepted, and a word where some of them are fixed."""
    left = {name: counts.copy() for name, counts in known.items()}
    results = [_compared(result, report, left, naming(result.path), shown) for result in report.templates]
    return replace(report, templates=tuple(results))


def _compared(result: TemplateResult, report: Report, left: Known, name: str, shown: str) -> TemplateResult:
    new: list[Finding] = []
    old: list[Finding] = []
    for finding in result.findings:
        counts = left.setdefault(PROJECT if _of_project(finding, report) else name, Counter())
        known = counts[_key(finding)] > 0
        (old if known else new).append(finding)
        counts[_key(finding)] -= known
    # A finding that is suppressed now is not fixed.
    rest = left.get(name, Counter()) - Counter(_key(one.finding) for one in result.suppressed)
    ran = _ran(result)
    fixed = Counter({key: count for key, count in rest.items() if ran(key[0])})
    accepted = [Suppressed(one, f"it is in the baseline, {shown}", in_source=False, in_baseline=True) for one in old]
    return replace(
        result,
        findings=tuple(new),
        suppressed=(*result.suppressed, *accepted),
        warnings=(*result.warnings, *_fixed(fixed, result.path)),
    )


def _ran(result: TemplateResult) -> Callable[[str], bool]:
    """Whether a rule looked at a template; of a companion's rules all do when it did its job."""
    looked = () if result.error else {*result.passed, *result.failed, *result.skipped}
    return lambda rule: rule in looked or rule.partition("/")[0] in looked


def _of_project(finding: Finding, report: Report) -> bool:
    """Whether a finding is on the project around its template, which any of its templates may tell."""
    rule = report.pack.rules[finding.rule]
    return isinstance(rule, Rule) and "Workspace.First" in rule.text


def _fixed(left: Counter[tuple[str, str, str]], path: str) -> Iterable[Problem]:
    rules: Counter[str] = Counter()
    for (rule, _, _), count in left.items():
        rules[rule] += count
    for rule, count in sorted(rules.items()):
        what = f"a finding of {rule} is" if count == 1 else f"{count} findings of {rule} are"
        yield Problem(f"{what} fixed since the baseline", path, hint="guardrun baseline write takes it out")


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.place_by_names, finding.message
