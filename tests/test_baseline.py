"""What was there before passes, what is new fails, what is fixed is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from project import BAD, GOOD, NAMED, guardrun, rule

pytestmark = pytest.mark.engine

TWO = BAD + "  Other:\n    Type: AWS::S3::Bucket\n"
FILE = Path(".guardrun-baseline.json")


@pytest.fixture(autouse=True)
def _a_project_with_an_old_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rule("named", NAMED)
    Path("stacks").mkdir()
    Path("stacks/old.yaml").write_text(BAD, encoding="utf-8")
    Path("stacks/good.yaml").write_text(GOOD, encoding="utf-8")


def write(*paths: str) -> Any:
    return guardrun("baseline", "write", "--rules", "rules", *(paths or ("stacks",)))


def check(*arguments: str) -> Any:
    return guardrun("baseline", "check", "--rules", "rules", *(arguments or ("stacks",)))


def test_old_findings_pass_and_stay_visible() -> None:
    assert write().stdout == ".guardrun-baseline.json: 1 finding in 1 template\n"
    done = check("stacks", "-o", "json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["findings"]) == (0, [])
    assert [one["reason"] for one in document["suppressed"]] == ["it is in the baseline, .guardrun-baseline.json"]


def test_moved_lines_do_not_matter_and_a_new_finding_fails() -> None:
    write()
    Path("stacks/old.yaml").write_text(f"# new first line\n{TWO}", encoding="utf-8")
    done = check("stacks", "-o", "json")
    assert done.returncode == 1
    assert [one["logical_id"] for one in json.loads(done.stdout)["findings"]] == ["Other"]


def test_a_fixed_finding_is_told_and_writing_again_takes_it_out() -> None:
    write()
    Path("stacks/old.yaml").write_text(GOOD, encoding="utf-8")
    done = check()
    assert done.returncode == 0
    assert "a finding of BUCKET_NAMED is fixed since the baseline" in done.stdout
    assert write().stdout == ".guardrun-baseline.json: 0 findings in 0 templates\n"


def test_a_finding_that_is_suppressed_now_is_not_fixed() -> None:
    write()
    text = BAD.replace("Logs:", "Logs: # guardrun: ignore BUCKET_NAMED -- scratch")
    Path("stacks/old.yaml").write_text(text, encoding="utf-8")
    assert "fixed" not in check().stdout


def test_the_settings_name_the_baseline_for_every_check_from_any_folder() -> None:
    Path(".guardrun.yml").write_text("baseline: known.json\n", encoding="utf-8")
    write()
    assert Path("known.json").is_file()
    assert guardrun("check", "--rules", "rules", "stacks").returncode == 0
    assert guardrun("check", "--rules", "../rules", ".", cwd="stacks").returncode == 0
    assert guardrun("check", "--rules", "rules", "stacks", "--no-suppress").returncode == 1


def test_writing_a_part_keeps_what_is_known_of_other_templates_that_are_still_there() -> None:
    Path("stacks/gone.yaml").write_text(TWO, encoding="utf-8")
    write()
    Path("stacks/gone.yaml").unlink()
    assert write("stacks/good.yaml").stdout == ".guardrun-baseline.json: 1 finding in 1 template\n"


def test_a_template_that_cannot_be_read_keeps_its_entries_and_the_exit_code_tells() -> None:
    write()
    Path("stacks/old.yaml").write_text("Resources: {A: {Type: AWS::S3::Bucket", encoding="utf-8")
    done = write()
    assert (done.returncode, "stacks/old.yaml" in done.stderr) == (2, True)
    assert "stacks/old.yaml" in json.loads(FILE.read_text(encoding="utf-8"))["templates"]


def test_two_alike_findings_are_two() -> None:
    body = NAMED.replace("Properties.BucketName exists", "Properties.Tags[*].Key != 'x'").replace("NAMED", "TAGGED")
    rule("tagged", body)
    item = "        - {Key: x}\n"
    Path("stacks/old.yaml").write_text(f"{GOOD}      Tags:\n{item}", encoding="utf-8")
    write()
    assert check().returncode == 0
    Path("stacks/old.yaml").write_text(f"{GOOD}      Tags:\n{item}{item}", encoding="utf-8")
    assert check().returncode == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read the baseline: No such file or directory"),
        ("[", "this is no baseline: "),
        ("{}", "this is no baseline of this version"),
        ('{"schema_version": 1}', "the baseline is not complete"),
        ('{"schema_version": 1, "templates": {"a": [{}]}}', "the baseline is not complete"),
    ],
)
def test_a_baseline_that_is_none_is_an_error_with_a_hint(text: str | None, message: str) -> None:
    if text is not None:
        FILE.write_text(text, encoding="utf-8")
    done = check()
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "hint: guardrun baseline write makes it" in done.stderr


def test_a_baseline_holds_nothing_that_is_suppressed() -> None:
    assert "would hold what is suppressed" in write("stacks", "--no-suppress").stderr


def test_a_run_of_some_rules_leaves_what_is_known_of_the_others() -> None:
    rule("tagged", NAMED.replace("NAMED", "TAGGED").replace("BucketName", "Tags"))
    write()
    assert write("stacks", "--select", "BUCKET_TAGGED").stdout == (
        ".guardrun-baseline.json: 3 findings in 2 templates\n"
    )
    assert "fixed" not in check("stacks", "--select", "BUCKET_TAGGED").stdout


PROJECT = """\

rule PROJECT_NAMED when GuardRun.Workspace.First == true {
  GuardRun.Workspace.Readme !empty << the project has no README >>
}
"""


def test_a_finding_on_the_project_is_known_whichever_template_tells_it() -> None:
    rule("project", PROJECT, kind="")
    Path("Makefile").write_text("", encoding="utf-8")
    Path("stacks/Makefile").write_text("", encoding="utf-8")
    assert write().stdout == ".guardrun-baseline.json: 2 findings in 1 template\n"
    assert check("stacks/old.yaml").returncode == 0
    Path("stacks/README.md").write_text("# Stacks", encoding="utf-8")
    assert write("stacks/old.yaml").stdout == ".guardrun-baseline.json: 1 finding in 1 template\n"


def test_a_report_does_not_overwrite_a_template() -> None:
    write()
    assert "a report would overwrite" in check("stacks/old.yaml", "-o", "json:stacks/old.yaml").stderr


def test_the_threshold_of_the_environment_holds() -> None:
    write("stacks/good.yaml")
    assert check().returncode == 1
    assert guardrun("baseline", "check", "--rules", "rules", "stacks", GUARDRUN_FAIL_ON="high").returncode == 0


def test_rules_that_are_not_of_this_run_keep_their_entries() -> None:
    write()
    Path("rules").rename("others")
    rule("tagged", NAMED.replace("NAMED", "TAGGED").replace("BucketName", "Tags"))
    assert write().stdout == ".guardrun-baseline.json: 3 findings in 2 templates\n"
