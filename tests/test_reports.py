"""The formats, against golden files and against what reads them."""

import base64
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from junitparser import JUnitXml

from guardrun.model import HIDDEN, Place
from guardrun.report import FORMATS
from guardrun.report.excerpt import excerpt
from guardrun.report.html import FOLDER
from guardrun.report.links import link, without_links
from sample import EMPTY, OPEN, REPORT

Golden = Callable[[str, str], None]
SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


SUFFIXES = {
    "console": "txt",
    "csv": "csv",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "html": "html",
    "json": "json",
    "jsonl": "jsonl",
    "junit": "xml",
    "junit-strict": "strict.xml",
    "markdown": "md",
    "sarif": "sarif",
    "summary": "summary.txt",
}


def test_every_format_has_a_golden_file() -> None:
    assert SUFFIXES.keys() == FORMATS.keys()


def without_assets(text: str) -> str:
    """The text with the names of the page's style and script in the place of their whole texts, and of its hash."""
    for name in ("style.css", "script.js"):
        asset = (FOLDER / name).read_text(encoding="utf-8")
        digest = base64.b64encode(sha256(asset.encode()).digest()).decode()
        text = text.replace(asset, f"[{name}]\n").replace(f"sha256-{digest}", f"sha256-[{name}]")
    return text


@pytest.mark.parametrize(("name", "suffix"), SUFFIXES.items())
def test_a_report_is_as_its_golden_file(name: str, suffix: str, golden: Golden) -> None:
    golden(f"report.{suffix}", without_assets(FORMATS[name](REPORT)))
    golden(f"empty.{suffix}", without_assets(FORMATS[name](EMPTY)))


def test_a_report_is_rendered_the_same_every_time() -> None:
    assert [FORMATS[name](REPORT) for name in FORMATS] == [FORMATS[name](REPORT) for name in FORMATS]


def test_the_console_report_keeps_to_80_columns_but_for_the_line_with_the_place() -> None:
    lines = click.unstyle(without_links(FORMATS["console"](REPORT))).splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("  stacks/")] == []


@pytest.mark.parametrize(
    ("place", "source", "shown"),
    [
        (Place(1, 4, 1, 6), "a: bc\n", [("1 |", "a: bc"), ("  |", "   ^^")]),
        (Place(2, 2, 2, 3), "x\n\tb\n", [("2 |", "    b"), ("  |", "    ^")]),
        (Place(1, 4, 3, 2), "a: b\n c\nd\n", [("1 |", "a: b"), ("  |", "   ^")]),
        (Place(9, 1, 9, 2), "a\n", []),
        (Place(1, 1, 1, 2), None, []),
    ],
)
def test_an_excerpt_marks_the_place_in_its_line(place: Place, source: str | None, shown: list[Any]) -> None:
    assert list(excerpt(replace(OPEN, place=place), source, 60)) == shown


def test_an_excerpt_of_a_long_line_shows_the_part_with_the_place() -> None:
    source = "k: " + "x" * 200 + "HERE" + "y" * 200
    ((_, line), (_, mark)) = excerpt(replace(OPEN, place=Place(1, 204, 1, 208)), source, 60)
    assert len(line) <= 57
    assert line[mark.index("^") :].startswith("HERE")
    assert mark.strip() == "^^^^"


def test_an_excerpt_does_not_show_what_is_hidden_nor_the_template_as_a_whole() -> None:
    assert list(excerpt(replace(OPEN, found=HIDDEN), "a\n" * 30, 60)) == []
    assert list(excerpt(replace(OPEN, path=""), "a\n" * 30, 60)) == []


def test_links_can_be_taken_out_again() -> None:
    assert without_links(link("rule", "https://example.org/a?b")) == "rule"


def test_the_fix_of_a_rule_is_shown_once_a_template() -> None:
    assert FORMATS["console"](REPORT).count("Name the networks that need it.") == 1


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_the_json_report_is_valid_by_its_schema(report: Any) -> None:
    jsonschema.validate(json.loads(FORMATS["json"](report)), SCHEMA)


def test_the_schema_refuses_what_is_not_described() -> None:
    document = json.loads(FORMATS["json"](REPORT))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "more": 1}, SCHEMA)


def junit(report: Any) -> ET.Element:
    return ET.fromstring(FORMATS["junit"](report))


