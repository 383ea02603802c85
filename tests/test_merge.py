"""Reports read back, merged and compared."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from guardrun.cli.report import report as report_command
from guardrun.errors import GuardrunError
from guardrun.merge import compare, merge
from guardrun.model import EngineInfo, Report, Suppressed
from guardrun.report import FORMATS
from guardrun.report.read import read_report
from sample import ALARM, CYCLE, EMPTY, OPEN, OPEN_AGAIN, REPORT


def part(*numbers: int) -> Report:
    return replace(REPORT, templates=tuple(REPORT.templates[number] for number in numbers))


@pytest.mark.parametrize("report", [REPORT, EMPTY])
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"junit", "junit-strict"}))
def test_a_report_read_back_renders_the_same_in_every_format(name: str, report: Report) -> None:
    again = read_report(FORMATS["json"](report), "report.json")
    assert FORMATS[name](again) == FORMATS[name](report)


def test_junit_from_a_report_read_back_lacks_only_the_seconds() -> None:
    untimed = replace(REPORT, templates=tuple(replace(one, seconds=0.0) for one in REPORT.templates))
    assert FORMATS["junit"](read_report(FORMATS["json"](REPORT), "r")) == FORMATS["junit"](untimed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "this is no JSON"),
        ("[]", "this is no report of this version"),
        ('{"schema_version": 99}', "this is no report of this version"),
        ('{"schema_version": 1}', "the report is not complete"),
    ],
)
def test_what_is_no_report_is_told(text: str, message: str) -> None:
    with pytest.raises(GuardrunError) as caught:
        read_report(text, "r.json")
    assert caught.value.message.startswith(message)
    assert caught.value.path == "r.json"


def test_shards_are_merged_with_all_that_they_found() -> None:
    merged = merge([part(0, 1), part(2, 3)])
    assert merged.templates == REPORT.templates
    assert merged.files_skipped == 4
    assert len(merged.problems) == 2


def test_a_template_in_two_reports_counts_once_the_last() -> None:
    mended = replace(part(0), templates=(replace(REPORT.templates[0], failed=(), findings=()),))
    assert merge([part(0), mended]).findings == ()


def test_reports_of_another_engine_are_not_merged() -> None:
    other = replace(part(1), engine=EngineInfo("3.2.0", lambda: "ef" * 32))
    with pytest.raises(GuardrunError, match="different engines or rules"):
        merge([part(0), other])


def report_of(*findings: object) -> Report:
    return replace(REPORT, templates=(replace(REPORT.templates[0], findings=findings),), problems=())


def test_a_difference_has_what_is_new_fixed_and_unchanged_wherever_the_lines_are() -> None:
    moved = replace(OPEN, place=replace(OPEN.place, line=99, end_line=99))
    difference = compare(report_of(CYCLE, OPEN), report_of(moved, ALARM))
    assert (difference.new, difference.fixed, difference.unchanged) == ((ALARM,), (CYCLE,), (moved,))


def test_alike_findings_are_counted() -> None:
    difference = compare(report_of(OPEN, OPEN), report_of(OPEN))
    assert (difference.new, difference.fixed, difference.unchanged) == ((), (OPEN,), (OPEN,))


def test_what_is_accepted_now_is_not_fixed() -> None:
    accepted = Suppressed(CYCLE, "it is in the baseline", in_source=False, in_baseline=True)
    new = replace(REPORT, templates=(replace(REPORT.templates[0], findings=(OPEN,), suppressed=(accepted,)),))
    difference = compare(report_of(CYCLE, OPEN), new)
    assert (difference.new, difference.fixed, difference.unchanged) == ((), (), (OPEN,))


def written(folder: Path, name: str, report: Report) -> str:
    path = folder / name
    path.write_text(FORMATS["json"](report), encoding="utf-8")
    return str(path)


def test_the_command_merges_files_into_any_format(tmp_path: Path) -> None:
    paths = [written(tmp_path, "a.json", part(0, 1)), written(tmp_path, "b.json", part(2, 3))]
    out = tmp_path / "all.json"
    done = CliRunner().invoke(report_command, ["merge", *paths, "-o", f"json:{out}"])
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text())["summary"]["templates"] == 4


def test_the_command_tells_new_findings_by_its_exit_code(tmp_path: Path) -> None:
    old, new = written(tmp_path, "old.json", report_of(OPEN)), written(tmp_path, "new.json", report_of(OPEN_AGAIN))
    done = CliRunner().invoke(report_command, ["diff", old, new], standalone_mode=False)
    assert done.return_value == 1
    assert "1 new finding, 1 fixed, 0 unchanged" in done.output
    assert CliRunner().invoke(report_command, ["diff", new, new], standalone_mode=False).return_value == 0


def test_a_difference_as_markdown_and_json(tmp_path: Path) -> None:
    old, new = written(tmp_path, "old.json", report_of(CYCLE)), written(tmp_path, "new.json", report_of(OPEN))
    text = CliRunner().invoke(report_command, ["diff", old, new, "-o", "markdown"], standalone_mode=False).output
    assert "### New" in text
    assert "### Fixed" in text
    values = json.loads(
        CliRunner().invoke(report_command, ["diff", old, new, "-o", "json"], standalone_mode=False).output
    )
    assert [len(values[kind]) for kind in ("new", "fixed", "unchanged")] == [1, 1, 0]
