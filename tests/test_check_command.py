"""`guardrun check` as a user meets it: outputs, exit codes, bad input. The real engine, small rules."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from project import BAD, NAMED, git, guardrun, rule, small_project

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def _in_a_folder_with_rules_and_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small_project()


def check(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    return guardrun("check", "--rules", "rules", *arguments, **options)


def report(*arguments: str, **options: str) -> Any:
    return json.loads(check(*arguments, "-o", "json", **options).stdout)


def test_a_clean_template_exits_0_and_says_so() -> None:
    done = check("good.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 template, 1 passed\n0 findings\n"


def test_a_finding_exits_1_and_is_shown_with_its_place_and_fix() -> None:
    done = check("good.yaml", "bad.yaml")
    assert (done.returncode, done.stderr) == (1, "")
    lines = ["bad.yaml:2:3 medium BUCKET_NAMED", "  2 |   Logs:", "    |   ^^^^", "  Logs: the bucket has no name"]
    assert "\n  ".join([*lines, "  fix: Mend it.\n"]) in done.stdout


def test_a_finding_below_the_threshold_exits_0_and_is_still_shown() -> None:
    done = check("bad.yaml", "--fail-on", "high")
    assert done.returncode == 0
    assert "BUCKET_NAMED" in done.stdout
    assert check("bad.yaml", "--fail-on", "medium").returncode == 1
    assert check("bad.yaml", "--fail-on", "never").returncode == 0


def test_exit_zero_hides_findings_from_the_exit_code_but_not_errors() -> None:
    assert check("bad.yaml", "--exit-zero").returncode == 0
    assert check("missing.yaml", "--exit-zero").returncode == 2


def test_a_template_from_standard_input_has_the_name_that_is_given() -> None:
    assert report("-", "--stdin-filename", "x/y.yaml", stdin=BAD)["findings"][0]["template"] == "x/y.yaml"
    assert report("-", stdin=BAD)["findings"][0]["template"] == "<stdin>"


def test_all_reports_come_from_one_run() -> None:
    done = check("bad.yaml", "-o", "junit:out/r.xml", "-o", "json:r.json", "-o", "console")
    assert "BUCKET_NAMED" in Path("out/r.xml").read_text(encoding="utf-8")
    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["summary"]["findings"] == 1
    assert "BUCKET_NAMED" in done.stdout


def test_a_report_to_a_file_leaves_standard_output_empty() -> None:
    assert check("bad.yaml", "-o", "json:r.json").stdout == ""


def test_a_report_that_cannot_be_written_is_an_error_and_the_others_are_written() -> None:
    Path("file").write_text("", encoding="utf-8")
    done = check("good.yaml", "-o", "junit:file/r.xml", "-o", "json:r.json")
    assert done.returncode == 2
    assert "file/r.xml: cannot write the report" in done.stderr
    assert Path("r.json").exists()
    assert sorted(path.name for path in Path().iterdir()) == ["bad.yaml", "file", "good.yaml", "r.json", "rules"]


def test_a_report_overwrites_neither_a_template_nor_another_report() -> None:
    for arguments in (["-o", "junit:bad.yaml"], ["-o", "json:r", "-o", "junit:./r"]):
        done = check("bad.yaml", *arguments)
        assert done.returncode == 2
        assert "a report would overwrite" in done.stderr
    assert Path("bad.yaml").read_text(encoding="utf-8") == BAD


def test_a_report_to_a_link_or_a_device_leaves_it_what_it_is() -> None:
    Path("link.json").symlink_to("real.json")
    os.mkfifo("pipe")
    reader = subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, text=True)
    assert check("bad.yaml", "-o", "json:link.json", "-o", "junit:pipe").returncode == 1
    assert Path("link.json").is_symlink()
    assert Path("real.json").exists()
    assert Path("pipe").is_fifo()
    assert "BUCKET_NAMED" in reader.communicate(timeout=10)[0]


def test_a_template_cannot_speak_to_the_terminal() -> None:
    Path("evil.yaml").write_text(
        'Resources:\n  "a\\e]0;title\\a\\u202e":\n    Type: AWS::S3::Bucket\n', encoding="utf-8"
    )
    done = check("evil.yaml")
    assert done.returncode == 1
    assert "a\\x1b]0;title\\x07\\u202e: the bucket has no name" in done.stdout


def test_an_odd_value_costs_nobody_the_results() -> None:
    Path("odd.yaml").write_text(BAD + '    Properties: {X: !Select ["\u00b2", [a]]}\n', encoding="utf-8")
    found = report("odd.yaml", "bad.yaml")
    assert [template["status"] for template in found["templates"]] == ["fail", "fail"]


@pytest.mark.parametrize("arguments", [["--timeout", "nan"], ["--timeout", "inf"], ["-o", "junit:"]])
def test_an_option_without_sense_is_wrong_usage(arguments: list[str]) -> None:
    done = check("good.yaml", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage:")


@pytest.mark.parametrize(("redirection", "message"), [("> /dev/full", "No space left"), ("2>&1 <&- -", "is closed")])
def test_streams_that_cannot_be_used_are_an_error(redirection: str, message: str) -> None:
    command = f"{sys.executable} -m guardrun check --rules rules bad.yaml {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_two_reports_cannot_share_standard_output() -> None:
    done = check("good.yaml", "-o", "json", "-o", "console")
    assert done.returncode == 2
    assert "only one report can go to standard output" in done.stderr


def test_the_same_input_gives_the_same_bytes_on_any_number_of_cores() -> None:
    for number in range(6):
        Path(f"t{number}.yaml").write_text(BAD, encoding="utf-8")
    first = check(".", "-o", "json", "-j", "1").stdout
    assert first == check(".", "-o", "json", "-j", "3").stdout
    assert [template["path"] for template in json.loads(first)["templates"]] == [
        "bad.yaml",
        "good.yaml",
        *(f"t{number}.yaml" for number in range(6)),
    ]


def test_colours_are_for_terminals_and_can_be_forced_and_forbidden() -> None:
    assert "\x1b[" not in check("bad.yaml").stdout
    assert "\x1b[" in check("bad.yaml", "--color", "always").stdout
    assert "\x1b[" not in check("bad.yaml", "-o", "console:r.txt").stdout
    assert "\x1b[" not in Path("r.txt").read_text(encoding="utf-8") if Path("r.txt").exists() else True


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.yaml", b"", "empty.yaml:1:1 error"),
        ("binary.yaml", b"\x7fELF\x00\x01", "binary.yaml:1:5 error"),
        ("latin.yaml", b"Resources: \xe9", "latin.yaml:1:12 error"),
        ("none.yaml", b"a: 1\n", "the template has no Resources section"),
        ("cut.json", b'{"Resources": {', "is it truncated?"),
        ("missing.yaml", None, "there is no such file or folder"),
    ],
)
def test_bad_input_is_told_with_its_place_and_the_others_keep_their_results(
    name: str, data: bytes | None, message: str
) -> None:
    if data is not None:
        Path(name).write_bytes(data)
    done = check(name, "bad.yaml")
    assert done.returncode == 2
    assert message in done.stdout
    assert "BUCKET_NAMED" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_told() -> None:
    Path("bad.yaml").chmod(0)
    done = check("bad.yaml", "good.yaml")
    assert done.returncode == 2
    assert "cannot read the file: Permission denied" in done.stdout


def test_a_folder_without_templates_is_an_error() -> None:
    Path("empty").mkdir()
    done = check("empty")
    assert done.returncode == 2
    assert "there is no CloudFormation template in this folder" in done.stdout


def test_a_rule_that_does_not_parse_is_told_with_its_line_and_the_other_rules_keep_their_results() -> None:
    rule("broken", "\nrule BROKEN {\n  Resources ==\n}\n")
    found = report("bad.yaml", "good.yaml")
    assert [finding["rule"] for finding in found["findings"]] == ["BUCKET_NAMED"]
    assert [template["status"] for template in found["templates"]] == ["error", "error"]
    (problem,) = found["templates"][0]["rules"]["error"]
    assert (problem["rule"], problem["path"], problem["line"]) == ("BROKEN", "rules/naming/broken.guard", 9)
    assert check("bad.yaml").returncode == 2


def test_a_rule_that_fails_at_run_time_is_told_and_the_other_rules_keep_their_results() -> None:
    rule("broken", "\nrule BROKEN {\n  %nope exists\n}\n")
    found = report("bad.yaml")
    assert [finding["rule"] for finding in found["findings"]] == ["BUCKET_NAMED"]
    assert "Could not resolve variable" in found["templates"][0]["rules"]["error"][0]["message"]


def test_a_rule_with_half_a_header_is_told_and_the_other_rules_keep_their_results() -> None:
    half = "# title: Bare\n# severity: low\nrule BARE { Resources exists }\n"
    Path("rules/naming/bare.guard").write_text(half, encoding="utf-8")
    found = report("bad.yaml")
    assert [finding["rule"] for finding in found["findings"]] == ["BUCKET_NAMED"]
    assert [(problem["path"], problem["message"]) for problem in found["problems"]] == [
        ("rules/naming/bare.guard", "the rule's header misses fix, profile, resources, why")
    ]
    assert check("good.yaml").returncode == 2


def test_rules_of_other_profiles_apply_only_when_asked_for() -> None:
    rule("strict", NAMED.replace("BUCKET_NAMED", "STRICT"), profile="strict")
    assert [finding["rule"] for finding in report("bad.yaml")["findings"]] == ["BUCKET_NAMED"]
    assert [finding["rule"] for finding in report("bad.yaml", "--profile", "strict")["findings"]] == [
        "BUCKET_NAMED",
        "STRICT",
    ]


def test_a_rule_whose_types_do_not_occur_is_skipped() -> None:
    rule("topic", NAMED.replace("BUCKET_NAMED", "TOPIC"), kind="AWS::SNS::Topic")
    assert report("bad.yaml")["templates"][0]["rules"] == {
        "pass": [],
        "fail": ["BUCKET_NAMED"],
        "skip": ["TOPIC"],
        "error": [],
    }


def fake_engine(script: str) -> str:
    path = Path("engine.sh")
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo cfn-guard 3.1.1 && exit 0\n{script}\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path.resolve())


def test_an_engine_that_hangs_is_stopped() -> None:
    done = check("bad.yaml", "--timeout", "0.2", "--cfn-guard", fake_engine("exec sleep 30"))
    assert done.returncode == 2
    assert "took longer than 0.2 s" in " ".join(done.stdout.split())


def test_an_engine_that_answers_nothing_is_an_error_and_never_a_pass() -> None:
    done = check("good.yaml", "--cfn-guard", fake_engine("exit 0"))
    assert done.returncode == 2
    assert "did not answer in JSON" in done.stdout


def test_an_engine_of_another_version_is_used_with_a_warning() -> None:
    path = fake_engine("exit 0")
    Path(path).write_text(Path(path).read_text(encoding="utf-8").replace("3.1.1", "3.9.0"), encoding="utf-8")
    assert "cfn-guard 3.9.0 is untested" in check("good.yaml", GUARDRUN_CFN_GUARD=path).stderr


@pytest.mark.parametrize(
    ("path", "message"),
    [("/nowhere/cfn-guard", "there is no cfn-guard at /nowhere/cfn-guard"), (sys.executable, "is not cfn-guard 3")],
)
def test_what_is_no_engine_is_refused(path: str, message: str) -> None:
    done = check("good.yaml", "--cfn-guard", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_wrong_usage_exits_2_with_a_hint() -> None:
    done = guardrun("chekc")
    assert done.returncode == 2
    assert "Did you mean 'check'?" in done.stderr
    assert check("good.yaml", "-o", "xml").returncode == 2


def test_a_reader_that_stops_reading_is_no_traceback() -> None:
    arguments = f"{sys.executable} -m guardrun check --rules rules bad.yaml | head -c 1"
    done = subprocess.run(["bash", "-c", arguments], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_the_version_names_the_rules_and_the_engine() -> None:
    lines = guardrun("--version").stdout.splitlines()
    assert lines[0].startswith("guardrun ")
    assert lines[1].startswith("rules ")
    assert lines[2].startswith("cfn-guard 3.1.1 (sha256 ")


def test_a_template_alone_that_cannot_be_read_is_an_error_with_the_shipped_rules_too() -> None:
    Path("broken.yaml").write_text("nonsense", encoding="utf-8")
    done = guardrun("check", "broken.yaml")
    assert (done.returncode, done.stderr) == (2, "")
    assert "a template is a mapping with a Resources section" in done.stdout


def test_some_paths_have_more_profiles_fewer_rules_and_another_threshold() -> None:
    rule("tagged", NAMED.replace("NAMED", "TAGGED").replace("BucketName", "Tags"), profile="strict")
    for folder in ("strict", "loose", "late"):
        Path(folder).mkdir()
        Path(folder, "t.yaml").write_text(BAD, encoding="utf-8")
    text = """