def test_junit_has_one_suite_a_template_and_one_case_a_rule_that_applies() -> None:
    suites = {suite.get("name"): [case.get("name") for case in suite.iter("testcase")] for suite in junit(REPORT)}
    assert suites == {
        "guardrun": ["the template can be read and evaluated"],
        "stacks/my té|m.yaml": ["ALARM_HAS_ACTION", "NAMED", "NO_CYCLE", "PORT_CLOSED", "cfn-lint", "cfn-lint/E3012"],
        "stacks/good.yaml": ["NAMED", "cfn-lint"],
        "stacks/broken.json": ["the template can be read and evaluated"],
        "stacks/half.yaml": ["NAMED", "BAD"],
    }


def test_junit_counts_add_up() -> None:
    root = junit(REPORT)
    for element in [root, *root]:
        assert int(element.get("tests", -1)) == len(list(element.iter("testcase")))
        assert int(element.get("failures", -1)) == len(list(element.iter("failure")))
        assert int(element.get("errors", -1)) == len(list(element.iter("error")))
        assert int(element.get("skipped", -1)) == len(list(element.iter("skipped")))


def test_junit_cases_have_distinct_names_without_dots_in_the_path() -> None:
    names = [(case.get("classname"), case.get("name")) for case in junit(REPORT).iter("testcase")]
    assert len(set(names)) == len(names)
    assert ("guardrun.security.stacks/my té|m~yaml", "PORT_CLOSED") in names


def test_junit_lists_every_finding_of_a_rule_in_one_failure() -> None:
    (failure,) = junit(REPORT).findall(".//testcase[@name='PORT_CLOSED']/failure")
    text = str(failure.text)
    assert "stacks/my té|m.yaml:20:15" in text
    assert "stacks/my té|m.yaml:25:15" in text
    assert 'found:    "0.0.0.0/0"' in text
    assert 'expected: "10.0.0.0/8"' in text
    assert "fix:      Name the networks" in text
    assert str(failure.get("message")).endswith("(and 1 more)")


def test_junit_replaces_what_xml_cannot_hold() -> None:
    assert "\x07" not in FORMATS["junit"](REPORT)
    assert "open to the world\ufffd" in FORMATS["junit"](REPORT)


def test_junit_is_read_by_junitparser() -> None:
    read = JUnitXml.fromstring(FORMATS["junit"](REPORT).encode())
    assert (read.tests, read.failures, read.errors) == (12, 4, 3)
    assert [suite.name for suite in read][1] == "stacks/my té|m.yaml"


MESSAGE = {"message", "type"}

JENKINS = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
    "testcase": {"name", "classname", "time", "group"},
    "failure": MESSAGE,
    "error": MESSAGE,
    "skipped": MESSAGE,
    "properties": set(),
    "property": {"name", "value"},
}
"""What junit-10.xsd of jenkinsci/xunit-plugin and its predecessors allow."""

TESTMO = JENKINS | {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "assertions", "time", "timestamp"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "assertions", "time", "timestamp", "file"},
    "testcase": {"name", "classname", "assertions", "time", "file", "line"},
}
"""What testmoapp/junitxml describes as the common dialect."""


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_junit_speaks_the_common_dialect(report: Any) -> None:
    for element in junit(report).iter():
        assert set(element.attrib) <= TESTMO[element.tag] | {"disabled"}, element.tag


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_strict_junit_has_only_what_older_schemas_know(report: Any) -> None:
    for element in ET.fromstring(FORMATS["junit-strict"](report)).iter():
        assert set(element.attrib) <= JENKINS[element.tag], element.tag


def test_strict_junit_tells_the_same_otherwise() -> None:
    strict, usual = ET.fromstring(FORMATS["junit-strict"](REPORT)), junit(REPORT)
    assert [case.get("name") for case in strict.iter("testcase")] == [
        case.get("name") for case in usual.iter("testcase")
    ]
    assert [failure.text for failure in strict.iter("failure")] == [failure.text for failure in usual.iter("failure")]


def test_junit_stays_below_the_size_that_readers_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrun.report.junit.FILE_LIMIT", 500)
    texts = [str(failure.text) for failure in junit(REPORT).iter("failure")]
    assert texts[-1].startswith("... (cut")
    assert len(texts) == 4


def test_junit_of_an_empty_run_is_one_empty_suite() -> None:
    root = junit(EMPTY)
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("guardrun", "0")]
