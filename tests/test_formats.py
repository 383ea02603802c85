"""The formats for code hosts, scanners and spreadsheets, held against what their readers take."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sarif_pydantic import Sarif

from guardrun.cli.check import write_reports
from guardrun.cli.output import Output
from guardrun.model import Finding, Report
from guardrun.report import FORMATS
from guardrun.report.markdown import LIMIT, code, escaped
from guardrun.report.sarif import uri
from sample import ALARM, CYCLE, EMPTY, OPEN, OPEN_AGAIN, REPORT


def with_findings(findings: tuple[Finding, ...]) -> Report:
    template = replace(REPORT.templates[0], findings=findings, suppressed=())
    return replace(REPORT, templates=(template,), problems=())


def sarif(report: Report) -> Any:
    (run,) = json.loads(FORMATS["sarif"](report))["runs"]
    return run


def test_sarif_is_read_by_an_independent_reader() -> None:
    read = Sarif.model_validate_json(FORMATS["sarif"](REPORT))
    results = read.runs[0].results or []
    rules = ["NO_CYCLE", "ALARM_HAS_ACTION", "PORT_CLOSED", "PORT_CLOSED", "cfn-lint/E3012", "ALARM_HAS_ACTION"]
    assert [result.rule_id for result in results] == rules
    assert Sarif.model_validate_json(FORMATS["sarif"](EMPTY)).runs[0].results == []


def test_sarif_gives_every_result_its_rule_and_region() -> None:
    run = sarif(REPORT)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 4, "startColumn": 8, "endLine": 4, "endColumn": 14}


def test_sarif_paths_are_relative_and_encoded() -> None:
    assert uri("stacks/my té|m.yaml") == "stacks/my%20t%C3%A9%7Cm.yaml"
    assert uri("/abs/a#b.yaml") == "file:///abs/a%23b.yaml"
    assert uri("a%20b?.yaml") == "a%2520b%3F.yaml"


def test_sarif_tells_what_could_not_be_done() -> None:
    (invocation,) = sarif(REPORT)["invocations"]
    told = [notification["message"]["text"] for notification in invocation["toolExecutionNotifications"]]
    assert invocation["executionSuccessful"] is False
    assert told == [
        "there is no such file or folder (hint: check the path)",
        "expecting value (hint: is there a comma too many before it?)",
        "cfn-guard cannot parse the rule: }",
    ]


def test_sarif_keeps_what_is_suppressed_with_the_reason() -> None:
    suppressions = [result.get("suppressions") for result in sarif(REPORT)["results"]]
    accepted = [{"kind": "inSource", "justification": "the archive is public on purpose"}]
    assert suppressions == [None, None, None, None, None, accepted]


def test_only_rules_about_security_have_a_security_severity() -> None:
    severities = {
        rule["id"]: rule["properties"].get("security-severity") for rule in sarif(REPORT)["tool"]["driver"]["rules"]
    }
    assert severities == {"ALARM_HAS_ACTION": None, "NO_CYCLE": None, "PORT_CLOSED": "8.0", "cfn-lint/E3012": None}


def test_a_fingerprint_survives_moved_lines_and_tells_alike_findings_apart() -> None:
    moved = replace(OPEN, place=replace(OPEN.place, line=99, end_line=99))
    before, after = (
        [result["partialFingerprints"]["primaryLocationLineHash"] for result in sarif(with_findings(some))["results"]]
        for some in ((OPEN, OPEN_AGAIN, OPEN), (moved, OPEN_AGAIN, moved))
    )
    assert before == after
    assert len(set(before)) == 3


def test_gitlab_gets_complete_issues_with_distinct_fingerprints() -> None:
    issues = json.loads(FORMATS["gitlab"](REPORT))
    assert {tuple(issue) for issue in issues} == {("description", "check_name", "fingerprint", "severity", "location")}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 8
    assert {issue["severity"] for issue in issues} <= {"info", "minor", "major", "critical", "blocker"}
    assert all(isinstance(issue["location"]["lines"]["begin"], int) for issue in issues)
    assert json.loads(FORMATS["gitlab"](EMPTY)) == []


def github(report: Report) -> list[str]:
    return FORMATS["github"](report).splitlines()


def test_github_annotations_come_with_the_worst_first_and_say_how_many_are_left_out() -> None:
    alarms = tuple(replace(ALARM, severity="high") for _ in range(12))
    lines = github(with_findings((*alarms, CYCLE)))
    assert len(lines) == 10
    assert "NO_CYCLE" in lines[0]
    assert lines[-1] == "::error title=guardrun::4 more, see the whole report"


def test_github_commands_cannot_be_broken_out_of() -> None:
    hostile = replace(ALARM, template="a,b:c.yaml", message="50%\n::error::owned")
    (line,) = github(with_findings((hostile,)))
    assert line.startswith("::warning file=a%2Cb%3Ac.yaml,line=12,")
    assert "::CpuAlarm: 50%25%0A::error::owned%0Afix: " in line


def test_columns_are_left_out_of_annotations_over_several_lines() -> None:
    (line,) = github(with_findings((replace(ALARM, place=replace(ALARM.place, end_line=14)),)))
    assert "line=12,endLine=14,title=" in line


def test_markdown_keeps_text_from_templates_harmless() -> None:
    assert escaped("<img src=x> [a](b) | `c` @all #1") == (r"&lt;img src=x&gt; \[a\]\(b\) \| \`c\` \@all \#1")
    assert code("a`b|c\n<d>") == "``a`b\\|c <d>``"
    assert "<nobody>" not in FORMATS["markdown"](REPORT)


def test_markdown_stays_within_the_size_of_a_comment() -> None:
    text = FORMATS["markdown"](with_findings((ALARM,) * 2000))
    assert len(text) < LIMIT + 100
    assert "more\n" in text[-40:]


def test_csv_is_read_back_and_holds_no_formula() -> None:
    hostile = replace(ALARM, message='=HYPERLINK("x")')
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](with_findings((hostile, OPEN))))))
    assert [(row["rule"], row["line"]) for row in rows] == [("ALARM_HAS_ACTION", "12"), ("PORT_CLOSED", "20")]
    assert rows[0]["message"] == '\'=HYPERLINK("x")'


def test_json_lines_say_what_each_line_is() -> None:
    lines = [json.loads(line) for line in FORMATS["jsonl"](REPORT).splitlines()]
    assert [line["kind"] for line in lines] == ["run", *["template"] * 4, *["finding"] * 5, "suppressed"]


def test_a_format_that_fails_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Report) -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(FORMATS, "csv", broken)
    outputs = tuple(Output(name, tmp_path / name) for name in ("csv", "json", "sarif"))
    assert write_reports(REPORT, outputs, None) is True
    assert sorted(path.name for path in tmp_path.iterdir()) == ["json", "sarif"]
    assert "the csv report failed: this is a bug" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_ends_with_one_newline_or_is_empty(name: str) -> None:
    for report in (REPORT, EMPTY):
        text = FORMATS[name](report)
        assert not text or (text.endswith("\n") and not text.endswith("\n\n"))
