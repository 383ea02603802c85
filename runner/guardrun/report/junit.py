"""JUnit for CI: one suite a template, one case for each rule that applies to it.

The dialect is the common one of Jenkins, GitLab, CircleCI and GitHub's test reporters: seconds, `file` and `line` on
the case, exactly one failure element a case that lists all its findings.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from junit_xml import TestCase, TestSuite

from guardrun.model import Finding, Problem, Report, RuleInfo, TemplateResult

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""

BODY_LIMIT = 10_000
"""Longest text of one case, in characters: readers cut or refuse more."""
FILE_LIMIT = 25_000_000
"""Longest text of all cases: GitLab takes files below 30 MB."""

STRICT = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
}
"""The attributes that we write and older schemas know, by element (jenkinsci/xunit-plugin, 2026-11)."""


def render(report: Report) -> str:
    """The report as JUnit XML; a run without templates has one suite without cases."""
    engine, pack = f"cfn-guard {report.engine.version}", f"{report.pack.version} {report.pack.hash()}"
    properties = {"engine": engine, "pack": pack, **report.companions}
    suites = [_suite(template, report.pack.rules, properties) for template in report.templates]
    if report.problems or not suites:
        suites.insert(0, TestSuite("guardrun", [_error_case("guardrun", problem) for problem in report.problems]))
    return to_xml(_limited(suites))


def strict(report: Report) -> str:
    """The same with the attributes of Jenkins' junit-10.xsd only: no file, no line, no count of skipped cases above."""
    root = ET.fromstring(render(report))  # noqa: S314  our own text
    for element in root.iter():
        for name in set(element.attrib) - STRICT.get(element.tag, set(element.attrib)):
            del element.attrib[name]
    return _text_of(root)


def _limited(suites: list[TestSuite]) -> list[TestSuite]:
    """The suites, with only the first line of each failure where the whole would be too long for its readers."""
    total = 0
    for case in (case for suite in suites for case in suite.test_cases):
        for failure in case.failures:
            total += len(failure["output"] or "")
            if total > FILE_LIMIT:
                failure["output"] = "... (cut: the report is too long, see another format)"
    return suites


def to_xml(suites: list[TestSuite]) -> str:
    """Suites as XML text, with totals that add up."""
    root = ET.Element("testsuites", {"name": "guardrun"})
    for suite in suites:
        element = suite.build_xml_doc()
        element.set("time", _seconds(sum(case.elapsed_sec or 0 for case in suite.test_cases)))
        for case, case_element in zip(suite.test_cases, element.iter("testcase"), strict=True):
            case_element.set("time", _seconds(case.elapsed_sec or 0))
        root.append(element)
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(element.get(count, 0)) for element in root)))
    root.set("time", _seconds(sum(float(element.get("time", 0)) for element in root)))
    ET.indent(root)
    return _text_of(root)


def legal(text: str) -> str:
    """The text with U+FFFD for every character that XML cannot hold."""
    return ILLEGAL.sub("\ufffd", text)


def capped(text: str) -> str:
    """The text, cut at the limit of a case."""
    return text if len(text) <= BODY_LIMIT else text[:BODY_LIMIT] + "\n... (cut)"


def _text_of(root: ET.Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _suite(template: TemplateResult, known: Mapping[str, RuleInfo], properties: dict[str, str]) -> TestSuite:
    findings: dict[str, list[Finding]] = {}
    for finding in template.findings:
        findings.setdefault(finding.rule, []).append(finding)
    rules = sorted({*template.passed, *template.failed})
    reasons = {one.finding.rule: one.reason for one in reversed(template.suppressed)}
    cases = [_rule_case(known[rule], template, findings.get(rule, []), reasons.get(rule)) for rule in rules]
    cases += [_error_case(template.path, problem) for problem in template.problems]
    if cases:
        cases[0].elapsed_sec = template.seconds
    return TestSuite(legal(template.path), cases, file=legal(template.path), properties=properties)


def _rule_case(info: RuleInfo, template: TemplateResult, findings: list[Finding], reason: str | None) -> TestCase:
    """A case passes, fails with all findings, or is skipped when all its findings are suppressed."""
    line = findings[0].place.line if findings else None
    case = TestCase(info.id, _classname(info.category, template.path), file=legal(template.path), line=line)
    if findings:
        link = f"\n\n{info.references[0]}" if info.references else ""
        others = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        message = f"{_place(findings[0])}: {findings[0].message}{others}"
        body = "\n\n".join(_text(finding) for finding in findings) + link
        case.add_failure_info(legal(message), legal(capped(body)), findings[0].severity)
    elif reason is not None:
        case.add_skipped_info(legal(f"suppressed: {reason}"))
    return case


def _classname(category: str, path: str) -> str:
    """Readers split class names at dots, so the path has none; nor may two paths become one."""
    return legal(f"guardrun.{category}.{path.replace('.', '~')}")


def _place(finding: Finding) -> str:
    return f"{finding.template}:{finding.place.line}:{finding.place.column}"


def _text(finding: Finding) -> str:
    lines = [f"{_place(finding)}: {finding.severity}: {finding.message}", f"  at:       {finding.path or '/'}"]
    if finding.logical_id:
        lines.insert(1, f"  resource: {finding.logical_id}")
    if finding.found is not None:
        lines.append(f"  found:    {finding.found}")
    if finding.expected is not None:
        lines.append(f"  expected: {finding.expected}")
    return "\n".join([*lines, f"  fix:      {finding.fix}"])


def _error_case(path: str, problem: Problem) -> TestCase:
    name = problem.rule or "the template can be read and evaluated"
    case = TestCase(
        name, _classname("error", problem.path or path), file=legal(problem.path or path), line=problem.line
    )
    place = ":".join(str(part) for part in (problem.path or path, problem.line, problem.column) if part is not None)
    message = f"{place}: {problem.message}"
    text = f"{message}\nhint: {problem.hint}" if problem.hint else message
    case.add_error_info(legal(message), legal(capped(text)), "error")
    return case