overrides:
  - {paths: [strict], profiles: [strict]}
  - {paths: [loose/*], ignore: [naming]}
  - {paths: ["late/**"], fail_on: high}
"""
    Path(".guardrun.yml").write_text(text, encoding="utf-8")
    found = [(one["template"], one["rule"]) for one in report("strict", "loose", "late")["findings"]]
    assert found == [
        ("strict/t.yaml", "BUCKET_NAMED"),
        ("strict/t.yaml", "BUCKET_TAGGED"),
        ("late/t.yaml", "BUCKET_NAMED"),
    ]
    assert [check(folder).returncode for folder in ("strict", "loose", "late")] == [1, 0, 0]
    assert check("late", "--fail-on", "low").returncode == 1


def test_the_environment_says_what_options_say() -> None:
    assert check("bad.yaml", GUARDRUN_FAIL_ON="never").returncode == 0
    assert check("bad.yaml", "--fail-on", "low", GUARDRUN_FAIL_ON="never").returncode == 1
    assert "no rule is selected" in check("bad.yaml", GUARDRUN_IGNORE="naming").stderr


def committed() -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "first")


def test_only_templates_that_changed_are_checked_and_the_others_counted() -> None:
    committed()
    Path("new.yaml").write_text(BAD, encoding="utf-8")
    done = check(".", "--changed-since", "HEAD", "-o", "json")
    assert [one["path"] for one in json.loads(done.stdout)["templates"]] == ["new.yaml"]
    assert done.stderr == "guardrun: 2 of 3 templates are unchanged\n"


def test_nothing_changed_is_a_clean_run() -> None:
    committed()
    assert check(".", "--changed-since", "HEAD").returncode == 0


def test_a_change_of_the_settings_concerns_every_template() -> None:
    committed()
    Path(".guardrun.yml").write_text("fail_on: high\n", encoding="utf-8")
    done = check(".", "--changed-since", "HEAD", "-o", "json")
    assert [one["path"] for one in json.loads(done.stdout)["templates"]] == ["bad.yaml", "good.yaml"]


def test_a_suppression_of_the_settings_that_is_expired_or_unused_is_told_once() -> None:
    text = """
suppress:
  - {rule: BUCKET_NAMED, path: good.yaml, reason: gone}
  - {rule: BUCKET_NAMED, path: "old/*", reason: gone}
  - {rule: BUCKET_NAMED, path: bad.yaml, reason: until then, until: 2020-01-31}
  - {rule: OTHER_TOOL, path: "*", reason: not ours}
"""
    Path(".guardrun.yml").write_text(text, encoding="utf-8")
    told = [one["message"] for one in report(".")["warnings"]]
    unused = "the suppression of BUCKET_NAMED accepts nothing: no such finding is left"
    assert told == [unused, unused, "the suppression of BUCKET_NAMED expired on 2020-01-31"]
    assert [one["message"] for one in report("good.yaml")["warnings"]] == [told[0], told[2]]
    assert "bad.yaml" in check("bad.yaml").stdout


def checked_since_head(*arguments: str) -> list[str]:
    done = check(*(arguments or (".",)), "--changed-since", "HEAD", "-o", "json")
    return [one["path"] for one in json.loads(done.stdout)["templates"]]


def test_what_git_does_not_know_counts_as_changed(tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "t.yaml"
    outside.write_text(BAD, encoding="utf-8")
    Path(".gitignore").write_text("ignored.yaml\n", encoding="utf-8")
    committed()
    Path("ignored.yaml").write_text(BAD, encoding="utf-8")
    assert checked_since_head("ignored.yaml", "good.yaml", str(outside)) == ["ignored.yaml", str(outside)]


def test_settings_that_are_gone_and_changed_parameters_concern_every_template() -> None:
    Path(".guardrun.yml").write_text("fail_on: high\n", encoding="utf-8")
    Path("prod.json").write_text("{}", encoding="utf-8")
    committed()
    Path("prod.json").write_text('{"A": "b"}', encoding="utf-8")
    assert checked_since_head("good.yaml", "--parameters", "prod.json") == ["good.yaml"]
    git("checkout", "-q", "prod.json")
    Path(".guardrun.yml").unlink()
    assert checked_since_head("good.yaml") == ["good.yaml"]


def test_the_settings_speak_of_paths_from_where_they_lie_also_as_a_link_and_for_standard_input() -> None:
    Path("shared").mkdir()
    Path("shared/all.yml").write_text("suppress: [{rule: BUCKET_NAMED, path: sub/*, reason: r}]\n", encoding="utf-8")
    Path(".guardrun.yml").symlink_to("shared/all.yml")
    Path("sub").mkdir()
    Path("sub/t.yaml").write_text(BAD, encoding="utf-8")
    assert check("sub").returncode == 0
    arguments = ("check", "--rules", "../rules", "-", "--stdin-filename", "t.yaml")
    assert guardrun(*arguments, stdin=BAD, cwd="sub").returncode == 0


def test_a_suppression_of_a_rule_that_did_not_run_is_not_called_unused() -> None:
    rule("tagged", NAMED.replace("NAMED", "TAGGED"))
    Path(".guardrun.yml").write_text("suppress: [{rule: BUCKET_NAMED, reason: r}]\n", encoding="utf-8")
    assert report(".", "--select", "BUCKET_TAGGED")["warnings"] == []
