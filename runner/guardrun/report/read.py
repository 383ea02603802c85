"""A report read back from its JSON, to render it in another format, to merge and to compare."""

from __future__ import annotations

import json
from typing import Any

from guardrun.errors import GuardrunError
from guardrun.model import (
    EngineInfo,
    Finding,
    Graph,
    PackInfo,
    Place,
    Problem,
    Report,
    RuleInfo,
    Suppressed,
    TemplateResult,
)
from guardrun.report.json import SCHEMA_VERSION

HINT = "it must be what guardrun check --output json wrote"


def read_report(text: str, name: str) -> Report:
    """The report that `guardrun check --output json` wrote. Raises `GuardrunError`; `name` is the file's."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise GuardrunError(f"this is no JSON: {error}", path=name, hint=HINT) from error
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise GuardrunError("this is no report of this version", path=name, hint=HINT)
    try:
        return _report(document)
    except (KeyError, TypeError, ValueError) as error:
        raise GuardrunError(f"the report is not complete: {error!r}", path=name, hint=HINT) from error


def _report(document: dict[str, Any]) -> Report:
    engine, pack = document["engine"], document["pack"]
    by_template: dict[str, list[Finding]] = {}
    for finding in document["findings"]:
        by_template.setdefault(finding["template"], []).append(_finding(finding))
    suppressed: dict[str, list[Suppressed]] = {}
    for one in document["suppressed"]:
        suppressed.setdefault(one["template"], []).append(_suppressed(one))
    told = {rule["id"]: rule for rule in document["rules"]}
    rules = {rule: _rule(told.get(rule, {"id": rule, "category": of})) for rule, of in pack["categories"].items()}
    return Report(
        EngineInfo(engine["version"], lambda: str(engine["sha256"])),
        PackInfo(pack["version"], lambda: str(pack["hash"]), rules),
        tuple(
            _template(template, by_template.get(template["path"], []), suppressed.get(template["path"], []))
            for template in document["templates"]
        ),
        document["summary"]["files_skipped"],
        tuple(Problem(**problem) for problem in document["problems"]),
        tuple(Problem(**problem) for problem in document["warnings"]),
        companions=document.get("companions", {}),
    )


def _rule(rule: dict[str, Any]) -> RuleInfo:
    """A rule, of which perhaps only the category is known."""
    return RuleInfo(
        id=rule["id"],
        category=rule["category"],
        title=rule.get("title", ""),
        severity=rule.get("severity", "low"),
        profile=rule.get("profile", "core"),
        resources=(),
        view="resolved",
        analysis=tuple(rule.get("analysis", ())),
        controls=tuple(rule.get("controls", ())),
        why=rule.get("why", ""),
        fix=rule.get("fix", ""),
        references=tuple(rule.get("references", ())),
        as_of=None,
        origin=rule.get("origin", "guardrun"),
    )


def _template(template: dict[str, Any], findings: list[Finding], suppressed: list[Suppressed]) -> TemplateResult:
    rules, graph = template["rules"], template["graph"]
    return TemplateResult(
        template["path"],
        error=Problem(**template["error"]) if template["error"] else None,
        passed=tuple(rules["pass"]),
        failed=tuple(rules["fail"]),
        skipped=tuple(rules["skip"]),
        rule_errors=tuple(Problem(**problem) for problem in rules["error"]),
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        warnings=tuple(Problem(**problem) for problem in template["warnings"]),
        source=template["source"],
        graph=Graph(graph["types"], tuple((one, other) for one, other in graph["edges"])) if graph else None,
    )


def _suppressed(finding: dict[str, Any]) -> Suppressed:
    given = dict(finding)
    own = {name: given.pop(name) for name in ("reason", "in_source", "in_baseline")}
    return Suppressed(_finding(given), **own)


def _finding(finding: dict[str, Any]) -> Finding:
    given = dict(finding)
    place = Place(*(int(given.pop(name)) for name in ("line", "column", "end_line", "end_column")))
    return Finding(place=place, **given)
